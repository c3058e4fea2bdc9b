/** The core for one command: opened over the database, which nobody else may be serving, and closed again. */
import { openCore } from '../compose.ts'
import type { Config } from '../config/index.ts'
import type { Core } from '../core/core.ts'
import type { CoreDeps } from '../core/deps.ts'
import { createLogger } from '../drivers/log.ts'

/**
 * Throws DatabaseRefused when a running server holds a SQLite database. A PostgreSQL server may run on: it is told of
 * nothing, so what it keeps in memory (accounts, for a minute) is late.
 */
export async function withCore<T>(
  config: Config,
  work: (opened: { core: Core; deps: CoreDeps }) => Promise<T>,
): Promise<T> {
  const log = createLogger({ level: 'warn', format: 'pretty' })
  // What opening has to say (migrations, their backup) is for the person at the terminal; entries with fields are not.
  const info = (message: string, fields?: object) => (fields ? undefined : console.error(message))
  const { core, deps } = await openCore(config, { ...log, info })
  try {
    await core.reconcile()
    return await work({ core, deps })
  } finally {
    await core.stop()
    await deps.store.close()
  }
}
