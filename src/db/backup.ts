/**
 * Copies of a SQLite database: made while it is in use, checked, kept to a number, put back. PostgreSQL has
 * pg_dump for this.
 */
import { Database as Sqlite } from 'bun:sqlite'
import {
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  closeSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { reasonOf } from './errors.ts'
import { rowsOf } from './sqlite/rows.ts'
import { workerUrl } from '../assets.ts'

/** How many automatic backups stay beside a database. */
export const BACKUPS_KEPT = 10

/** A copy that cannot be made or used; the message names the file and the reason. */
export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'
}

/**
 * Copies a database, also one that is being written to, into one file that was not there before, and checks the copy.
 * Blocks while it runs: use `backupInWorker` when serving.
 */
export function copyDatabase(from: string, to: string): void {
  if (existsSync(to)) throw new BackupFailed(`${to} is there already.`)
  const part = `${to}.part`
  rmSync(part, { force: true })
  try {
    const source = new Sqlite(from, { readonly: true })
    try {
      source.run('PRAGMA busy_timeout = 5000')
      source.run('VACUUM INTO ?', [part])
    } finally {
      source.close()
    }
    checkDatabase(part)
    flush(part)
    renameSync(part, to)
  } catch (error) {
    rmSync(part, { force: true })
    throw new BackupFailed(`${from} cannot be copied to ${to}: ${reasonOf(error)}`, { cause: error })
  }
}

/** @throws BackupFailed when the file is no database or a damaged one. */
export function checkDatabase(path: string): void {
  const found = problemsOf(path)
  if (found !== null) throw new BackupFailed(`${path} is damaged: ${found}`)
}

function problemsOf(path: string): string | null {
  try {
    const copy = new Sqlite(path, { readonly: true })
    try {
      const rows = rowsOf<{ integrity_check: string }>(copy, 'PRAGMA integrity_check(5)')
      const problems = rows.map((row) => row.integrity_check).filter((text) => text !== 'ok')
      return problems.length > 0 ? problems.join('; ') : null
    } finally {
      copy.close()
    }
  } catch (error) {
    return reasonOf(error)
  }
}

/** The same in a thread of its own, so that nobody waits for it. */
export async function backupInWorker(from: string, to: string): Promise<void> {
  const worker = new Worker(workerUrl('db/backup-worker.ts'))
  try {
    const answer = await new Promise<string | null>((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<string | null>) => resolve(data)
      worker.onerror = (event) => reject(new BackupFailed(event.message))
      worker.postMessage({ from, to })
    })
    if (answer !== null) throw new BackupFailed(answer)
  } finally {
    worker.terminate()
  }
}

/**
 * A time-stamped copy beside the database, `chat.db.2026-11-21T04-30-00Z.backup`; of those older than the ten
 * newest, none stays.
 * @returns its path.
 */
export function backupBeside(path: string, nowMs: number): string {
  const to = freeName(path, nowMs)
  copyDatabase(path, to)
  for (const old of backupsOf(path).slice(BACKUPS_KEPT)) rmSync(old, { force: true })
  return to
}

/** Automatic backups of a database, newest first. */
export function backupsOf(path: string): string[] {
  const prefix = `${basename(path)}.`
  return readdirSync(dirname(path))
    .filter((name) => name.startsWith(prefix) && STAMP.test(name.slice(prefix.length)))
    .toSorted()
    .toReversed()
    .map((name) => join(dirname(path), name))
}

const STAMP = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d(?:-\d{3})?Z\.backup$/

function freeName(path: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-')
  return `${path}.${stamp}.backup`
}

/**
 * Puts a backup in the place of a database that nobody has open. What was there is kept as `<path>.before-restore`.
 * @throws BackupFailed before anything is touched, when the backup is damaged.
 */
export function restoreDatabase(backup: string, path: string): void {
  checkDatabase(backup)
  const part = `${path}.part`
  try {
    copyFileSync(backup, part)
    flush(part)
    if (existsSync(path)) renameSync(path, `${path}.before-restore`)
    // They belong to the old file; with the new one they would damage it.
    for (const suffix of ['-wal', '-shm'])
      if (existsSync(path + suffix)) renameSync(path + suffix, `${path}.before-restore${suffix}`)
    renameSync(part, path)
  } catch (error) {
    rmSync(part, { force: true })
    throw new BackupFailed(`${backup} cannot be put in the place of ${path}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}

/** Onto the disk, so that a rename never brings up an empty file after a power cut. */
function flush(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
