/** Memberships of channels: lists, counters, roles, own settings, and reading. */
import { Elysia } from 'elysia'
import type { Member, Room, Uuid } from '../../../core/types.ts'
import { AppFault } from '../../../core/faults.ts'
import { TOWN_SQUARE } from '../../../core/mattermost/default-rooms.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import { presentMemberTo, presentUnread } from '../present/places.ts'
import type { Call } from '../wire/call.ts'
import { adminAsked } from '../wire/roles-asked.ts'
import { notice, tellRoom } from './notices.ts'
import { idsOf, type Json, stringsOf } from '../wire/fields.ts'

export const members = (face: Face) =>
  new Elysia({ name: 'mattermost.members' })
    .get(
      '/channels/:channel_id/members',
      face.user(async (call) => {
        const { offset, limit } = call.page()
        const rows = await face.core.members.list(call.actor, call.id('channel_id'), { offset, limit })
        return face.json(rows.map((row) => presentMemberTo(call.me, row.member)))
      }),
    )
    .post(
      '/channels/:channel_id/members',
      face.user((call) => add(face, call)),
    )
    .post(
      '/channels/:channel_id/members/ids',
      face.user(async (call) => {
        const ids = idsOf(await call.list('user_ids'), 'user_ids')
        const roomId = call.id('channel_id')
        const found = await Promise.all(ids.map((id) => face.core.members.get(call.actor, roomId, id)))
        return face.json(found.flatMap((one) => (one ? presentMemberTo(call.me, one) : [])))
      }),
    )
    .get(
      '/channels/:channel_id/members/:user_id',
      face.user(async (call) => {
        const member = await face.core.members.get(call.actor, call.id('channel_id'), call.userId())
        if (!member)
          throw refuse.notFound('app.channel.get_member.missing.app_error', 'No channel member found.')
        return face.json(presentMemberTo(call.me, member))
      }),
    )
    .delete(
      '/channels/:channel_id/members/:user_id',
      face.user(async (call) => {
        const userId = call.userId()
        const { room } = await face.core.rooms.get(call.actor, call.id('channel_id'))
        if (room.slug === TOWN_SQUARE && userId === call.me) {
          throw new MmError(
            400,
            'api.channel.leave.default.app_error',
            'Unable to leave the default channel.',
          )
        }
        await removeOne(face, call, room, userId)
        return face.ok()
      }),
    )
    .put(
      '/channels/:channel_id/members/:user_id/roles',
      face.user(async (call) =>
        setRole(face, call, adminAsked((await call.fields()).text('roles'), 'channel')),
      ),
    )
    .put(
      '/channels/:channel_id/members/:user_id/schemeRoles',
      face.user(async (call) => setRole(face, call, (await call.fields()).flag('scheme_admin'))),
    )
    .put(
      '/channels/:channel_id/members/:user_id/notify_props',
      face.user((call) => notify(face, call)),
    )
    .post(
      '/channels/members/:user_id/view',
      face.user((call) => view(face, call)),
    )
    .post(
      '/channels/members/:user_id/mark_read',
      face.user((call) => markRead(face, call)),
    )
    .get(
      '/users/:user_id/channel_members',
      face.user((call) => everywhere(face, call)),
    )
    .get(
      '/users/:user_id/teams/:team_id/channels/members',
      face.user(async (call) => {
        // Also of archived ones: a client that lacks them does not show the channel again when it comes back.
        const options = { teamId: call.id('team_id'), includeDeletedSince: 0 }
        const views = await viewsOf(face, call, call.selfOrAdmin(), options)
        return face.json(views.map((one) => presentMemberTo(call.me, one.member)))
      }),
    )
    .get(
      '/users/:user_id/channels/:channel_id/unread',
      face.user(async (call) => {
        call.selfOrAdmin()
        const { room, member } = await face.core.rooms.get(call.actor, call.id('channel_id'))
        if (!member) throw refuse.permission()
        return face.json(presentUnread(room, member))
      }),
    )
    .get(
      '/users/:user_id/teams/unread',
      face.user((call) => teamsUnread(face, call)),
    )
    .get(
      '/users/:user_id/teams/:team_id/unread',
      face.user(async (call) => {
        call.selfOrAdmin()
        const teamId = call.id('team_id')
        return face.json(teamUnread(teamId, await viewsOf(face, call, call.me, { teamId })))
      }),
    )

interface Standing {
  room: Room
  member: Member
}

async function viewsOf(
  face: Face,
  call: Call,
  userId: Uuid,
  options: { teamId?: Uuid; includeDeletedSince?: number },
): Promise<Standing[]> {
  const views =
    userId === call.me
      ? await face.core.rooms.mine(call.actor, options)
      : await face.mm.lookups.roomsOf(call.actor, userId, options.teamId)
  return views.flatMap(({ room, member }) => (member ? [{ room, member }] : []))
}

async function add(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const roomId = call.id('channel_id')
  const many = body.has('user_ids')
  const ids = many ? body.ids('user_ids') : [body.id('user_id')]
  const added: Member[] = []
  for (const userId of ids) added.push(await addOne(face, call, roomId, userId))
  const shown = added.map((one) => presentMemberTo(call.me, one))
  return face.json(many ? shown : shown[0], 201)
}

async function addOne(face: Face, call: Call, roomId: Uuid, userId: Uuid): Promise<Member> {
  const by = call.actor.user
  if (userId === call.me) {
    const { member: before } = await face.core.rooms.get(call.actor, roomId)
    const { room, member } = await face.core.rooms.join(call.actor, roomId)
    if (!before) await tellRoom(face, room, by, notice.joined(by))
    if (member) return member
  } else {
    const [member] = await face.core.members.add(call.actor, roomId, [userId])
    if (member) {
      const [user, { room }] = await Promise.all([
        face.core.users.byId(userId),
        face.core.rooms.get(call.actor, roomId),
      ])
      if (user) await tellRoom(face, room, by, notice.added(by, user))
      return member
    }
  }
  const there = await face.core.members.get(call.actor, roomId, userId)
  if (!there) throw refuse.permission()
  return there
}

