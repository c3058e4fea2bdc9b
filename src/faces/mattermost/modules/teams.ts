/** Teams and who is in them. */
import { Elysia } from 'elysia'
import type { Team, TeamMember, Uuid } from '../../../core/types.ts'
import { AppFault } from '../../../core/faults.ts'
import { MmError, refuse, tell } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { presentTeam, presentTeamMember } from '../present/places.ts'
import type { Call } from '../wire/call.ts'
import { adminAsked } from '../wire/roles-asked.ts'
import { Fields, idsOf } from '../wire/fields.ts'

const SLUG = /^[a-z0-9]+(?:[a-z0-9-]*|__)?[a-z0-9]+$/
const RESERVED =
  /^(admin|api|channel|claim|error|files|help|landing|login|mfa|oauth|plug|plugins|post|signup|boards|playbooks)/

export const teams = (face: Face) =>
  new Elysia({ name: 'mattermost.teams' })
    .get(
      '/teams',
      face.user((call) => list(face, call)),
    )
    .post(
      '/teams',
      face.user((call) => create(face, call)),
    )
    .post(
      '/teams/search',
      face.user((call) => search(face, call)),
    )
    .get(
      '/teams/invite/:invite_id',
      face.open(async (call) => {
        const team = await face.core.teams.byInviteId(call.param('invite_id'))
        if (!team) throw noInvite()
        const { id, name, display_name, description } = presentTeam(team, false)
        return face.json({ id, name, display_name, description })
      }),
    )
    .post(
      '/teams/members/invite',
      face.user(async (call) => {
        const inviteId = call.text('invite_id') || call.text('token')
        const team = inviteId ? await face.core.teams.byInviteId(inviteId) : null
        if (!team) throw noInvite()
        const member = await face.core.teams.addMember(call.actor, team.id, call.me, inviteId)
        await face.mm.defaultRooms.enterFor(call.me, team.id)
        return face.json(presentTeamMember(member), 201)
      }),
    )
    .get(
      '/teams/name/:team_name',
      face.user(async (call) =>
        shown(face, call, await face.core.teams.bySlug(call.actor, call.param('team_name').toLowerCase())),
      ),
    )
    .get(
      '/teams/name/:team_name/exists',
      face.user(async (call) => face.json({ exists: await exists(face, call) })),
    )
    .get(
      '/teams/:team_id',
      face.user(async (call) =>
        shown(face, call, await face.core.teams.byId(call.actor, call.id('team_id'))),
      ),
    )
    .put(
      '/teams/:team_id',
      face.user((call) => change(face, call)),
    )
    .put(
      '/teams/:team_id/patch',
      face.user((call) => change(face, call)),
    )
    .put(
      '/teams/:team_id/privacy',
      face.user(async (call) => {
        const privacy = (await call.fields()).text('privacy')
        if (privacy !== 'O' && privacy !== 'I') throw refuse.bodyParam('privacy')
        return shown(
          face,
          call,
          await face.core.teams.update(call.actor, call.id('team_id'), { open: privacy === 'O' }),
        )
      }),
    )
    .delete(
      '/teams/:team_id',
      face.user(async (call) => {
        if (call.flag('permanent'))
          throw new MmError(
            403,
            'api.team.delete_team.not_enabled.app_error',
            'Permanent team deletion is not enabled.',
          )
        await face.core.teams.setDeleted(call.actor, call.id('team_id'), true)
        return face.ok()
      }),
    )
    .post(
      '/teams/:team_id/restore',
      face.user(async (call) =>
        shown(face, call, await face.core.teams.setDeleted(call.actor, call.id('team_id'), false)),
      ),
    )
    .post(
      '/teams/:team_id/regenerate_invite_id',
      face.user(async (call) =>
        shown(face, call, await face.core.teams.regenerateInvite(call.actor, call.id('team_id'))),
      ),
    )
    .get(
      '/teams/:team_id/stats',
      face.user(async (call) => {
        const team = await face.core.teams.byId(call.actor, call.id('team_id'))
        const count = await face.core.teams.memberCount(team.id)
        return face.json({
          team_id: toWire(team.id),
          total_member_count: count.total,
          active_member_count: count.active,
        })
      }),
    )
    .get(
      '/teams/:team_id/members',
      face.user(async (call) => {
        const { offset, limit } = call.page()
        const found = await face.core.teams.members(call.actor, call.id('team_id'), { offset, limit })
        return face.json(found.map(presentTeamMember))
      }),
    )
    .post(
      '/teams/:team_id/members',
      face.user(async (call) => {
        const body = await call.fields()
        const member = await face.core.teams.addMember(call.actor, call.id('team_id'), body.id('user_id'))
        await face.mm.defaultRooms.enterFor(member.userId, member.teamId)
        return face.json(presentTeamMember(member), 201)
      }),
    )
    .post(
      '/teams/:team_id/members/batch',
      face.user((call) => addMany(face, call)),
    )
    .post(
      '/teams/:team_id/members/ids',
      face.user(async (call) => {
        const ids = idsOf(await call.list('user_ids'), 'user_ids')
        return face.json((await membersOf(face, call, call.id('team_id'), ids)).map(presentTeamMember))
      }),
    )
    .get(
      '/teams/:team_id/members/:user_id',
      face.user(async (call) => {
        const member = await face.core.teams.member(call.actor, call.id('team_id'), call.userId())
        if (!member) throw refuse.notFound('app.team.get_member.missing.app_error', 'No team member found.')
        return face.json(presentTeamMember(member))
      }),
    )
    .delete(
      '/teams/:team_id/members/:user_id',
      face.user(async (call) => {
        await face.core.teams.removeMember(call.actor, call.id('team_id'), call.userId())
        return face.ok()
      }),
    )
    .put(
      '/teams/:team_id/members/:user_id/roles',
      face.user(async (call) => {
        const admin = adminAsked((await call.fields()).text('roles'), 'team')
        return setRole(face, call, admin)
      }),
    )
    .put(
      '/teams/:team_id/members/:user_id/schemeRoles',
      face.user(async (call) => setRole(face, call, (await call.fields()).flag('scheme_admin'))),
    )
    .get(
      '/users/:user_id/teams',
      face.user(async (call) => {
        const userId = call.userId()
        if (userId !== call.me) call.admin()
        return face.json(presentAll(call, await face.core.teams.forUser(call.actor, userId)))
      }),
    )
    .get(
      '/users/:user_id/teams/members',
      face.user(async (call) => {
        const userId = call.userId()
        if (userId !== call.me) call.admin()
        const found = await face.core.teams.membershipsOf(call.actor, userId)
        return face.json(found.map(presentTeamMember))
      }),
    )

