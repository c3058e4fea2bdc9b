/**
 * What every HTTP request passes before and after its face: limits, size, cross-site writes, CORS, request ids, security
 * headers and the log. Faces may set a header themselves; theirs then stands.
 */
import { peerOf } from '../realtime/peer.ts'
import { type BodyLimits, limitBody } from './body-limit.ts'
import type { Origins } from './origins.ts'
import { type Refusal, refuse } from './refusal.ts'

export interface GuardOptions {
  /** Says whether a request is one too many; null = no limits. */
  limit: ((request: Request) => Promise<Refusal | null>) | null
  body: BodyLimits
  origins: Origins
  /** Hear of each answered request: metrics, log. */
  observers: readonly ((request: Request, status: number, startedNs: number) => void)[]
}

export type Handler = (request: Request) => Response | Promise<Response>

const corsHeaders = {
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS',
  'access-control-max-age': '600',
  'access-control-expose-headers': 'Retry-After, X-Request-Id, Token, X-Version-Id',
}

export function guarded(next: Handler, options: GuardOptions): Handler {
  return async (request) => {
    const started = Bun.nanoseconds()
    const response = await answer(next, request, options)
    finishHeaders(request, response, options.origins)
    for (const observe of options.observers) observe(request, response.status, started)
    return response
  }
}

async function answer(next: Handler, request: Request, options: GuardOptions): Promise<Response> {
  const { origins, limit } = options
  const { method, headers } = request
  const origin = headers.get('origin')
  if (method === 'OPTIONS' && headers.has('access-control-request-method')) return preflight(request, origins)
  const refusal = limit === null ? null : await limit(request)
  if (refusal !== null) return refuse(request, refusal)
  if (origin !== null && isCrossSiteWrite(request, origin, origins)) {
    const message = 'A page of another site may not do that with your cookies.'
    return refuse(request, { status: 403, code: 'cross_site', message })
  }
  const sized = await limitBody(request, options.body)
  return sized instanceof Request ? next(sized) : refuse(request, sized)
}

/**
 * A cookie travels by itself, so a request that has one must come from our own pages; an Authorization beside
 * it changes nothing, since the cookie may be what counts. Pages that bring only a token are not concerned.
 */
function isCrossSiteWrite(request: Request, origin: string, origins: Origins): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false
  if (!request.headers.has('cookie')) return false
  return !origins.allowed(origin, request)
}

function preflight(request: Request, origins: Origins): Response {
  const headers = new Headers({ 'content-length': '0' })
  if (origins.allowHeader(request.headers.get('origin')) !== null) {
    for (const [name, value] of Object.entries(corsHeaders)) headers.set(name, value)
    const wanted = request.headers.get('access-control-request-headers')
    if (wanted && wanted.length < 1_000) headers.set('access-control-allow-headers', wanted)
  }
  return new Response(null, { status: 204, headers })
}

function finishHeaders(request: Request, response: Response, origins: Origins): void {
  const { headers } = response
  if (!headers.has('x-request-id')) headers.set('x-request-id', peerOf(request).requestId)
  headers.set('x-content-type-options', 'nosniff')
  if (!headers.has('referrer-policy')) headers.set('referrer-policy', 'no-referrer')
  const origin = request.headers.get('origin')
  if (origin === null) return
  const allowed = origins.allowHeader(origin)
  if (allowed === null) return
  headers.set('access-control-allow-origin', allowed)
  if (origins.isNamed(origin)) headers.set('access-control-allow-credentials', 'true')
  headers.set('access-control-expose-headers', corsHeaders['access-control-expose-headers'])
  headers.append('vary', 'Origin')
}
