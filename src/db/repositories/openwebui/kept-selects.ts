/**
 * Selects of table.ts as prepared statements, one for each shape that is asked for (columns, conditions, order): building a
 * query anew costs ten times what running it does. What varies too much to be worth keeping is left to the builder.
 */
import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, Param, type SQL } from 'drizzle-orm'
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Conn, type Placeholders, type Stmt, stmt } from '../../conn.ts'

type Values = Record<string, unknown>
export type Columns = Record<string, SQLiteColumn>

export interface Select {
  /** Of the table in the database. */
  table: string
  definition: SQLiteTable
  fields: Columns
  columns: Columns
  where: Values
  order: readonly (readonly [string, 'asc' | 'desc'])[]
  limit: number | undefined
  offset: number | undefined
}

/** Shapes come from our own code, so there are some hundreds of them; this is only a stop. */
const MAX_SHAPES = 2_000
/** Lists are filled up to the next power of two with what is in them, so that they are of few lengths; longer ones are built. */
const MAX_LIST = 64

const shapes = new Map<string, Stmt<unknown, Values>>()

/** The statement of a shape, made when it is first asked for. Null when there are too many. */
export function keep(
  conn: Conn,
  shape: string,
  make: () => Stmt<unknown, Values>,
): Stmt<unknown, Values> | null {
  const key = `${conn.dialect} ${shape}`
  const known = shapes.get(key)
  if (known || shapes.size >= MAX_SHAPES) return known ?? null
  const statement = make()
  shapes.set(key, statement)
  return statement
}

/** Null when this shape is not one to keep. */
export function keptSelect(conn: Conn, select: Select): Promise<unknown[]> | null {
  const values: Values = {}
  const shape = shapeOf(select, values)
  const statement = shape === null ? null : keep(conn, shape, () => prepare(select))
  return statement && conn.all(statement, values)
}

/** Spells the shape, and puts what varies into `values`. */
function shapeOf(select: Select, values: Values): string | null {
  const conditions = conditionsOf(select.where, values)
  if (conditions === null) return null
  let shape = `${select.table} ${Object.keys(select.fields).join()}${conditions}`
  for (const [name, way] of select.order) shape += ` ${name}:${way}`
  if (select.limit !== undefined) {
    values['limit'] = select.limit
    shape += ' limit'
  }
  if (!select.offset) return shape
  values['offset'] = select.offset
  return select.limit === undefined ? null : `${shape} offset`
}

/** The shape of conditions, and what varies of them into `values`; null when it is not one to keep. */
export function conditionsOf(where: Values, values: Values): string | null {
  let shape = ''
  for (const name in where) {
    const kind = conditionOf(name, where[name], values)
    if (kind === null) return null
    shape += ` ${name}${kind}`
  }
  return shape
}

function conditionOf(name: string, value: unknown, values: Values): string | null {
  if (value === undefined) return '?'
  if (value === null) return '=null'
  if (typeof value !== 'object') {
    values[`w:${name}`] = value
    return '='
  }
  if ('in' in value) {
    const list = value.in as unknown[]
    if (list.length === 0 || list.length > MAX_LIST || list.includes(null)) return null
    const places = placesFor(list.length)
    for (let at = 0; at < places; at++) values[`w:${name}:${at}`] = list[Math.min(at, list.length - 1)]
    return ` in ${places}`
  }
  if ('not' in value && value.not === null) return ' not null'
  for (const sign of ['gt', 'lt'] as const) {
    if (!(sign in value)) continue
    values[`w:${name}`] = (value as Values)[sign]
    return ` ${sign}`
  }
  return null
}

const placesFor = (length: number): number => 2 ** Math.ceil(Math.log2(length))

function prepare({ table, definition, fields, columns, where, order, limit, offset }: Select) {
  return stmt(`openwebui.${table}`, (db, _t, p: Placeholders<Values>) => {
    const base = db
      .select(fields)
      .from(definition)
      .where(placedWhere(columns, where, p))
      .orderBy(...order.map(([name, way]) => (way === 'asc' ? asc : desc)(columns[name]!)))
    if (limit === undefined) return base
    const limited = base.limit(p('limit'))
    return offset ? limited.offset(p('offset')) : limited
  }) as Stmt<unknown, Values>
}

/** Conditions with placeholders, named as `conditionsOf` names the values. */
export function placedWhere(columns: Columns, where: Values, p: Placeholders<Values>): SQL | undefined {
  const conditions = Object.entries(where).map(([name, value]) => {
    const of = columns[name]!
    // As Param the column says how the value is written.
    return placed(of, value, `w:${name}`, (key) => new Param(p(key), of))
  })
  return and(...conditions)
}

function placed(
  of: SQLiteColumn,
  value: unknown,
  key: string,
  given: (key: string) => Param,
): SQL | undefined {
  if (value === undefined) return undefined
  if (value === null) return isNull(of)
  if (typeof value !== 'object') return eq(of, given(key))
  if ('in' in value) {
    return inArray(
      of,
      Array.from({ length: placesFor((value.in as unknown[]).length) }, (_, at) => given(`${key}:${at}`)),
    )
  }
  if ('gt' in value) return gt(of, given(key))
  if ('lt' in value) return lt(of, given(key))
  return isNotNull(of)
}
