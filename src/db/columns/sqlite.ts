/**
 * Column builders of the SQLite dialect, and the type that all table definitions are written
 * against. columns/pg.ts has the same builders; schema/proof.ts holds both to the same row types.
 * Integers arrive as bigint (connections use safeIntegers), so each integer builder says what it becomes.
 */
import {
  customType,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  uniqueIndex,
} from 'drizzle-orm/sqlite-core'
import { decodeJson, encodeJson } from './json.ts'

/** Epoch seconds or milliseconds, counts, sizes: whatever fits 2^53. */
const int = customType<{ data: number; driverData: number | bigint }>({
  dataType: () => 'integer',
  fromDriver: Number,
})

/** Nanoseconds since the epoch: beyond 2^53, hence bigint to the last digit. */
const ns = customType<{ data: bigint; driverData: number | bigint }>({
  dataType: () => 'integer',
  fromDriver: BigInt,
})

/** 0 or 1. Null passes through, also from a placeholder (Drizzle's own boolean makes it 0). */
const bool = customType<{ data: boolean; driverData: number | bigint | null }>({
  dataType: () => 'integer',
  toDriver: (value) => (value === null ? null : value ? 1 : 0),
  fromDriver: (value) => Number(value) === 1,
})

/** A column that Open WebUI declares JSON; what it holds is checked by whoever reads it. */
const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'JSON',
  toDriver: encodeJson,
  fromDriver: decodeJson,
})

/** JSON kept in a TEXT column. */
const jsonText = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'text',
  toDriver: encodeJson,
  fromDriver: decodeJson,
})

const blob = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'blob' })

export const sqliteColumns = {
  table: sqliteTable,
  primaryKey,
  index,
  uniqueIndex,
  text: (name: string) => text(name),
  int,
  ns,
  bool,
  json,
  jsonText,
  real: (name: string) => real(name),
  blob,
  /** `YYYY-MM-DD`. */
  date: (name: string) => text(name),
  /** Only config_old has these, and nobody reads them. */
  datetime: (name: string) => text(name),
  /** A row number that the database counts up and never uses twice; the primary key. */
  serial: (name: string) => integer(name, { mode: 'number' }).primaryKey({ autoIncrement: true }),
}

export type Columns = typeof sqliteColumns
