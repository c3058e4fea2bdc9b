/**
 * Who a token stands for, asked of the database (the cache did not know). Five kinds of token are told
 * apart by their look: `hb_…` keys, `sk-…` keys, opaque sessions, personal access tokens, and JWTs.
 */
import type { AccountContext } from '../accounts/context.ts'
import type { ApiKeyRecord } from '../accounts/repositories.ts'
import { sha256Hex } from '../support/digest.ts'
import { isOpaqueToken } from '../support/opaque-token.ts'
import type { Actor, Millis, Scope, User, Uuid } from '../types.ts'
import type { TokenEntry } from './token-cache.ts'

const MAX_TOKEN_CHARS = 8_192
const EVERYTHING: readonly Scope[] = ['*']
/** A revoked token without an expiry of its own is remembered this long. */
const REVOKED_FOR_MS = 400 * 86_400_000

export async function resolveToken(ctx: AccountContext, token: string): Promise<TokenEntry | null> {
  if (token.length > MAX_TOKEN_CHARS) return null
  await ctx.ready()
  if (token.startsWith('hb_')) return byApiKey(ctx, token)
  if (token.startsWith('sk-')) return byOpenWebUiKey(ctx, token)
  if (isOpaqueToken(token)) return (await byOpaqueToken(ctx, token)) ?? (await byApiKey(ctx, token))
  return byJwt(ctx, token)
}

async function byApiKey(ctx: AccountContext, token: string): Promise<TokenEntry | null> {
  const key = await ctx.deps.store.read.apiKeys.byTokenHash(sha256Hex(token))
  if (!key || key.revokedAt !== null || key.disabledAt !== null || isOver(ctx, key.expiresAt)) return null
  const user = await activeUser(ctx, key.userId)
  return user ? { actor: keyActor(user, key), expiresAt: key.expiresAt } : null
}

function keyActor(user: User, key: ApiKeyRecord): Actor {
  return { user, via: 'api_key', scopes: key.scopes, sessionId: key.id, ip: null }
}

/** Open WebUI's keys open everything that their owner may, while its administrator allows keys at all. */
async function byOpenWebUiKey(ctx: AccountContext, token: string): Promise<TokenEntry | null> {
  if (ctx.settings.get<unknown>('auth.enable_api_keys', false) !== true) return null
  const key = await ctx.deps.store.read.apiKeys.byOpenWebUiKey(token)
  if (!key || isOver(ctx, key.expiresAt)) return null
  const user = await activeUser(ctx, key.userId)
  if (!user) return null
  const actor: Actor = { user, via: 'api_key', scopes: EVERYTHING, sessionId: null, ip: null }
  return { actor, expiresAt: key.expiresAt }
}

async function byOpaqueToken(ctx: AccountContext, token: string): Promise<TokenEntry | null> {
  const session = await ctx.deps.store.read.sessions.byTokenHash(sha256Hex(token))
  if (!session || session.revokedAt !== null || isOver(ctx, session.expiresAt)) return null
  const user = await activeUser(ctx, session.userId)
  if (!user || !(await holdsStamp(ctx, user, session.stamp))) return null
  return { actor: sessionActor(user, session.id), expiresAt: session.expiresAt }
}

/**
 * A JWT of ours has a session row, and the row decides; one that Open WebUI's own server made has
 * none, and holds as long as its stamp is the account's.
 */
async function byJwt(ctx: AccountContext, token: string): Promise<TokenEntry | null> {
  const claims = await ctx.deps.signer.verify(token)
  if (!claims || claims['typ'] !== 'session') return null
  const { id, jti, exp, session_stamp: claimed } = claims
  if (typeof id !== 'string' || typeof jti !== 'string') return null
  const { sessions } = ctx.deps.store.read
  const session = await sessions.byId(jti)
  if (session ? session.revokedAt !== null || session.userId !== id : await sessions.isTokenRevoked(jti)) {
    return null
  }
  const user = await activeUser(ctx, id)
  const stamp = session ? session.stamp : typeof claimed === 'string' ? claimed : null
  if (!user || !(await holdsStamp(ctx, user, stamp))) return null
  const expiresAt = typeof exp === 'number' ? exp * 1_000 : null
  return { actor: sessionActor(user, jti), expiresAt }
}

function sessionActor(user: User, sessionId: Uuid): Actor {
  return { user, via: 'session', scopes: EVERYTHING, sessionId, ip: null }
}

async function activeUser(ctx: AccountContext, userId: Uuid): Promise<User | null> {
  const user = await ctx.users.byId(userId)
  return user && user.deactivatedAt === null ? user : null
}

async function holdsStamp(ctx: AccountContext, user: User, stamp: string | null): Promise<boolean> {
  const credential = await ctx.deps.store.read.credentials.byUserId(user.id)
  return credential !== null && credential.active && stamp !== null && credential.sessionStamp === stamp
}

function isOver(ctx: AccountContext, expiresAt: Millis | null): boolean {
  return expiresAt !== null && expiresAt <= ctx.deps.clock.now()
}

/** Until when a token that has no row must be remembered as revoked. */
export function revokedUntil(now: Millis, expiresAt: Millis | null): Millis {
  return expiresAt ?? now + REVOKED_FOR_MS
}
