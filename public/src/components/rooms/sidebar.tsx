/** The list of rooms, the way to others, and one's own corner. */
import type { ComponentChildren } from 'preact'
import { personName, roomTitle } from '../../lib/names.ts'
import type { Room } from '../../lib/types.ts'
import { roomPath, route } from '../../router.ts'
import { membersByRoom } from '../../stores/members.ts'
import { isDirect } from '../../stores/room-list.ts'
import { directRooms, groupRooms, roomsLoaded } from '../../stores/rooms.ts'
import { me, myId } from '../../stores/session.ts'
import { dialog } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { IconButton } from '../controls.tsx'
import { Icon } from '../icon.tsx'
import { Logo } from '../logo.tsx'
import { RoomGlyph } from './room-glyph.tsx'

export function Sidebar() {
  const self = me.value
  return (
    <nav class="sidebar" aria-label="Rooms">
      <header class="sidebar-head">
        <a href="/" class="brand" aria-label="Hubbub, home">
          <Logo size={28} /> Hubbub
        </a>
        <IconButton icon="plus" label="New room" onClick={() => (dialog.value = { name: 'create-room' })} />
      </header>
      <button type="button" class="jump" onClick={() => (dialog.value = { name: 'switcher' })}>
        <Icon name="search" size={16} /> Jump to… <kbd>{isMac ? '⌘' : 'Ctrl'} K</kbd>
      </button>
      <div class="sidebar-scroll">
        <Section title="Rooms">
          {groupRooms.value.map((room) => (
            <RoomItem key={room.id} room={room} />
          ))}
          {roomsLoaded.value && groupRooms.value.length === 0 ? (
            <li class="sidebar-none">You are in no room yet.</li>
          ) : null}
          <li>
            <a class="room-item room-item-quiet" href="/browse">
              <Icon name="globe" size={18} /> Browse public rooms
            </a>
          </li>
        </Section>
        <Section
          title="Direct messages"
          action={
            <IconButton
              icon="plus"
              size={16}
              label="New direct message"
              onClick={() => (dialog.value = { name: 'new-direct' })}
            />
          }
        >
          {directRooms.value.map((room) => (
            <RoomItem key={room.id} room={room} />
          ))}
          {roomsLoaded.value && directRooms.value.length === 0 ? (
            <li class="sidebar-none">No conversations yet.</li>
          ) : null}
        </Section>
      </div>
      {self ? (
        <footer class="sidebar-foot">
          <a class="self" href="/settings">
            <Avatar user={self} size={34} />
            <span>
              {personName(self)}
              <small>@{self.username}</small>
            </span>
          </a>
          <a class="icon-button" href="/search" aria-label="Search messages" title="Search messages">
            <Icon name="search" />
          </a>
          {self.role === 'admin' ? (
            <a class="icon-button" href="/admin" aria-label="Administration" title="Administration">
              <Icon name="shield" />
            </a>
          ) : null}
          <a class="icon-button" href="/settings" aria-label="Settings" title="Settings">
            <Icon name="settings" />
          </a>
        </footer>
      ) : null}
    </nav>
  )
}

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

function Section({
  title,
  action,
  children,
}: {
  title: string
  action?: ComponentChildren
  children: ComponentChildren
}) {
  return (
    <section class="sidebar-section">
      <header>
        <h2>{title}</h2>
        {action}
      </header>
      <ul>{children}</ul>
    </section>
  )
}

function RoomItem({ room }: { room: Room }) {
  const at = route.value
  const open = at.name === 'room' && at.id === room.id
  const members = membersByRoom.value.get(room.id) ?? room.members ?? []
  const title = roomTitle({ ...room, members }, myId.value)
  const unread = room.unread_count > 0
  const classes = ['room-item', open ? 'room-item-open' : '', unread ? 'room-item-unread' : '']
  return (
    <li>
      <a class={classes.join(' ')} href={roomPath(room.id)} aria-current={open ? 'page' : undefined}>
        <RoomGlyph room={room} size={22} />
        <span class="room-item-name">{title}</span>
        <Counters room={room} />
      </a>
    </li>
  )
}

function Counters({ room }: { room: Room }) {
  const { unread_count: unread, mention_count: mentions } = room
  if (mentions > 0) {
    return (
      <span class="count count-mention" aria-label={`${mentions} mentions`} data-testid="mentions">
        {isDirect(room) ? '' : '@ '}
        {mentions > 99 ? '99+' : mentions}
      </span>
    )
  }
  if (unread <= 0) return null
  return (
    <span class="count" aria-label={`${unread} unread`} data-testid="unread">
      {unread > 99 ? '99+' : unread}
    </span>
  )
}
