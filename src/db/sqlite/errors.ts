/** SQLite's errors in the words of db/errors.ts. */
import { SQLiteError } from 'bun:sqlite'
import {
  ConstraintViolation,
  DatabaseBusy,
  DatabaseFull,
  ForeignKeyViolation,
  UniqueViolation,
} from '../errors.ts'

export function fromSqlite(error: unknown): unknown {
  if (!(error instanceof SQLiteError)) return error
  const code = error.code ?? ''
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY') return taken(error)
  if (code === 'SQLITE_CONSTRAINT_FOREIGNKEY') return new ForeignKeyViolation(error)
  if (code.startsWith('SQLITE_CONSTRAINT')) return new ConstraintViolation(error.message, error)
  if (code === 'SQLITE_FULL') return new DatabaseFull(error)
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
    return new DatabaseBusy('Another program holds the database.', error)
  return error
}

/** From `UNIQUE constraint failed: hb_room.team_id, hb_room.slug`, or `…: index 'uq_user_email_lower'`. */
function taken(error: SQLiteError): UniqueViolation {
  const what = error.message.slice(error.message.indexOf(':') + 1).trim()
  const index = /^index '(.+)'$/.exec(what)?.[1]
  if (index !== undefined) return new UniqueViolation(tableOfIndex(index), [], index, error)
  const keys = what.split(', ').map((key) => key.split('.'))
  return new UniqueViolation(
    keys[0]?.[0] ?? '',
    keys.map((key) => key[1] ?? ''),
    null,
    error,
  )
}

/** SQLite names the index over an expression but not its table; there is only one such index. */
function tableOfIndex(index: string): string {
  return index === 'uq_user_email_lower' ? 'user' : ''
}
