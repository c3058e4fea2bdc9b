// docs/openapi.json: the OpenAPI document of the native face, as a running server gives it at /docs/json.
import { nativeDocument } from '../src/app.ts'
import type { Core } from '../src/core/core.ts'
import type { Logger } from '../src/core/ports.ts'
import { nativeFace } from '../src/faces/native/index.ts'

/** Routes are only listed, never called: the core is not needed. */
export function listedNativeFace() {
  return nativeFace({ core: {} as Core, log: {} as Logger, publicUrl: undefined })
}

export function openapiText(): string {
  return `${JSON.stringify(nativeDocument(listedNativeFace().routes), null, 2)}\n`
}
