/** Makes a member owner, moderator or plain member. There is always an owner. */
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import { lockRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { requireOtherOwner } from '../rooms/leave-room.ts'
import type { Actor, Member, MemberRole, Uuid } from '../types.ts'

export async function setMemberRole(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  userId: Uuid,
  role: MemberRole,
): Promise<Member> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const { room } = await lockRoom(repos, actor, roomId, 'member.role')
    const member = await repos.members.get(room.id, userId)
    if (!member) throw fault.notFound('member.not_found', 'They are not in this room.')
    if (member.role === role) return member
    if (role !== 'owner') await requireOtherOwner(repos, member)
    await repos.members.setRole(room.id, userId, role, now)
    const changed = { ...member, role, updatedAt: now }
    unit.emit({ type: 'member.updated', room, member: changed })
    return changed
  })
}
