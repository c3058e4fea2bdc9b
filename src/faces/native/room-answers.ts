/** Room answers that need more than the room: its members, last messages. */
import type { Core, RoomView } from '../../core/core.ts'
import { noSuchRoom } from '../../core/permissions/room-policy.ts'
import type { Actor } from '../../core/types.ts'
import { presentMessages } from './present-messages.ts'
import { presentMember, presentRoom, presentRoomView } from './present-room.ts'

const maxMembers = 1_000

/**
 * The rooms one is in, most recent first, each with its last message: two reads in all, and one more
 * for each conversation without a name, which is called after its people.
 */
export async function myRooms(core: Core, actor: Actor) {
  const views = await core.rooms.mine(actor, { withLastMessage: true })
  const last = await presentMessages(
    core,
    views.flatMap((view) => view.lastMessage ?? []),
  )
  const byRoom = new Map(last.map((message) => [message.room_id, message]))
  return Promise.all(
    views.map(async (view) => ({
      ...presentRoomView(view, byRoom.get(view.room.id) ?? null),
      ...(isUnnamed(view) ? { members: await membersOf(core, actor, view) } : {}),
    })),
  )
}

const isUnnamed = ({ room }: RoomView) => room.kind === 'direct' || room.kind === 'group'

async function membersOf(core: Core, actor: Actor, view: RoomView) {
  const found = await core.members.list(actor, view.room.id, { offset: 0, limit: maxMembers })
  return found.map(({ member, user }) => presentMember(member, user))
}

/** Public rooms one is not in yet. */
export async function roomsToJoin(core: Core, actor: Actor, q: string | undefined) {
  const [open, mine] = await Promise.all([
    core.rooms.browse(actor, { q }),
    core.members.roomIdsOf(actor.user.id),
  ])
  const joined = new Set(mine)
  return open.filter((room) => !joined.has(room.id)).map(presentRoom)
}

/** A room with its members. To native clients an archived room is gone. */
export async function roomWithMembers(core: Core, actor: Actor, view: RoomView) {
  if (view.room.deletedAt !== null) throw noSuchRoom()
  return { ...presentRoomView(view), members: await membersOf(core, actor, view) }
}
