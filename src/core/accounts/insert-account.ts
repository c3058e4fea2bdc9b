/** The one way an account comes into being: rows, first-person rule, unique names. Used by every way in. */
import type { Repositories } from '../repositories.ts'
import type { Unit } from '../ports.ts'
import { fault } from '../faults.ts'
import type { User, UserProfile, UserRole, Uuid } from '../types.ts'
import type { AccountContext } from './context.ts'
import { placeholderEmail } from './rules.ts'

export interface AccountDraft {
  /** Given for bots, whose id follows from the model; else a new one. */
  id?: Uuid
  username: string
  displayName: string
  email: string | null
  /** The role of anyone but the first. */
  role: UserRole
  isBot?: boolean
  botModel?: string | null
  botOwnerId?: Uuid | null
  /** `null`: no password opens this account. */
  passwordHash: string | null
  profile?: Partial<UserProfile>
}

/** Inserts within a unit of work. The first person becomes administrator; `first` tells whether this was the one. */
export async function insertAccount(
  ctx: AccountContext,
  repos: Repositories,
  unit: Unit,
  draft: AccountDraft,
): Promise<{ user: User; first: boolean }> {
  const isBot = draft.isBot ?? false
  const first = !isBot && (await isFirst(ctx, repos))
  const id = draft.id ?? ctx.deps.ids.next()
  const storedEmail = draft.email ?? placeholderEmail(draft.username, isBot)
  const clash = await repos.users.insert({
    id,
    username: draft.username,
    displayName: draft.displayName,
    storedEmail,
    role: first ? 'admin' : draft.role,
    isBot,
    botModel: draft.botModel ?? null,
    botOwnerId: draft.botOwnerId ?? null,
    bio: '',
    profile: { ...emptyProfile(), ...definedOf(draft.profile) },
    createdAt: ctx.deps.clock.now(),
  })
  throwClash(clash)
  if (!isBot) await insertCredential(ctx, repos, id, storedEmail, draft.passwordHash)
  const user = await repos.users.byId(id)
  if (!user) throw new Error('an account that was just inserted is not there')
  unit.afterCommit(() => {
    if (!isBot) ctx.firstPersonKnown.yes = true
    ctx.users.forget(id)
  })
  unit.emit({ type: 'user.created', user })
  return { user, first }
}

/** Decided inside the unit of work, behind a lock: fifty at once are one first and forty-nine others. */
async function isFirst(ctx: AccountContext, repos: Repositories): Promise<boolean> {
  if (ctx.firstPersonKnown.yes) return false
  await repos.users.lockFirstPerson()
  return !(await repos.users.hasPeople())
}

async function insertCredential(
  ctx: AccountContext,
  repos: Repositories,
  userId: Uuid,
  storedEmail: string,
  passwordHash: string | null,
): Promise<void> {
  await repos.credentials.insert({
    userId,
    storedEmail,
    // As Open WebUI does for accounts that sign in elsewhere: text that is no hash of anything.
    passwordHash: passwordHash ?? ctx.deps.ids.next(),
    sessionStamp: ctx.deps.ids.next(),
  })
}

export function throwClash(clash: 'username' | 'email' | null): void {
  if (clash === 'username') throw fault.conflict('account.username_taken', 'This username is taken.')
  if (clash === 'email') throw fault.conflict('account.email_taken', 'This e-mail address is in use.')
}

export function emptyProfile(): UserProfile {
  return {
    firstName: '',
    lastName: '',
    nickname: '',
    position: '',
    locale: '',
    timezone: {},
    notifyProps: {},
    props: {},
  }
}

/** Without the keys that are there but undefined. */
export function definedOf<T extends object>(values: T | undefined): Partial<T> {
  return Object.fromEntries(
    Object.entries(values ?? {}).filter(([, value]) => value !== undefined),
  ) as Partial<T>
}
