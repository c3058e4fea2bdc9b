/** What people chose to be seen as. */
import { inArray } from 'drizzle-orm'
import type { StatusRepository } from '../../../core/accounts/repositories.ts'
import type { PresenceState } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'

const STATES: readonly string[] = ['online', 'away', 'dnd', 'offline']

export function statusRepository(conn: Conn): StatusRepository {
  const { hbStatus } = conn.tables
  return {
    async byIds(ids) {
      if (ids.length === 0) return []
      const rows = await conn.db
        .select()
        .from(hbStatus)
        .where(inArray(hbStatus.userId, [...ids]))
      return rows.map(({ status, ...row }) => ({ ...row, state: toState(status) }))
    },
    async put({ state, ...rest }) {
      const values = { ...rest, status: state }
      await conn.db
        .insert(hbStatus)
        .values(values)
        .onConflictDoUpdate({ target: hbStatus.userId, set: values })
    },
  }
}

function toState(status: string): PresenceState {
  return STATES.includes(status) ? (status as PresenceState) : 'offline'
}
