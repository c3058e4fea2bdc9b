/** A PostgreSQL database as a Database: one pool for units of work, one for reads, so that neither waits for the other. */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Conn, Database, Tx } from '../conn.ts'
import { UnitOver } from '../errors.ts'
import { connectPostgres, type PgClient } from './client.ts'
import { PgPlans, PgReader, PgUnit } from './conn.ts'
import { fromPostgres, mayRetry } from './errors.ts'

/** Connections of each pool; several nodes share a server that by default allows 100. */
const POOL = 8
/** Tries of one unit of work after deadlocks and serialization failures. */
const TRIES = 5
const PAUSE_MS = 20

export class PgDatabaseHandle implements Database {
  readonly dialect = 'pg'
  readonly read: Conn
  readonly #plans = new PgPlans()
  readonly #units: PgClient
  readonly #reads: PgClient
  readonly #report: (error: unknown) => void
  readonly #scope = new AsyncLocalStorage<PgUnit | null>()

  constructor(url: string, report: (error: unknown) => void) {
    this.#units = connectPostgres(url, { max: POOL, name: 'hubbub' })
    this.#reads = connectPostgres(url, { max: POOL, name: 'hubbub-read' })
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
    await Promise.all([this.#units.end({ timeout: 10 }), this.#reads.end({ timeout: 10 })])
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
    let outcome: Outcome<T> | undefined
    await this.#units.begin(async (target) => {
      const unit = new PgUnit(this.#plans, target)
      try {
        const value = await this.#scope.run(unit, () => work(unit))
        outcome = { value, after: unit.finish() }
      } finally {
        unit.abandon()
      }
    })
    if (!outcome) throw new Error('A unit of work ended without an outcome.')
    return outcome
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
