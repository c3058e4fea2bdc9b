/**
 * Writes of table.ts as prepared statements, one for each shape (columns that are written, conditions): see kept-selects.ts.
 * Each gives null when its shape is not one to keep; then the builder is asked.
 */
import type { SQLiteColumn, SQLiteTable } from 'drizzle-orm/sqlite-core'
import { type Changes, type Conn, type Placeholders, stmt, type Stmt } from '../../conn.ts'
import { type Columns, conditionsOf, keep, placedWhere } from './kept-selects.ts'

type Values = Record<string, unknown>
type Kept = Stmt<unknown, Values>

export interface Target {
  /** Of the table in the database. */
  name: string
  definition: SQLiteTable
  columns: Columns
}

/** `key` = replace the row that has it. */
export function keptInsert(
  conn: Conn,
  { name, definition }: Target,
  row: Values,
  key: SQLiteColumn[] | null = null,
): Promise<Changes> | null {
  const names = Object.keys(row)
  const statement = keep(
    conn,
    `${key ? 'put' : 'insert'} ${name} ${names.join()}`,
    () =>
      stmt(`openwebui.insert.${name}`, (db, _t, p: Placeholders<Values>) => {
        const placed = Object.fromEntries(names.map((column) => [column, p(column)])) as never
        const insert = db.insert(definition).values(placed)
        return key ? insert.onConflictDoUpdate({ target: key, set: placed }) : insert
      }) as Kept,
  )
  return statement && conn.run(statement, row)
}

export function keptUpdate(
  conn: Conn,
  { name, definition, columns }: Target,
  where: Values,
  set: Values,
): Promise<Changes> | null {
  const names = Object.keys(set)
  const values: Values = {}
  const conditions = conditionsOf(where, values)
  if (conditions === null) return null
  const statement = keep(
    conn,
    `update ${name} ${names.join()}${conditions}`,
    () =>
      stmt(`openwebui.update.${name}`, (db, _t, p: Placeholders<Values>) =>
        db
          .update(definition)
          .set(Object.fromEntries(names.map((column) => [column, p(`s:${column}`)])) as never)
          .where(placedWhere(columns, where, p)),
      ) as Kept,
  )
  if (!statement) return null
  for (const column of names) values[`s:${column}`] = set[column]
  return conn.run(statement, values)
}
