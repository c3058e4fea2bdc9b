/** One line a request: who asked for what, how it ended, how long it took. Never a query, a header or a body. */
import type { Logger } from '../core/ports.ts'
import { peerOf } from '../realtime/peer.ts'
import { pathnameOf } from '../server.ts'

export type AccessLog = (request: Request, status: number, startedNs: number) => void

/** `level` null = only what failed on our side (500 and above), which is always told, as a warning. */
export function accessLog(
  log: Logger,
  level: 'info' | 'debug' | null,
  accountOf: (request: Request) => string | null,
): AccessLog {
  return (request, status, startedNs) => {
    const at = status >= 500 && status !== 501 ? 'warn' : level
    if (at === null) return
    const { requestId, ip } = peerOf(request)
    log[at]('request', {
      request_id: requestId,
      method: request.method,
      path: safePath(pathnameOf(request.url)),
      status,
      ms: Math.round((Bun.nanoseconds() - startedNs) / 1e4) / 100,
      user_id: accountOf(request),
      ip,
    })
  }
}

/** Invites and hooks carry their secret in the path. */
const SECRET_PART = /^(\/api\/invites\/|\/hooks\/(?:commands\/)?|\/api\/v1\/channels\/webhooks\/[^/]+\/)[^/]+/

function safePath(path: string): string {
  return path.replace(SECRET_PART, '$1…').slice(0, 500)
}
