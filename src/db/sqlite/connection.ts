/**
 * One SQLite connection that runs statements: each is built and prepared once and kept by its number;
 * queries built at run time keep their prepared form in a small cache by SQL text.
 */
import type { Database as Sqlite, SQLQueryBindings, Statement } from 'bun:sqlite'
import { is, SQL } from 'drizzle-orm'
import { type Builder, type Changes, placeholder, type Stmt } from '../conn.ts'
import { makePlan, type Plan, plainValue } from '../plan.ts'
import { sqliteTables } from '../schema/index.ts'
import { fromSqlite } from './errors.ts'
import { steadyParams } from './steady-params.ts'
import { BuiltSqlite, sqliteBuilder, sqliteDialect, type SqliteRunner } from './session.ts'

interface Prepared {
  plan: Plan
  handle: Statement
}

/** Beyond this many, the prepared form that was used longest ago is dropped. */
const CACHED_QUERIES = 256

export class SqliteConnection implements SqliteRunner {
  readonly raw: Sqlite
  readonly builder: Builder
  readonly #byStatement: Prepared[] = []
  readonly #bySql = new Map<string, Statement>()

  constructor(raw: Sqlite) {
    this.raw = raw
    this.builder = sqliteBuilder(this)
  }

  /** Rows of a declared statement. */
  rows<R, P>(statement: Stmt<R, P>, params: Record<string, unknown> | undefined): R[] {
    const { plan, handle } = this.#byStatement[statement.id] ?? this.#prepare(statement)
    return fetchRows(plan, handle, params) as R[]
  }

  execute<R, P>(statement: Stmt<R, P>, params: Record<string, unknown> | undefined): Changes {
    const { plan, handle } = this.#byStatement[statement.id] ?? this.#prepare(statement)
    return runHandle(plan, handle, params)
  }

  all(plan: Plan, params?: Record<string, unknown>): unknown[] {
    return fetchRows(plan, this.#cached(plan.sql), params)
  }

  run(plan: Plan, params?: Record<string, unknown>): Changes {
    return runHandle(plan, this.#cached(plan.sql), params)
  }

  close(): void {
    for (const prepared of this.#byStatement) prepared?.handle.finalize()
    for (const handle of this.#bySql.values()) handle.finalize()
    this.raw.close()
  }

  #prepare<R, P>(statement: Stmt<R, P>): Prepared {
    const query = statement.build(this.builder, sqliteTables, placeholder, 'sqlite')
    const prepared = this.#prepared(planOf(query))
    this.#byStatement[statement.id] = prepared
    return prepared
  }

  #prepared(plan: Plan): Prepared {
    try {
      return { plan, handle: this.raw.prepare(plan.sql) }
    } catch (error) {
      throw fromSqlite(error)
    }
  }

  #cached(sql: string): Statement {
    const known = this.#bySql.get(sql)
    if (known) {
      this.#bySql.delete(sql)
      this.#bySql.set(sql, known)
      return known
    }
    const handle = this.#prepared(makePlan({ sql, params: [] })).handle
    this.#bySql.set(sql, handle)
    if (this.#bySql.size > CACHED_QUERIES) this.#dropOldest()
    return handle
  }

  #dropOldest(): void {
    const [oldest] = this.#bySql
    if (!oldest) return
    this.#bySql.delete(oldest[0])
    oldest[1].finalize()
  }
}

export function planOf(query: unknown): Plan {
  if (is(query, SQL)) return makePlan(steadyParams(sqliteDialect.sqlToQuery(query)))
  const built = (query as { prepare(): unknown }).prepare()
  if (built instanceof BuiltSqlite) return built.plan()
  throw new TypeError('A statement must return a query of the builder it was given, or raw SQL.')
}

function fetchRows(plan: Plan, handle: Statement, params: Record<string, unknown> | undefined): unknown[] {
  const bound = plan.bind(params) as SQLQueryBindings[]
  try {
    if (plan.mapped) return handle.values(...bound).map(plan.map)
    return (handle.all(...bound) as Record<string, unknown>[]).map(plainRow)
  } catch (error) {
    throw fromSqlite(error)
  }
}

function runHandle(plan: Plan, handle: Statement, params: Record<string, unknown> | undefined): Changes {
  const bound = plan.bind(params) as SQLQueryBindings[]
  try {
    return { changes: Number(handle.run(...bound).changes) }
  } catch (error) {
    throw fromSqlite(error)
  }
}

function plainRow(row: Record<string, unknown>): Record<string, unknown> {
  for (const name in row) row[name] = plainValue(row[name])
  return row
}
