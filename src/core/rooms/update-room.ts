/** Changes a room's name, address, texts, AI settings, or whether it is public. */
import type { RoomPatch } from '../core.ts'
import { fault } from '../faults.ts'
import { isConversation, requireCan } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, Room, Uuid } from '../types.ts'
import { lockRoom } from './access.ts'
import type { RoomsContext } from './context.ts'
import { checkAi, checkDescription, checkHeader, checkName, checkProps, checkSlug } from './room-rules.ts'

export async function updateRoom(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  patch: RoomPatch,
): Promise<Room> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const standing = await lockRoom(repos, actor, roomId, 'room.edit')
    if (patch.kind !== undefined && patch.kind !== standing.room.kind)
      requireCan(actor, standing, 'room.kind')
    const room = { ...applyPatch(standing.room, patch), updatedAt: now }
    if (room.slug !== standing.room.slug && room.teamId !== null) {
      const taken = await repos.rooms.bySlug(room.teamId, room.slug)
      if (taken) throw fault.conflict('room.slug_taken', 'A room with this address exists already.')
    }
    await repos.rooms.update(room, actor.user.id)
    unit.emit({ type: 'room.updated', room, by: actor.user.id })
    return room
  })
}

function applyPatch(room: Room, patch: RoomPatch): Room {
  const named = !isConversation(room)
  return {
    ...room,
    ...(named && patch.kind !== undefined ? { kind: patch.kind } : {}),
    ...(named && patch.name !== undefined ? { name: checkName(patch.name) } : {}),
    ...(named && patch.slug !== undefined ? { slug: checkSlug(patch.slug) } : {}),
    ...(patch.description === undefined ? {} : { description: checkDescription(patch.description) }),
    ...(patch.header === undefined ? {} : { header: checkHeader(patch.header) }),
    ...(patch.ai === undefined ? {} : { ai: checkAi(room.ai, patch.ai) }),
    ...(patch.props === undefined ? {} : { props: checkProps({ ...room.props, ...patch.props }) }),
  }
}
