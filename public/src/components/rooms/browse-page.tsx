/** Public rooms that can be joined. */
import { useEffect, useState } from 'preact/hooks'
import { joinRoom } from '../../actions/rooms.ts'
import { messageOf } from '../../api/client.ts'
import { rooms as api } from '../../api/endpoints.ts'
import type { Room } from '../../lib/types.ts'
import { navigate, roomPath } from '../../router.ts'
import { rooms } from '../../stores/rooms.ts'
import { attempt, dialog } from '../../stores/ui.ts'
import { Empty, Problem, Spinner } from '../controls.tsx'
import { Page } from '../page.tsx'
import { RoomGlyph } from './room-glyph.tsx'

export function BrowsePage() {
  const [list, setList] = useState<Room[] | null>(null)
  const [problem, setProblem] = useState('')
  const [query, setQuery] = useState('')
  const load = () => {
    setProblem('')
    api.open().then(setList, (error: unknown) => setProblem(messageOf(error)))
  }
  useEffect(load, [])
  const mine = new Set(rooms.value.map((room) => room.id))
  const wanted = query.trim().toLowerCase()
  const shown = (list ?? []).filter((room) =>
    `${room.name} ${room.description}`.toLowerCase().includes(wanted),
  )
  return (
    <Page title="Public rooms" note="Anybody on this server may join these.">
      <div class="page-tools">
        <input
          type="search"
          placeholder="Find a room"
          aria-label="Find a room"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <button type="button" class="button" onClick={() => (dialog.value = { name: 'create-room' })}>
          New room
        </button>
      </div>
      {problem ? <Problem text={problem} retry={load} /> : null}
      {!list && !problem ? <Spinner /> : null}
      {list && shown.length === 0 ? (
        <Empty icon="globe" title={wanted ? 'No room by that name' : 'No public rooms yet'} />
      ) : null}
      <ul class="room-cards">
        {shown.map((room) => (
          <li key={room.id} class="room-card">
            <RoomGlyph room={room} size={40} />
            <div>
              <h3>{room.name}</h3>
              <p>{room.description || 'No description.'}</p>
            </div>
            {mine.has(room.id) ? (
              <button type="button" class="button" onClick={() => navigate(roomPath(room.id))}>
                Open
              </button>
            ) : (
              <button
                type="button"
                class="button button-primary"
                onClick={() => void attempt(joinRoom(room.id))}
              >
                Join
              </button>
            )}
          </li>
        ))}
      </ul>
    </Page>
  )
}
