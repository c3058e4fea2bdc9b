/** Name of the room and the ways to its panels and settings. */
import type { Room } from '../../lib/types.ts'
import { navigate, roomPath, route } from '../../router.ts'
import { online } from '../../stores/live.ts'
import { membersByRoom } from '../../stores/members.ts'
import { isDirect } from '../../stores/room-list.ts'
import { myId } from '../../stores/session.ts'
import { dialog, panel } from '../../stores/ui.ts'
import { IconButton } from '../controls.tsx'
import { Icon } from '../icon.tsx'
import { RoomGlyph } from '../rooms/room-glyph.tsx'

export function RoomHeader({ room, title }: { room: Room; title: string }) {
  const members = (membersByRoom.value.get(room.id) ?? []).filter((member) => !member.is_bot)
  const here = members.filter((member) => member.id === myId.value || online.value.has(member.id)).length
  const toggle = (which: 'members' | 'pins') => {
    const at = route.peek()
    if (at.name === 'room' && at.thread) navigate(roomPath(room.id))
    panel.value = panel.value === which ? null : which
  }
  return (
    <header class="room-header">
      <a class="icon-button back-link" href="/" aria-label="Back to rooms">
        <Icon name="back" />
      </a>
      <RoomGlyph room={room} size={34} />
      <div class="room-title">
        <h1>{title}</h1>
        <p>
          {members.length > 0
            ? `${members.length} ${members.length === 1 ? 'person' : 'people'}, ${here} here`
            : ''}
          {room.description ? <span class="room-topic">{room.description}</span> : null}
        </p>
      </div>
      <div class="room-actions">
        {isDirect(room) ? null : (
          <IconButton
            icon="link"
            label="Invite people"
            onClick={() => (dialog.value = { name: 'invite', roomId: room.id })}
          />
        )}
        <IconButton
          icon="search"
          label="Search this room"
          onClick={() => navigate(`/search?room=${encodeURIComponent(room.id)}`)}
        />
        <IconButton
          icon="pin"
          label="Pinned messages"
          aria-pressed={panel.value === 'pins'}
          onClick={() => toggle('pins')}
        />
        <IconButton
          icon="users"
          label="Members"
          aria-pressed={panel.value === 'members'}
          onClick={() => toggle('members')}
        />
        <IconButton
          icon="settings"
          label="Room settings"
          onClick={() => (dialog.value = { name: 'room-settings', roomId: room.id })}
        />
      </div>
    </header>
  )
}
