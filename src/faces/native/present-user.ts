/** The `user` record of the native contract. */
import { npubEncode } from 'nostr-tools/nip19'
import type { User } from '../../core/types.ts'

export interface UserRecord {
  id: string
  username: string
  display_name: string
  avatar_url: string | null
  bio: string
  email: string | null
  npub: string | null
  role: string
  is_bot: boolean
  created_at: string
}

/** RFC 3339, UTC, milliseconds. */
export const timestamp = (millis: number): string => new Date(millis).toISOString()

export function avatarUrl(user: User): string | null {
  return user.avatarKey === null ? null : `/uploads/${user.avatarKey}`
}

/** What anybody may see of a person: no e-mail. */
export function presentUser(user: User): UserRecord {
  return { ...presentSelf(user), email: null }
}

/** One's own record, and what administrators see. */
export function presentSelf(user: User): UserRecord {
  return {
    id: user.id,
    username: user.username,
    display_name: user.displayName,
    avatar_url: avatarUrl(user),
    bio: user.bio,
    email: user.email,
    npub: user.nostrPubkey === null ? null : npubEncode(user.nostrPubkey),
    role: user.role,
    is_bot: user.isBot,
    created_at: timestamp(user.createdAt),
  }
}
