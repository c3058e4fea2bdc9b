/** Lists of channels: to join, archived ones, by a piece of the name, and the system console's of all. */
import { Elysia } from 'elysia'
import type { Room, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import type { Call } from '../wire/call.ts'
import type { Fields, Json } from '../wire/fields.ts'

export const channelLists = (face: Face) =>
  new Elysia({ name: 'mattermost.channel-lists' })
    .get(
      '/channels',
      face.admin((call) => all(face, call)),
    )
    .post(
      '/channels/search',
      face.user((call) => searchMine(face, call)),
    )
    .post(
      '/channels/group/search',
      face.user((call) => searchGroups(face, call)),
    )
    .get(
      '/teams/:team_id/channels',
      face.user((call) => browse(face, call)),
    )
    .get(
      '/teams/:team_id/channels/deleted',
      face.user((call) => archived(face, call)),
    )
    .get(
      '/teams/:team_id/channels/private',
      face.admin((call) => privateOnes(face, call)),
    )
    .post(
      '/teams/:team_id/channels/search',
      face.user(async (call) => {
        const term = (await call.fields()).textOr('term')
        return face.json(await face.channels(await matching(face, call, term)))
      }),
    )
    .get(
      '/teams/:team_id/channels/autocomplete',
      face.user(async (call) =>
        face.json(await face.channels(await matching(face, call, call.text('name')))),
      ),
    )
    .get(
      '/teams/:team_id/channels/search_autocomplete',
      face.user(async (call) =>
        face.json(await face.channels(await matching(face, call, call.text('name')))),
      ),
    )

/** A team that the asker may know; another is no empty one, but none. */
async function teamOf(face: Face, call: Call): Promise<Uuid> {
  return (await face.core.teams.byId(call.actor, call.id('team_id'))).id
}

async function browse(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const teamId = await teamOf(face, call)
  const found = await face.core.rooms.browse(call.actor, { teamId, offset, limit })
  return face.json(await face.channels(found))
}

async function archived(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const teamId = await teamOf(face, call)
  const found = await face.core.rooms.browse(call.actor, {
    teamId,
    includeDeleted: true,
    offset: 0,
    limit: 1000,
  })
  const own = await face.core.rooms.mine(call.actor, { teamId, includeDeletedSince: 0 })
  const gone = new Map([...found, ...own.map((view) => view.room)].map((room) => [room.id, room]))
  const list = [...gone.values()].filter((room) => room.deletedAt !== null && room.teamId === teamId)
  return face.json(await face.channels(list.slice(offset, offset + limit)))
}

async function privateOnes(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const teamId = call.id('team_id')
  const query = { q: '', teamId, kind: 'private', includeDeleted: false, offset, limit } as const
  const { rooms } = await face.mm.lookups.allRooms(call.actor, query)
  return face.json(await face.channels(rooms))
}

async function all(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const { rooms, total } = await face.mm.lookups.allRooms(call.actor, {
    offset,
    limit,
    includeDeleted: call.flag('include_deleted'),
    q: '',
  })
  const body = await withTeams(face, call, rooms)
  return face.json(call.flag('include_total_count') ? { channels: body, total_count: total } : body)
}

async function withTeams(face: Face, call: Call, rooms: Room[]): Promise<Json[]> {
  const out: Json[] = []
  for (const room of rooms) {
    const team = room.teamId ? await face.core.teams.byId(call.actor, room.teamId) : null
    const names = { team_display_name: team?.displayName ?? '', team_name: team?.slug ?? '' }
    out.push({ ...(await face.channel(room)), ...names, team_update_at: team?.updatedAt ?? 0 })
  }
  return out
}

/** Public channels of the team and private ones that the asker is in, by a piece of the name. */
async function matching(face: Face, call: Call, term: string): Promise<Room[]> {
  const teamId = await teamOf(face, call)
  const q = term.toLowerCase().replace(/^~/, '').trim()
  const [open, own] = await Promise.all([
    face.core.rooms.browse(call.actor, { teamId, ...(q ? { q } : {}), limit: 50 }),
    face.core.rooms.mine(call.actor, { teamId }),
  ])
  const mine = own.map((view) => view.room).filter((room) => room.teamId === teamId && fits(room, q))
  return sorted([...mine, ...open]).slice(0, 100)
}

function fits(room: Room, q: string): boolean {
  return (
    room.name.toLowerCase().includes(q) || room.slug.includes(q) || room.description.toLowerCase().includes(q)
  )
}

function sorted(rooms: Room[]): Room[] {
  const unique = [...new Map(rooms.map((room) => [room.id, room])).values()]
  return unique.sort((a, b) => a.name.localeCompare(b.name))
}

/** Ctrl-K: own and joinable channels of all teams; with paging, the system console's list of everything. */
async function searchMine(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const q = body.textOr('term').toLowerCase().trim()
  if (call.flag('system_console', true) && call.isAdmin) return searchAll(face, call, body, q)
  const own = (await face.core.rooms.mine(call.actor)).map((view) => view.room)
  const teams = await face.core.teams.forUser(call.actor, call.me)
  const open = await Promise.all(
    teams.map((team) =>
      face.core.rooms.browse(call.actor, { teamId: team.id, ...(q ? { q } : {}), limit: 50 }),
    ),
  )
  const named = own
    .filter((room) => room.kind === 'public' || room.kind === 'private')
    .filter((room) => fits(room, q))
  return face.json(await withTeams(face, call, sorted([...named, ...open.flat()]).slice(0, 100)))
}

async function searchAll(face: Face, call: Call, body: Fields, q: string): Promise<Response> {
  const paged = body.has('page') && body.has('per_page')
  const limit = Math.min(Math.max(body.int('per_page', 100), 1), 200)
  const offset = paged ? Math.max(0, body.int('page')) * limit : 0
  const includeDeleted = body.flag('include_deleted') || body.flag('deleted')
  const { rooms, total } = await face.mm.lookups.allRooms(call.actor, { offset, limit, includeDeleted, q })
  const found = await withTeams(face, call, rooms)
  return face.json(paged ? { channels: found, total_count: total } : found)
}

async function searchGroups(face: Face, call: Call): Promise<Response> {
  const term = (await call.fields()).textOr('term').toLowerCase().trim()
  const words = term.split(/[\s,]+/).filter((word) => word !== '')
  const own = (await face.core.rooms.mine(call.actor)).map((view) => view.room)
  const shown = await face.channels(own.filter((room) => room.kind === 'group'))
  return face.json(
    shown.filter((one) => words.every((word) => String(one.display_name).toLowerCase().includes(word))),
  )
}
