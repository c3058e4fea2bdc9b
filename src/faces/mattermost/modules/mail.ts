/**
 * What goes by e-mail: new passwords, checks of addresses, invitations. Where none is sent, these refuse as a
 * server without e-mail does. The pages that the links open are the front end's.
 */
import { Elysia } from 'elysia'
import { AppFault } from '../../../core/faults.ts'
import { MmError, refuse, tell } from '../errors.ts'
import type { Face } from '../face.ts'
import type { Call, OpenCall } from '../wire/call.ts'

const INVITED_MAX = 20

export const mail = (face: Face) =>
  new Elysia({ name: 'mattermost.mail' })
    .post(
      '/users/password/reset/send',
      face.open((call) => sendReset(face, call)),
    )
    .post(
      '/users/password/reset',
      face.open((call) => reset(face, call)),
    )
    .post(
      '/users/email/verify',
      face.open((call) => verify(face, call)),
    )
    .post(
      '/users/email/verify/send',
      face.open((call) => sendCheck(face, call)),
    )
    .post(
      '/users/:user_id/email/verify/member',
      face.admin(async (call) =>
        face.json(face.person(await face.core.mailLinks.vouch(call.actor, call.userId()), call.actor.user)),
      ),
    )
    .post(
      '/email/test',
      face.admin((call) => test(face, call)),
    )
    .post(
      '/teams/:team_id/invite/email',
      face.user((call) => invite(face, call)),
    )

async function sendReset(face: Face, call: OpenCall): Promise<Response> {
  const email = (await call.fields()).textOr('email')
  if (email === '') throw refuse.bodyParam('email')
  requireMail(face, 'api.user.send_password_reset.disabled.app_error')
  const linkTo = (secret: string) => `${face.siteUrl()}/reset_password_complete?token=${secret}`
  await face.core.mailLinks.sendPasswordReset({ email, ip: call.ip, linkTo })
  return face.ok()
}

async function reset(face: Face, call: OpenCall): Promise<Response> {
  const body = await call.fields()
  const newPassword = body.text('new_password')
  const token = body.textOr('token') || body.textOr('code')
  await face.core.mailLinks
    .resetPassword({ token, newPassword, ip: call.ip })
    .catch(badLink('api.user.reset_password.invalid_link.app_error', 'The reset link is not valid.'))
  return face.ok()
}

async function sendCheck(face: Face, call: OpenCall): Promise<Response> {
  const email = (await call.fields()).textOr('email')
  if (email === '') throw refuse.bodyParam('email')
  requireMail(face, 'api.user.send_verify_email.disabled.app_error')
  await face.core.mailLinks.sendEmailCheck({ email, ip: call.ip, linkTo: checkLink(face, email) })
  return face.ok()
}

/** Where somebody confirms that an address is theirs. */
export function checkLink(face: Face, email: string): (secret: string) => string {
  return (secret) =>
    `${face.siteUrl()}/do_verify_email?token=${secret}&email=${encodeURIComponent(email.trim().toLowerCase())}`
}

async function verify(face: Face, call: OpenCall): Promise<Response> {
  const token = (await call.fields()).text('token')
  await face.core.mailLinks
    .confirmEmail({ token, ip: call.ip })
    .catch(badLink('api.user.verify_email.bad_link.app_error', 'Bad verify email link.'))
  return face.ok()
}

/** What is tried is what the environment says, not what the page of the console holds. */
async function test(face: Face, call: Call): Promise<Response> {
  requireMail(face, 'api.admin.test_email.missing_server')
  await face.core.mailLinks.sendTest(call.actor)
  return face.ok()
}

/** With `graceful`, what could not be sent is told of each address. */
async function invite(face: Face, call: Call): Promise<Response> {
  const teamId = call.id('team_id')
  await face.core.teams.byId(call.actor, teamId)
  requireMail(face, 'api.team.invite_members.disabled.app_error')
  const emails = (await call.list('user_email', INVITED_MAX)).filter((one) => typeof one === 'string')
  if (emails.length === 0) throw refuse.bodyParam('user_email')
  const linkTo = (inviteId: string) => `${face.siteUrl()}/signup_user_complete/?id=${inviteId}`
  const sent = await face.core.mailLinks.inviteToTeam(call.actor, { teamId, emails, linkTo })
  if (!call.flag('graceful')) {
    if (sent.some((one) => !one.sent)) throw notSent()
    return face.ok()
  }
  return face.json(
    sent.map((one) => ({ email: one.email, error: one.sent ? null : tell(notSent()).body })),
  )
}

function notSent(): MmError {
  return new MmError(500, 'api.team.invite_members.unable_to_send_email.app_error', 'The e-mail was not sent.')
}

function requireMail(face: Face, id: string): void {
  if (!face.core.mailLinks.enabled) throw refuse.off(id, 'This server does not send e-mail.')
}

function badLink(id: string, message: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof AppFault && error.code === 'mail.bad_link' ? new MmError(400, id, message) : error
  }
}
