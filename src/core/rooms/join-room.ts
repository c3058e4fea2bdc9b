/** Joins a room that is open to the actor. Private rooms say 403 to whoever may know of them, 404 to the rest. */
import type { RoomView } from '../core.ts'
import { fault } from '../faults.ts'
import { joinRoom } from '../members/join.ts'
import { noSuchRoom, requireCan } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'
import { standingIn } from './access.ts'
import type { RoomsContext } from './context.ts'

export async function joinPublicRoom(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<RoomView> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const standing = await standingIn(repos, actor, roomId)
    if (!standing) throw noSuchRoom()
    const { room, member } = standing
    if (member) return { room, member }
    if (room.kind === 'private' && !standing.mayJoin) {
      throw fault.forbidden('room.invite_needed', 'This room can be joined by invitation only.')
    }
    requireCan(actor, standing, 'room.join')
    return { room, member: await joinRoom(repos, unit, { room, user: actor.user, by: actor.user.id, now }) }
  })
}
