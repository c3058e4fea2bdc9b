/**
 * What every HTTP request passes before and after its face: limits by address, cross-site writes,
 * CORS, request ids and security headers. Faces may set a header themselves; theirs then stands.
 */
import type { RateLimiter } from '../core/ports.ts'
import { errorResponse } from '../faces/native/errors.ts'
import { peerOf } from '../realtime/peer.ts'
import { pathnameOf } from '../server.ts'
import type { Origins } from './origins.ts'

export interface GuardOptions {
  limiter: RateLimiter
  /** Requests a minute by address; null = no limit. */
  perMinute: number | null
  origins: Origins
  /** Counts an answered request. */
  observe(request: Request, status: number, startedNs: number): void
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
    options.observe(request, response.status, started)
    return response
  }
}

async function answer(next: Handler, request: Request, options: GuardOptions): Promise<Response> {
  const { origins, perMinute, limiter } = options
  const { method, headers } = request
  const origin = headers.get('origin')
  if (method === 'OPTIONS' && headers.has('access-control-request-method')) return preflight(request, origins)
  if (perMinute !== null) {
    const waitS = await limiter.hit(`ip:${peerOf(request).ip ?? ''}`, perMinute, 60)
    if (waitS > 0) {
      return errorResponse(429, 'rate_limited', 'Too many requests from this address.', {
        retryAfterS: waitS,
      })
    }
  }
  if (origin !== null && isCrossSiteWrite(request, origin, origins)) {
    return errorResponse(403, 'cross_site', 'A page of another site may not do that with your cookies.')
  }
  return next(request)
}

/** A cookie travels by itself; a bearer token does not. So only cookie requests need to come from our own pages. */
function isCrossSiteWrite(request: Request, origin: string, origins: Origins): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return false
  if (!request.headers.has('cookie') || request.headers.has('authorization')) return false
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
  headers.set('access-control-allow-credentials', 'true')
  headers.set('access-control-expose-headers', corsHeaders['access-control-expose-headers'])
  headers.append('vary', 'Origin')
}

/** Which face a path belongs to, for metrics and the log. */
export function faceOfPath(url: string): 'native' | 'openwebui' | 'mattermost' | 'assets' {
  const path = pathnameOf(url)
  if (path.startsWith('/api/v4/')) return 'mattermost'
  if (/^\/(api\/v1|openai|ollama|static|cache)\//.test(path)) return 'openwebui'
  if (path.startsWith('/api/') || path.startsWith('/uploads/')) return 'native'
  return 'assets'
}
