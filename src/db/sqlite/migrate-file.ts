/**
 * Brings a SQLite file up to date before it is served: looks first, backs up what is there, applies, and puts the
 * backup back in the one case where a failed migration has left something behind.
 */
import { Database as Sqlite } from 'bun:sqlite'
import { existsSync } from 'node:fs'
import { backupBeside, restoreDatabase } from '../backup.ts'
import { sqliteMigrations } from '../migrations/generated.ts'
import type { Migration } from '../migrations/migration.ts'
import type { MigrationPlan } from '../migrations/plan.ts'
import { connectSqlite } from './database.ts'
import { applySqlite, leftBehind, planSqlite } from './migrate.ts'
import { reasonOf } from '../errors.ts'

/** A migration failed. The message says what state the database is in and where its backup lies. */
export class MigrationFailed extends Error {
  override readonly name = 'MigrationFailed'
}

export interface MigrateFileOptions {
  nowMs: number
  note?: ((message: string) => void) | undefined
  migrations?: readonly Migration[]
}

/** Looks without touching: our pragmas alone would change the header of a file that we then refuse. */
export function planFile(path: string, migrations: readonly Migration[] = sqliteMigrations): MigrationPlan {
  const raw = existsSync(path) ? new Sqlite(path, { readonly: true }) : new Sqlite(':memory:')
  try {
    return planSqlite(raw, migrations)
  } finally {
    raw.close()
  }
}

export function migrateFile(path: string, { nowMs, note, migrations }: MigrateFileOptions): void {
  const plan = planFile(path, migrations)
  if (!plan.createsOpenWebui && plan.pending.length === 0) return
  const backup = plan.createsOpenWebui ? null : backupBeside(path, nowMs)
  if (backup !== null) note?.(`Backed the database up to ${backup} before migrating.`)
  const raw = connectSqlite(path)
  try {
    applySqlite(raw, plan, nowMs)
  } catch (error) {
    const partial = leftBehind(raw)
    raw.close()
    throw new MigrationFailed(recover(path, backup, partial, error), { cause: error })
  }
  raw.close()
}

function recover(path: string, backup: string | null, partial: boolean, error: unknown): string {
  const what = reasonOf(error)
  if (backup === null) return `${what}. ${path} was new and holds nothing; remove it and start again.`
  if (!partial) return `${what}. The database is as it was before; its backup is ${backup}.`
  restoreDatabase(backup, path)
  return `${what}. The database was put back from ${backup}; what the migration left is in ${path}.before-restore.`
}
