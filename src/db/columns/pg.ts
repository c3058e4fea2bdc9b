/**
 * Column builders of the PostgreSQL dialect; the twin of columns/sqlite.ts, name by name.
 * JSON columns are `json` and not `jsonb`, as Open WebUI's are: key order and spelling survive.
 */
import {
  bigint,
  bigserial,
  boolean,
  customType,
  date,
  doublePrecision,
  index,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { decodeJson, encodeJson } from './json.ts'

const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'json',
  toDriver: encodeJson,
  fromDriver: decodeJson,
})

const jsonText = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => 'text',
  toDriver: encodeJson,
  fromDriver: decodeJson,
})

const blob = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' })

export const pgColumns = {
  table: pgTable,
  primaryKey,
  index,
  uniqueIndex,
  text: (name: string) => text(name),
  int: (name: string) => bigint(name, { mode: 'number' }),
  ns: (name: string) => bigint(name, { mode: 'bigint' }),
  bool: (name: string) => boolean(name),
  json,
  jsonText,
  real: (name: string) => doublePrecision(name),
  blob,
  date: (name: string) => date(name, { mode: 'string' }),
  datetime: (name: string) => timestamp(name, { mode: 'string' }),
  serial: (name: string) => bigserial(name, { mode: 'number' }).primaryKey(),
}
