/** Which face a path belongs to: for its error shape, metrics and the log. */
import { pathnameOf } from '../server.ts'

export type FaceName = 'native' | 'openwebui' | 'mattermost' | 'assets'

/** What of /api is ours; the rest there is Open WebUI's. */
const NATIVE =
  /^\/(?:api\/(?:auth|users|presence|admin|rooms|messages|invites|search|upload)|uploads)(?:\/|$)/
const OPENWEBUI = /^\/(?:api|openai|ollama|static|cache|ws\/socket\.io)\//

export function faceOfPath(url: string): FaceName {
  const path = pathnameOf(url)
  if (path.startsWith('/api/v4/')) return 'mattermost'
  if (NATIVE.test(path)) return 'native'
  return OPENWEBUI.test(path) ? 'openwebui' : 'assets'
}

/** A socket's session carried by requests: each is answered when there is something to say, or is a frame of it. */
export function isLongPoll(url: string): boolean {
  return url.includes('/ws/socket.io/?') && pathnameOf(url) === '/ws/socket.io/' && /[?&]sid=/.test(url)
}
