/**
 * What repositories work with: statements, written once over Drizzle's builder, and connections that run
 * them. One shape for both dialects; README.md here has examples.
 */
import { type Placeholder, type SQL, type SQLWrapper, sql } from 'drizzle-orm'
import type { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core'
import type { Tables } from './schema/index.ts'

export type Dialect = 'sqlite' | 'pg'

export interface Changes {
  /** Rows inserted, updated or deleted. */
  changes: number
}

/** Drizzle's query builder, typed by SQLite's and bound to either dialect. */
export type Builder = Pick<
  BaseSQLiteDatabase<'async', Changes, Record<string, never>>,
  'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'with' | '$with' | '$count'
>

export type Placeholders<P> = <K extends keyof P & string>(name: K) => Placeholder<K>

export const placeholder: Placeholders<Record<string, unknown>> = (name) => sql.placeholder(name)

/** What the builder of a statement may return: a query, or raw SQL typed by its row. */
export type Query = SQLWrapper

export type RowOf<Q> =
  Q extends SQL<infer Raw> ? Raw : Q extends PromiseLike<infer Rows> ? ElementOf<Rows> : never
type ElementOf<Rows> = Rows extends readonly (infer Element)[] ? Element : never

/** A statement that is prepared once a connection. */
export interface Stmt<R, P> {
  readonly name: string
  /** Its place in each connection's table of prepared plans. */
  readonly id: number
  readonly build: (db: Builder, t: Tables, p: Placeholders<P>, dialect: Dialect) => Query
  /** Only for the type of a row. */
  readonly row?: R
}

let statements = 0

/**
 * Declares a statement, at module level. Annotate `p` to have its parameters checked:
 * `stmt('room.byId', (db, t, p: Placeholders<{ id: string }>) => db.select()…)`. In `where`, a placeholder
 * takes what the driver takes (string, number, bigint, boolean); in `values` and `set`, what the column takes.
 */
export function stmt<Q extends Query, P = Record<string, unknown>>(
  name: string,
  build: (db: Builder, t: Tables, p: Placeholders<P>, dialect: Dialect) => Q,
): Stmt<RowOf<Q>, P> {
  return { name, id: statements++, build }
}

/** Parameters may be left out when a statement names none. */
export type Args<P> = string extends keyof P ? [params?: P] : keyof P extends never ? [] : [params: P]

/** Raw SQL of one dialect, as Drizzle's `sql` template. Integers beyond 2^53 arrive as bigint, others as number. */
export interface RawSql {
  all<T>(query: SQL): Promise<T[]>
  get<T>(query: SQL): Promise<T | null>
  run(query: SQL): Promise<Changes>
}

export interface Conn {
  readonly dialect: Dialect
  readonly tables: Tables
  all<R, P>(statement: Stmt<R, P>, ...args: Args<P>): Promise<R[]>
  /** The first row, or null. */
  get<R, P>(statement: Stmt<R, P>, ...args: Args<P>): Promise<R | null>
  /** For statements without `returning`. Fails on `db.read`. */
  run<R, P>(statement: Stmt<R, P>, ...args: Args<P>): Promise<Changes>
  /** For rare queries that are built anew each time (about 20 µs each); await them. */
  readonly db: Builder
  readonly sql: RawSql
}

export interface Tx extends Conn {
  /** Runs once the commit has succeeded, in the order of units and calls. Not awaited. */
  afterCommit(run: () => void): void
  /**
   * Runs `work` so that its failure undoes only itself and can be caught. Without it a failed statement
   * ends the whole unit, on SQLite too, as PostgreSQL has it.
   */
  savepoint<T>(work: () => Promise<T>): Promise<T>
}

export interface Database {
  readonly dialect: Dialect
  /** Sees what is committed. Reads made one after another may see different commits. */
  readonly read: Conn
  /**
   * One unit of work; rejects with what `work` throws, and then nothing of it remains. Inside, await only
   * calls of `tx`: on SQLite everybody else's writes wait meanwhile. PostgreSQL runs `work` again after a
   * deadlock, so change nothing but the database in it.
   */
  tx<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Waits for what is queued, then closes. */
  close(): Promise<void>
}
