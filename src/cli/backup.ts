/** `hubbub backup`: a checked copy of a SQLite database, also while the server runs on it. */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { Config } from '../config/index.ts'
import { copyDatabase } from '../db/backup.ts'

export function backup(file: string | undefined, config: Config): number {
  const path = sqlitePath(config, 'pg_dump --format=custom "$DATABASE_URL" > hubbub.dump')
  if (!existsSync(path)) throw new Error(`There is no database yet: ${path} does not exist.`)
  const to = file === undefined ? freshName(config.data.backupsDir, path, Date.now()) : resolve(file)
  mkdirSync(dirname(to), { recursive: true })
  copyDatabase(path, to)
  console.log(`${to}: ${(statSync(to).size / 1e6).toFixed(1)} MB, complete and checked.`)
  const files = config.files.s3 === null ? config.data.uploadsDir : `the bucket ${config.files.s3.bucket}`
  console.log(`Uploaded files are not in it: they lie in ${files}. Copy them after the database.`)
  return 0
}

/** The SQLite file of the configuration. Throws, naming PostgreSQL's own tool, when there is none. */
export function sqlitePath({ data: { database } }: Config, instead: string): string {
  if (database.dialect === 'postgres')
    throw new Error(`The database is PostgreSQL, which has its own tools for this:\n  ${instead}`)
  if (database.path === ':memory:') throw new Error('The database is in memory only (DATABASE_URL).')
  return database.path
}

function freshName(folder: string, path: string, nowMs: number): string {
  const stamp = new Date(nowMs).toISOString().replace(/[:.]/g, '-')
  return join(folder, `${basename(path)}.${stamp}.backup`)
}
