/** What people chose to be seen as. */
import { inArray } from 'drizzle-orm'
import type { StatusRepository } from '../../../core/accounts/repositories.ts'
import type { PresenceState } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'

/** Parameters of one query. */
const MAX_IDS = 1_000
const STATES: readonly string[] = ['online', 'away', 'dnd', 'offline']

export function statusRepository(conn: Conn): StatusRepository {
  const { hbStatus } = conn.tables
  return {
    async byIds(ids) {
      const rows = []
      for (let at = 0; at < ids.length; at += MAX_IDS) {
        const some = inArray(hbStatus.userId, ids.slice(at, at + MAX_IDS))
        rows.push(...(await conn.db.select().from(hbStatus).where(some)))
      }
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
