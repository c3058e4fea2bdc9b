/** Signing in by password: one answer for "no such person" and "wrong password", in one time. */
import { AppFault, fault } from '../faults.ts'
import { networkOf } from '../support/network-of.ts'
import { requireSession } from '../permissions/scopes.ts'
import type { Actor, User } from '../types.ts'
import type { Credential } from './repositories.ts'
import type { AccountContext } from './context.ts'
import { PASSWORD_MAX_CHARS } from './rules.ts'

const LOGIN_MAX_CHARS = 254
/** Failures from one address, over all accounts, before it waits too. */
const ADDRESS_FACTOR = 10

/** Throws `auth.invalid_credentials`, `auth.too_many_failures`, `account.deactivated` or `auth.mfa_required`. */
export async function verifyPassword(
  ctx: AccountContext,
  login: string,
  password: string,
  ip: string | null,
): Promise<User> {
  refuseUnlikely(login, password)
  await ctx.ready()
  const user = await findByLogin(ctx, login)
  const accountKey = user ? `account:${user.id}` : `name:${login.trim().toLowerCase()}`
  const good = await countedAttempt(ctx, accountKey, ip, () => checkPassword(ctx, user, password))
  if (!user || !good) throw badCredentials()
  if (user.deactivatedAt !== null) {
    throw fault.forbidden('account.deactivated', 'This account has been deactivated.')
  }
  refuseSecondFactor(ctx, good)
  return user
}

/** Of a person who is signed in already and wants something that needs the password again. */
export async function confirmPassword(ctx: AccountContext, user: User, password: string): Promise<void> {
  if (password.length > PASSWORD_MAX_CHARS) throw badCurrentPassword()
  const good = await countedAttempt(ctx, `account:${user.id}`, null, () => checkPassword(ctx, user, password))
  if (!good) throw badCurrentPassword()
}

/** Accounts that came by Nostr have no password. */
export async function confirmOwnPassword(ctx: AccountContext, actor: Actor, password: string): Promise<void> {
  requireSession(actor)
  const credentials = await ctx.deps.store.read.credentials.byUserId(actor.user.id)
  if (credentials?.passwordHash?.startsWith('$')) await confirmPassword(ctx, actor.user, password)
}

/** Nothing that long, or of that kind, can be right: said at once, without hashing. */
function refuseUnlikely(login: unknown, password: unknown): void {
  if (typeof login !== 'string' || typeof password !== 'string') throw badCredentials()
  if (password.length > PASSWORD_MAX_CHARS || login.length > LOGIN_MAX_CHARS) {
    throw fault.invalid('auth.too_long', 'Username or password is too long.', {
      [password.length > PASSWORD_MAX_CHARS ? 'password' : 'username']: 'is too long',
    })
  }
}

async function findByLogin(ctx: AccountContext, login: string): Promise<User | null> {
  const name = login.trim().toLowerCase()
  const { users } = ctx.deps.store.read
  const user = name.includes('@') ? await users.byEmail(name) : await users.byUsername(name)
  return user && !user.isBot ? user : null
}

async function countedAttempt<T>(
  ctx: AccountContext,
  accountKey: string,
  ip: string | null,
  attempt: () => Promise<T | null>,
): Promise<T | null> {
  const { backOff, addressBackOff } = ctx
  const maxFailures = ctx.deps.settings.loginMaxFailures
  const network = ip === null ? null : networkOf(ip)
  return backOff.inTurn(accountKey, maxFailures, async () => {
    const waitS = Math.max(backOff.waitS(accountKey), network ? addressBackOff.waitS(network) : 0)
    if (waitS > 0) throw tooManyFailures(waitS)
    const result = await attempt()
    if (result === null) {
      backOff.failed(accountKey, maxFailures)
      if (network) addressBackOff.failed(network, maxFailures * ADDRESS_FACTOR)
    } else backOff.succeeded(accountKey)
    return result
  })
}

/** The credential when the password is right; upgrades a hash that is not of today's kind. */
async function checkPassword(
  ctx: AccountContext,
  user: User | null,
  password: string,
): Promise<Credential | null> {
  const credential = user ? await ctx.deps.store.read.credentials.byUserId(user.id) : null
  const hash = credential?.passwordHash ?? null
  const { ok, needsRehash } = await ctx.deps.passwords.verify(password, hash)
  if (!ok || !credential) return null
  if (needsRehash) await upgradeHash(ctx, credential, password)
  return credential
}

async function upgradeHash(ctx: AccountContext, credential: Credential, password: string): Promise<void> {
  try {
    const fresh = await ctx.deps.passwords.hash(password)
    await ctx.deps.store.tx((repos) =>
      repos.credentials.setPassword(credential.userId, fresh, credential.passwordHash),
    )
  } catch (error) {
    // The password was right; the old hash stays good until next time.
    ctx.deps.log.warn('a password hash could not be upgraded', { error, user_id: credential.userId })
  }
}

function refuseSecondFactor(ctx: AccountContext, credential: Credential): void {
  if (!credential.mfaEnrolled || ctx.settings.get<unknown>('auth.mfa.enable', false) !== true) return
  throw fault.forbidden(
    'auth.mfa_required',
    'This account signs in with a second factor, which this door lacks.',
  )
}

function badCredentials(): AppFault {
  return fault.unauthenticated('auth.invalid_credentials', 'Username or password is wrong.')
}

function badCurrentPassword(): AppFault {
  return new AppFault('forbidden', 'auth.wrong_password', 'The current password is wrong.', {
    fields: { current_password: 'is wrong' },
  })
}

function tooManyFailures(waitS: number): AppFault {
  return fault.rateLimited('auth.too_many_failures', 'Too many failed attempts. Wait a little.', waitS)
}
