/** Migrations on a SQLite file: what is there, what is missing, and all of that in one transaction. */
import type { Database as Sqlite } from 'bun:sqlite'
import { openWebuiDdl } from '../ddl/index.ts'
import { checksumOf, type Migration, statementsOf } from '../migrations/migration.ts'
import { type Found, makeMigrationPlan, type MigrationPlan } from '../migrations/plan.ts'
import { sqliteMigrations } from '../migrations/generated.ts'
import { reasonOf } from '../errors.ts'
import { rowsOf } from './rows.ts'

/** Reads the catalogue only. */
export function planSqlite(raw: Sqlite, migrations: readonly Migration[] = sqliteMigrations): MigrationPlan {
  return makeMigrationPlan(look(raw), migrations)
}

function look(raw: Sqlite): Found {
  const tables = rowsOf<{ name: string }>(
    raw,
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
  ).map(({ name }) => name)
  const [alembic] = tables.includes('alembic_version')
    ? rowsOf<{ version_num: string }>(raw, 'SELECT version_num FROM alembic_version LIMIT 1')
    : []
  const applied = tables.includes('hb_migration')
    ? rowsOf<Found['applied'][number]>(raw, 'SELECT name, checksum FROM hb_migration')
    : []
  return { tables, revision: alembic?.version_num ?? null, applied }
}

/**
 * Applies a plan, all or nothing. Foreign keys are off meanwhile: a rebuilt table would otherwise take the rows
 * that refer to it along (and switching them off inside the transaction does nothing).
 * @throws what the failing statement threw, after rolling back.
 */
export function applySqlite(raw: Sqlite, plan: MigrationPlan, nowMs: number): void {
  if (!plan.createsOpenWebui && plan.pending.length === 0) return
  raw.run('PRAGMA foreign_keys = OFF')
  try {
    const orphansBefore = orphans(raw)
    raw.run('BEGIN IMMEDIATE')
    if (plan.createsOpenWebui) raw.exec(openWebuiDdl.sqlite)
    raw.run(BOOK)
    raw.run(`INSERT INTO hb_migration (name, checksum, applied_at) VALUES ('${UNFINISHED}', '', 0)`)
    for (const migration of plan.pending) applyOne(raw, migration, nowMs)
    checkOrphans(raw, orphansBefore)
    raw.run(`DELETE FROM hb_migration WHERE name = '${UNFINISHED}'`)
    raw.run('COMMIT')
  } finally {
    if (raw.inTransaction) raw.run('ROLLBACK')
    raw.run('PRAGMA foreign_keys = ON')
  }
}

/** Stands in the book while migrations run. Seen afterwards, a migration has committed its half of the work by itself. */
const UNFINISHED = '~unfinished'

/** Whether a failed run has left anything in the file, which the transaction should have prevented. */
export function leftBehind(raw: Sqlite): boolean {
  const book = rowsOf(raw, "SELECT 1 FROM sqlite_master WHERE name = 'hb_migration'")
  return book.length > 0 && rowsOf(raw, `SELECT 1 FROM hb_migration WHERE name = '${UNFINISHED}'`).length > 0
}

const BOOK = `CREATE TABLE IF NOT EXISTS hb_migration (
	name text PRIMARY KEY NOT NULL,
	checksum text NOT NULL,
	applied_at integer NOT NULL
)`

function applyOne(raw: Sqlite, migration: Migration, nowMs: number): void {
  for (const statement of statementsOf(migration)) {
    try {
      raw.exec(statement)
    } catch (error) {
      throw new Error(`Migration ${migration.name} failed: ${reasonOf(error)}`, {
        cause: error,
      })
    }
  }
  raw.run('INSERT INTO hb_migration (name, checksum, applied_at) VALUES (?, ?, ?)', [
    migration.name,
    checksumOf(migration),
    nowMs,
  ])
}

/** Rows that refer to nothing. Open WebUI leaves some behind on SQLite, so only new ones count. */
function orphans(raw: Sqlite): number {
  return rowsOf(raw, 'PRAGMA foreign_key_check').length
}

function checkOrphans(raw: Sqlite, before: number): void {
  const after = orphans(raw)
  if (after > before) throw new Error(`A migration left ${after - before} rows that refer to nothing.`)
}
