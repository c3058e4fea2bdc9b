/** Search over all messages that the person may read. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../api/client.ts'
import { search as api } from '../api/endpoints.ts'
import { personName, roomTitle } from '../lib/names.ts'
import { fullTime, shortTime } from '../lib/time.ts'
import type { Room, SearchHit } from '../lib/types.ts'
import { plainLine } from '../markdown/parse.ts'
import { navigate, roomPath } from '../router.ts'
import { rooms } from '../stores/rooms.ts'
import { myId } from '../stores/session.ts'
import { Avatar } from './avatar.tsx'
import { Empty, Problem, Spinner } from './controls.tsx'
import { Page } from './page.tsx'
import { Highlighted } from './highlighted.tsx'

const PAUSE_MS = 250

interface Found {
  hits: SearchHit[]
  cursor: string | null
}

export function SearchPage({ query: first, room: firstRoom }: { query: string; room: string | null }) {
  const [query, setQuery] = useState(first)
  const [roomId, setRoomId] = useState(firstRoom)
  const { found, busy, problem, more } = useSearch(query.trim(), roomId)
  return (
    <Page title="Search" note="Parts of words are found too. Narrow down with from:name or in:room.">
      <div class="page-tools">
        <input
          type="search"
          autofocus
          placeholder="Search messages"
          aria-label="Search messages"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <select
          aria-label="Where to search"
          value={roomId ?? ''}
          onChange={(event) => setRoomId(event.currentTarget.value || null)}
        >
          <option value="">All rooms</option>
          {rooms.value.map((room) => (
            <option key={room.id} value={room.id}>
              {roomTitle(room, myId.value)}
            </option>
          ))}
        </select>
      </div>
      {problem ? <Problem text={problem} /> : null}
      {found && found.hits.length === 0 && !busy ? (
        <Empty icon="search" title="Nothing found">
          <p>Try fewer or shorter words.</p>
        </Empty>
      ) : null}
      <ul class="hits" aria-live="polite">
        {found?.hits.map((hit) => (
          <Hit key={hit.message.id} hit={hit} query={query} />
        ))}
      </ul>
      {busy ? <Spinner label="Searching" /> : null}
      {found?.cursor && !busy ? (
        <button type="button" class="button" onClick={more}>
          Show more
        </button>
      ) : null}
    </Page>
  )
}

function useSearch(query: string, roomId: string | null) {
  const [found, setFound] = useState<Found | null>(null)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const ask = async (before: Found | null, signal: AbortSignal) => {
    setBusy(true)
    setProblem('')
    try {
      const page = await api.run({ q: query, room_id: roomId, cursor: before?.cursor ?? null }, signal)
      setFound({ hits: [...(before?.hits ?? []), ...page.hits], cursor: page.next_cursor })
    } catch (error) {
      if (!signal.aborted) setProblem(messageOf(error))
    } finally {
      if (!signal.aborted) setBusy(false)
    }
  }
  useEffect(() => {
    const abort = new AbortController()
    if (query.length < 2) {
      setFound(null)
      return
    }
    const timer = setTimeout(() => void ask(null, abort.signal), PAUSE_MS)
    const tail = roomId ? `&room=${encodeURIComponent(roomId)}` : ''
    navigate(`/search?q=${encodeURIComponent(query)}${tail}`, { replace: true })
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [query, roomId])
  return { found, busy, problem, more: () => void ask(found, new AbortController().signal) }
}

function Hit({ hit, query }: { hit: SearchHit; query: string }) {
  const { message, snippet } = hit
  const room = rooms.value.find((known) => known.id === hit.room.id) ?? (hit.room as Room)
  return (
    <li>
      <a class="hit" href={roomPath(message.room_id, { message: message.id, thread: message.thread_id })}>
        <Avatar user={message.sender} size={36} />
        <div>
          <p class="hit-head">
            <strong>{personName(message.sender)}</strong>
            <span>in {roomTitle(room, myId.value)}</span>
            <time dateTime={message.created_at} title={fullTime(message.created_at)}>
              {shortTime(message.created_at, new Date())}
            </time>
          </p>
          <p class="hit-text">
            <Highlighted text={snippet || plainLine(message.content)} query={query} />
          </p>
        </div>
      </a>
    </li>
  )
}
