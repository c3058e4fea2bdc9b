/** A PostgreSQL database as a Database: one pool for units of work, one for reads, so that neither waits for the other. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Conn, Database, Tx } from '../conn.ts'
import { UnitOver } from '../errors.ts'
import { connectionLost, PgPlans, PgReader, PgUnit } from './conn.ts'
import { fromPostgres, mayRetry } from './errors.ts'
import { type Link, PgLinks } from './links.ts'

/** Connections of each pool; several nodes share a server that by default allows 100. */
const POOL = 8
/** Tries of one unit of work after deadlocks and serialization failures. */
const TRIES = 5
const PAUSE_MS = 20

export class PgDatabaseHandle implements Database {
  readonly dialect = 'pg'
  readonly read: Conn
  readonly #plans = new PgPlans()
  readonly #units: PgLinks
  readonly #reads: PgLinks
  readonly #report: (error: unknown) => void
  readonly #scope = new AsyncLocalStorage<PgUnit | null>()

  constructor(url: string, report: (error: unknown) => void) {
    this.#units = new PgLinks(url, 'hubbub', POOL)
    this.#reads = new PgLinks(url, 'hubbub-read', POOL)
    this.#report = report
    this.read = new PgReader(this.#plans, this.#reads)
  }

  async tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#scope.getStore()?.open)
      throw new UnitOver('A unit of work cannot begin another: pass its tx on instead.')
    const { value, after } = await this.#retried(work)
    for (const run of after) this.#call(run)
    return value
  }

  async close(): Promise<void> {
    await Promise.all([this.#units.close(), this.#reads.close()])
  }

  async #retried<T>(work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    for (let left = TRIES; ; left--) {
      try {
        return await this.#once(work)
      } catch (error) {
        if (left === 1 || !mayRetry(error)) throw fromPostgres(error)
      }
      await Bun.sleep(Math.random() * PAUSE_MS * (TRIES - left + 1))
    }
  }

  async #once<T>(work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const link = await this.#units.exclusive()
    const unit = new PgUnit(this.#plans, link)
    try {
      await link.client.unsafe('BEGIN')
      const value = await this.#attempt(unit, link, work)
      const after = unit.finish()
      await commit(link)
      return { value, after }
    } catch (error) {
      await this.#undo(link)
      throw error
    } finally {
      unit.abandon()
      link.lost = () => {}
      this.#units.release(link)
    }
  }

  /** Runs `work`; ends with the connection, even while `work` waits for something else. */
  #attempt<T>(unit: PgUnit, link: Link, work: (tx: Tx) => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      link.lost = () => reject(connectionLost())
      this.#scope.run(unit, () => work(unit)).then(resolve, reject)
    })
  }

  async #undo(link: Link): Promise<void> {
    if (!link.alive) return
    try {
      await link.client.unsafe('ROLLBACK')
    } catch {
      this.#units.drop(link)
    }
  }

  #call(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#report(error)
    }
  }
}

interface Outcome<T> {
  value: T
  after: readonly (() => void)[]
}

/** The server answers COMMIT with ROLLBACK, and no error, when a statement has failed that nobody awaited. */
async function commit(link: Link): Promise<void> {
  if (!link.alive) throw connectionLost()
  const { command } = await link.client.unsafe('COMMIT')
  if (command !== 'COMMIT') throw new UnitOver('A statement of this unit of work failed and was not awaited.')
}
