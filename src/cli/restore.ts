/** `hubbub restore`: puts a backup in the place of a SQLite database that no server has open; the old one is kept. */
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Config } from '../config/index.ts'
import { checkDatabase, copyDatabase, restoreDatabase } from '../db/backup.ts'
import { lockDatabase } from '../db/lock.ts'
import { planDatabase } from '../db/open.ts'
import { sqlitePath } from './backup.ts'
import { ask, isTerminal } from './terminal.ts'

export async function restore(file: string, yes: boolean, config: Config): Promise<number> {
  const path = sqlitePath(config, 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" hubbub.dump')
  const from = resolve(file)
  if (!existsSync(from)) throw new Error(`${from} does not exist.`)
  if (from === path) throw new Error(`${from} is the database itself.`)
  checkDatabase(from)
  // Also a database that this version could not open is worth refusing before anything is moved.
  const { migrations } = await planDatabase({ dialect: 'sqlite', path: from })
  mkdirSync(dirname(path), { recursive: true })
  const release = lockDatabase(path)
  try {
    if (!yes && !(await agreed(from, path))) return 1
    const hadOne = existsSync(path)
    replace(from, path)
    console.log(`${path} is now what ${from} was.`)
    if (hadOne) console.log(`What was there before is kept as ${path}.before-restore.`)
    if (migrations.length > 0) console.log('The next start will bring it up to date (hubbub migrate).')
    return 0
  } finally {
    release()
  }
}

/** By way of a copy: the backup may be what an earlier restore put aside, with a write-ahead log beside it. */
function replace(from: string, path: string): void {
  const staged = `${path}.restoring`
  rmSync(staged, { force: true })
  copyDatabase(from, staged)
  try {
    keepEarlier(path)
    restoreDatabase(staged, path)
  } finally {
    rmSync(staged, { force: true })
  }
}

async function agreed(from: string, path: string): Promise<boolean> {
  if (!isTerminal()) throw new Error('Nobody is there to be asked: add --yes.')
  const answer = await ask(`Replace ${path} by ${from}? What is there now is kept aside. Type yes: `)
  if (answer.trim().toLowerCase() === 'yes') return true
  console.log('Nothing was changed.')
  return false
}

/** The second restore must not overwrite what the first one put aside. */
function keepEarlier(path: string): void {
  const aside = `${path}.before-restore`
  if (!existsSync(aside)) return
  const stamp = new Date().toISOString().replace(/[:.]/g, '-')
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(aside + suffix)) renameSync(aside + suffix, `${aside}.${stamp}${suffix}`)
}
