/** A person as the database keeps them: Open WebUI's `user` and `auth`, our `hb_account`, their Nostr key. */
import { eq } from 'drizzle-orm'
import { isPlaceholderEmail } from '../../../core/accounts/rules.ts'
import type { User, UserRole } from '../../../core/types.ts'
import type { Builder } from '../../conn.ts'
import type { Tables } from '../../schema/index.ts'

/** A query for people, to be narrowed by `where`. Rows of `user` may be missing: deleted people. */
export function selectUsers(db: Builder, t: Tables) {
  return db
    .select(userFields(t))
    .from(t.hbAccount)
    .leftJoin(t.user, eq(t.user.id, t.hbAccount.userId))
    .leftJoin(t.auth, eq(t.auth.id, t.hbAccount.userId))
    .leftJoin(t.hbNostrKey, eq(t.hbNostrKey.userId, t.hbAccount.userId))
}

function userFields(t: Tables) {
  const { hbAccount: account, user, auth } = t
  return {
    id: account.userId,
    username: account.usernameLower,
    isBot: account.isBot,
    botModel: account.botModel,
    botOwnerId: account.botOwnerId,
    deactivatedAt: account.deactivatedAt,
    passwordChangedAt: account.passwordChangedAt,
    verifiedEmail: account.verifiedEmail,
    avatarKey: account.avatarKey,
    avatarUpdatedAt: account.avatarUpdatedAt,
    firstName: account.firstName,
    lastName: account.lastName,
    nickname: account.nickname,
    position: account.position,
    locale: account.locale,
    timezone: account.timezone,
    notifyProps: account.notifyProps,
    props: account.props,
    createdAt: account.createdAt,
    accountUpdatedAt: account.updatedAt,
    present: user.id,
    displayName: user.name,
    email: user.email,
    role: user.role,
    bio: user.bio,
    profileImageUrl: user.profileImageUrl,
    lastActiveS: user.lastActiveAt,
    updatedS: user.updatedAt,
    active: auth.active,
    nostrPubkey: t.hbNostrKey.pubkey,
  }
}

export type UserRow = Awaited<ReturnType<typeof selectUsers>>[number]

export function toUser(row: UserRow): User {
  const deleted = row.present === null
  return {
    id: row.id,
    username: row.username,
    displayName: deleted ? 'Deleted user' : row.displayName || row.username,
    email: row.email && !isPlaceholderEmail(row.email) ? row.email : null,
    emailVerified: row.email !== null && row.verifiedEmail === row.email.toLowerCase(),
    role: toRole(row.role),
    isBot: row.isBot,
    botModel: row.botModel,
    botOwnerId: row.botOwnerId,
    bio: row.bio ?? '',
    avatarKey: row.avatarKey,
    avatarUpdatedAt: row.avatarUpdatedAt,
    profileImageUrl: row.profileImageUrl ?? '',
    nostrPubkey: row.nostrPubkey,
    deactivatedAt: deactivatedAt(row),
    passwordChangedAt: row.passwordChangedAt,
    createdAt: row.createdAt,
    updatedAt: Math.max(row.accountUpdatedAt, (row.updatedS ?? 0) * 1_000),
    lastActiveAt: (row.lastActiveS ?? 0) * 1_000,
    profile: {
      firstName: row.firstName,
      lastName: row.lastName,
      nickname: row.nickname,
      position: row.position,
      locale: row.locale,
      timezone: row.timezone,
      notifyProps: row.notifyProps,
      props: row.props,
    },
  }
}

/** Open WebUI's own server may have switched `auth.active` meanwhile: where there is that row, it decides. */
function deactivatedAt(row: UserRow): number | null {
  if (row.present === null || row.active === false) return row.deactivatedAt ?? row.accountUpdatedAt
  return row.active === true ? null : row.deactivatedAt
}

/** Whatever else may stand there gives no rights. */
function toRole(role: string | null): UserRole {
  return role === 'admin' || role === 'user' ? role : 'pending'
}
