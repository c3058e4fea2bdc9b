/**
 * Channels: making, changing, archiving, one's own. Lists and search are channel-lists.ts; who is in
 * them, members.ts says.
 */
import { Elysia } from 'elysia'
import type { RoomView } from '../../../core/core.ts'
import { AppFault } from '../../../core/faults.ts'
import type { RoomKind, Uuid } from '../../../core/types.ts'
import { TOWN_SQUARE } from '../../../core/mattermost/default-rooms.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import { presentTeam } from '../present/places.ts'
import type { Call } from '../wire/call.ts'
import { idsOf } from '../wire/fields.ts'
import { changesOf, notice, tellRoom } from './notices.ts'

const SLUG = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/

export const channels = (face: Face) =>
  new Elysia({ name: 'mattermost.channels' })
    .post(
      '/channels',
      face.user((call) => create(face, call)),
    )
    .post(
      '/channels/direct',
      face.user((call) => talk(face, call, 2)),
    )
    .post(
      '/channels/group',
      face.user((call) => talk(face, call, 8)),
    )
    .get(
      '/channels/:channel_id',
      face.user(async (call) => face.json(await face.channel((await visible(face, call)).room))),
    )
    .put(
      '/channels/:channel_id',
      face.user((call) => change(face, call)),
    )
    .put(
      '/channels/:channel_id/patch',
      face.user((call) => change(face, call)),
    )
    .put(
      '/channels/:channel_id/privacy',
      face.user(async (call) => {
        const privacy = (await call.fields()).text('privacy')
        if (privacy !== 'O' && privacy !== 'P') throw refuse.bodyParam('privacy')
        const kind = privacy === 'O' ? 'public' : 'private'
        return face.json(
          await face.channel(await face.core.rooms.update(call.actor, call.id('channel_id'), { kind })),
        )
      }),
    )
    .delete(
      '/channels/:channel_id',
      face.user(async (call) => {
        const { room } = await visible(face, call)
        if (room.slug === TOWN_SQUARE) {
          throw new MmError(
            400,
            'api.channel.delete_channel.cannot.app_error',
            'The default channel cannot be archived.',
          )
        }
        await tellRoom(face, room, call.actor.user, notice.archived(call.actor.user))
        await face.core.rooms.archive(call.actor, room.id)
        return face.ok()
      }),
    )
    .post(
      '/channels/:channel_id/restore',
      face.user(async (call) => {
        const room = await face.core.rooms.restore(call.actor, call.id('channel_id'))
        await tellRoom(face, room, call.actor.user, notice.restored(call.actor.user))
        return face.json(await face.channel(room))
      }),
    )
    .get(
      '/channels/:channel_id/stats',
      face.user((call) => stats(face, call)),
    )
    .get(
      '/channels/:channel_id/timezones',
      face.user((call) => timezones(face, call)),
    )
    .get(
      '/channels/:channel_id/common_teams',
      face.user(async (call) => {
        const { room } = await visible(face, call)
        const teams = await face.mm.lookups.commonTeams(call.me, await face.mm.lookups.peers(room))
        return face.json(teams.map((team) => presentTeam(team, true)))
      }),
    )
    .post(
      '/channels/stats/member_count',
      face.user((call) => memberCounts(face, call)),
    )
    .post(
      '/teams/:team_id/channels/ids',
      face.user(async (call) => {
        const ids = idsOf(await call.list('channel_ids'), 'channel_ids')
        const views = await Promise.all(ids.map((id) => face.core.rooms.get(call.actor, id)))
        return face.json(await face.channels(views.map((view) => view.room)))
      }),
    )
    .get(
      '/teams/:team_id/channels/name/:channel_name',
      face.user(async (call) => byName(face, call, call.id('team_id'))),
    )
    .get(
      '/teams/name/:team_name/channels/name/:channel_name',
      face.user(async (call) => {
        const team = await face.core.teams.bySlug(call.actor, call.param('team_name').toLowerCase())
        return byName(face, call, team.id)
      }),
    )
    .get(
      '/users/:user_id/channels',
      face.user((call) => mine(face, call)),
    )
    .get(
      '/users/:user_id/teams/:team_id/channels',
      face.user((call) => mine(face, call, call.id('team_id'))),
    )

/** Mattermost shows public channels of one's teams to read before joining; the core decides. */
function visible(face: Face, call: Call): Promise<RoomView> {
  return face.core.rooms.get(call.actor, call.id('channel_id'))
}

async function create(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const kind = kindOf(body.textOr('type', 'O'))
  const name = body.text('display_name').trim()
  const slug = body.text('name').toLowerCase()
  if (slug === '' || slug.length > 64 || !SLUG.test(slug) || looksLikeTalk(slug)) {
    throw new MmError(400, 'model.channel.is_valid.1_or_more.app_error', 'The channel URL cannot be used.')
  }
  if (name === '' || name.length > 64) {
    throw new MmError(400, 'model.channel.is_valid.display_name.app_error', 'Invalid display name.')
  }
  const room = await face.core.rooms.create(call.actor, {
    kind,
    name,
    slug,
    teamId: body.id('team_id'),
    description: purpose(body.textOr('purpose')),
    header: header(body.textOr('header')),
  })
  return face.json(await face.channel(room), 201)
}

