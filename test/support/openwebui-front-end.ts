// Where the unmodified front end of Open WebUI is: OPEN_WEBUI_FRONTEND, or the cache that scripts/fetch-open-webui-frontend.ts fills.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cachedFrontEnd } from '../../src/cli/open-webui-fetch/cache.ts'

/** The folder; throws with what to do where there is none. */
export async function frontEndFolder(): Promise<string> {
  const folder = process.env['OPEN_WEBUI_FRONTEND'] ?? cachedFrontEnd()
  if (!existsSync(join(folder, 'index.html')))
    throw new Error(`No front end of Open WebUI in ${folder}: run bun scripts/fetch-open-webui-frontend.ts`)
  return folder
}
