/** Archives a room: its history stays, nobody can write; and brings it back. */
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, Room, Uuid } from '../types.ts'
import { lockRoom } from './access.ts'
import type { RoomsContext } from './context.ts'

/** Whom an event about the end of a room names; more people than this hear of it by the room's topic. */
const maxNamed = 10_000

export async function archiveRoom(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<void> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  await ctx.deps.store.tx(async (repos, unit) => {
    const { room } = await lockRoom(repos, actor, roomId, 'room.archive')
    if (room.deletedAt !== null) return
    await repos.rooms.setDeleted(room.id, now, actor.user.id)
    const memberIds = await repos.members.userIds(room.id, maxNamed)
    const archived = { ...room, deletedAt: now, updatedAt: now }
    unit.emit({ type: 'room.deleted', room: archived, memberIds, by: actor.user.id })
  })
}

export async function restoreRoom(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<Room> {
  requireScope(actor, 'rooms:write')
  return ctx.deps.store.tx(async (repos, unit) => {
    const { room } = await lockRoom(repos, actor, roomId, 'room.restore')
    if (room.deletedAt === null) return room
    await repos.rooms.setDeleted(room.id, null, actor.user.id)
    const memberIds = await repos.members.userIds(room.id, maxNamed)
    const restored = { ...room, deletedAt: null }
    unit.emit({ type: 'room.restored', room: restored, memberIds, by: actor.user.id })
    return restored
  })
}
