/** A public room that the person looks at without being in it. */
import { joinRoom } from '../../actions/rooms.ts'
import type { Room } from '../../lib/types.ts'
import { attempt } from '../../stores/ui.ts'
import { RoomGlyph } from './room-glyph.tsx'

export function JoinRoom({ room }: { room: Room }) {
  return (
    <main class="room" id="main">
      <section class="empty">
        <RoomGlyph room={room} size={56} />
        <h2>{room.name}</h2>
        <p>{room.description || 'A public room.'}</p>
        <button type="button" class="button button-primary" onClick={() => void attempt(joinRoom(room.id))}>
          Join room
        </button>
      </section>
    </main>
  )
}
