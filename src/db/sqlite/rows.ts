/** Reads rows outside the prepared path. The statement is finalised: one left open keeps its connection, and the WAL, alive. */
import type { Database as Sqlite } from 'bun:sqlite'

export function rowsOf<T>(raw: Sqlite, sql: string): T[] {
  const statement = raw.prepare(sql)
  try {
    return statement.all() as T[]
  } finally {
    statement.finalize()
  }
}
