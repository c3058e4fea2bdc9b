/** People, their states and sessions in Mattermost's shape; decides what of a person a viewer sees. */
import type { PresenceState, Session, User, Uuid } from '../../../core/types.ts'
import { toWire } from '../ids.ts'
import { systemRoles } from './roles.ts'

export type Viewer = 'self' | 'admin' | 'other'

/** What PrivacySettings lets people see of each other. */
export interface Privacy {
  showEmail: boolean
  showFullName: boolean
  /** Addresses can be verified at all: e-mail leaves this server. */
  checksEmail: boolean
}

const NOTIFY_DEFAULTS: Record<string, string> = {
  email: 'true',
  push: 'mention',
  desktop: 'mention',
  desktop_sound: 'true',
  mention_keys: '',
  channel: 'true',
  push_status: 'online',
  comments: 'never',
  first_name: 'false',
  desktop_threads: 'all',
  email_threads: 'all',
  push_threads: 'all',
}

const TIMEZONE_DEFAULTS = { useAutomaticTimezone: 'true', automaticTimezone: '', manualTimezone: '' }

export function viewerOf(asker: { id: Uuid; role: string }, user: User): Viewer {
  return asker.id === user.id ? 'self' : asker.role === 'admin' ? 'admin' : 'other'
}

export function presentUser(user: User, viewer: Viewer, privacy: Privacy): Record<string, unknown> {
  const full = viewer !== 'other'
  const out: Record<string, unknown> = {
    id: toWire(user.id),
    create_at: user.createdAt,
    update_at: Math.max(user.updatedAt, user.avatarUpdatedAt),
    delete_at: user.deactivatedAt ?? 0,
    username: user.username,
    auth_data: '',
    auth_service: '',
    email: full || privacy.showEmail ? emailOf(user) : '',
    nickname: nicknameOf(user),
    first_name: full || privacy.showFullName ? user.profile.firstName : '',
    last_name: full || privacy.showFullName ? user.profile.lastName : '',
    position: user.profile.position,
    roles: systemRoles(user),
    ...(Object.keys(user.profile.props).length > 0 ? { props: user.profile.props } : {}),
    locale: user.profile.locale || 'en',
    timezone: { ...TIMEZONE_DEFAULTS, ...user.profile.timezone },
    disable_welcome_email: false,
  }
  if (user.avatarUpdatedAt) out.last_picture_update = user.avatarUpdatedAt
  if (user.isBot) Object.assign(out, { is_bot: true, bot_description: user.bio })
  if (full) {
    out.email_verified = user.emailVerified || !privacy.checksEmail
    out.notify_props = { ...NOTIFY_DEFAULTS, ...user.profile.notifyProps }
    out.last_password_update = user.passwordChangedAt
  }
  return out
}

/** The name that other faces show, when somebody changes names here. */
export function displayNameFrom(
  username: string,
  profile: { nickname: string; firstName: string; lastName: string },
): string {
  return profile.nickname || `${profile.firstName} ${profile.lastName}`.trim() || username
}

/** A display name given on another face reads as a nickname here. */
function nicknameOf(user: User): string {
  const { nickname, firstName, lastName } = user.profile
  if (nickname || firstName || lastName) return nickname
  return user.displayName === user.username ? '' : user.displayName
}

function emailOf(user: User): string {
  return user.email ?? (user.isBot ? `${user.username}@localhost` : '')
}

export interface PresenceFact {
  state: PresenceState
  manual: boolean
  lastActiveAt: number
  dndEndAt: number | null
}

/** `dnd_end_time` is in seconds, alone among the times here. */
export function presentStatus(userId: Uuid, fact: PresenceFact | undefined): Record<string, unknown> {
  return {
    user_id: toWire(userId),
    status: fact?.state ?? 'offline',
    manual: fact?.manual ?? false,
    last_activity_at: fact?.lastActiveAt ?? 0,
    dnd_end_time: fact?.dndEndAt ? Math.floor(fact.dndEndAt / 1000) : 0,
  }
}

export function presentSession(session: Session, roles: string): Record<string, unknown> {
  return {
    id: toWire(session.id),
    token: '',
    create_at: session.createdAt,
    expires_at: session.expiresAt ?? 0,
    last_activity_at: session.lastUsedAt,
    user_id: toWire(session.userId),
    device_id: session.deviceId ?? '',
    roles,
    is_oauth: false,
    expired_notify: false,
    props: session.device,
    team_members: [],
    local: false,
  }
}