/** Every member may invite, as team_user grants it; so every member sees the invitation. */
function presentAll(_call: Call, found: Team[]): unknown[] {
  return found.map((team) => presentTeam(team, true))
}

async function shown(face: Face, call: Call, team: Team, status = 200): Promise<Response> {
  const member = await face.core.teams.member(call.actor, team.id, call.me)
  const inside = call.isAdmin || (member !== null && member.deletedAt === null)
  return face.json(presentTeam(team, inside), status)
}

async function list(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const { teams: found, total } = await face.core.teams.listAll(call.actor, { offset, limit })
  const mine = await ownTeams(face, call)
  const body = found.map((team) => presentTeam(team, call.isAdmin || mine.has(team.id)))
  return face.json(call.flag('include_total_count') ? { teams: body, total_count: total } : body)
}

async function ownTeams(face: Face, call: Call): Promise<Set<Uuid>> {
  const found = await face.core.teams.membershipsOf(call.actor, call.me)
  return new Set(found.filter((one) => one.deletedAt === null).map((one) => one.teamId))
}

async function search(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const term = body.textOr('term').toLowerCase()
  const { teams: all } = await face.core.teams.listAll(call.actor, { offset: 0, limit: 200 })
  const mine = await ownTeams(face, call)
  const found = all
    .filter((team) => team.displayName.toLowerCase().includes(term) || team.slug.includes(term))
    .map((team) => presentTeam(team, call.isAdmin || mine.has(team.id)))
  if (!body.has('page') || !body.has('per_page')) return face.json(found)
  const size = Math.max(1, body.int('per_page', 60))
  const from = Math.max(0, body.int('page')) * size
  return face.json({ teams: found.slice(from, from + size), total_count: found.length })
}

async function create(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const slug = body.text('name').toLowerCase()
  const displayName = body.text('display_name').trim()
  if (slug.length < 2 || slug.length > 64 || !SLUG.test(slug)) throw badSlug('characters')
  if (RESERVED.test(slug)) throw badSlug('reserved')
  if (displayName === '' || displayName.length > 64) {
    throw new MmError(400, 'model.team.is_valid.name.app_error', 'Invalid name.')
  }
  const type = body.textOr('type', 'O')
  const team = await face.core.teams.create(call.actor, {
    slug,
    displayName,
    description: body.textOr('description'),
    open: body.flag('allow_open_invite', type === 'O'),
  })
  await face.mm.defaultRooms.enterFor(call.me, team.id)
  return shown(face, call, team, 201)
}

function badSlug(why: string): MmError {
  return new MmError(400, `model.team.is_valid.${why}.app_error`, 'The team URL cannot be used.')
}

async function exists(face: Face, call: Call): Promise<boolean> {
  try {
    await face.core.teams.bySlug(call.actor, call.param('team_name').toLowerCase())
    return true
  } catch (error) {
    if (error instanceof AppFault && error.kind === 'not_found') return false
    if (error instanceof AppFault && error.kind === 'forbidden') return true
    throw error
  }
}

async function change(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const displayName = body.optional('display_name')
  const description = body.optional('description')
  const open = body.optionalFlag('allow_open_invite')
  const team = await face.core.teams.update(call.actor, call.id('team_id'), {
    ...(displayName === undefined ? {} : { displayName }),
    ...(description === undefined ? {} : { description }),
    ...(open === undefined ? {} : { open }),
  })
  return shown(face, call, team)
}

async function addMany(face: Face, call: Call): Promise<Response> {
  const teamId = call.id('team_id')
  const graceful = call.flag('graceful')
  const out: unknown[] = []
  for (const entry of await call.list('members', 256)) {
    const userId = Fields.of(entry).id('user_id')
    try {
      const member = presentTeamMember(await face.core.teams.addMember(call.actor, teamId, userId))
      await face.mm.defaultRooms.enterFor(userId, teamId)
      out.push(graceful ? { user_id: toWire(userId), member, error: null } : member)
    } catch (error) {
      if (!graceful) throw error
      out.push({ user_id: toWire(userId), member: null, error: tell(error).body })
    }
  }
  return face.json(out, 201)
}

async function membersOf(face: Face, call: Call, teamId: Uuid, ids: Uuid[]): Promise<TeamMember[]> {
  const found = await Promise.all(ids.map((id) => face.core.teams.member(call.actor, teamId, id)))
  return found.filter((one) => one !== null)
}

async function setRole(face: Face, call: Call, admin: boolean): Promise<Response> {
  await face.core.teams.setRole(call.actor, call.id('team_id'), call.userId(), admin ? 'admin' : 'member')
  return face.ok()
}

function noInvite(): MmError {
  return refuse.notFound('app.team.get_by_invite_id.finding.app_error', 'There is no such invitation.')
}
