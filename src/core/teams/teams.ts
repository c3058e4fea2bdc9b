/**
 * Teams. There is always a first one, which everybody and every room made elsewhere belongs to. Who is in no
 * team sees none but the open ones; administrators of a team (or of the server) run it.
 */
import type { Teams } from '../core.ts'
import { fault } from '../faults.ts'
import { isAdmin, requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { cleanText } from '../rooms/room-rules.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Team, TeamMember, Uuid } from '../types.ts'
import { ensureFirstTeam } from './first-team.ts'
import { addTeamMember, removeTeamMember } from './team-members.ts'

const maxPage = 10_000
const maxNameChars = 64
const maxDescriptionChars = 255

export const noSuchTeam = () => fault.notFound('team.not_found', 'There is no such team.')

export function createTeams(ctx: RoomsContext): Teams {
  const { store } = ctx.deps
  const { read } = store
  return {
    first: () => ensureFirstTeam(ctx),
    byId: async (actor, id) => visible(read, actor, isUuid(id) ? await read.teams.byId(id) : null),
    bySlug: async (actor, slug) => visible(read, actor, await read.teams.bySlug(slug)),
    async forUser(actor, userId) {
      requireSelf(actor, userId)
      return read.teams.forUser(userId)
    },
    async listAll(actor, { offset, limit }) {
      requireScope(actor, 'rooms:read')
      const page = { offset: Math.max(0, offset), limit: Math.min(maxPage, Math.max(1, limit)) }
      const all = await read.teams.list(page)
      if (isAdmin(actor)) return all
      const mine = new Set((await read.teams.forUser(actor.user.id)).map(({ id }) => id))
      const teams = all.teams.filter((team) => mine.has(team.id) || (team.open && team.deletedAt === null))
      return { teams, total: teams.length }
    },
    create: (actor, input) => createTeam(ctx, actor, input),
    update: (actor, id, patch) =>
      change(ctx, actor, id, (team) => ({
        ...team,
        ...(patch.displayName === undefined ? {} : { displayName: checkDisplayName(patch.displayName) }),
        ...(patch.description === undefined ? {} : { description: checkDescription(patch.description) }),
        ...(patch.open === undefined ? {} : { open: patch.open }),
      })),
    setDeleted: (actor, id, deleted) => setDeleted(ctx, actor, id, deleted),
    regenerateInvite: (actor, id) =>
      change(ctx, actor, id, (team) => ({ ...team, inviteId: ctx.deps.ids.secret(13) })),
    byInviteId: async (inviteId) => {
      const team = await read.teams.byInviteId(inviteId)
      return team && team.deletedAt === null ? team : null
    },
    async member(actor, teamId, userId) {
      await requireSight(read, actor, teamId)
      return read.teams.member(teamId, userId)
    },
    async members(actor, teamId, { offset, limit }) {
      await requireSight(read, actor, teamId)
      return read.teams.members(teamId, {
        offset: Math.max(0, offset),
        limit: Math.min(1_000, Math.max(1, limit)),
      })
    },
    async membershipsOf(actor, userId) {
      requireSelf(actor, userId)
      return read.teams.membershipsOf(userId)
    },
    addMember: (actor, teamId, userId, viaInviteId) => addTeamMember(ctx, actor, teamId, userId, viaInviteId),
    removeMember: (actor, teamId, userId) => removeTeamMember(ctx, actor, teamId, userId),
    setRole: (actor, teamId, userId, role) => setRole(ctx, actor, teamId, userId, role),
    memberCount: (teamId) => read.teams.counts(teamId),
  }
}

function requireSelf(actor: Actor, userId: Uuid): void {
  requireScope(actor, 'rooms:read')
  if (actor.user.id !== userId && !isAdmin(actor)) throw fault.forbidden()
}

/** A team is seen by its members and by administrators; an open one by everybody. */
async function visible(repos: Repositories, actor: Actor, team: Team | null): Promise<Team> {
  requireScope(actor, 'rooms:read')
  if (!team) throw noSuchTeam()
  if (isAdmin(actor) || (team.open && team.deletedAt === null)) return team
  const membership = await repos.teams.member(team.id, actor.user.id)
  if (!membership || membership.deletedAt !== null) throw noSuchTeam()
  return team
}

async function requireSight(repos: Repositories, actor: Actor, teamId: Uuid): Promise<Team> {
  return visible(repos, actor, isUuid(teamId) ? await repos.teams.byId(teamId) : null)
}

/** Administrators of the server, and those of the team. */
export async function requireTeamAdmin(repos: Repositories, actor: Actor, teamId: Uuid): Promise<Team> {
  const team = await requireSight(repos, actor, teamId)
  if (isAdmin(actor)) return team
  const membership = await repos.teams.member(teamId, actor.user.id)
  if (membership?.role !== 'admin')
    throw fault.forbidden('team.not_allowed', 'Only its administrators may do that.')
  return team
}

async function createTeam(
  ctx: RoomsContext,
  actor: Actor,
  input: { slug: string; displayName: string; description?: string; open: boolean },
): Promise<Team> {
  requireScope(actor, 'rooms:write')
  const { deps } = ctx
  const now = deps.clock.now()
  const team: Team = {
    id: deps.ids.next(),
    slug: checkTeamSlug(input.slug),
    displayName: checkDisplayName(input.displayName),
    description: checkDescription(input.description ?? ''),
    open: input.open,
    inviteId: deps.ids.secret(13),
    creatorId: actor.user.id,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  }
  return deps.store.tx(async (repos, unit) => {
    if (!(await repos.teams.insert(team)))
      throw fault.conflict('team.slug_taken', 'A team with this address exists.')
    const member: TeamMember = {
      teamId: team.id,
      userId: actor.user.id,
      role: 'admin',
      createdAt: now,
      deletedAt: null,
    }
    await repos.teams.putMember(member)
    unit.emit({ type: 'team.created', teamId: team.id })
    unit.emit({ type: 'team.member_joined', teamId: team.id, userId: actor.user.id })
    return team
  })
}

async function change(ctx: RoomsContext, actor: Actor, id: Uuid, next: (team: Team) => Team): Promise<Team> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const team = { ...next(await requireTeamAdmin(repos, actor, id)), updatedAt: now }
    await repos.teams.update(team)
    unit.emit({ type: 'team.updated', teamId: id })
    return team
  })
}

