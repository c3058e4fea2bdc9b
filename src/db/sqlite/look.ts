/** A look at a SQLite file beside whoever serves it: for `hubbub doctor`. Writes nothing. */
import { Database as Sqlite } from 'bun:sqlite'
import { rowsOf } from './rows.ts'

export interface FileLook {
  /** What quick_check found; empty = whole. Indexes are not compared with their tables, which a backup does. */
  problems: string[]
  journalMode: string
}

export function lookAtFile(path: string): FileLook {
  const raw = new Sqlite(path, { readonly: true })
  try {
    const answers = rowsOf<{ quick_check: string }>(raw, 'PRAGMA quick_check(5)').map(
      (row) => row.quick_check,
    )
    const [mode] = rowsOf<{ journal_mode: string }>(raw, 'PRAGMA journal_mode')
    return { problems: answers.filter((text) => text !== 'ok'), journalMode: mode?.journal_mode ?? '' }
  } finally {
    raw.close()
  }
}
