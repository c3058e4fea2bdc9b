/** Leaves a room. The last owner must hand it over first; a conversation is only closed, not left. */
import { fault } from '../faults.ts'
import { isConversation, noSuchRoom } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import type { Actor, Member, Uuid } from '../types.ts'
import { lockRoom } from './access.ts'
import type { RoomsContext } from './context.ts'

export async function leaveRoom(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<void> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  await ctx.deps.store.tx(async (repos, unit) => {
    const { room, member } = await lockRoom(repos, actor, roomId, 'room.see')
    if (!member)
      throw room.kind === 'public'
        ? fault.forbidden('room.not_member', 'You are not in this room.')
        : noSuchRoom()
    if (isConversation(room)) {
      const closed = { ...member, hidden: true, updatedAt: now }
      await repos.members.updateOwn(closed)
      unit.emit({ type: 'member.updated', room, member: closed })
      return
    }
    await requireOtherOwner(repos, member)
    await repos.members.remove(room.id, member.userId)
    unit.emit({ type: 'member.left', room, userId: member.userId, by: actor.user.id })
  })
}

/** A room is never without an owner. Call it with the room locked: two owners leaving at once are one too many. */
export async function requireOtherOwner(repos: Repositories, member: Member): Promise<void> {
  if (member.role !== 'owner') return
  if ((await repos.members.countOwners(member.roomId)) > 1) return
  throw fault.conflict('room.last_owner', 'The last owner cannot go: make somebody else an owner first.')
}
