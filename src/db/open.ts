/** Opens the database that the configuration names: refuses what it cannot use, migrates, hands out a Database. */
import { Database as Sqlite } from 'bun:sqlite'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Database } from './conn.ts'
import type { MigrationPlan } from './migrations/plan.ts'
import { openPostgres } from './pg/open.ts'
import { connectSqlite, SqliteDatabase } from './sqlite/database.ts'
import { applySqlite, planSqlite } from './sqlite/migrate.ts'

/** As src/config gives it: a file (or `:memory:`), or a server's address. */
export type DatabaseTarget = { dialect: 'sqlite'; path: string } | { dialect: 'postgres'; url: string }

export interface OpenOptions {
  /** For the book of migrations and the names of backups; epoch milliseconds. */
  now?: () => number
  /** Told what goes wrong where nobody waits for it: a callback after commit that threw. */
  report?: (error: unknown) => void
  /** Told in one line what was done to the database before it was ready. */
  note?: (message: string) => void
}

export async function openDatabase(target: DatabaseTarget, options: OpenOptions = {}): Promise<Database> {
  if (target.dialect === 'postgres') return openPostgres(target.url, options)
  if (target.path === ':memory:') return openTemporary(options)
  mkdirSync(dirname(target.path), { recursive: true })
  return openFile(target.path, options, () => {})
}

function openFile(path: string, options: OpenOptions, release: () => void): Database {
  const plan = planFile(path)
  const raw = connectSqlite(path)
  try {
    applySqlite(raw, plan, (options.now ?? Date.now)())
  } finally {
    raw.close()
  }
  return new SqliteDatabase(path, options.report ?? console.error, release)
}

/** Looks without touching: our pragmas alone would change the header of a file that we then refuse. */
function planFile(path: string): MigrationPlan {
  const raw = existsSync(path) ? new Sqlite(path, { readonly: true }) : new Sqlite(':memory:')
  try {
    return planSqlite(raw)
  } finally {
    raw.close()
  }
}

/** A real file in memory where there is such a folder: a second connection cannot see into `:memory:`. */
function openTemporary(options: OpenOptions): Database {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hubbub-'))
  return openFile(join(folder, 'memory.db'), options, () => rmSync(folder, { recursive: true, force: true }))
}
