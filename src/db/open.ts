/** Opens the database that the configuration names: refuses what it cannot use, migrates, hands out a Database. */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Database } from './conn.ts'
import { lockDatabase, refuseNetworkFileSystem } from './lock.ts'
import { SqliteDatabase } from './sqlite/database.ts'
import { migrateFile, planFile } from './sqlite/migrate-file.ts'

/** As src/config gives it: a file (or `:memory:`), or a server's address. */
export type DatabaseTarget = { dialect: 'sqlite'; path: string } | { dialect: 'postgres'; url: string }

export interface OpenOptions {
  /** For the book of migrations and the names of backups; epoch milliseconds. */
  now?: () => number
  /** Told what goes wrong where nobody waits for it: a callback after commit that threw. */
  report?: (error: unknown) => void
  /** `false` opens a SQLite file beside a running server: for the command line, which only reads. */
  lock?: boolean
  /** Told in one line what was done to the database before it was ready. */
  note?: (message: string) => void
}

/** Loaded only where it is used: the driver and its tables take some megabytes. */
const postgres = () => import('./pg/open.ts')

export async function openDatabase(target: DatabaseTarget, options: OpenOptions = {}): Promise<Database> {
  if (target.dialect === 'postgres') return (await postgres()).openPostgres(target.url, options)
  if (target.path === ':memory:') return openTemporary(options)
  mkdirSync(dirname(target.path), { recursive: true })
  refuseNetworkFileSystem(target.path)
  const release = options.lock === false ? () => {} : lockDatabase(target.path)
  try {
    return openFile(target.path, options, release)
  } catch (error) {
    release()
    throw error
  }
}

/** What opening would do, by name, without doing it: for `migrate --dry-run`. Throws DatabaseRefused as opening would. */
export async function planDatabase(
  target: DatabaseTarget,
): Promise<{ createsTables: boolean; migrations: string[] }> {
  const plan =
    target.dialect === 'postgres' ? await (await postgres()).planServer(target.url) : planFile(target.path)
  return { createsTables: plan.createsOpenWebui, migrations: plan.pending.map(({ name }) => name) }
}

function openFile(path: string, options: OpenOptions, release: () => void): Database {
  migrateFile(path, { nowMs: (options.now ?? Date.now)(), note: options.note })
  return new SqliteDatabase(path, options.report ?? console.error, release)
}

/** A real file in memory where there is such a folder: a second connection cannot see into `:memory:`. */
function openTemporary(options: OpenOptions): Database {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'hubbub-'))
  return openFile(join(folder, 'memory.db'), options, () => rmSync(folder, { recursive: true, force: true }))
}
