/** Ends all sessions of a person but one, within a unit of work. */
import type { AccountContext } from '../accounts/context.ts'
import type { Unit } from '../ports.ts'
import type { Repositories } from '../repositories.ts'
import type { Uuid } from '../types.ts'

/**
 * A new stamp ends every token that has no row here (older ones of Open WebUI); rows are revoked. The
 * session that stays gets a row under the new stamp, so that its token goes on though it names the old.
 */
export async function endSessions(
  ctx: Pick<AccountContext, 'deps' | 'tokens'>,
  repos: Repositories,
  unit: Unit,
  userId: Uuid,
  exceptId: Uuid | null,
): Promise<void> {
  const at = ctx.deps.clock.now()
  const stamp = ctx.deps.ids.next()
  await repos.credentials.setStamp(userId, stamp)
  await repos.sessions.revokeByUser(userId, exceptId, at)
  if (exceptId !== null) await keep(repos, exceptId, userId, stamp, at)
  unit.afterCommit(() => ctx.tokens.forgetUser(userId))
  unit.emit({ type: 'sessions.revoked', userId, sessionIds: null, except: exceptId })
}

async function keep(repos: Repositories, id: Uuid, userId: Uuid, stamp: string, at: number): Promise<void> {
  const row = await repos.sessions.byId(id)
  if (row) {
    if (row.userId === userId) await repos.sessions.update(id, { stamp })
    return
  }
  await repos.sessions.insert({
    id,
    userId,
    kind: 'openwebui',
    csrf: null,
    deviceId: null,
    device: {},
    createdAt: at,
    // The token itself says when it ends.
    expiresAt: null,
    lastUsedAt: at,
    tokenHash: null,
    stamp,
    revokedAt: null,
  })
}
