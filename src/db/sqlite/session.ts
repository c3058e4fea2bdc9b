/**
 * Drizzle's builder over one of our SQLite connections: it only builds; what it built is run by the owner
 * of the session, which prepares, guards and maps errors.
 */
import type { Query } from 'drizzle-orm'
import {
  BaseSQLiteDatabase,
  SQLiteAsyncDialect,
  SQLitePreparedQuery,
  SQLiteSession,
  type PreparedQueryConfig,
  type SelectedFieldsOrdered,
  type SQLiteExecuteMethod,
} from 'drizzle-orm/sqlite-core'
import type { Builder, Changes } from '../conn.ts'
import { makePlan, type NullableMap, type Plan, plainValue } from '../plan.ts'
import { steadyParams } from './steady-params.ts'

/** What runs a plan; every method may throw a mapped error. */
export interface SqliteRunner {
  all(plan: Plan, params?: Record<string, unknown>): unknown[]
  run(plan: Plan, params?: Record<string, unknown>): Changes
}

export const sqliteDialect = new SQLiteAsyncDialect()

export class BuiltSqlite extends SQLitePreparedQuery<PreparedQueryConfig & { type: 'async' }> {
  readonly #runner: SqliteRunner
  readonly #fields: SelectedFieldsOrdered | undefined
  /** Set by Drizzle after it made this, when the query joins. */
  declare joinsNotNullableMap: NullableMap | undefined

  constructor(
    runner: SqliteRunner,
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    method: SQLiteExecuteMethod,
  ) {
    super('async', method, query)
    this.#runner = runner
    this.#fields = fields
  }

  plan(): Plan {
    return makePlan(steadyParams(this.getQuery()), this.#fields, this.joinsNotNullableMap)
  }

  async run(params?: Record<string, unknown>): Promise<Changes> {
    return this.#runner.run(this.plan(), params)
  }

  async all(params?: Record<string, unknown>): Promise<unknown[]> {
    return this.#runner.all(this.plan(), params)
  }

  async get(params?: Record<string, unknown>): Promise<unknown> {
    return (await this.all(params))[0]
  }

  /** Only `$count` asks for bare values. */
  async values(params?: Record<string, unknown>): Promise<unknown[][]> {
    const bare = { ...this.plan(), map: (row: readonly unknown[]) => row.map(plainValue), mapped: true }
    return this.#runner.all(bare, params) as unknown[][]
  }
}

class BuilderSession extends SQLiteSession<'async', Changes, Record<string, never>, Record<string, never>> {
  readonly #runner: SqliteRunner

  constructor(runner: SqliteRunner) {
    super(sqliteDialect)
    this.#runner = runner
  }

  override prepareQuery(
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
    method: SQLiteExecuteMethod,
  ): BuiltSqlite {
    return new BuiltSqlite(this.#runner, query, fields, method)
  }

  override transaction(): never {
    throw new Error('Use the unit of work (Database.tx) instead of Drizzle’s transaction.')
  }
}

export function sqliteBuilder(runner: SqliteRunner): Builder {
  return new BaseSQLiteDatabase('async', sqliteDialect, new BuilderSession(runner), undefined)
}
