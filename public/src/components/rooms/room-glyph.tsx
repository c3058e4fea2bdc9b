/** The sign of a room: a hash, a lock, or the face of the other person. */
import { counterparts } from '../../lib/names.ts'
import type { Room } from '../../lib/types.ts'
import { membersByRoom } from '../../stores/members.ts'
import { isDirect } from '../../stores/room-list.ts'
import { myId } from '../../stores/session.ts'
import { Avatar } from '../avatar.tsx'
import { Icon } from '../icon.tsx'

export function RoomGlyph({ room, size }: { room: Room; size: number }) {
  const members = membersByRoom.value.get(room.id) ?? room.members ?? []
  const [other] = isDirect(room) ? counterparts({ ...room, members }, myId.value) : []
  if (other) return <Avatar user={other} size={size} presence />
  return (
    <span class="room-glyph" style={{ width: `${size}px`, height: `${size}px` }} aria-hidden="true">
      <Icon name={isDirect(room) ? 'users' : room.kind === 'private' ? 'lock' : 'hash'} size={size * 0.55} />
    </span>
  )
}
