/** Deactivates an account, or lets it in again. Deactivating ends its sessions, keys and sockets at once. */
import { fault } from '../faults.ts'
import { requireAdmin, requireSession } from '../permissions/scopes.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Actor, User, Uuid } from '../types.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'
import { refuseLastAdmin } from './set-role.ts'

/** An administrator's business; leaving by oneself is allowed too, by a session. */
export async function setActive(
  ctx: AccountContext,
  actor: Actor,
  userId: Uuid,
  active: boolean,
): Promise<User> {
  if (active || userId !== actor.user.id || actor.via === 'system') requireAdmin(actor)
  else requireSession(actor)
  const changed = await ctx.deps.store.tx(async (repos, unit) => {
    const user = await repos.users.byId(userId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    if ((user.deactivatedAt === null) === active) return user
    if (!active) await refuseLastAdmin(repos, user)
    const at = ctx.deps.clock.now()
    const after = { ...user, deactivatedAt: active ? null : at, updatedAt: at }
    await repos.users.update(userId, { deactivatedAt: after.deactivatedAt }, at)
    await repos.credentials.setActive(userId, active)
    forgetAfterCommit(ctx, unit, userId)
    if (!active) await endSessions(ctx, repos, unit, userId, null)
    unit.emit({ type: active ? 'user.reactivated' : 'user.deactivated', user: after })
    return after
  })
  ctx.audit.record({
    actorId: actor.user.id,
    action: active ? 'account.reactivate' : 'account.deactivate',
    targetType: 'user',
    targetId: userId,
    ip: actor.ip,
    details: {},
  })
  return changed
}