async function setDeleted(ctx: RoomsContext, actor: Actor, id: Uuid, deleted: boolean): Promise<Team> {
  const first = await ensureFirstTeam(ctx)
  if (first.id === id && deleted) throw fault.conflict('team.first', 'The first team cannot be deleted.')
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const before = await requireTeamAdmin(repos, actor, id)
    const team = { ...before, deletedAt: deleted ? (before.deletedAt ?? now) : null, updatedAt: now }
    await repos.teams.update(team)
    unit.emit({ type: deleted ? 'team.deleted' : 'team.restored', teamId: id })
    return team
  })
}

async function setRole(
  ctx: RoomsContext,
  actor: Actor,
  teamId: Uuid,
  userId: Uuid,
  role: 'admin' | 'member',
): Promise<TeamMember> {
  requireScope(actor, 'rooms:write')
  return ctx.deps.store.tx(async (repos, unit) => {
    await requireTeamAdmin(repos, actor, teamId)
    const member = await repos.teams.member(teamId, userId)
    if (!member || member.deletedAt !== null)
      throw fault.notFound('team.member_not_found', 'They are not in this team.')
    const changed = { ...member, role }
    await repos.teams.putMember(changed)
    unit.emit({ type: 'team.member_updated', teamId, userId })
    return changed
  })
}

/** As Mattermost has them: two or more of a–z, 0–9 and hyphens, beginning with a letter. */
function checkTeamSlug(slug: string): string {
  const clean = slug.trim().toLowerCase()
  if (!/^[a-z][a-z0-9-]{0,62}[a-z0-9]$/.test(clean)) {
    throw fault.invalid('team.slug', 'Use a–z, 0–9 and hyphens, at least two, beginning with a letter.', {
      slug: 'Not a valid address.',
    })
  }
  return clean
}

function checkDisplayName(name: string): string {
  const clean = cleanText(name).trim()
  if (clean === '' || clean.length > maxNameChars) {
    throw fault.invalid('team.name', `A team needs a name of at most ${maxNameChars} characters.`)
  }
  return clean
}

function checkDescription(text: string): string {
  const clean = cleanText(text)
  if (clean.length > maxDescriptionChars) throw fault.invalid('team.description', 'That is too long.')
  return clean
}
