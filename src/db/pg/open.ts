/** Opens a PostgreSQL database: migrates it under a lock, then hands out the pools. */
import type { Database } from '../conn.ts'
import type { MigrationPlan } from '../migrations/plan.ts'
import type { OpenOptions } from '../open.ts'
import { connectPostgres } from './client.ts'
import { PgDatabaseHandle } from './database.ts'
import { fromPostgres } from './errors.ts'
import { ensureTrigram, migratePostgres, planPostgres } from './migrate.ts'

export async function openPostgres(url: string, options: OpenOptions): Promise<Database> {
  const client = connectPostgres(url, { name: 'hubbub-migrate' })
  try {
    await migratePostgres(client, (options.now ?? Date.now)())
    const hint = await ensureTrigram(client)
    if (hint !== null) options.note?.(hint)
  } catch (error) {
    throw fromPostgres(error)
  } finally {
    await client.end()
  }
  return new PgDatabaseHandle(url, options.report ?? console.error)
}

/** What opening would do to it. */
export async function planServer(url: string): Promise<MigrationPlan> {
  const client = connectPostgres(url, { name: 'hubbub-plan' })
  try {
    return await planPostgres(client)
  } catch (error) {
    throw fromPostgres(error)
  } finally {
    await client.end()
  }
}
