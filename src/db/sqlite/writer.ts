/**
 * The queue before the one writing connection. Units that wait when its turn comes share a transaction
 * (group commit): one costs about 50 µs alone and a few among many. Each has its own savepoint, so a unit that
 * fails undoes only itself; nobody is told of success before the commit.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Statement } from 'bun:sqlite'
import type { Tx } from '../conn.ts'
import { DatabaseBusy, UnitOver } from '../errors.ts'
import type { SqliteConnection } from './connection.ts'
import { fromSqlite } from './errors.ts'
import { SqliteUnit } from './unit.ts'

/** A batch ends at whichever comes first, so that its first unit is not kept waiting for its last. */
const BATCH_UNITS = 512
const BATCH_MS = 8
/** More than this many waiting units mean that the disk is stuck: better to say so than to pile up. */
const QUEUE_UNITS = 20_000

export interface Patience {
  /** How often to try for the lock that another program holds, asleep between tries: about five seconds. */
  tries: number
  pauseMs: number
  /** After this a unit that waits for something that does not come is given up, so that others can go on. */
  unitMs: number
}
const PATIENCE: Patience = { tries: 150, pauseMs: 25, unitMs: 30_000 }

interface Job {
  work: (tx: Tx) => Promise<unknown>
  resolve: (value: unknown) => void
  reject: (error: unknown) => void
}

interface Done {
  job: Job
  value: unknown
  after: readonly (() => void)[]
}

/** Which unit the running code is in; each connection's writer keeps its own. */
export class SqliteWriter {
  readonly #connection: SqliteConnection
  readonly #report: (error: unknown) => void
  readonly #patience: Patience
  readonly #scope = new AsyncLocalStorage<SqliteUnit>()
  readonly #statements: Record<'begin' | 'commit' | 'rollback' | 'mark' | 'keep' | 'undo', Statement>
  #queue: Job[] = []
  #turn: Promise<void> | null = null
  #closed = false
  #giveUp = () => {}

  constructor(
    connection: SqliteConnection,
    report: (error: unknown) => void,
    patience: Partial<Patience> = {},
  ) {
    this.#connection = connection
    this.#patience = { ...PATIENCE, ...patience }
    this.#report = report
    const { raw } = connection
    this.#statements = {
      begin: raw.prepare('BEGIN IMMEDIATE'),
      commit: raw.prepare('COMMIT'),
      rollback: raw.prepare('ROLLBACK'),
      mark: raw.prepare('SAVEPOINT unit'),
      keep: raw.prepare('RELEASE unit'),
      undo: raw.prepare('ROLLBACK TO unit'),
    }
  }

  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new UnitOver('The database is closed.'))
    if (this.#scope.getStore()?.open)
      return Promise.reject(new UnitOver('A unit of work cannot begin another: pass its tx on instead.'))
    if (this.#queue.length >= QUEUE_UNITS)
      return Promise.reject(new DatabaseBusy('Too many units of work are waiting for the disk.', null))
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as Job['resolve'], reject })
      this.#turn ??= this.#drain()
    })
  }

  /** Resolves when all that was queued is done; refuses what comes later. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#turn
    for (const statement of Object.values(this.#statements)) statement.finalize()
  }

  async #drain(): Promise<void> {
    while (this.#queue.length > 0) {
      // After the requests that arrived together have all queued, and letting sockets in between batches.
      await new Promise<void>((resume) => void setImmediate(resume))
      await this.#batch()
    }
    this.#turn = null
  }

  async #batch(): Promise<void> {
    const done: Done[] = []
    try {
      await this.#begin()
      await this.#runQueued(done)
      if (this.#connection.raw.inTransaction) this.#statements.commit.run()
    } catch (error) {
      this.#fail(done, fromSqlite(error))
      return
    }
    for (const { job, value, after } of done) {
      for (const run of after) this.#call(run)
      job.resolve(value)
    }
  }

  async #begin(): Promise<void> {
    for (let left = this.#patience.tries; ; left--) {
      try {
        this.#statements.begin.run()
        return
      } catch (error) {
        if (left === 0 || !(fromSqlite(error) instanceof DatabaseBusy)) {
          const waiting = this.#queue.splice(0)
          for (const job of waiting) job.reject(fromSqlite(error))
          throw error
        }
      }
      await Bun.sleep(this.#patience.pauseMs)
    }
  }

  /** Runs units until the batch is full or nobody waits; those that came meanwhile ride along. */
  async #runQueued(done: Done[]): Promise<void> {
    const endsAt = performance.now() + BATCH_MS
    // One timer a batch: a unit only awaits the database, so a batch that lasts is a unit that hangs.
    const watch = setTimeout(() => this.#giveUp(), this.#patience.unitMs)
    try {
      for (let at = 0; at < BATCH_UNITS; at++) {
        const job = this.#queue.shift()
        if (!job) return
        await this.#runJob(job, done.length === 0, done)
        if (!this.#connection.raw.inTransaction || performance.now() > endsAt) return
      }
    } finally {
      clearTimeout(watch)
    }
  }

  /** Runs `work`, unless it is given up meanwhile. */
  #attempt(job: Job, unit: SqliteUnit): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () =>
        reject(new UnitOver(`A unit of work took longer than ${this.#patience.unitMs} ms and was given up.`))
      this.#scope.run(unit, () => job.work(unit)).then(resolve, reject)
    })
  }

  /** The first unit needs no savepoint: as long as there is nothing before it, rolling back undoes only it. */
  async #runJob(job: Job, alone: boolean, done: Done[]): Promise<void> {
    const unit = new SqliteUnit(this.#connection)
    try {
      if (!alone) this.#statements.mark.run()
      const value = await this.#attempt(job, unit)
      const after = unit.finish()
      if (!alone) this.#statements.keep.run()
      done.push({ job, value, after })
    } catch (error) {
      unit.abandon()
      this.#undo(alone)
      job.reject(error)
      if (!alone && !this.#connection.raw.inTransaction) throw error
    }
  }

  #undo(alone: boolean): void {
    // A full disk or an I/O error has rolled the whole batch back already.
    if (!this.#connection.raw.inTransaction) return
    if (alone) {
      this.#statements.rollback.run()
      return
    }
    this.#statements.undo.run()
    this.#statements.keep.run()
  }

  #fail(done: readonly Done[], error: unknown): void {
    try {
      if (this.#connection.raw.inTransaction) this.#statements.rollback.run()
    } catch (second) {
      this.#report(second)
    }
    for (const { job } of done) job.reject(error)
  }

  #call(run: () => void): void {
    try {
      run()
    } catch (error) {
      this.#report(error)
    }
  }
}
