/**
 * Compile-time proof that a row reads and writes the same TypeScript types in both dialects, column by
 * column: bare, NOT NULL and with a default. `bun check` fails here when a builder drifts.
 */
import { pgColumns as p } from '../columns/pg.ts'
import { sqliteColumns as s } from '../columns/sqlite.ts'

/* oxlint-disable no-unused-vars -- these only feed the types below */
const sqliteProof = s.table('proof', {
  seq: s.serial('seq'),
  text: s.text('text'),
  textSet: s.text('text_set').notNull(),
  textDefault: s.text('text_default').notNull().default(''),
  int: s.int('int'),
  intSet: s.int('int_set').notNull(),
  intDefault: s.int('int_default').notNull().default(0),
  ns: s.ns('ns'),
  nsSet: s.ns('ns_set').notNull(),
  bool: s.bool('bool'),
  boolSet: s.bool('bool_set').notNull(),
  boolDefault: s.bool('bool_default').notNull().default(false),
  json: s.json('json'),
  jsonSet: s.json('json_set').notNull(),
  jsonText: s.jsonText('json_text').$type<{ a: number }>(),
  jsonTextSet: s.jsonText('json_text_set').$type<string[]>().notNull().default([]),
  real: s.real('real'),
  realSet: s.real('real_set').notNull(),
  blob: s.blob('blob').notNull(),
  date: s.date('date'),
  datetime: s.datetime('datetime'),
})

const pgProof = p.table('proof', {
  seq: p.serial('seq'),
  text: p.text('text'),
  textSet: p.text('text_set').notNull(),
  textDefault: p.text('text_default').notNull().default(''),
  int: p.int('int'),
  intSet: p.int('int_set').notNull(),
  intDefault: p.int('int_default').notNull().default(0),
  ns: p.ns('ns'),
  nsSet: p.ns('ns_set').notNull(),
  bool: p.bool('bool'),
  boolSet: p.bool('bool_set').notNull(),
  boolDefault: p.bool('bool_default').notNull().default(false),
  json: p.json('json'),
  jsonSet: p.json('json_set').notNull(),
  jsonText: p.jsonText('json_text').$type<{ a: number }>(),
  jsonTextSet: p.jsonText('json_text_set').$type<string[]>().notNull().default([]),
  real: p.real('real'),
  realSet: p.real('real_set').notNull(),
  blob: p.blob('blob').notNull(),
  date: p.date('date'),
  datetime: p.datetime('datetime'),
})

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never

export const sameBuilders: Same<keyof typeof s, keyof typeof p> = true
export const sameReads: Same<typeof sqliteProof.$inferSelect, typeof pgProof.$inferSelect> = true
export const sameWrites: Same<typeof sqliteProof.$inferInsert, typeof pgProof.$inferInsert> = true
/** The proof would hold for two empty rows too; this pins what matters most. */
export const exactTimes: Same<typeof sqliteProof.$inferSelect.nsSet, bigint> = true
