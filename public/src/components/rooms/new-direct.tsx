/** Choosing whom to write to: one person, or a few. */
import { useEffect, useState } from 'preact/hooks'
import { openDirect } from '../../actions/rooms.ts'
import { people } from '../../api/endpoints.ts'
import { personName } from '../../lib/names.ts'
import type { User } from '../../lib/types.ts'
import { myId } from '../../stores/session.ts'
import { attempt } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { Dialog } from '../dialog.tsx'

const MOST_OTHERS = 7
const PAUSE_MS = 180

export function NewDirectDialog() {
  const [query, setQuery] = useState('')
  const [found, setFound] = useState<User[]>([])
  const [chosen, setChosen] = useState<User[]>([])
  useEffect(() => {
    const abort = new AbortController()
    const timer = setTimeout(() => {
      people.find(query.trim(), abort.signal).then(setFound, () => undefined)
    }, PAUSE_MS)
    return () => {
      clearTimeout(timer)
      abort.abort()
    }
  }, [query])
  const ids = new Set(chosen.map((user) => user.id))
  const list = found.filter((user) => user.id !== myId.value && !user.is_bot && !ids.has(user.id))
  return (
    <Dialog title="New direct message" size="small">
      <div class="form">
        <input
          autofocus
          type="search"
          aria-label="Find people"
          placeholder="Name or user name"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        {chosen.length > 0 ? (
          <div class="chips">
            {chosen.map((user) => (
              <button
                type="button"
                class="chip"
                key={user.id}
                aria-label={`Remove ${personName(user)}`}
                onClick={() => setChosen(chosen.filter((other) => other.id !== user.id))}
              >
                {personName(user)} ×
              </button>
            ))}
          </div>
        ) : null}
        <ul class="people people-pick">
          {list.map((user) => (
            <li key={user.id}>
              <button
                type="button"
                class="person"
                disabled={chosen.length >= MOST_OTHERS}
                onClick={() => setChosen([...chosen, user])}
              >
                <Avatar user={user} size={32} presence />
                <span class="person-name">
                  {personName(user)} <small>@{user.username}</small>
                </span>
              </button>
            </li>
          ))}
          {list.length === 0 ? <li class="muted">Nobody by that name.</li> : null}
        </ul>
        <div class="form-actions">
          <button
            type="button"
            class="button button-primary"
            disabled={chosen.length === 0}
            onClick={() => void attempt(openDirect(chosen))}
          >
            Start conversation
          </button>
        </div>
      </div>
    </Dialog>
  )
}
