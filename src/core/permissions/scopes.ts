/**
 * What an API key may do, and the coarse gates that every action opens with: scope, session, admin.
 * Denied by default: a scope that is not in the list counts for nothing.
 */
import { fault } from '../faults.ts'
import type { Actor, Scope } from '../types.ts'

export const SCOPES = [
  'rooms:read',
  'rooms:write',
  'messages:read',
  'messages:write',
  'files:write',
  'account:read',
  'account:write',
  'admin',
  '*',
] as const

export type KnownScope = (typeof SCOPES)[number]

/** What a key gets whose maker named no scopes: enough for a bot, nothing over accounts. */
export const DEFAULT_KEY_SCOPES: readonly KnownScope[] = [
  'rooms:read',
  'rooms:write',
  'messages:read',
  'messages:write',
  'files:write',
  'account:read',
]

export function isScope(text: string): text is KnownScope {
  return (SCOPES as readonly string[]).includes(text)
}

export function hasScope(actor: Actor, scope: Exclude<KnownScope, '*'>): boolean {
  return actor.via !== 'api_key' || actor.scopes.includes('*') || actor.scopes.includes(scope)
}

/** Throws `auth.scope_missing` when the actor's key does not reach so far. */
export function requireScope(actor: Actor, scope: Exclude<KnownScope, '*'>): void {
  if (!hasScope(actor, scope)) {
    throw fault.forbidden('auth.scope_missing', `This API key lacks the scope ${scope}.`)
  }
}

/** For what no key may do, whatever its scopes: make keys, change the password. */
export function requireSession(actor: Actor): void {
  if (actor.via === 'api_key') {
    throw fault.forbidden('auth.session_required', 'An API key may not do that: sign in with a password.')
  }
}

export function isAdmin(actor: Actor): boolean {
  return actor.via === 'system' || (actor.user.role === 'admin' && hasScope(actor, 'admin'))
}

export function requireAdmin(actor: Actor): void {
  if (actor.via !== 'system' && actor.user.role !== 'admin') {
    throw fault.forbidden('auth.admin_required', 'Only administrators may do that.')
  }
  requireScope(actor, 'admin')
}

/** Oneself with this scope, or an administrator. */
export function requireSelfOrAdmin(actor: Actor, userId: string, scope: Exclude<KnownScope, '*'>): void {
  if (actor.user.id === userId && actor.via !== 'system') requireScope(actor, scope)
  else requireAdmin(actor)
}

/** Someone on whose behalf the server itself acts. */
export function systemActor(user: Actor['user']): Actor {
  return { user, via: 'system', scopes: ['*'] satisfies Scope[], sessionId: null, ip: null }
}
