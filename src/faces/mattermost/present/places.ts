/** Teams, channels and memberships in Mattermost's shape. */
import type { Member, Room, RoomKind, Team, TeamMember, User, Uuid } from '../../../core/types.ts'
import { toWire, toWireOr } from '../ids.ts'
import { channelRoles, teamRoles } from './roles.ts'

export const CHANNEL_TYPE: Record<RoomKind, 'O' | 'P' | 'D' | 'G'> = {
  public: 'O',
  private: 'P',
  direct: 'D',
  group: 'G',
}

/** `canInvite`: only who may invite sees the invitation and the address. */
export function presentTeam(team: Team, canInvite: boolean): Record<string, unknown> {
  return {
    id: toWire(team.id),
    create_at: team.createdAt,
    update_at: team.updatedAt,
    delete_at: team.deletedAt ?? 0,
    display_name: team.displayName,
    name: team.slug,
    description: team.description,
    email: '',
    type: team.open ? 'O' : 'I',
    company_name: '',
    allowed_domains: '',
    invite_id: canInvite ? team.inviteId : '',
    allow_open_invite: team.open,
    scheme_id: null,
    group_constrained: null,
    policy_id: null,
    cloud_limits_archived: false,
  }
}

export function presentTeamMember(member: TeamMember): Record<string, unknown> {
  return {
    team_id: toWire(member.teamId),
    user_id: toWire(member.userId),
    roles: member.deletedAt ? '' : teamRoles(member.role),
    delete_at: member.deletedAt ?? 0,
    scheme_guest: false,
    scheme_user: true,
    scheme_admin: member.role === 'admin',
    explicit_roles: '',
  }
}

/** Who is in a direct or group room: clients know these rooms by their people. */
export interface Peers {
  name: string
  displayName: string
}

export function presentChannel(room: Room, peers: Peers | null): Record<string, unknown> {
  const teamless = room.kind === 'direct' || room.kind === 'group'
  return {
    id: toWire(room.id),
    create_at: room.createdAt,
    update_at: room.updatedAt,
    delete_at: room.deletedAt ?? 0,
    team_id: teamless ? '' : toWireOr(room.teamId),
    type: CHANNEL_TYPE[room.kind],
    display_name: teamless ? (peers?.displayName ?? '') : room.name,
    name: teamless ? (peers?.name ?? room.slug) : room.slug,
    header: room.header,
    purpose: room.description,
    last_post_at: room.lastMessageAt,
    total_msg_count: room.messageCount,
    extra_update_at: 0,
    creator_id: toWireOr(room.creatorId),
    scheme_id: null,
    props: {},
    group_constrained: null,
    autotranslation: false,
    shared: null,
    total_msg_count_root: room.rootCount,
    policy_id: null,
    last_root_post_at: room.lastRootAt,
    banner_info: null,
    policy_enforced: false,
    policy_is_active: false,
    default_category_name: '',
  }
}

/** A direct room is named by its two people's ids in order; both are the same in a talk with oneself. */
export function directName(a: Uuid, b: Uuid): string {
  const [first, second] = [toWire(a), toWire(b)].sort()
  return `${first}__${second}`
}

const NOTIFY_DEFAULTS: Record<string, string> = {
  desktop: 'default',
  email: 'default',
  push: 'default',
  ignore_channel_mentions: 'default',
  channel_auto_follow_threads: 'off',
}

export function presentMember(member: Member): Record<string, unknown> {
  return {
    channel_id: toWire(member.roomId),
    user_id: toWire(member.userId),
    roles: channelRoles(member.role),
    last_viewed_at: member.lastReadAt,
    msg_count: member.readCount,
    mention_count: member.mentionCount,
    mention_count_root: member.mentionRootCount,
    urgent_mention_count: 0,
    msg_count_root: member.readRootCount,
    notify_props: {
      ...NOTIFY_DEFAULTS,
      ...member.notifyProps,
      mark_unread: member.muted ? 'mention' : 'all',
    },
    last_update_at: member.updatedAt,
    scheme_guest: false,
    scheme_user: true,
    scheme_admin: member.role !== 'member',
    explicit_roles: '',
    autotranslation_disabled: false,
  }
}

/** As `reader` may see it: how far others have read, and what they want to be told of, is theirs to know. */
export function presentMemberTo(reader: Uuid, member: Member): Record<string, unknown> {
  const shown = presentMember(member)
  if (member.userId === reader) return shown
  const hidden = { last_viewed_at: -1, last_update_at: -1 }
  const counts = { msg_count: 0, msg_count_root: 0, mention_count: 0, mention_count_root: 0 }
  return { ...shown, ...hidden, ...counts, notify_props: NOTIFY_DEFAULTS }
}

/** How many messages stand unread, as ChannelUnread and its relatives count them. */
export function presentUnread(room: Room, member: Member): Record<string, unknown> {
  return {
    team_id: room.kind === 'direct' || room.kind === 'group' ? '' : toWireOr(room.teamId),
    channel_id: toWire(room.id),
    msg_count: Math.max(0, room.messageCount - member.readCount),
    mention_count: member.mentionCount,
    mention_count_root: member.mentionRootCount,
    urgent_mention_count: 0,
    msg_count_root: Math.max(0, room.rootCount - member.readRootCount),
  }
}

export function peersOf(kind: 'direct' | 'group', users: readonly User[], slug: string): Peers {
  if (kind === 'group') {
    const names = users.map((user) => user.username).sort()
    return { name: slug, displayName: names.join(', ') }
  }
  const [a, b] = users
  return { name: a ? directName(a.id, (b ?? a).id) : slug, displayName: '' }
}
