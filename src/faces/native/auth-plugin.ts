/**
 * Who asks, for native routes. `{ auth: true }` on a route resolves `actor` from the bearer token
 * (JWT or API key) or answers 401; `{ auth: 'pending' }` also lets accounts in that wait for approval.
 */
import { Elysia } from 'elysia'
import type { Core } from '../../core/core.ts'
import { fault } from '../../core/faults.ts'
import type { Actor } from '../../core/types.ts'
import { peerOf } from '../../realtime/peer.ts'

/** The token of an Authorization header, or null. Its scheme is case-insensitive (RFC 9110, 11.1). */
export function bearerToken(header: string | null | undefined): string | null {
  if (!header || header.length > 8_192) return null
  const space = header.indexOf(' ')
  if (space < 0 || header.slice(0, space).toLowerCase() !== 'bearer') return null
  return header.slice(space + 1).trim() || null
}

/** The actor of this request. Throws `unauthenticated` (401), or `forbidden` (403) while an account waits for approval. */
export async function actorOf(core: Core, request: Request, allowPending = false): Promise<Actor> {
  const token = bearerToken(request.headers.get('authorization'))
  if (token === null) throw fault.unauthenticated()
  const { ip } = peerOf(request)
  const actor = core.sessions.cachedActor(token) ?? (await core.sessions.actorByToken(token, ip))
  if (!actor) throw fault.unauthenticated('auth.invalid_token', 'The token is not valid, or no longer.')
  if (actor.user.role === 'pending' && !allowPending) {
    throw fault.forbidden('account.pending', 'This account waits for the approval of an administrator.')
  }
  // The cache knows the person, not where this request came from.
  return actor.ip === ip ? actor : { ...actor, ip }
}

/** Actors of requests under way: found before validation, so that a stranger gets 401 and not a lesson about the body. */
const actors = new WeakMap<Request, Actor>()

export const nativeAuth = (core: Core) =>
  new Elysia({ name: 'native.auth' }).macro({
    auth: (mode: true | 'pending') => ({
      // Before a body is read: a stranger may not make us hold one. Routes with `parse` of their own go without.
      parse: async ({ request }) => {
        actors.set(request, await actorOf(core, request, mode === 'pending'))
      },
      transform: async ({ request }) => {
        if (!actors.has(request)) actors.set(request, await actorOf(core, request, mode === 'pending'))
      },
      resolve: ({ request }) => {
        const actor = actors.get(request)
        if (!actor) throw fault.unauthenticated()
        return { actor }
      },
    }),
  })
