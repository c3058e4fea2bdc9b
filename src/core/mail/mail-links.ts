/**
 * Links by e-mail that stand for their receiver: a new password, the check of an address. What is asked for is
 * answered alike whether there is such an account or not; the link is made and sent behind the answer.
 */
import type { AccountContext } from '../accounts/context.ts'
import { forgetAfterCommit } from '../accounts/context.ts'
import type { MailToken, MailTokenKind } from '../accounts/repositories.ts'
import { checkEmail, checkNewPassword } from '../accounts/rules.ts'
import type { MailLinks } from '../core.ts'
import { fault } from '../faults.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import { sha256Hex } from '../support/digest.ts'
import { networkOf } from '../support/network-of.ts'
import type { User } from '../types.ts'
import { sendTest, vouch } from './by-administrators.ts'
import { inviteToTeam, mailOff } from './invite-to-team.ts'
import { resetMail, verifyMail } from './texts.ts'

const SECRET_BYTES = 32
const TOKEN_MAX_CHARS = 200
const HOUR_S = 3_600
const LIFE_MS: Record<MailTokenKind, number> = { reset: 24 * 3_600_000, verify: 7 * 24 * 3_600_000 }
/** Of one kind to one address in an hour; what is beyond is not sent, and nobody is told. */
const MAILS_PER_ADDRESS = 3
/** Asked for or tried from one network in an hour. */
const ASKED_PER_NETWORK = 30

type Asked = Parameters<MailLinks['sendPasswordReset']>[0]

export function createMailLinks(ctx: AccountContext): MailLinks {
  return {
    enabled: Boolean(ctx.deps.mailer),
    sendPasswordReset: (asked) => ask(ctx, 'reset', asked),
    sendEmailCheck: (asked) => ask(ctx, 'verify', asked),
    resetPassword: (input) => resetPassword(ctx, input),
    confirmEmail: (input) => confirmEmail(ctx, input),
    vouch: (actor, userId) => vouch(ctx, actor, userId),
    sendTest: (actor) => sendTest(ctx, actor),
    inviteToTeam: (actor, invitation) => inviteToTeam(ctx, actor, invitation),
  }
}

async function ask(ctx: AccountContext, kind: MailTokenKind, asked: Asked): Promise<void> {
  if (!ctx.deps.mailer) throw mailOff()
  const email = checkEmail(asked.email)
  await limitNetwork(ctx, asked.ip)
  send(ctx, kind, email, asked.linkTo).catch((error: unknown) => {
    ctx.deps.log.error('an e-mail could not be sent', { kind, error })
  })
}

async function send(
  ctx: AccountContext,
  kind: MailTokenKind,
  email: string,
  linkTo: Asked['linkTo'],
): Promise<void> {
  const user = await ctx.core.users.byEmail(email)
  if (!user || !mayGet(user, kind)) return
  if ((await ctx.deps.limiter.hit(`mail:${kind}:${email}`, MAILS_PER_ADDRESS, HOUR_S)) > 0) return
  const secret = ctx.deps.ids.secret(SECRET_BYTES)
  const expiresAt = ctx.deps.clock.now() + LIFE_MS[kind]
  await ctx.deps.store.tx((repos) =>
    repos.mailTokens.put({ hash: sha256Hex(secret), kind, userId: user.id, email, expiresAt }),
  )
  const text = kind === 'reset' ? resetMail : verifyMail
  await ctx.deps.mailer?.send({ to: email, ...text(user, linkTo(secret)) })
}

function mayGet(user: User, kind: MailTokenKind): boolean {
  if (user.isBot || user.deactivatedAt !== null) return false
  return kind === 'reset' || !user.emailVerified
}

/** The one who opens the link has the address, so that is verified too. All sessions end. */
async function resetPassword(
  ctx: AccountContext,
  { token, newPassword, ip }: Parameters<MailLinks['resetPassword']>[0],
): Promise<void> {
  checkNewPassword(newPassword, 'new_password')
  const { found, user } = await opened(ctx, 'reset', token, ip)
  const before = await ctx.deps.store.read.credentials.byUserId(user.id)
  if (!before) throw badLink()
  const hash = await ctx.deps.passwords.hash(newPassword)
  await ctx.deps.store.tx(async (repos, unit) => {
    const at = ctx.deps.clock.now()
    if (!(await repos.mailTokens.use(found))) throw badLink()
    if (!(await repos.credentials.setPassword(user.id, hash, before.passwordHash))) throw badLink()
    await repos.users.update(user.id, { passwordChangedAt: at, verifiedEmail: found.email }, at)
    forgetAfterCommit(ctx, unit, user.id)
    await endSessions(ctx, repos, unit, user.id, null)
  })
  ctx.backOff.succeeded(user.id)
  note(ctx, user, 'account.reset_password', ip)
}

async function confirmEmail(
  ctx: AccountContext,
  { token, ip }: Parameters<MailLinks['confirmEmail']>[0],
): Promise<void> {
  const { found, user } = await opened(ctx, 'verify', token, ip)
  await ctx.deps.store.tx(async (repos, unit) => {
    if (!(await repos.mailTokens.use(found))) throw badLink()
    await repos.users.update(user.id, { verifiedEmail: found.email }, ctx.deps.clock.now())
    const verified = await repos.users.byId(user.id)
    forgetAfterCommit(ctx, unit, user.id)
    if (verified) unit.emit({ type: 'user.updated', user: verified })
  })
  note(ctx, user, 'account.verify_email', ip)
}

/** Looked up before anything costly is done, and used up with what it allows. */
async function opened(
  ctx: AccountContext,
  kind: MailTokenKind,
  token: string,
  ip: string | null,
): Promise<{ found: MailToken; user: User }> {
  await limitNetwork(ctx, ip)
  if (token === '' || token.length > TOKEN_MAX_CHARS) throw badLink()
  const found = await ctx.deps.store.read.mailTokens.byHash(sha256Hex(token))
  if (!found || found.kind !== kind || found.expiresAt <= ctx.deps.clock.now()) throw badLink()
  const user = await ctx.deps.store.read.users.byId(found.userId)
  const holds = user && user.email?.toLowerCase() === found.email && user.deactivatedAt === null
  if (!holds) throw badLink()
  return { found, user }
}

async function limitNetwork(ctx: AccountContext, ip: string | null): Promise<void> {
  if (ip === null) return
  const waitS = await ctx.deps.limiter.hit(`mail:from:${networkOf(ip)}`, ASKED_PER_NETWORK, HOUR_S)
  if (waitS > 0) throw fault.rateLimited('mail.too_many', 'Too many links from this address.', waitS)
}

function badLink() {
  return fault.invalid('mail.bad_link', 'This link is not valid any more.')
}

function note(ctx: AccountContext, user: User, action: string, ip: string | null): void {
  ctx.audit.record({ actorId: user.id, action, targetType: 'user', targetId: user.id, ip, details: {} })
}
