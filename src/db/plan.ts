/**
 * Makes a built query ready to run many times: its SQL, a function from parameters to bound values, and
 * one from a driver's row to an object. Both dialects' sessions hand their queries to it.
 */
import { Column, getTableName, is, Param, Placeholder, type Query, SQL, Subquery } from 'drizzle-orm'
import type { SelectedFieldsOrdered } from 'drizzle-orm/sqlite-core'

export interface Plan {
  sql: string
  bind(params: Record<string, unknown> | undefined): unknown[]
  /** From the values of a row, in the order of the select list. */
  map(row: readonly unknown[]): unknown
  /** False when the query lists no fields (raw SQL): then rows are read as objects. */
  mapped: boolean
}

export function makePlan(query: Query, fields?: SelectedFieldsOrdered, notNull?: NullableMap): Plan {
  return {
    sql: query.sql,
    bind: binder(query.params),
    map: fields ? mapper(fields, notNull) : (row) => row,
    mapped: fields !== undefined,
  }
}

/** Drizzle's note of which tables of a join are always there, by table name. */
export type NullableMap = Record<string, boolean>

interface Slot {
  name: string
  encode: ((value: unknown) => unknown) | null
}

function binder(params: readonly unknown[]): Plan['bind'] {
  const slots = params.map(slotOf)
  const fixed = params.map((value, at) => (slots[at] ? null : clean(value)))
  if (slots.every((slot) => slot === null)) return () => fixed
  return (given = {}) => {
    const bound = fixed.slice()
    for (let at = 0; at < slots.length; at++) {
      const slot = slots[at]
      if (slot) bound[at] = valueOf(slot, given)
    }
    return bound
  }
}

function slotOf(param: unknown): Slot | null {
  if (is(param, Placeholder)) return { name: param.name, encode: null }
  if (!is(param, Param) || !is(param.value, Placeholder)) return null
  const { encoder } = param
  return { name: param.value.name, encode: (value) => encoder.mapToDriverValue(value) }
}

function valueOf(slot: Slot, given: Record<string, unknown>): unknown {
  const value = given[slot.name]
  if (value === undefined) throw new TypeError(`Parameter "${slot.name}" is missing.`)
  return clean(value !== null && slot.encode ? slot.encode(value) : value)
}

/** PostgreSQL cannot store U+0000 in text, and Open WebUI strips it everywhere: so do we, on both dialects. */
function clean(value: unknown): unknown {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '') : value
}

/** Drivers hand out integers as bigint; an integer without a column of ours becomes a number when it fits. */
export function plainValue(value: unknown): unknown {
  if (typeof value !== 'bigint') return value
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value
}

type Decode = ((value: unknown) => unknown) | null

function decoderOf(field: SelectedFieldsOrdered[number]['field']): Decode {
  if (is(field, Column)) {
    // Drizzle's own column types hand values on as they are; an autoincrement key is such a one, as bigint.
    if (field.mapFromDriverValue === Column.prototype.mapFromDriverValue)
      return field.dataType === 'number' ? Number : null
    return (value) => field.mapFromDriverValue(value)
  }
  const { decoder } = sourceOf(field) as unknown as {
    decoder: { mapFromDriverValue(value: unknown): unknown }
  }
  return (value) => decoder.mapFromDriverValue(plainValue(value))
}

function sourceOf(field: SQL | SQL.Aliased | Subquery): SQL {
  if (is(field, SQL)) return field
  if (is(field, Subquery)) return field._.sql
  return field.sql
}

function mapper(fields: SelectedFieldsOrdered, notNull: NullableMap | undefined): Plan['map'] {
  const decoders = fields.map(({ field }) => decoderOf(field))
  const flat = fields.every(({ path }) => path.length === 1)
  return flat ? flatMapper(fields, decoders) : joinMapper(fields, decoders, notNull)
}

/**
 * Written out as the literal that a person would write for this query, since filling an object name by name takes twice as long.
 * Names are those of properties in our code, quoted all the same. Kept by its text: not every query is prepared.
 */
function flatMapper(fields: SelectedFieldsOrdered, decoders: Decode[]): Plan['map'] {
  let text = ''
  for (const [at, { path }] of fields.entries()) {
    const value = decoders[at] ? `row[${at}] === null ? null : decode[${at}](row[${at}])` : `row[${at}]`
    text += `${JSON.stringify(path[0] ?? '')}: ${value}, `
  }
  let make = literals.get(text)
  if (!make) {
    // oxlint-disable-next-line typescript/no-implied-eval -- made of our own column names, once a list of fields
    make = new Function('decode', `return (row) => ({ ${text} })`) as LiteralMaker
    literals.set(text, make)
  }
  return make(decoders)
}

type LiteralMaker = (decode: Decode[]) => Plan['map']
const literals = new Map<string, LiteralMaker>()

/** Objects within the row: one for each joined table, or null when a left join found nothing for it. */
function joinMapper(
  fields: SelectedFieldsOrdered,
  decoders: Decode[],
  notNull: NullableMap | undefined,
): Plan['map'] {
  const optional = notNull ? optionalObjects(fields, notNull) : []
  return (row) => {
    const out: Record<string, unknown> = {}
    for (const [at, { path }] of fields.entries()) {
      const raw = row[at]
      const decode = decoders[at]
      place(out, path, raw === null || !decode ? raw : decode(raw))
    }
    for (const { name, columns } of optional) if (columns.every((at) => row[at] === null)) out[name] = null
    return out
  }
}

function place(out: Record<string, unknown>, path: string[], value: unknown): void {
  let node = out
  for (const step of path.slice(0, -1)) node = (node[step] ??= {}) as Record<string, unknown>
  node[path.at(-1) as string] = value
}

function optionalObjects(fields: SelectedFieldsOrdered, notNull: NullableMap) {
  const objects = new Map<string, { name: string; columns: number[]; tables: Set<string> }>()
  for (const [at, { path, field }] of fields.entries()) {
    const name = path[0]
    if (path.length !== 2 || name === undefined || !is(field, Column)) continue
    const entry = objects.get(name) ?? { name, columns: [], tables: new Set<string>() }
    entry.columns.push(at)
    entry.tables.add(getTableName(field.table))
    objects.set(name, entry)
  }
  return [...objects.values()].filter(({ tables }) => tables.size === 1 && !notNull[[...tables][0] as string])
}
