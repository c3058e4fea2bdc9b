/** Invitations to a team by e-mail: its invite link, sent by somebody who may bring people in. */
import type { AccountContext } from '../accounts/context.ts'
import { checkEmail } from '../accounts/rules.ts'
import type { MailLinks } from '../core.ts'
import { AppFault, fault } from '../faults.ts'
import { requireSession } from '../permissions/scopes.ts'
import { requireMayBring } from '../teams/team-members.ts'
import type { Actor } from '../types.ts'
import { invitationMail } from './texts.ts'

const AT_ONCE = 20
const HOUR_S = 3_600
const MAILS_PER_PERSON = 60

export async function inviteToTeam(
  ctx: AccountContext,
  actor: Actor,
  { teamId, emails, linkTo }: Parameters<MailLinks['inviteToTeam']>[1],
): ReturnType<MailLinks['inviteToTeam']> {
  const { mailer, limiter, log, store } = ctx.deps
  if (!mailer) throw mailOff()
  requireSession(actor)
  const team = await ctx.core.teams.byId(actor, teamId)
  await requireMayBring(store.read, actor, team)
  const addresses = [...new Set(emails.map(checkEmail))]
  if (addresses.length === 0 || addresses.length > AT_ONCE)
    throw fault.invalid('mail.too_many', `An invitation goes to 1 to ${AT_ONCE} addresses.`)
  const out: Awaited<ReturnType<MailLinks['inviteToTeam']>> = []
  for (const to of addresses) {
    const waitS = await limiter.hit(`mail:invite:${actor.user.id}`, MAILS_PER_PERSON, HOUR_S)
    if (waitS > 0) throw fault.rateLimited('mail.too_many', 'Too many invitations.', waitS)
    const mail = { to, ...invitationMail(actor.user, team.displayName, linkTo(team.inviteId)) }
    const sent = await mailer.send(mail).then(
      () => true,
      (error: unknown) => (log.error('an invitation could not be sent', { error }), false),
    )
    out.push({ email: to, sent })
  }
  ctx.audit.record({
    actorId: actor.user.id,
    action: 'team.invite_by_mail',
    targetType: 'team',
    targetId: teamId,
    ip: actor.ip,
    details: { count: addresses.length },
  })
  return out
}

export function mailOff(): AppFault {
  return new AppFault('not_built', 'mail.off', 'This server does not send e-mail.')
}
