/** What administrators do about e-mail: try the mail server, and vouch for an address. */
import { type AccountContext, forgetAfterCommit } from '../accounts/context.ts'
import { AppFault, fault } from '../faults.ts'
import { requireAdmin, requireSession } from '../permissions/scopes.ts'
import type { Actor, User, Uuid } from '../types.ts'
import { mailOff } from './invite-to-team.ts'
import { testMail } from './texts.ts'

export async function sendTest(ctx: AccountContext, actor: Actor): Promise<void> {
  requireSession(actor)
  requireAdmin(actor)
  const { mailer, log } = ctx.deps
  if (!mailer) throw mailOff()
  const to = actor.user.email
  if (to === null) throw fault.invalid('mail.no_address', 'Your account has no e-mail address.')
  await mailer.send({ to, ...testMail() }).catch((error: unknown) => {
    log.warn('a test e-mail could not be sent', { error })
    const reason = error instanceof Error ? error.message : 'unknown'
    throw new AppFault('unavailable', 'mail.refused', `The mail server did not take it: ${reason}`)
  })
}

export async function vouch(ctx: AccountContext, actor: Actor, userId: Uuid): Promise<User> {
  requireSession(actor)
  requireAdmin(actor)
  const verified = await ctx.deps.store.tx(async (repos, unit) => {
    const user = await repos.users.byId(userId)
    if (!user?.email) throw fault.notFound('user.not_found', 'There is no such person with an address.')
    await repos.users.update(userId, { verifiedEmail: user.email.toLowerCase() }, ctx.deps.clock.now())
    const changed = await repos.users.byId(userId)
    if (!changed) throw fault.notFound('user.not_found', 'There is no such person.')
    forgetAfterCommit(ctx, unit, userId)
    unit.emit({ type: 'user.updated', user: changed })
    return changed
  })
  ctx.audit.record({
    actorId: actor.user.id,
    action: 'account.vouch_email',
    targetType: 'user',
    targetId: userId,
    ip: actor.ip,
    details: {},
  })
  return verified
}
