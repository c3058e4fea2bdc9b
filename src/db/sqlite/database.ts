/** A SQLite file as a Database: one connection that writes, one that reads. */
import { Database as Sqlite } from 'bun:sqlite'
import type { Conn, Database, Tx } from '../conn.ts'
import { SqliteConnection } from './connection.ts'
import { closingPragmas, preparePragmas, readOnlyPragmas, servingPragmas } from './pragmas.ts'
import { SqliteReader } from './unit.ts'
import { SqliteWriter } from './writer.ts'

/** Opens a connection with our pragmas. `strict`: a missing parameter is an error, not NULL. */
export function connectSqlite(path: string): Sqlite {
  const raw = new Sqlite(path, { create: true, readwrite: true, strict: true, safeIntegers: true })
  preparePragmas(raw)
  return raw
}

export class SqliteDatabase implements Database {
  readonly dialect = 'sqlite'
  readonly read: Conn
  readonly #writing: SqliteConnection
  readonly #reading: SqliteConnection
  readonly #writer: SqliteWriter
  readonly #release: () => void

  /** `release` runs after the last close: it lets go of the lock. */
  constructor(path: string, report: (error: unknown) => void, release: () => void) {
    this.#writing = new SqliteConnection(connectSqlite(path))
    this.#reading = new SqliteConnection(connectSqlite(path))
    readOnlyPragmas(this.#reading.raw)
    for (const { raw } of [this.#writing, this.#reading]) servingPragmas(raw)
    this.#writer = new SqliteWriter(this.#writing, report)
    this.read = new SqliteReader(this.#reading)
    this.#release = release
  }

  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#writer.tx(work)
  }

  async close(): Promise<void> {
    await this.#writer.close()
    this.#reading.close()
    closingPragmas(this.#writing.raw)
    this.#writing.close()
    this.#release()
  }
}
