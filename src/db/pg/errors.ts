/** PostgreSQL's errors in the words of db/errors.ts. */
import postgres from 'postgres'
import {
  ConstraintViolation,
  DatabaseBusy,
  DatabaseFull,
  ForeignKeyViolation,
  UniqueViolation,
} from '../errors.ts'

/** SQLSTATEs of a server that is there but cannot serve now: locks, too many clients, starting, stopping. */
const BUSY = new Set(['55P03', '53300', '57P01', '57P02', '57P03', '25P03'])
/** What postgres.js and the socket say when the server cannot be reached. */
const UNREACHABLE = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
])

export function fromPostgres(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  const { code } = error
  if (UNREACHABLE.has(code)) return new DatabaseBusy('The database cannot be reached.', error)
  if (!(error instanceof postgres.PostgresError)) return error
  if (code === '23505') return taken(error)
  if (code === '23503') return new ForeignKeyViolation(error)
  if (code === '23502' || code === '23514') return new ConstraintViolation(error.message, error)
  if (code === '53100') return new DatabaseFull(error)
  if (BUSY.has(code)) return new DatabaseBusy('The database cannot serve this now.', error)
  return error
}

/** A serialization failure or a deadlock: the unit of work was undone and may be tried again. */
export function mayRetry(error: unknown): boolean {
  return error instanceof postgres.PostgresError && (error.code === '40001' || error.code === '40P01')
}

/** The columns stand in the detail: `Key (team_id, slug)=(…) already exists.` */
function taken(error: postgres.PostgresError): UniqueViolation {
  const columns = /^Key \(([^()]+)\)=/.exec(error.detail ?? '')?.[1]?.split(', ') ?? []
  return new UniqueViolation(
    error.table_name ?? '',
    columns.map((column) => column.replaceAll('"', '')),
    error.constraint_name ?? null,
    error,
  )
}
