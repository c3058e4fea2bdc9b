/** Takes somebody out of a room: they hear nothing more of it and, if it is private, need a new invite. */
import { fault } from '../faults.ts'
import { outranks, requireCan } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import { lockRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { leaveRoom, requireOtherOwner } from '../rooms/leave-room.ts'
import type { Actor, Uuid } from '../types.ts'

export async function removeMember(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  userId: Uuid,
): Promise<void> {
  if (userId === actor.user.id && actor.via !== 'system') return leaveRoom(ctx, actor, roomId)
  requireScope(actor, 'rooms:write')
  await ctx.deps.store.tx(async (repos, unit) => {
    const standing = await lockRoom(repos, actor, roomId, 'room.see')
    const { room } = standing
    requireCan(actor, standing, 'member.remove')
    const member = await repos.members.get(room.id, userId)
    if (!member) throw fault.notFound('member.not_found', 'They are not in this room.')
    if (!outranks(actor, standing.member, member)) {
      throw fault.forbidden('room.not_allowed', 'Your role in this room does not allow that.')
    }
    await requireOtherOwner(repos, member)
    await repos.members.remove(room.id, userId)
    unit.emit({ type: 'member.removed', room, userId, by: actor.user.id })
  })
}
