/**
 * What a database can answer besides rows, in words that are the same for both dialects. Anything else
 * stays the driver's own error. Repositories turn violations into faults where a rule of the core says so.
 */

export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  readonly table: string
  /** Column names of the key that was taken; empty for an index over an expression. */
  readonly columns: readonly string[]
  /** Index or constraint name; SQLite knows it only for an index over an expression. */
  readonly constraint: string | null
  constructor(table: string, columns: readonly string[], constraint: string | null, cause: unknown) {
    super(`${table}: ${columns.join(', ') || constraint || 'key'} is taken`, { cause })
    this.table = table
    this.columns = columns
    this.constraint = constraint
  }
}

export class ForeignKeyViolation extends Error {
  override readonly name = 'ForeignKeyViolation'
  constructor(cause: unknown) {
    super('A row refers to one that is not there.', { cause })
  }
}

/** A NOT NULL or CHECK rule of a table was broken. */
export class ConstraintViolation extends Error {
  override readonly name = 'ConstraintViolation'
  constructor(message: string, cause: unknown) {
    super(message, { cause })
  }
}

/** No room on the disk (or in the quota). What was to be written is not; reading goes on. */
export class DatabaseFull extends Error {
  override readonly name = 'DatabaseFull'
  constructor(cause: unknown) {
    super('The disk that holds the database is full.', { cause })
  }
}

/** Another program holds the database, or it cannot be reached just now; worth another try. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy'
  constructor(message: string, cause: unknown) {
    super(message, { cause })
  }
}

/** The unit of work is over, or a statement in it has failed: nothing more runs in it. */
export class UnitOver extends Error {
  override readonly name = 'UnitOver'
}

/**
 * Whether `error` says that this key is taken: `isTaken(error, 'hb_account', 'username_lower')`, or by
 * index name, `isTaken(error, 'user', 'uq_user_email_lower')`. All columns of the key must be named.
 */
export function isTaken(error: unknown, table: string, ...key: string[]): error is UniqueViolation {
  if (!(error instanceof UniqueViolation) || error.table !== table) return false
  if (error.constraint !== null && key.length === 1 && error.constraint === key[0]) return true
  return error.columns.length === key.length && error.columns.every((column) => key.includes(column))
}

/** What to tell about an error that was caught as `unknown`. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
