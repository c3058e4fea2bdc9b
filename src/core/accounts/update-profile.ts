/** Changes what a person says about themselves. The role is not among it, nor anything else not listed. */
import type { Accounts } from '../core.ts'
import { fault } from '../faults.ts'
import { requireSelfOrAdmin } from '../permissions/scopes.ts'
import type { Actor, User, Uuid } from '../types.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'
import { throwClash } from './insert-account.ts'
import { checkProfile } from './profile-rules.ts'
import type { UserChange } from './repositories.ts'
import {
  checkBio,
  checkDisplayName,
  checkEmail,
  checkProfileImageUrl,
  checkUsername,
  isPlaceholderEmail,
  placeholderEmail,
} from './rules.ts'

type Patch = Parameters<Accounts['updateProfile']>[2]

export async function updateProfile(
  ctx: AccountContext,
  actor: Actor,
  userId: Uuid,
  patch: Patch,
): Promise<User> {
  requireSelfOrAdmin(actor, userId, 'account:write')
  return ctx.deps.store.tx(async (repos, unit) => {
    const user = await repos.users.byId(userId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    const at = ctx.deps.clock.now()
    throwClash(await repos.users.update(userId, changeOf(user, patch, at), at))
    const changed = await repos.users.byId(userId)
    if (!changed) throw fault.notFound('user.not_found', 'There is no such person.')
    forgetAfterCommit(ctx, unit, userId)
    unit.emit({ type: 'user.updated', user: changed })
    return changed
  })
}

function changeOf(user: User, patch: Patch, at: number): UserChange {
  const change: UserChange = {}
  if (patch.displayName !== undefined) change.displayName = checkDisplayName(patch.displayName)
  if (patch.bio !== undefined) change.bio = checkBio(patch.bio)
  if (patch.username !== undefined && patch.username.trim().toLowerCase() !== user.username) {
    change.username = checkUsername(patch.username, user.isBot ? 'bot' : 'mattermost')
  }
  const storedEmail = emailOf(user, patch, change.username)
  if (storedEmail !== undefined) change.storedEmail = storedEmail
  if (patch.profile !== undefined) change.profile = { ...user.profile, ...checkProfile(patch.profile) }
  if (patch.profileImageUrl !== undefined) {
    change.profileImageUrl = checkProfileImageUrl(patch.profileImageUrl)
    // The picture that was chosen last is the one that shows, on every face.
    change.avatarKey = null
    change.avatarUpdatedAt = at
  }
  return change
}

function emailOf(user: User, patch: Patch, newUsername: string | undefined): string | undefined {
  const username = newUsername ?? user.username
  if (patch.email === null || patch.email === '') return placeholderEmail(username, user.isBot)
  // Some clients send the whole record back, with the address that stands in for none.
  if (patch.email !== undefined && !isPlaceholderEmail(patch.email)) return checkEmail(patch.email)
  return newUsername !== undefined && user.email === null ? placeholderEmail(username, user.isBot) : undefined
}
