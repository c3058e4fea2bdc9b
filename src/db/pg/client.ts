/**
 * Connections to PostgreSQL, with values as the column builders expect them. Each is a postgres.js client of one
 * connection, thrown away when that closes: its own pool and `begin` reconnect in the middle of a transaction or crash the
 * process when a connection is lost (porsager/postgres#1208, #1133), so pooling and transactions are ours.
 */
import postgres from 'postgres'

export type PgClient = postgres.Sql<{ bigint: bigint }>

const same = (value: unknown) => value

export interface ClientOptions {
  name: string
  notice?: (message: string) => void
  /** Called at once when the connection is gone, before anything that waited for it goes on. */
  closed?: () => void
}

export function connectPostgres(url: string, { name, notice, closed }: ClientOptions): PgClient {
  return postgres(url, {
    max: 1,
    idle_timeout: 60,
    connect_timeout: 10,
    // We use no array columns, and asking for their types costs a round trip on each connection.
    fetch_types: false,
    onnotice: (message) => notice?.(String(message['message'])),
    onclose: () => closed?.(),
    connection: {
      application_name: name,
      // A unit that hangs must not hold its row locks for ever.
      idle_in_transaction_session_timeout: 60_000,
    },
    types: {
      // int8 whole, as SQLite's safeIntegers; each column's builder says what it becomes.
      bigint: { to: 20, from: [20], serialize: String, parse: (text: string) => BigInt(text) },
      // JSON as text in both directions: the codec is ours (columns/json.ts).
      json: { to: 114, from: [114, 3802], serialize: same, parse: same },
      // Dates as text; only `user.date_of_birth` is one.
      date: { to: 1184, from: [1082, 1083, 1114, 1184], serialize: same, parse: same },
    },
  }) as PgClient
}
