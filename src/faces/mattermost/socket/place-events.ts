/** What happens to channels, memberships and teams, as frames; also moves connections in and out. */
import type { EventOf } from '../../../core/events.ts'
import type { Member, Room, RoomKind, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { presentMember, presentTeam, presentTeamMember } from '../present/places.ts'
import type { Audience } from './audience.ts'
import { frameOf } from './frames.ts'
import { teamOf } from './post-events.ts'
import type { Registry } from './registry.ts'

const KINDS_KEPT = 10_000

export class PlaceEvents {
  readonly #face: Face
  readonly #registry: Registry
  readonly #to: Audience
  readonly #kinds = new Map<Uuid, RoomKind>()

  constructor(face: Face, registry: Registry, to: Audience) {
    this.#face = face
    this.#registry = registry
    this.#to = to
  }

  async created({ room, memberIds, by }: EventOf<'room.created'>): Promise<void> {
    this.#noteKind(room)
    for (const userId of memberIds) this.#enter(userId, room.id)
    const channel_id = toWire(room.id)
    const others = memberIds.filter((id) => id !== by)
    if (room.kind === 'direct') {
      const data = { creator_id: toWire(by), teammate_id: toWire(others[0] ?? by) }
      this.#to.toRoom(room.id, () => frameOf('direct_added', data, { channel: channel_id }))
    } else if (room.kind === 'group') {
      for (const userId of memberIds) {
        const teammates = JSON.stringify(memberIds.filter((id) => id !== userId).map(toWire))
        const to = { user: toWire(userId), channel: channel_id }
        this.#to.toUser(userId, () => frameOf('group_added', { teammate_ids: teammates }, to))
      }
    } else {
      const data = { channel_id, team_id: teamOf(room) }
      this.#to.toUser(by, () => frameOf('channel_created', data, { user: toWire(by) }))
      for (const userId of others) this.#added(room, userId)
    }
  }

  async updated({ room }: EventOf<'room.updated'>): Promise<void> {
    const before = this.#kinds.get(room.id)
    this.#noteKind(room)
    const channel = JSON.stringify(await this.#face.channel(room))
    this.#to.toRoom(room.id, () => frameOf('channel_updated', { channel }, { channel: toWire(room.id) }))
    if (before !== undefined && before !== room.kind && room.teamId) {
      const data = { channel_id: toWire(room.id) }
      this.#to.toTeam(room.teamId, () => frameOf('channel_converted', data, { team: teamOf(room) }))
    }
  }

  /** Everybody in the team hears of public channels, members of the others. */
  archived({ type, room }: EventOf<'room.deleted' | 'room.restored' | 'room.cleared'>): void {
    const gone = type === 'room.deleted'
    const data = {
      channel_id: toWire(room.id),
      ...(gone ? { delete_at: room.deletedAt ?? room.updatedAt } : {}),
    }
    const name = gone ? 'channel_deleted' : 'channel_restored'
    if (room.kind === 'public' && room.teamId) {
      this.#to.toTeam(room.teamId, () => frameOf(name, data, { team: teamOf(room) }))
    } else {
      this.#to.toRoom(room.id, () => frameOf(name, data, { channel: toWire(room.id) }))
    }
  }

  joined({ room, user }: EventOf<'member.joined'>): void {
    const data = { user_id: toWire(user.id), team_id: teamOf(room) }
    const to = { channel: toWire(room.id), omitUsers: [toWire(user.id)] }
    this.#to.toRoom(room.id, () => frameOf('user_added', data, to), user.id)
    this.#enter(user.id, room.id)
    this.#added(room, user.id)
  }

  /** After this nothing of the room reaches the one who is out. */
  left({ room, userId, by }: EventOf<'member.left' | 'member.removed'>): void {
    for (const connection of this.#registry.ofUser(userId)) this.#registry.leaveRoom(connection, room.id)
    const [user_id, remover_id, channel_id] = [toWire(userId), toWire(by), toWire(room.id)]
    const told = frameOf('user_removed', { channel_id, remover_id }, { user: user_id })
    this.#to.toUser(userId, () => told)
    this.#to.toRoom(room.id, () => frameOf('user_removed', { user_id, remover_id }, { channel: channel_id }))
  }

  memberUpdated({ member }: EventOf<'member.updated'>): void {
    const data = { channelMember: JSON.stringify(presentMember(member)) }
    this.#to.toUser(member.userId, () =>
      frameOf('channel_member_updated', data, { user: toWire(member.userId) }),
    )
  }

  /** Read to the end, or made unread from some post on. */
  read({ room, member }: EventOf<'read.marked'>): void {
    const user = toWire(member.userId)
    if (member.readCount >= room.messageCount) {
      const channel_times = { [toWire(room.id)]: member.lastReadAt }
      this.#to.toUser(member.userId, () => frameOf('multiple_channels_viewed', { channel_times }, { user }))
      return
    }
    const to = { user, channel: toWire(room.id), team: teamOf(room) }
    this.#to.toUser(member.userId, () => frameOf('post_unread', this.#unread(member), to))
  }

  #unread(member: Member): Record<string, unknown> {
    const post = this.#face.unreadMarks.take(member.userId, member.roomId)
    return {
      msg_count: member.readCount,
      msg_count_root: member.readRootCount,
      mention_count: member.mentionCount,
      mention_count_root: member.mentionRootCount,
      urgent_mention_count: 0,
      last_viewed_at: member.lastReadAt,
      post_id: post ? toWire(post) : '',
    }
  }

  async team(
    event: EventOf<'team.created' | 'team.updated' | 'team.deleted' | 'team.restored'>,
  ): Promise<void> {
    const names = {
      'team.updated': 'update_team',
      'team.deleted': 'delete_team',
      'team.restored': 'restore_team',
    }
    const { type } = event
    if (type === 'team.created') return
    const team = await this.#face.mm.lookups.team(event.teamId)
    if (!team) return
    const data = { team: JSON.stringify(presentTeam(team, false)) }
    this.#to.toTeam(team.id, () => frameOf(names[type], data, { team: toWire(team.id) }))
  }

  async teamMember(
    event: EventOf<'team.member_joined' | 'team.member_left' | 'team.member_updated'>,
  ): Promise<void> {
    const { teamId, userId } = event
    const data = { team_id: toWire(teamId), user_id: toWire(userId) }
    const user = toWire(userId)
    if (event.type === 'team.member_joined') {
      for (const connection of this.#registry.ofUser(userId)) this.#registry.joinTeam(connection, teamId)
      this.#to.toUser(userId, () => frameOf('added_to_team', data, { user }))
    } else if (event.type === 'team.member_left') {
      for (const connection of this.#registry.ofUser(userId)) this.#registry.leaveTeam(connection, teamId)
      this.#to.toTeam(teamId, () => frameOf('leave_team', data, { team: toWire(teamId), omitUsers: [user] }))
      this.#to.toUser(userId, () => frameOf('leave_team', data, { user }))
    } else {
      const member = await this.#face.mm.lookups.teamMember(teamId, userId)
      if (!member) return
      const told = { member: JSON.stringify(presentTeamMember(member)) }
      this.#to.toUser(userId, () => frameOf('memberrole_updated', told, { user }))
    }
  }

  #added(room: Room, userId: Uuid): void {
    const data = { user_id: toWire(userId), team_id: teamOf(room) }
    const to = { user: toWire(userId), channel: toWire(room.id) }
    this.#to.toUser(userId, () => frameOf('user_added', data, to))
  }

  #enter(userId: Uuid, roomId: Uuid): void {
    for (const connection of this.#registry.ofUser(userId)) this.#registry.joinRoom(connection, roomId)
  }

  #noteKind(room: Room): void {
    if (this.#kinds.size >= KINDS_KEPT) this.#kinds.clear()
    this.#kinds.set(room.id, room.kind)
  }
}
