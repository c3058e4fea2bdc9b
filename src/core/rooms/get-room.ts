/** One room, by id or by its address in a team. Whoever it was shared with (in Open WebUI) joins on first sight. */
import type { RoomView } from '../core.ts'
import { noSuchRoom } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'
import { accessRoom } from './access.ts'
import type { RoomsContext } from './context.ts'
import { joinPublicRoom } from './join-room.ts'

export async function getRoom(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<RoomView> {
  requireScope(actor, 'rooms:read')
  const standing = await accessRoom(ctx.deps.store.read, actor, roomId, 'room.see')
  const { room, member } = standing
  if (!member && room.kind === 'private' && standing.mayJoin && room.deletedAt === null) {
    return joinPublicRoom(ctx, actor, roomId)
  }
  return { room, member }
}

export async function getRoomBySlug(
  ctx: RoomsContext,
  actor: Actor,
  teamId: Uuid,
  slug: string,
  includeDeleted: boolean,
): Promise<RoomView> {
  requireScope(actor, 'rooms:read')
  const room = await ctx.deps.store.read.rooms.bySlug(teamId, slug)
  if (!room || (room.deletedAt !== null && !includeDeleted)) throw noSuchRoom()
  return getRoom(ctx, actor, room.id)
}
