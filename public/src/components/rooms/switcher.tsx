/** Ctrl/Cmd-K: jump to a room by a few letters of its name. */
import { useState } from 'preact/hooks'
import { roomTitle } from '../../lib/names.ts'
import { navigate, roomPath } from '../../router.ts'
import { byActivity } from '../../stores/room-list.ts'
import { membersByRoom } from '../../stores/members.ts'
import { rooms } from '../../stores/rooms.ts'
import { myId } from '../../stores/session.ts'
import { closeDialog } from '../../stores/ui.ts'
import { Dialog } from '../dialog.tsx'
import { Icon, type IconName } from '../icon.tsx'
import { RoomGlyph } from './room-glyph.tsx'

interface Choice {
  key: string
  title: string
  path: string
  glyph: preact.ComponentChildren
}

const places: [title: string, path: string, icon: IconName][] = [
  ['Browse public rooms', '/browse', 'globe'],
  ['Search messages', '/search', 'search'],
  ['Settings', '/settings', 'settings'],
]

function choices(query: string): Choice[] {
  const wanted = query.trim().toLowerCase()
  const list: Choice[] = byActivity(rooms.value).map((room) => {
    const members = membersByRoom.value.get(room.id) ?? room.members ?? []
    return {
      key: room.id,
      title: roomTitle({ ...room, members }, myId.value),
      path: roomPath(room.id),
      glyph: <RoomGlyph room={room} size={24} />,
    }
  })
  for (const [title, path, icon] of places) {
    list.push({ key: path, title, path, glyph: <Icon name={icon} size={20} /> })
  }
  const found = list.filter((choice) => choice.title.toLowerCase().includes(wanted)).slice(0, 12)
  if (wanted) {
    const path = `/search?q=${encodeURIComponent(query.trim())}`
    found.push({
      key: 'q',
      title: `Search messages for “${query.trim()}”`,
      path,
      glyph: <Icon name="search" />,
    })
  }
  return found
}

export function Switcher() {
  const [query, setQuery] = useState('')
  const [active, setActive] = useState(0)
  const list = choices(query)
  const go = (choice: Choice | undefined) => {
    if (!choice) return
    closeDialog()
    navigate(choice.path)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      event.preventDefault()
      setActive((active + step + list.length) % list.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(list[active])
    }
  }
  return (
    <Dialog title="Jump to" size="small">
      <input
        autofocus
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="switcher-list"
        aria-activedescendant={`switcher-${active}`}
        aria-label="Room or page"
        placeholder="Room, person or page"
        value={query}
        onKeyDown={onKeyDown}
        onInput={(event) => {
          setQuery(event.currentTarget.value)
          setActive(0)
        }}
      />
      <ul id="switcher-list" class="switcher" role="listbox" aria-label="Places">
        {list.map((choice, index) => (
          <li
            key={choice.key}
            id={`switcher-${index}`}
            role="option"
            aria-selected={index === active}
            onMouseMove={() => setActive(index)}
            onClick={() => go(choice)}
          >
            {choice.glyph}
            <span>{choice.title}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
