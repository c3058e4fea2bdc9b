/** Which Open WebUI this version of Hubbub speaks, and where its front end is kept on this machine. */
import { homedir } from 'node:os'
import { join } from 'node:path'

export const OPEN_WEBUI_VERSION = '0.12.4'

/** The folder for a version's front end, below XDG_CACHE_HOME or ~/.cache; it need not exist. */
export function cachedFrontEnd(
  version = OPEN_WEBUI_VERSION,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const cache = env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache')
  return join(cache, 'hubbub', `open-webui-${version}`)
}
