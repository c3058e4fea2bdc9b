/**
 * Makes sure that this process alone serves a SQLite file, and that the file lies where SQLite's locks and shared
 * memory work. Two servers on one file would each keep caches and counters that the other does not know of.
 */
import { Database as Sqlite } from 'bun:sqlite'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseBusy } from './errors.ts'
import { DatabaseRefused } from './migrations/plan.ts'
import { fromSqlite } from './sqlite/errors.ts'
import { rowsOf } from './sqlite/rows.ts'

/**
 * Takes the lock beside the database: a transaction that is never committed in `<path>.lock`. The operating
 * system lets go of it with the process, however that ends, so there is no stale lock to clean up.
 * @returns what releases it.
 * @throws DatabaseRefused when another process, or another part of this one, has it.
 */
export function lockDatabase(path: string): () => void {
  const lock = new Sqlite(`${path}.lock`, { create: true, readwrite: true })
  try {
    lock.run('PRAGMA journal_mode = DELETE')
    lock.run('PRAGMA synchronous = OFF')
    take(lock)
  } catch (error) {
    const holder = holderOf(lock)
    lock.close()
    if (!(fromSqlite(error) instanceof DatabaseBusy)) throw error
    throw new DatabaseRefused(
      `Another Hubbub${holder} is using ${path}. Stop it first, or give this one a database of its own.`,
    )
  }
  return () => lock.close()
}

/** Leaves our process number for the message of whoever comes second, then takes the lock for good. */
function take(lock: Sqlite): void {
  lock.run('BEGIN IMMEDIATE')
  lock.run(`PRAGMA user_version = ${process.pid}`)
  lock.run('COMMIT')
  lock.run('BEGIN IMMEDIATE')
}

function holderOf(lock: Sqlite): string {
  try {
    const [row] = rowsOf<{ user_version: number }>(lock, 'PRAGMA user_version')
    return row && row.user_version > 0 ? ` (process ${row.user_version})` : ''
  } catch {
    return ''
  }
}

/** File systems whose locks or shared memory do not reach from one machine to another, or not at all. */
const NETWORK =
  /^(?:nfs\d?|cifs|smb\d?|smbfs|afs|ncpfs|ceph|glusterfs|lustre|gpfs|davfs|beegfs|fuse\.(?:sshfs|s3fs|rclone|gcsfuse|blobfuse\d?|glusterfs|ceph|davfs2?|smbnetfs|curlftpfs|goofys|juicefs|mountpoint-s3))$/

/**
 * @param mounts the text of /proc/self/mountinfo; read from there when left out. Without it (not Linux) nothing is refused.
 * @throws DatabaseRefused when the folder of the database is on a network file system.
 */
export function refuseNetworkFileSystem(path: string, mounts = mountInfo()): void {
  if (mounts === null) return
  const type = fileSystemOf(realFolder(path), mounts)
  if (type === null || !NETWORK.test(type)) return
  throw new DatabaseRefused(
    `${path} lies on a network file system (${type}), where SQLite can lose data. Put the database on a local disk, ` +
      'or use PostgreSQL (DATABASE_URL=postgres://…).',
  )
}

function mountInfo(): string | null {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8')
  } catch {
    return null
  }
}

function realFolder(path: string): string {
  const folder = existsSync(path) ? realpathSync(path) : path
  return existsSync(dirname(folder)) ? realpathSync(dirname(folder)) : dirname(folder)
}

/** The type of the mount with the longest matching path; of two on one path, the later covers the earlier. */
function fileSystemOf(folder: string, mounts: string): string | null {
  let best = { length: -1, type: null as string | null }
  for (const line of mounts.split('\n')) {
    const [left = '', right = ''] = line.split(' - ')
    const point = left
      .split(' ')[4]
      ?.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    if (point === undefined || !covers(point, folder) || point.length < best.length) continue
    best = { length: point.length, type: right.split(' ')[0] ?? null }
  }
  return best.type
}

function covers(point: string, folder: string): boolean {
  return point === '/' || folder === point || folder.startsWith(`${point}/`)
}
