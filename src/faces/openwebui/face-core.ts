/** What this face is given of the core: the whole of it, with the nouns that only Open WebUI has. */
import type { OpenwebuiCore } from '../../core/chats/core-part.ts'
import type { Core } from '../../core/core.ts'

export type FaceCore = Core & OpenwebuiCore

/** One object with both; where names meet, Open WebUI's own part counts. */
export function faceCore(core: Core, openwebui: OpenwebuiCore): FaceCore {
  return Object.assign(Object.create(core) as Core, openwebui)
}
