/**
 * Deletes a person: address, password, sessions, keys, memberships and settings go. What they wrote
 * stays, signed "Deleted user", since it is part of other people's conversations.
 */
import { fault } from '../faults.ts'
import { requireAdmin, requireSession } from '../permissions/scopes.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Actor, Uuid } from '../types.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'
import { refuseLastAdmin } from './set-role.ts'

export async function removeAccount(ctx: AccountContext, actor: Actor, userId: Uuid): Promise<void> {
  if (userId !== actor.user.id || actor.via === 'system') requireAdmin(actor)
  else requireSession(actor)
  const avatarKey = await ctx.deps.store.tx(async (repos, unit) => {
    const user = await repos.users.byId(userId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    await refuseLastAdmin(repos, user)
    const at = ctx.deps.clock.now()
    await endSessions(ctx, repos, unit, userId, null)
    await repos.users.remove(userId, `deleted-${userId}`, at)
    forgetAfterCommit(ctx, unit, userId)
    unit.emit({
      type: 'user.deactivated',
      user: { ...user, deactivatedAt: at, email: null, role: 'pending' },
    })
    return user.avatarKey
  })
  if (avatarKey !== null) await ctx.deps.files.delete(avatarKey)
  ctx.audit.record({
    actorId: actor.user.id,
    action: 'account.remove',
    targetType: 'user',
    targetId: userId,
    ip: actor.ip,
    details: {},
  })
}
