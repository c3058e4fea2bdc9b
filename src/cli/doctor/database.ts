/** The doctor's look at the database: there, whole, of this version, on a disk that can hold it. */
import { existsSync, statSync } from 'node:fs'
import type { Config } from '../../config/index.ts'
import { lockDatabase, refuseNetworkFileSystem } from '../../db/lock.ts'
import { DatabaseRefused } from '../../db/migrations/plan.ts'
import { planDatabase } from '../../db/open.ts'
import { lookAtFile } from '../../db/sqlite/look.ts'
import { type Finding, finding } from './index.ts'

const PART = 'database'

export async function databaseChecks({ data: { database } }: Config): Promise<Finding[]> {
  try {
    const place = database.dialect === 'sqlite' ? sqliteFile(database.path) : [serverName(database.url)]
    if (database.dialect === 'sqlite' && !existsSync(database.path)) return place
    const { createsTables, migrations } = await planDatabase(database)
    const plan = createsTables
      ? finding(PART, 'note', 'It is empty: the first start creates the tables.')
      : migrations.length > 0
        ? finding(PART, 'note', `The next start applies ${migrations.join(', ')}.`)
        : finding(PART, 'ok', 'Its tables are those of this version.')
    return [...place, plan]
  } catch (error) {
    return [finding(PART, 'WRONG', error instanceof Error ? error.message : String(error))]
  }
}

function sqliteFile(path: string): Finding[] {
  if (path === ':memory:') return [finding(PART, 'note', 'It is in memory only: a stop forgets everything.')]
  refuseNetworkFileSystem(path)
  if (!existsSync(path)) return [finding(PART, 'note', `${path} is not there yet: the first start makes it.`)]
  const megabytes = (statSync(path).size / 1e6).toFixed(1)
  return [
    finding(PART, 'ok', `${path}, ${megabytes} MB${held(path) ? ', in use by a server' : ''}`),
    whole(path),
  ]
}

function held(path: string): boolean {
  try {
    lockDatabase(path)()
    return false
  } catch (error) {
    if (error instanceof DatabaseRefused) return true
    throw error
  }
}

function whole(path: string): Finding {
  const { problems, journalMode } = lookAtFile(path)
  if (problems.length > 0) return finding(PART, 'WRONG', `It is damaged: ${problems.join('; ')}`)
  return journalMode === 'wal'
    ? finding(PART, 'ok', 'quick_check found it whole.')
    : finding(
        PART,
        'note',
        `quick_check found it whole; journal mode ${journalMode} becomes wal at the next start.`,
      )
}

/** Host and name; never user or password. */
function serverName(url: string): Finding {
  const { hostname, port, pathname } = new URL(url)
  return finding(PART, 'ok', `PostgreSQL ${pathname.slice(1)} at ${hostname}:${port || 5432}`)
}
