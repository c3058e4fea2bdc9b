/** Makes someone an administrator, an ordinary user, or one who waits for approval. */
import { fault } from '../faults.ts'
import type { Repositories } from '../repositories.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { Actor, User, UserRole, Uuid } from '../types.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'
import { welcome } from './register.ts'

export async function setRole(
  ctx: AccountContext,
  actor: Actor,
  userId: Uuid,
  role: UserRole,
): Promise<User> {
  requireAdmin(actor)
  const { before, after } = await ctx.deps.store.tx(async (repos, unit) => {
    const user = await repos.users.byId(userId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    if (user.role === role) return { before: user, after: user }
    if (role !== 'admin') await refuseLastAdmin(repos, user)
    await repos.users.update(userId, { role }, ctx.deps.clock.now())
    const changed = { ...user, role }
    forgetAfterCommit(ctx, unit, userId)
    unit.emit({ type: 'user.updated', user: changed })
    // Who has to wait again hears nothing more: open sockets are closed with the sessions.
    if (role === 'pending') await endSessions(ctx, repos, unit, userId, null)
    return { before: user, after: changed }
  })
  if (before.role === after.role) return after
  ctx.audit.record({
    actorId: actor.user.id,
    action: 'account.set_role',
    targetType: 'user',
    targetId: userId,
    ip: actor.ip,
    details: { from: before.role, to: role },
  })
  if (before.role === 'pending') await welcome(ctx, after)
  return after
}

/** A server without an administrator could not be got back. Checked inside the unit of work, behind the lock. */
export async function refuseLastAdmin(repos: Repositories, user: User): Promise<void> {
  if (user.role !== 'admin' || user.deactivatedAt !== null) return
  await repos.users.lockFirstPerson()
  const admins = await repos.users.adminIds()
  if (admins.length <= 1 && admins.includes(user.id)) {
    throw fault.conflict('account.last_admin', 'This is the last administrator.')
  }
}
