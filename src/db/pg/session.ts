/**
 * Drizzle's builder over PostgreSQL: it only builds; what it built is run by the owner of the session,
 * which guards and maps errors. The twin of sqlite/session.ts.
 */
import type { Query, SQL } from 'drizzle-orm'
import {
  PgDatabase,
  PgDialect,
  PgPreparedQuery,
  type PreparedQueryConfig,
  PgSession,
  type SelectedFieldsOrdered,
} from 'drizzle-orm/pg-core'
import type { SelectedFieldsOrdered as SqliteFields } from 'drizzle-orm/sqlite-core'
import type { Builder, Changes } from '../conn.ts'
import { makePlan, type NullableMap, type Plan } from '../plan.ts'

/** What runs a plan; a rejection is a mapped error. */
export interface PgRunner {
  all(plan: Plan, params?: Record<string, unknown>): Promise<unknown[]>
  run(plan: Plan, params?: Record<string, unknown>): Promise<Changes>
}

export const pgDialect = new PgDialect()

export class BuiltPg extends PgPreparedQuery<PreparedQueryConfig> {
  readonly #runner: PgRunner
  readonly #fields: SelectedFieldsOrdered | undefined
  /** Set by Drizzle after it made this, when the query joins. */
  declare joinsNotNullableMap: NullableMap | undefined

  constructor(runner: PgRunner, query: Query, fields: SelectedFieldsOrdered | undefined) {
    super(query, undefined, undefined)
    this.#runner = runner
    this.#fields = fields
  }

  plan(): Plan {
    // The fields of both dialects differ in their types only.
    return makePlan(this.getQuery(), this.#fields as SqliteFields | undefined, this.joinsNotNullableMap)
  }

  override async execute(params?: Record<string, unknown>): Promise<unknown> {
    return this.#fields ? this.#runner.all(this.plan(), params) : this.#runner.run(this.plan(), params)
  }
}

class BuilderSession extends PgSession {
  readonly #runner: PgRunner

  constructor(runner: PgRunner) {
    super(pgDialect)
    this.#runner = runner
  }

  override prepareQuery<T extends PreparedQueryConfig = PreparedQueryConfig>(
    query: Query,
    fields: SelectedFieldsOrdered | undefined,
  ): PgPreparedQuery<T> {
    return new BuiltPg(this.#runner, query, fields) as PgPreparedQuery<T>
  }

  override async count(query: SQL): Promise<number> {
    const [row] = await this.#runner.all(makePlan(pgDialect.sqlToQuery(query)))
    return Number((row as { count: unknown }).count)
  }

  override transaction(): never {
    throw new Error('Use the unit of work (Database.tx) instead of Drizzle’s transaction.')
  }
}

export function pgBuilder(runner: PgRunner): Builder {
  // Queries are typed by SQLite's builder; schema/proof.ts shows that their rows are the same.
  return new PgDatabase(pgDialect, new BuilderSession(runner), undefined) as unknown as Builder
}
