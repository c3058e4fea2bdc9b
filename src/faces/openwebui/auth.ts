/**
 * Who asks, for routes of this face. The token is looked for in the Authorization header, then the
 * httpOnly cookie, then the API key header: the front end's images and exports carry only the cookie.
 */
import { Elysia } from 'elysia'
import type { FaceCore } from './face-core.ts'
import type { Actor } from '../../core/types.ts'
import { peerOf } from '../../realtime/peer.ts'
import { detail, Detail, TEXT } from './errors.ts'

export type Rank = 'user' | 'admin' | 'any' | 'optional'

/** The token of a request, or null; the order of places is the original's. */
export function tokenOf(request: Request, apiKeyHeader = 'x-api-key'): string | null {
  const header = request.headers.get('authorization')
  if (header) {
    const [scheme, credentials, extra] = header.split(' ')
    if (scheme?.toLowerCase() === 'bearer' && credentials && extra === undefined) return credentials
  }
  return cookieOf(request, 'token') ?? request.headers.get(apiKeyHeader)
}

export function cookieOf(request: Request, name: string): string | null {
  for (const part of (request.headers.get('cookie') ?? '').split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return decoded(part.slice(at + 1).trim())
  }
  return null
}

/** A cookie with broken percent signs is no token, and no fault of ours. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** The actor of a token, or null. No query when the session is cached. */
export async function actorByToken(core: FaceCore, token: string, ip: string | null): Promise<Actor | null> {
  return core.sessions.cachedActor(token) ?? (await core.sessions.actorByToken(token, ip))
}

/** The actor of a request, for this rank. Throws 401 or 403 in the original's words. */
async function authenticate(core: FaceCore, request: Request, rank: Rank): Promise<Actor | null> {
  const token = tokenOf(request)
  if (token === null) {
    if (rank === 'optional') return null
    throw detail.unauthorized(TEXT.notAuthenticated)
  }
  // Told apart from a wrong key: nothing about the key is looked at.
  if (rank !== 'optional' && token.startsWith('sk-') && !core.settings.get('auth.enable_api_keys', false)) {
    throw new Detail(403, TEXT.apiKeyNotAllowed)
  }
  const actor = await actorByToken(core, token, peerOf(request).ip)
  if (!actor) {
    if (rank === 'optional') return null
    throw detail.unauthorized(TEXT.invalidToken)
  }
  if (actor.via === 'api_key') await allowApiKey(core, actor, request)
  if (rank === 'optional') return actor.user.role === 'pending' ? null : actor
  if (rank === 'user' && actor.user.role === 'pending') throw detail.unauthorized()
  if (rank === 'admin' && actor.user.role !== 'admin') throw detail.unauthorized()
  return actor
}

/** `auth.enable_api_keys`, the permission, and the list of allowed endpoints. Scopes are unknown here: a key opens all or nothing. */
async function allowApiKey(core: FaceCore, actor: Actor, request: Request): Promise<void> {
  const path = new URL(request.url).pathname
  // The native face's list of models, which every key of ours may read.
  if (path === '/api/models' && request.method === 'GET' && actor.sessionId !== null) return
  if (!actor.scopes.includes('*')) throw detail.forbidden()
  if (!core.settings.get('auth.enable_api_keys', false)) throw new Detail(403, TEXT.apiKeyNotAllowed)
  if (!(await core.permissions.has(actor, 'features.api_keys'))) throw new Detail(403, TEXT.apiKeyNotAllowed)
  if (!core.settings.get('auth.api_key.endpoint_restrictions', false)) return
  const allowed = String(core.settings.get('auth.api_key.allowed_endpoints', ''))
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
  if (!allowed.some((entry) => path === entry || path.startsWith(`${entry}/`))) throw detail.forbidden()
}

const actors = new WeakMap<Request, Actor>()

/** `{ rank: 'user' | 'admin' | 'any' }` gives `actor`; found before the body is validated, so strangers get 401. */
export const openwebuiAuth = (core: FaceCore) =>
  new Elysia({ name: 'openwebui.auth' }).macro({
    rank: (rank: 'user' | 'admin' | 'any') => ({
      // Before a body is read: a stranger may not make us hold one.
      parse: async ({ request }) => {
        const actor = await authenticate(core, request, rank)
        if (actor) actors.set(request, actor)
      },
      transform: async ({ request }) => {
        if (actors.has(request)) return
        const actor = await authenticate(core, request, rank)
        if (actor) actors.set(request, actor)
      },
      resolve: ({ request }) => {
        const actor = actors.get(request)
        if (!actor) throw detail.unauthorized(TEXT.notAuthenticated)
        return { actor }
      },
    }),
    visitor: (on: true) => ({
      resolve: async ({ request }) => ({
        visitor: on ? await authenticate(core, request, 'optional') : null,
      }),
    }),
  })
