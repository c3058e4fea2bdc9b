/** People on the wire. E-mail addresses are for oneself and administrators: to others they are empty. */
import type { PersonRow } from '../../../core/chats/rows.ts'
import type { User } from '../../../core/types.ts'

type Shape = Record<string, unknown>

export const imagePath = (userId: string): string => `/api/v1/users/${userId}/profile/image`

export function statusOf(person: PersonRow | null): Shape {
  return {
    status_emoji: person?.statusEmoji ?? null,
    status_message: person?.statusMessage ?? null,
    status_expires_at: person?.statusExpiresAt ?? null,
  }
}

/** Name and picture, as signing in answers. */
export const presentAccount = (user: User): Shape => ({
  id: user.id,
  email: user.email ?? '',
  name: user.displayName,
  role: user.role,
  profile_image_url: imagePath(user.id),
})

/** What lies in the row, which the original's lists show as it is; without one, where it can be got. */
const pictureOf = (user: User, person: PersonRow | null): string =>
  person?.profileImageUrl || imagePath(user.id)

/** One line of the people that others may look up. */
export function presentInfo(
  viewer: User,
  user: User,
  person: PersonRow | null,
  active: boolean,
  groups: Shape[] = [],
): Shape {
  return {
    ...statusOf(person),
    id: user.id,
    name: user.displayName,
    email: seesEmail(viewer, user) ? (user.email ?? '') : '',
    role: user.role,
    bio: person?.bio || null,
    last_active_at: Math.floor(user.lastActiveAt / 1000),
    timezone: person?.timezone ?? null,
    groups,
    is_active: active,
  }
}

export const seesEmail = (viewer: User, user: User): boolean =>
  viewer.role === 'admin' || viewer.id === user.id

/** The whole row, for administrators. */
export function presentPerson(user: User, person: PersonRow | null, groupIds: string[]): Shape {
  return {
    id: user.id,
    email: user.email ?? '',
    username: person?.username ?? null,
    role: user.role,
    name: user.displayName,
    profile_image_url: pictureOf(user, person),
    profile_banner_image_url: person?.profileBannerImageUrl ?? null,
    bio: person?.bio || null,
    gender: person?.gender ?? null,
    date_of_birth: person?.dateOfBirth ?? null,
    timezone: person?.timezone ?? null,
    presence_state: person?.presenceState ?? null,
    ...statusOf(person),
    info: person?.info ?? null,
    settings: person?.settings ?? null,
    oauth: person?.oauth ?? null,
    scim: person?.scim ?? null,
    last_active_at: Math.floor(user.lastActiveAt / 1000),
    updated_at: person?.updatedAt ?? Math.floor(user.updatedAt / 1000),
    created_at: Math.floor(user.createdAt / 1000),
    group_ids: groupIds,
  }
}
