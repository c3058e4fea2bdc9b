/**
 * The core's Table port over one Drizzle table: rows in and out under their property names, conditions as
 * equality, lists and order. The only place where Open WebUI's nouns become SQL, with chat-queries.ts.
 */
import {
  and,
  asc,
  desc,
  eq,
  getTableColumns,
  getTableName,
  gt,
  inArray,
  isNotNull,
  isNull,
  lt,
  ne,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { getTableConfig, type SQLiteColumn, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { Find, Table, Where } from '../../../core/chats/table.ts'
import { JSON_NULL } from '../../columns/json.ts'
import type { Conn } from '../../conn.ts'
import { type Columns, keptSelect } from './kept-selects.ts'
import { keptInsert, keptUpdate } from './kept-writes.ts'

/** SQLite allows 32,766 parameters; PostgreSQL 65,535. */
const MAX_PARAMETERS = 20_000

/** So few are inserted by a statement each that is prepared; more by one that is built. */
const FEW_ROWS = 4

type Values = Record<string, unknown>

export function table<Row extends object>(conn: Conn, definition: SQLiteTable): Table<Row> {
  const columns: Columns = getTableColumns(definition)
  const name = getTableName(definition)
  const target = { name, definition, columns }

  const column = (name: string): SQLiteColumn => {
    const found = columns[name]
    if (!found) throw new TypeError(`There is no column "${name}".`)
    return found
  }

  function condition(of: SQLiteColumn, value: unknown): SQL | undefined {
    if (value === undefined) return undefined
    if (value === null) return isNull(of)
    if (typeof value !== 'object') return eq(of, value)
    if ('in' in value) {
      const list = value.in as unknown[]
      return list.length === 0 ? sql`1 = 0` : inArray(of, list)
    }
    if ('not' in value) return value.not === null ? isNotNull(of) : or(ne(of, value.not), isNull(of))
    if ('gt' in value) return gt(of, value.gt)
    if ('lt' in value) return lt(of, value.lt)
    if ('contains' in value) return contains(of, String(value.contains), conn.dialect)
    throw new TypeError('An unknown kind of condition.')
  }

  function where(given: Where<Row> | undefined): SQL | undefined {
    if (!given) return undefined
    const { any, ...rest } = given as Values & { any?: Where<Row>[] }
    const parts = Object.entries(rest).map(([name, value]) => condition(column(name), value))
    if (any) parts.push(or(...any.map(where)))
    return and(...parts)
  }

  function selected(fields: Columns, query: Find<Row> = {}) {
    const order = (query.order ?? []).map(([name, way]) =>
      way === 'asc' ? asc(column(name)) : desc(column(name)),
    )
    const base = conn.db
      .select(fields)
      .from(definition)
      .where(where(query.where))
      .orderBy(...order)
    const limited = query.limit === undefined ? base : base.limit(query.limit)
    // SQLite takes an offset only after a limit.
    if (!query.offset) return limited
    return query.limit === undefined
      ? base.limit(Number.MAX_SAFE_INTEGER).offset(query.offset)
      : limited.offset(query.offset)
  }

  function select(fields: Columns, query: Find<Row> = {}): Promise<unknown[]> | PromiseLike<unknown[]> {
    const { where: conditions = {}, order = [], limit, offset } = query
    for (const given of Object.keys(conditions)) if (given !== 'any') column(given)
    for (const [given] of order) column(given)
    const plain = {
      table: name,
      definition,
      fields,
      columns,
      where: conditions as Values,
      order,
      limit,
      offset,
    }
    return ('any' in conditions ? null : keptSelect(conn, plain)) ?? selected(fields, query)
  }

  /** What is left out stays at its default, or as it is. */
  function writable(row: object): Values {
    const values: Values = {}
    for (const [name, value] of Object.entries(row)) {
      const of = column(name)
      if (value !== undefined) values[name] = value === null && of.notNull ? JSON_NULL : value
    }
    return values
  }

  async function get(given: Where<Row>): Promise<Row | null> {
    const rows = await select(columns, { where: given, limit: 1 })
    return (rows[0] as Row | undefined) ?? null
  }

  return {
    get,
    async getForChange(given) {
      // SQLite has one writer at a time anyhow.
      if (conn.dialect === 'pg')
        await conn.sql.all(sql`select 1 from ${definition} where ${where(given)} for update`)
      return get(given)
    },
    async find(query) {
      return (await select(columns, query)) as Row[]
    },
    async pick(names, query) {
      const fields = Object.fromEntries(names.map((name) => [name, column(name)]))
      return (await select(fields, query)) as Row[]
    },
    async count(given) {
      return Number(await conn.db.$count(definition, where(given)))
    },
    async insert(rows) {
      const list = (Array.isArray(rows) ? rows : [rows]) as object[]
      if (list.length <= FEW_ROWS) {
        for (const row of list.map(writable)) {
          await (keptInsert(conn, target, row) ?? conn.db.insert(definition).values(row as never))
        }
        return
      }
      const perStatement = Math.max(1, Math.floor(MAX_PARAMETERS / Object.keys(columns).length))
      for (let at = 0; at < list.length; at += perStatement) {
        await conn.db.insert(definition).values(list.slice(at, at + perStatement).map(writable) as never)
      }
    },
    async put(row) {
      const values = writable(row)
      const key = keyOf(definition, columns)
      await (keptInsert(conn, target, values, key) ??
        conn.db
          .insert(definition)
          .values(values as never)
          .onConflictDoUpdate({ target: key, set: values as never }))
    },
    async update(given, patch) {
      const values = writable(patch)
      if (Object.keys(values).length === 0) return 0
      const conditions: Values = given
      for (const asked of Object.keys(conditions)) if (asked !== 'any') column(asked)
      const kept = 'any' in conditions ? null : keptUpdate(conn, target, conditions, values)
      const { changes } = await (kept ??
        conn.db
          .update(definition)
          .set(values as never)
          .where(where(given)))
      return changes
    },
    async remove(given) {
      const condition = where(given)
      if (!condition) throw new TypeError('Removing a whole table is refused.')
      return (await conn.db.delete(definition).where(condition)).changes
    },
  }
}

function keyOf(definition: SQLiteTable, columns: Columns): SQLiteColumn[] {
  const single = Object.values(columns).filter((column) => column.primary)
  if (single.length > 0) return single
  const names = getTableConfig(definition).primaryKeys.flatMap((key) =>
    key.columns.map((column) => column.name),
  )
  return Object.values(columns).filter((column) => names.includes(column.name))
}

/**
 * Part of a text without regard to case. SQLite folds ASCII only, and takes no functions of ours: so the
 * other spellings of a text that is not ASCII are looked for beside it.
 */
export function contains(of: SQLiteColumn | SQL, text: string, dialect: Conn['dialect']): SQL {
  const pattern = (spelling: string): string => `%${spelling.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  if (dialect === 'pg') return sql`${of} ilike ${pattern(text)}`
  const lower = text.toLowerCase()
  const spellings = new Set([text, lower, text.toUpperCase(), lower.charAt(0).toUpperCase() + lower.slice(1)])
  const tests = [...spellings].map((spelling) => sql`${of} like ${pattern(spelling)} escape '\\'`)
  return sql`(${sql.join(tests, sql` or `)})`
}
