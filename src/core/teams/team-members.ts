/** Comes into a team and leaves it. Who leaves a team leaves its rooms. */
import { fault } from '../faults.ts'
import { isAdmin, requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { requireActive } from '../rooms/create-room.ts'
import { requireOtherOwner } from '../rooms/leave-room.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Team, TeamMember, Uuid } from '../types.ts'
import { noSuchTeam, requireTeamAdmin } from './teams.ts'

export async function addTeamMember(
  ctx: RoomsContext,
  actor: Actor,
  teamId: Uuid,
  userId: Uuid,
  viaInviteId?: string,
): Promise<TeamMember> {
  requireScope(actor, 'rooms:write')
  const user = await ctx.core.users.byId(userId)
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const team = isUuid(teamId) ? await repos.teams.byId(teamId) : null
    if (!team || team.deletedAt !== null) throw noSuchTeam()
    await requireMayAdd(repos, actor, team, userId, viaInviteId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    requireActive(user)
    const before = await repos.teams.member(teamId, userId)
    if (before && before.deletedAt === null) return before
    const role = user.role === 'admin' ? 'admin' : (before?.role ?? 'member')
    const member: TeamMember = { teamId, userId, role, createdAt: now, deletedAt: null }
    await repos.teams.putMember(member)
    unit.emit({ type: 'team.member_joined', teamId, userId })
    return member
  })
}

/** Oneself into an open team or by its invite; others by its members when it is open, else by its administrators. */
async function requireMayAdd(
  repos: Repositories,
  actor: Actor,
  team: Team,
  userId: Uuid,
  viaInviteId: string | undefined,
): Promise<void> {
  if (isAdmin(actor)) return
  if (userId === actor.user.id) {
    if (team.open || viaInviteId === team.inviteId) return
    throw noSuchTeam()
  }
  await requireMayBring(repos, actor, team)
}

/** Whether they may add or invite others: members while the team is open, else its administrators. */
export async function requireMayBring(repos: Repositories, actor: Actor, team: Team): Promise<void> {
  if (isAdmin(actor)) return
  const own = await repos.teams.member(team.id, actor.user.id)
  if (!own || own.deletedAt !== null) throw noSuchTeam()
  if (!team.open && own.role !== 'admin') {
    throw fault.forbidden('team.not_allowed', 'Only its administrators may do that.')
  }
}

export async function removeTeamMember(
  ctx: RoomsContext,
  actor: Actor,
  teamId: Uuid,
  userId: Uuid,
): Promise<void> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  await ctx.deps.store.tx(async (repos, unit) => {
    if (userId !== actor.user.id) await requireTeamAdmin(repos, actor, teamId)
    const member = await repos.teams.member(teamId, userId)
    if (!member || member.deletedAt !== null)
      throw fault.notFound('team.member_not_found', 'They are not in this team.')
    for (const { room, member: inRoom } of await repos.rooms.forUser(userId, { teamId, deletedSince: 0 })) {
      if (room.teamId !== teamId) continue
      await repos.rooms.lockFor(room.id, userId)
      await requireOtherOwner(repos, inRoom)
      await repos.members.remove(room.id, userId)
      unit.emit({ type: 'member.left', room, userId, by: actor.user.id })
    }
    await repos.teams.putMember({ ...member, deletedAt: now })
    unit.emit({ type: 'team.member_left', teamId, userId })
  })
}
