/** All accounts: role, and whether they may sign in. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../../api/client.ts'
import { admin as api } from '../../api/endpoints.ts'
import { personName } from '../../lib/names.ts'
import type { AdminUser, Role } from '../../lib/types.ts'
import { myId } from '../../stores/session.ts'
import { attempt } from '../../stores/ui.ts'
import { Avatar } from '../avatar.tsx'
import { Problem, Spinner, Switch } from '../controls.tsx'

const PAUSE_MS = 200

export function AdminUsers() {
  const [users, setUsers] = useState<AdminUser[] | null>(null)
  const [problem, setProblem] = useState('')
  const [query, setQuery] = useState('')
  const load = () => api.users(query.trim()).then(setUsers, (error: unknown) => setProblem(messageOf(error)))
  useEffect(() => {
    const timer = setTimeout(() => void load(), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [query])
  const change = async (user: AdminUser, patch: { role?: Role; active?: boolean }) => {
    if (await attempt(api.updateUser(user.id, patch))) {
      setUsers(
        (list) => list?.map((known) => (known.id === user.id ? { ...known, ...patch } : known)) ?? null,
      )
    } else await load()
  }
  if (problem) return <Problem text={problem} />
  if (!users) return <Spinner />
  const people = users.filter((user) => !user.is_bot)
  const waiting = people.filter((user) => user.role === 'pending').length
  return (
    <>
      <div class="page-tools">
        <input
          type="search"
          placeholder="Find people"
          aria-label="Find people"
          value={query}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
        <span class="muted">
          {people.length} {people.length === 1 ? 'person' : 'people'}
          {waiting > 0 ? `, ${waiting} waiting for approval` : ''}
        </span>
      </div>
      <ul class="people people-admin">
        {people.map((user) => (
          <li key={user.id} class="person">
            <Avatar user={user} size={36} />
            <span class="person-name">
              {personName(user)}
              <small>
                @{user.username}
                {user.email ? ` · ${user.email}` : ''}
              </small>
            </span>
            <select
              class="select-small"
              aria-label={`Role of ${personName(user)}`}
              value={user.role}
              disabled={user.id === myId.value}
              onChange={(event) => void change(user, { role: event.currentTarget.value as Role })}
            >
              <option value="admin">Administrator</option>
              <option value="user">User</option>
              <option value="pending">Waiting for approval</option>
            </select>
            <Switch
              label="Active"
              checked={user.active}
              disabled={user.id === myId.value}
              onChange={(active) => void change(user, { active })}
            />
          </li>
        ))}
      </ul>
    </>
  )
}