function kindOf(type: string): RoomKind {
  if (type !== 'O' && type !== 'P') throw refuse.bodyParam('type')
  return type === 'O' ? 'public' : 'private'
}

function looksLikeTalk(slug: string): boolean {
  return /^[a-z0-9]{26}__[a-z0-9]{26}$/.test(slug) || /^[0-9a-f]{40}$/.test(slug)
}

function purpose(text: string): string {
  if ([...text].length <= 250) return text
  throw new MmError(400, 'model.channel.is_valid.purpose.app_error', 'Invalid purpose.')
}

function header(text: string): string {
  if ([...text].length <= 1024) return text
  throw new MmError(400, 'model.channel.is_valid.header.app_error', 'Invalid header.')
}

/** A direct room of two (or of one with oneself), a group of up to eight. */
async function talk(face: Face, call: Call, max: number): Promise<Response> {
  const ids = idsOf(await call.list('user_ids'), 'user_ids')
  const people = [...new Set([...ids, ...(max === 8 ? [call.me] : [])])]
  if (people.length === 0 || people.length > max || (max === 8 && people.length < 3)) {
    throw refuse.bodyParam('user_ids')
  }
  if (!people.includes(call.me)) throw refuse.permission()
  return face.json(await face.channel(await face.core.rooms.direct(call.actor, people)), 201)
}

async function change(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const name = body.optional('display_name')
  const slug = body.optional('name')
  const head = body.optional('header')
  const description = body.optional('purpose')
  const before = (await visible(face, call)).room
  if (slug && slug !== before.slug && before.slug === TOWN_SQUARE) {
    throw new MmError(400, 'api.channel.update_channel.tried.app_error', 'The default channel keeps its URL.')
  }
  const named = before.kind === 'public' || before.kind === 'private'
  const room = await face.core.rooms.update(call.actor, before.id, {
    ...(named && name ? { name } : {}),
    ...(named && slug && slug !== before.slug ? { slug } : {}),
    ...(head === undefined ? {} : { header: header(head) }),
    ...(description === undefined ? {} : { description: purpose(description) }),
  })
  await tellRoom(face, room, call.actor.user, ...changesOf(call.actor.user, before, room))
  return face.json(await face.channel(room))
}

async function stats(face: Face, call: Call): Promise<Response> {
  const { room } = await visible(face, call)
  const [members, pins] = await Promise.all([
    face.core.members.count(call.actor, room.id),
    pinCount(face, call, room.id),
  ])
  return face.json({
    channel_id: toWire(room.id),
    member_count: members,
    guest_count: 0,
    pinnedpost_count: pins,
    files_count: call.flag('exclude_files_count') ? -1 : await fileCount(face, room.id),
  })
}

/** Of a public channel one is not in, the numbers are nobody's business. */
async function pinCount(face: Face, call: Call, roomId: Uuid): Promise<number> {
  try {
    return (await face.core.messages.pins(call.actor, roomId)).length
  } catch (error) {
    if (error instanceof AppFault && (error.kind === 'forbidden' || error.kind === 'not_found')) return 0
    throw error
  }
}

function fileCount(face: Face, roomId: Uuid): Promise<number> {
  return face.mm.lookups.fileCount(roomId)
}

async function timezones(face: Face, call: Call): Promise<Response> {
  const rows = await face.core.members.list(call.actor, call.id('channel_id'), { offset: 0, limit: 200 })
  const zones = rows.map(({ user }) => {
    const { useAutomaticTimezone, automaticTimezone, manualTimezone } = user.profile.timezone
    return useAutomaticTimezone === 'false' ? manualTimezone : automaticTimezone
  })
  return face.json([...new Set(zones.filter((zone) => zone))])
}

async function memberCounts(face: Face, call: Call): Promise<Response> {
  const ids = idsOf(await call.list('channel_ids'), 'channel_ids')
  const counts = await Promise.all(ids.map((id) => face.core.members.count(call.actor, id)))
  return face.json(Object.fromEntries(ids.map((id, index) => [toWire(id), counts[index] ?? 0])))
}

/** Direct rooms are found by their two ids, in whatever team they are asked for. */
async function byName(face: Face, call: Call, teamId: Uuid): Promise<Response> {
  const name = call.param('channel_name').toLowerCase()
  const ids = name.split('__').map(fromWire)
  if (looksLikeTalk(name) && ids.length === 2 && ids[0] && ids[1]) {
    if (!ids.includes(call.me)) throw refuse.permission()
    return face.json(
      await face.channel(await face.core.rooms.direct(call.actor, [...new Set(ids as Uuid[])])),
    )
  }
  const { room } = await face.core.rooms.bySlug(call.actor, teamId, name, call.flag('include_deleted'))
  return face.json(await face.channel(room))
}

async function mine(face: Face, call: Call, teamId?: Uuid): Promise<Response> {
  const userId = call.selfOrAdmin()
  const since = call.flag('include_deleted') || call.int('last_delete_at', 0) > 0 || !teamId
  const options = {
    ...(teamId ? { teamId } : {}),
    ...(since ? { includeDeletedSince: call.int('last_delete_at', 0) } : {}),
  }
  const views =
    userId === call.me
      ? await face.core.rooms.mine(call.actor, options)
      : await face.mm.lookups.roomsOf(call.actor, userId, teamId)
  return face.tagged(call, JSON.stringify(await face.channels(views.map((view) => view.room))))
}
