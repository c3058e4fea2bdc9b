/**
 * The codec of JSON columns, the same for both dialects: compact raw UTF-8 text, as Open WebUI's
 * Python server writes it. SQL NULL and the text `null` both read as null, since both mean None there.
 */
import { sql } from 'drizzle-orm'

/**
 * Writes the JSON text `null` where a plain null would write SQL NULL: for `config.value` and other
 * columns that are NOT NULL yet may hold None.
 */
export const JSON_NULL: unique symbol = Symbol('json null')

export function encodeJson(value: unknown): string | null {
  if (value === JSON_NULL) return 'null'
  // A placeholder brings null here (an inlined null never does): it stays SQL NULL.
  if (value === null || value === undefined) return null
  const text = JSON.stringify(value)
  if (text === undefined) throw new TypeError(`A ${typeof value} cannot be stored as JSON.`)
  return text
}

/**
 * Reads what a JSON column holds. On SQLite a column declared JSON has NUMERIC affinity, so a bare
 * number comes back as a number and not as text.
 */
export function decodeJson(raw: unknown): unknown {
  if (typeof raw === 'string') return JSON.parse(raw)
  if (typeof raw === 'bigint') return Number(raw)
  return raw
}

/** Column defaults, as SQL: drizzle-kit cannot write an object as a default on PostgreSQL. */
export const emptyObject = sql`'{}'`
export const emptyList = sql`'[]'`
