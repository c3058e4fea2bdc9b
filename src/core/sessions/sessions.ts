/** Sessions and tokens: the part of the core that says who asks. */
import type { AccountContext } from '../accounts/context.ts'
import type { Sessions } from '../core.ts'
import { fault } from '../faults.ts'
import { requireSelfOrAdmin, requireSession } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'
import { endSessions } from './end-sessions.ts'
import { openSession, sessionOf } from './open-session.ts'
import { resolveToken, revokedUntil } from './resolve-token.ts'
import type { TokenEntry } from './token-cache.ts'

export function createSessions(ctx: AccountContext): Sessions {
  return {
    open: (user, kind, details) => openSession(ctx, user, kind, details),
    cachedActor: (token) => actorOf(ctx, ctx.tokens.get(token, ctx.deps.clock.now())),
    async actorByToken(token, ip) {
      const known = ctx.tokens.get(token, ctx.deps.clock.now())
      const actor = known ? actorOf(ctx, known) : await look(ctx, token)
      return actor ? { ...actor, ip } : null
    },
    async list(actor, userId) {
      requireSelfOrAdmin(actor, userId, 'account:read')
      const records = await ctx.deps.store.read.sessions.listByUser(userId, ctx.deps.clock.now())
      return records.map(sessionOf)
    },
    async update(actor, sessionId, patch) {
      requireSession(actor)
      return sessionOf(
        await ctx.deps.store.tx(async (repos) => {
          const session = await repos.sessions.byId(sessionId)
          if (!session || session.userId !== actor.user.id) throw noSuchSession()
          await repos.sessions.update(sessionId, patch)
          return { ...session, ...patch }
        }),
      )
    },
    close: (actor, token) => close(ctx, actor, token),
    async revoke(actor, userId, sessionId) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      const session = await ctx.deps.store.read.sessions.byId(sessionId)
      if (!session || session.userId !== userId) throw noSuchSession()
      await endOne(ctx, userId, sessionId, session.expiresAt)
    },
    async revokeAll(actor, userId, exceptSessionId) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      await ctx.deps.store.tx((repos, unit) => endSessions(ctx, repos, unit, userId, exceptSessionId ?? null))
    },
    async csrf(sessionId) {
      return (await ctx.deps.store.read.sessions.byId(sessionId))?.csrf ?? null
    },
  }
}

/** Notes the use; undefined when the cache does not know the token. */
function actorOf(ctx: AccountContext, entry: TokenEntry | undefined): Actor | undefined {
  if (!entry) return undefined
  const { actor } = entry
  ctx.activity.note('user', actor.user.id)
  if (actor.sessionId !== null) {
    ctx.activity.note(actor.via === 'api_key' ? 'key' : 'session', actor.sessionId)
  }
  return actor
}

async function look(ctx: AccountContext, token: string): Promise<Actor | undefined> {
  const before = ctx.tokens.version
  const entry = await resolveToken(ctx, token)
  if (!entry) return undefined
  ctx.tokens.keep(token, entry, before)
  return actorOf(ctx, entry)
}

async function close(ctx: AccountContext, actor: Actor, token: string): Promise<void> {
  // A key is ended where keys are listed; logging out with one would be a mistake.
  requireSession(actor)
  if (actor.sessionId === null) return
  const expiresAt = ctx.tokens.get(token, ctx.deps.clock.now())?.expiresAt ?? null
  await endOne(ctx, actor.user.id, actor.sessionId, expiresAt)
}

async function endOne(
  ctx: AccountContext,
  userId: Uuid,
  sessionId: Uuid,
  expiresAt: number | null,
): Promise<void> {
  const now = ctx.deps.clock.now()
  await ctx.deps.store.tx(async (repos, unit) => {
    const hadRow = await repos.sessions.revoke(sessionId, now)
    // A token that Open WebUI's own server made has no row to revoke.
    if (!hadRow) await repos.sessions.revokeToken(sessionId, revokedUntil(now, expiresAt))
    unit.afterCommit(() => ctx.tokens.forgetUser(userId))
    unit.emit({ type: 'sessions.revoked', userId, sessionIds: [sessionId], except: null })
  })
}

function noSuchSession() {
  return fault.notFound('session.not_found', 'There is no such session.')
}
