/** Signing up. Each face asks for a little more or less; the rules are these. */
import type { Accounts } from '../core.ts'
import { type AppFault, fault } from '../faults.ts'
import { systemActor } from '../permissions/scopes.ts'
import type { SessionKind, User, UserRole } from '../types.ts'
import type { AccountContext } from './context.ts'
import { insertAccount } from './insert-account.ts'
import { limitAddress } from './limit-address.ts'
import { checkProfile } from './profile-rules.ts'
import { checkDisplayName, checkEmail, checkNewPassword, checkUsername } from './rules.ts'

/** Throws `auth.signup_disabled`, `account.*_taken`, or `account.bad_*`. */
export async function register(
  ctx: AccountContext,
  input: Parameters<Accounts['register']>[0],
): Promise<User> {
  const username = checkUsername(input.username, input.face)
  const email = input.email ? checkEmail(input.email) : null
  const displayName = checkDisplayName(input.displayName?.trim() || username)
  const profile = checkProfile(input.profile)
  checkNewPassword(input.password)
  await ctx.ready()
  const open = isSignupOpen(ctx, input.face)
  if (await hasPeople(ctx)) {
    if (!open) throw signupClosed()
    await limitAddress(ctx, input.ip)
  }
  await refuseTaken(ctx, username, email)
  const passwordHash = await ctx.deps.passwords.hash(input.password)
  const role = defaultRole(ctx, input.face)
  const { user, first } = await ctx.deps.store.tx(async (repos, unit) => {
    const made = await insertAccount(ctx, repos, unit, {
      username,
      displayName,
      email,
      role,
      passwordHash,
      profile,
    })
    // Of several who found a closed server empty, only the first is let in.
    if (!open && !made.first) throw signupClosed()
    return made
  })
  ctx.audit.record({
    actorId: user.id,
    action: first ? 'account.register_first' : 'account.register',
    targetType: 'user',
    targetId: user.id,
    ip: input.ip,
    details: { face: input.face, role: user.role },
  })
  await welcome(ctx, user)
  return user
}

/** Whoever may come in belongs to the first team; those who wait join it when they are let in. */
export async function welcome(ctx: AccountContext, user: User): Promise<void> {
  if (user.role === 'pending') return
  try {
    const team = await ctx.core.teams.first()
    await ctx.core.teams.addMember(systemActor(user), team.id, user.id)
  } catch (error) {
    // The account is made and stays; the next start puts everyone without a team into the first.
    ctx.deps.log.error('a new account could not join the first team', { error, user_id: user.id })
  }
}

/**
 * An explicit default role governs every face. Where nobody chose one, Open WebUI's sign-ups wait for
 * approval, as they do there, and all others do not.
 */
export function defaultRole(ctx: AccountContext, face: SessionKind): UserRole {
  const fromEnvironment = ctx.deps.settings.defaultRole
  if (fromEnvironment !== undefined) return fromEnvironment
  if (ctx.settings.isExplicit('ui.default_user_role')) {
    const chosen = ctx.settings.get<unknown>('ui.default_user_role', 'pending')
    return chosen === 'user' || chosen === 'admin' ? chosen : 'pending'
  }
  return face === 'openwebui' ? 'pending' : 'user'
}

/** Open WebUI closes its own sign-up form after the first account: its switch is for its face only. */
export function isSignupOpen(ctx: AccountContext, face: SessionKind): boolean {
  const key = face === 'openwebui' ? 'ui.enable_signup' : 'hubbub.enable_signup'
  return ctx.settings.get<unknown>(key, ctx.deps.settings.signupEnabled) !== false
}

/** The first person is always let in: there is nobody who could open the door. */
async function hasPeople(ctx: AccountContext): Promise<boolean> {
  return ctx.firstPersonKnown.yes || (await ctx.deps.store.read.users.hasPeople())
}

export function signupClosed(): AppFault {
  return fault.forbidden('auth.signup_disabled', 'Sign-up is closed. Ask an administrator for an account.')
}

/** Before the costly hash; the unique indexes decide in the end. */
async function refuseTaken(ctx: AccountContext, username: string, email: string | null): Promise<void> {
  const { users } = ctx.deps.store.read
  if (await users.byUsername(username)) {
    throw fault.conflict('account.username_taken', 'This username is taken.')
  }
  if (email !== null && (await users.byEmail(email))) {
    throw fault.conflict('account.email_taken', 'This e-mail address is in use.')
  }
}
