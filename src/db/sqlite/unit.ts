/**
 * What a reader and a unit of work see of a SQLite connection. A unit refuses to go on after its end and
 * after a failed statement, as PostgreSQL would.
 */
import type { SQL } from 'drizzle-orm'
import type { Args, Builder, Changes, Conn, RawSql, Stmt, Tx } from '../conn.ts'
import { UnitOver } from '../errors.ts'
import { sqliteTables } from '../schema/index.ts'
import { planOf, type SqliteConnection } from './connection.ts'
import { sqliteBuilder } from './session.ts'

type Params = Record<string, unknown> | undefined

abstract class SqliteConn implements Conn {
  readonly dialect = 'sqlite'
  readonly tables = sqliteTables
  protected readonly connection: SqliteConnection
  #builder: Builder | undefined

  constructor(connection: SqliteConnection) {
    this.connection = connection
  }

  /** Runs a statement, unless nothing may run any more. */
  protected abstract guard<T>(run: () => T): T
  protected abstract guardWrite<T>(run: () => T): T

  async all<R, P>(statement: Stmt<R, P>, ...[params]: Args<P>): Promise<R[]> {
    return this.guard(() => this.connection.rows(statement, params as Params))
  }

  async get<R, P>(statement: Stmt<R, P>, ...[params]: Args<P>): Promise<R | null> {
    return this.guard(() => this.connection.rows(statement, params as Params))[0] ?? null
  }

  async run<R, P>(statement: Stmt<R, P>, ...[params]: Args<P>): Promise<Changes> {
    return this.guardWrite(() => this.connection.execute(statement, params as Params))
  }

  get db(): Builder {
    this.#builder ??= sqliteBuilder({
      all: (plan, params) => this.guard(() => this.connection.all(plan, params)),
      run: (plan, params) => this.guardWrite(() => this.connection.run(plan, params)),
    })
    return this.#builder
  }

  get sql(): RawSql {
    const rows = (query: SQL) => this.guard(() => this.connection.all(planOf(query)))
    return {
      all: async <T>(query: SQL) => rows(query) as T[],
      get: async <T>(query: SQL) => (rows(query)[0] as T | undefined) ?? null,
      run: async (query) => this.guardWrite(() => this.connection.run(planOf(query))),
    }
  }
}

/** Reads of the last committed state. */
export class SqliteReader extends SqliteConn {
  protected override guard<T>(run: () => T): T {
    return run()
  }

  protected override guardWrite<T>(): T {
    throw new TypeError('Only a unit of work writes: use Database.tx.')
  }
}

/** One unit of work on the writer; writer.ts begins and ends it. */
export class SqliteUnit extends SqliteConn implements Tx {
  readonly #after: (() => void)[] = []
  #open = true
  #failure: { error: unknown } | null = null
  #depth = 0

  /** False from its end on; a unit begun within it is refused while it is true. */
  get open(): boolean {
    return this.#open
  }

  afterCommit(run: () => void): void {
    this.#after.push(run)
  }

  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.#check()
    const name = `inner_${++this.#depth}`
    const { raw } = this.connection
    raw.run(`SAVEPOINT ${name}`)
    const callbacks = this.#after.length
    try {
      const result = await work()
      if (this.#failure) throw this.#failure.error
      raw.run(`RELEASE ${name}`)
      return result
    } catch (error) {
      // A full disk rolls back the whole transaction by itself; then there is nothing to go back to.
      if (!raw.inTransaction) throw error
      raw.run(`ROLLBACK TO ${name}`)
      raw.run(`RELEASE ${name}`)
      this.#failure = null
      this.#after.length = callbacks
      throw error
    } finally {
      this.#depth--
    }
  }

  /** Ends it. Throws the failure of a statement that `work` swallowed; else hands out its callbacks. */
  finish(): readonly (() => void)[] {
    this.#open = false
    if (this.#failure) throw this.#failure.error
    return this.#after
  }

  abandon(): void {
    this.#open = false
  }

  protected override guard<T>(run: () => T): T {
    this.#check()
    try {
      return run()
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }

  protected override guardWrite<T>(run: () => T): T {
    return this.guard(run)
  }

  #check(): void {
    if (!this.#open) throw new UnitOver('This unit of work is over; a call in it was not awaited.')
    if (this.#failure)
      throw new UnitOver('A statement of this unit of work failed before.', { cause: this.#failure.error })
  }
}
