/** Puts together what is about people: accounts, sessions, keys, preferences, settings, audit log, presence. */
import { createApiKeys } from '../api-keys/api-keys.ts'
import { createAudit } from '../audit/audit.ts'
import type { Accounts, Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { DomainEvent } from '../events.ts'
import { createMailLinks } from '../mail/mail-links.ts'
import { createPreferences } from '../preferences/preferences.ts'
import { createActivity } from '../presence/activity.ts'
import { createPresence, type PresencePart } from '../presence/presence.ts'
import { createSessions } from '../sessions/sessions.ts'
import { TokenCache } from '../sessions/token-cache.ts'
import { createSettings } from '../settings/settings.ts'
import { UserCache } from '../users/user-cache.ts'
import { createUsers } from '../users/users.ts'
import { clearAvatar, openAvatar, setAvatar } from './avatar.ts'
import { createBackOff } from './back-off.ts'
import { changePassword } from './change-password.ts'
import type { AccountContext } from './context.ts'
import { createAccount } from './create-account.ts'
import { nostrChallenge } from './nostr/challenge.ts'
import { nostrSignIn } from './nostr/sign-in.ts'
import { reconcile } from './reconcile.ts'
import { defaultRole, isSignupOpen, register } from './register.ts'
import { removeAccount } from './remove-account.ts'
import { setActive } from './set-active.ts'
import { setRole } from './set-role.ts'
import { updateProfile } from './update-profile.ts'
import { confirmOwnPassword, verifyPassword } from './verify-password.ts'

const DAY_MS = 86_400_000
/** An office behind one address makes a slip a minute; someone who guesses makes many. */
const FORGIVE_ADDRESS_EVERY_MS = 60_000
const TIDY_EVERY_MS = 6 * 3_600_000

export type AccountsGroup = Pick<
  Core,
  'accounts' | 'users' | 'sessions' | 'apiKeys' | 'mailLinks' | 'preferences' | 'settings' | 'audit' | 'presence'
>

/** `core` is filled while this runs: it is used when actions are called, not here. */
export function createAccountsGroup(deps: CoreDeps, core: Core): AccountsGroup {
  const ctx = createContext(deps, core)
  const presence = createPresence(ctx)
  return {
    accounts: createAccounts(ctx, presence),
    users: createUsers(ctx),
    sessions: createSessions(ctx),
    apiKeys: createApiKeys(ctx),
    mailLinks: createMailLinks(ctx),
    preferences: createPreferences(deps),
    settings: ctx.settings,
    audit: ctx.audit,
    presence,
  }
}

function createContext(deps: CoreDeps, core: Core): AccountContext {
  const ctx: AccountContext = {
    deps,
    core,
    users: new UserCache(() => deps.store.read.users),
    tokens: new TokenCache(),
    settings: createSettings(deps),
    audit: createAudit(deps),
    activity: createActivity(deps),
    backOff: createBackOff(deps.clock),
    addressBackOff: createBackOff(deps.clock, { forgiveOneEveryMs: FORGIVE_ADDRESS_EVERY_MS }),
    ready: () => prepare(),
    firstPersonKnown: { yes: false },
  }
  let preparing: Promise<void> | undefined
  const prepare = (): Promise<void> => {
    preparing ??= Promise.all([ctx.settings.ready(), reconcile(ctx)]).then(
      () => keepTidy(ctx),
      (error: unknown) => {
        preparing = undefined
        throw error
      },
    )
    return preparing
  }
  return ctx
}

/** Forgets, now and every few hours, what has been over for a day. */
function keepTidy(ctx: AccountContext): void {
  const { store, clock, log } = ctx.deps
  store
    .tx((repos) => repos.sessions.purge(clock.now() - DAY_MS))
    .catch((error: unknown) => log.warn('sessions that are over could not be deleted', { error }))
  clock.after(TIDY_EVERY_MS, () => keepTidy(ctx))
}

function createAccounts(ctx: AccountContext, presence: PresencePart): Accounts {
  return {
    register: (input) => register(ctx, input),
    create: (input) => createAccount(ctx, input),
    verifyPassword: (login, password, ip) => verifyPassword(ctx, login, password, ip),
    changePassword: (actor, input) => changePassword(ctx, actor, input),
    confirmPassword: (actor, password) => confirmOwnPassword(ctx, actor, password),
    updateProfile: (actor, userId, patch) => updateProfile(ctx, actor, userId, patch),
    setRole: (actor, userId, role) => setRole(ctx, actor, userId, role),
    setActive: (actor, userId, active) => setActive(ctx, actor, userId, active),
    remove: (actor, userId) => removeAccount(ctx, actor, userId),
    setAvatar: (actor, userId, bytes) => setAvatar(ctx, actor, userId, bytes),
    clearAvatar: (actor, userId) => clearAvatar(ctx, actor, userId),
    openAvatar: (key) => openAvatar(ctx.deps.files, key),
    nostrChallenge: (pubkey) => nostrChallenge(ctx, pubkey),
    nostrSignIn: (event, context) => nostrSignIn(ctx, event, context),
    isEmpty: async () => !(await ctx.deps.store.read.users.hasPeople()),
    isSignupOpen: async (face) => {
      await ctx.ready()
      return isSignupOpen(ctx, face) || !(await ctx.deps.store.read.users.hasPeople())
    },
    defaultRole: async (face) => {
      await ctx.ready()
      return defaultRole(ctx, face)
    },
    reconcile: () => reconcile(ctx),
    heard: (event) => heard(ctx, presence, event),
    flush: async () => {
      await Promise.all([ctx.activity.flush(), ctx.audit.flush()])
    },
  }
}

function heard(ctx: AccountContext, presence: PresencePart, event: DomainEvent): void {
  switch (event.type) {
    case 'user.updated':
    case 'user.deactivated':
    case 'user.reactivated':
      ctx.users.forget(event.user.id)
      ctx.tokens.forgetUser(event.user.id)
      break
    case 'sessions.revoked':
      ctx.tokens.forgetUser(event.userId)
      break
    case 'presence.changed':
      presence.heard(event.userId, event.state)
      break
    case 'settings.changed':
      // Whether Open WebUI's keys open anything is a setting too.
      if (event.keys.includes('auth.enable_api_keys')) ctx.tokens.clear()
      ctx.settings
        .reload()
        .catch((error: unknown) => ctx.deps.log.error('settings could not be read', { error }))
      break
    default:
      break
  }
}
