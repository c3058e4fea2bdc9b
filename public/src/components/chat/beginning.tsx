/** What stands above the first message of a room. */
import type { Room } from '../../lib/types.ts'
import { isDirect } from '../../stores/room-list.ts'
import { dialog } from '../../stores/ui.ts'
import { Icon } from '../icon.tsx'
import { RoomGlyph } from '../rooms/room-glyph.tsx'

export function Beginning({ room, title }: { room: Room; title: string }) {
  const direct = isDirect(room)
  return (
    <section class="beginning">
      <RoomGlyph room={room} size={48} />
      <h2>{title}</h2>
      <p>
        {direct
          ? 'This is the beginning of your conversation.'
          : room.description || 'This is the beginning of the room. Say hello, or ask @ai something.'}
      </p>
      {direct ? null : (
        <button
          type="button"
          class="button"
          onClick={() => (dialog.value = { name: 'invite', roomId: room.id })}
        >
          <Icon name="link" size={18} /> Invite people
        </button>
      )}
    </section>
  )
}
