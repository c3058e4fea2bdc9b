/**
 * Deletes a person: address, password, sessions, keys, memberships and settings go. What they wrote
 * stays, signed "Deleted user", since it is part of other people's conversations.
 */
import { AppFault, fault } from '../faults.ts'
import { requireAdmin, requireSession, systemActor } from '../permissions/scopes.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Actor, Uuid } from '../types.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'
import { refuseLastAdmin } from './set-role.ts'

export async function removeAccount(ctx: AccountContext, actor: Actor, userId: Uuid): Promise<void> {
  if (userId !== actor.user.id || actor.via === 'system') requireAdmin(actor)
  else requireSession(actor)
  await ctx.deps.store.tx(async (repos) => {
    const user = await repos.users.byId(userId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    await refuseLastAdmin(repos, user)
  })
  await leaveRooms(ctx, userId)
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

/** So that the others in those rooms see them go. Where the rules forbid it, the row just goes with the person. */
async function leaveRooms(ctx: AccountContext, userId: Uuid): Promise<void> {
  const user = await ctx.users.byId(userId)
  if (!user) return
  for (const roomId of await ctx.core.members.roomIdsOf(userId)) {
    try {
      await ctx.core.members.remove(systemActor(user), roomId, userId)
    } catch (error) {
      if (!(error instanceof AppFault)) throw error
    }
  }
}