async function removeOne(face: Face, call: Call, room: Room, userId: Uuid): Promise<void> {
  const by = call.actor.user
  if (userId === call.me) {
    await face.core.rooms.leave(call.actor, room.id)
    return tellRoom(face, room, by, notice.left(by))
  }
  await face.core.members.remove(call.actor, room.id, userId)
  const user = await face.core.users.byId(userId)
  if (user) await tellRoom(face, room, by, notice.removed(user))
}

async function setRole(face: Face, call: Call, admin: boolean): Promise<Response> {
  const role = admin ? 'moderator' : 'member'
  await face.core.members.setRole(call.actor, call.id('channel_id'), call.userId(), role)
  return face.ok()
}

async function notify(face: Face, call: Call): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  const { channel_id: _channel, user_id: _user, mark_unread, ...rest } = (await call.fields()).all
  const roomId = call.id('channel_id')
  const { member } = await face.core.rooms.get(call.actor, roomId)
  if (!member) throw refuse.notFound('app.channel.get_member.missing.app_error', 'No channel member found.')
  await face.core.members.updateOwn(call.actor, roomId, {
    notifyProps: { ...member.notifyProps, ...stringsOf(rest) },
    ...(typeof mark_unread === 'string' ? { muted: mark_unread === 'mention' } : {}),
  })
  return face.ok()
}

/** Reading a channel: its counters go to nought. An empty id only says that nothing is looked at. */
async function view(face: Face, call: Call): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  const body = await call.fields()
  const times: Record<string, number> = {}
  for (const name of ['channel_id', 'prev_channel_id']) {
    const roomId = body.idOrNull(name)
    const member = roomId && (await mark(face, call, roomId, name === 'prev_channel_id'))
    if (member) times[toWire(member.roomId)] = member.lastReadAt
  }
  return face.json({ status: 'OK', last_viewed_at_times: times })
}

/** The channel one comes from may be one that was just left. */
async function mark(face: Face, call: Call, roomId: Uuid, lenient: boolean): Promise<Member | null> {
  try {
    return await face.core.reads.mark(call.actor, roomId)
  } catch (error) {
    if (lenient && error instanceof AppFault) return null
    throw error
  }
}

async function markRead(face: Face, call: Call): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  const times: Record<string, number> = {}
  for (const roomId of idsOf(await call.list('channel_ids'), 'channel_ids')) {
    const member = await face.core.reads.mark(call.actor, roomId)
    times[toWire(roomId)] = member.lastReadAt
  }
  return face.json({ status: 'OK', last_viewed_at_times: times })
}

/** `page=-1` gives everything at once: the web app boots from it. */
async function everywhere(face: Face, call: Call): Promise<Response> {
  const all = await viewsOf(face, call, call.selfOrAdmin(), { includeDeletedSince: 0 })
  const { offset, limit } = call.page()
  const rows = call.int('page', 0) < 0 ? all : all.slice(offset, offset + limit)
  const teams = new Map((await face.core.teams.forUser(call.actor, call.me)).map((team) => [team.id, team]))
  const out = rows.map(({ room, member }): Json => {
    const team = room.teamId ? teams.get(room.teamId) : undefined
    return {
      ...presentMemberTo(call.me, member),
      team_display_name: team?.displayName ?? '',
      team_name: team?.slug ?? '',
      team_update_at: team?.updatedAt ?? 0,
    }
  })
  return face.json(out)
}

async function teamsUnread(face: Face, call: Call): Promise<Response> {
  call.selfOrAdmin()
  const skip = call.queryId('exclude_team')
  const rows = await viewsOf(face, call, call.me, { includeDeletedSince: 0 })
  const memberships = await face.core.teams.membershipsOf(call.actor, call.me)
  const teamIds = memberships
    .filter((one) => one.deletedAt === null && one.teamId !== skip)
    .map((one) => one.teamId)
  const out: Json[] = []
  for (const teamId of teamIds) {
    const own = rows.filter(({ room }) => room.teamId === teamId && isNamed(room))
    const unread = teamUnread(teamId, own)
    if (call.flag('include_collapsed_threads')) Object.assign(unread, await threadCounts(face, call, teamId))
    out.push(unread)
  }
  return face.json(out)
}

async function threadCounts(face: Face, call: Call, teamId: Uuid): Promise<Json> {
  const totals = await face.core.threads.list(call.actor, { teamId, limit: 1 })
  return { thread_count: totals.totalUnread, thread_mention_count: totals.totalUnreadMentions }
}

function isNamed(room: Room): boolean {
  return room.kind === 'public' || room.kind === 'private'
}

/** Muted channels count only by their mentions. */
function teamUnread(teamId: Uuid, rows: Standing[]): Json {
  const out = { msg_count: 0, mention_count: 0, mention_count_root: 0, msg_count_root: 0 }
  for (const { room, member } of rows) {
    if (room.deletedAt !== null || room.teamId !== teamId) continue
    out.mention_count += member.mentionCount
    out.mention_count_root += member.mentionRootCount
    if (member.muted) continue
    out.msg_count += Math.max(0, room.messageCount - member.readCount)
    out.msg_count_root += Math.max(0, room.rootCount - member.readRootCount)
  }
  const threads = { thread_count: 0, thread_mention_count: 0, thread_urgent_mention_count: 0 }
  return { team_id: toWireOr(teamId), ...out, ...threads }
}
