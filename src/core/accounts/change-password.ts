/** A new password: ends all other sessions of the account, and their sockets, at its commit. */
import type { Accounts } from '../core.ts'
import { fault } from '../faults.ts'
import { requireAdmin, requireSession } from '../permissions/scopes.ts'
import type { Actor, User } from '../types.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'
import { checkNewPassword } from './rules.ts'
import { confirmPassword } from './verify-password.ts'

/** One's own needs the current one, if there is one; anyone else's is an administrator's business. */
export async function changePassword(
  ctx: AccountContext,
  actor: Actor,
  input: Parameters<Accounts['changePassword']>[1],
): Promise<void> {
  requireSession(actor)
  const userId = input.userId ?? actor.user.id
  const own = userId === actor.user.id && actor.via === 'session'
  if (!own) requireAdmin(actor)
  checkNewPassword(input.newPassword, 'new_password')
  const user = await ctx.core.users.byId(userId)
  if (!user || user.isBot) throw fault.notFound('user.not_found', 'There is no such person.')
  const before = await ctx.deps.store.read.credentials.byUserId(userId)
  if (!before) throw fault.notFound('user.not_found', 'There is no such person.')
  if (own) await confirmOwn(ctx, user, before.passwordHash, input.currentPassword)
  const hash = await ctx.deps.passwords.hash(input.newPassword)
  await ctx.deps.store.tx(async (repos, unit) => {
    const at = ctx.deps.clock.now()
    if (!(await repos.credentials.setPassword(userId, hash, before.passwordHash))) throw changedMeanwhile()
    await repos.users.update(userId, { passwordChangedAt: at }, at)
    forgetAfterCommit(ctx, unit, userId)
    await endSessions(ctx, repos, unit, userId, own && !input.endsOwnSession ? actor.sessionId : null)
  })
  ctx.audit.record({
    actorId: actor.user.id,
    action: 'account.change_password',
    targetType: 'user',
    targetId: userId,
    ip: actor.ip,
    details: {},
  })
}

/** Accounts that came by Nostr have no password yet: there the session is enough. */
async function confirmOwn(
  ctx: AccountContext,
  user: User,
  hash: string | null,
  currentPassword: string | undefined,
): Promise<void> {
  if (!hash?.startsWith('$')) return
  if (currentPassword === undefined) {
    throw fault.invalid('account.current_password_missing', 'The current password is needed.', {
      current_password: 'is needed',
    })
  }
  await confirmPassword(ctx, user, currentPassword)
}

/** Two changes at once: the second was confirmed by a password that is no longer the one. */
function changedMeanwhile() {
  return fault.conflict('account.password_changed', 'The password was changed meanwhile.')
}
