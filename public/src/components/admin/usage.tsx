/** Tokens and cost by day, with who used them where. */
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../../api/client.ts'
import { admin as api } from '../../api/endpoints.ts'
import { personName } from '../../lib/names.ts'
import { compact, money } from '../../lib/time.ts'
import type { AdminUser, UsageRow } from '../../lib/types.ts'
import { roomById } from '../../stores/rooms.ts'
import { Empty, Problem, Spinner } from '../controls.tsx'
import { byDay } from './by-day.ts'

const SHOWN_DAYS = 30

export function AdminUsage() {
  const [rows, setRows] = useState<UsageRow[] | null>(null)
  const [users, setUsers] = useState<AdminUser[]>([])
  const [problem, setProblem] = useState('')
  useEffect(() => {
    api.usage().then(setRows, (error: unknown) => setProblem(messageOf(error)))
    api.users('').then(setUsers, () => undefined)
  }, [])
  if (problem) return <Problem text={problem} />
  if (!rows) return <Spinner />
  if (rows.length === 0) return <Empty icon="chart" title="No AI was used yet" />
  const nameOf = (id: string | null) => {
    const user = users.find((known) => known.id === id)
    return user ? personName(user) : '—'
  }
  const sorted = rows.toSorted((a, b) => b.day.localeCompare(a.day) || b.total_tokens - a.total_tokens)
  return (
    <>
      <Bars rows={rows} />
      <div class="table-wrap">
        <table class="table">
          <thead>
            <tr>
              <th>Day</th>
              <th>Person</th>
              <th>Room</th>
              <th>Model</th>
              <th class="number">Tokens</th>
              <th class="number">Cost</th>
            </tr>
          </thead>
          <tbody>
            {sorted.map((row) => (
              <tr key={`${row.day} ${row.room_id} ${row.user_id} ${row.model}`}>
                <td>{row.day}</td>
                <td>{nameOf(row.user_id)}</td>
                <td>{row.room_id ? (roomById(row.room_id)?.name ?? '—') : '—'}</td>
                <td>
                  <code>{row.model}</code>
                </td>
                <td class="number">{row.total_tokens.toLocaleString()}</td>
                <td class="number">{row.cost_usd === null ? '—' : money(row.cost_usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}

function Bars({ rows }: { rows: UsageRow[] }) {
  const days = byDay(rows).slice(-SHOWN_DAYS)
  const most = Math.max(1, ...days.map(({ tokens }) => tokens))
  return (
    <figure class="bars">
      <figcaption>Tokens a day</figcaption>
      <div>
        {days.map(({ day, tokens }) => (
          <span
            key={day}
            style={{ height: `${Math.max(2, (tokens / most) * 100)}%` }}
            title={`${day}: ${tokens.toLocaleString()} tokens`}
            aria-label={`${day}: ${compact(tokens)} tokens`}
            role="img"
          />
        ))}
      </div>
    </figure>
  )
}
