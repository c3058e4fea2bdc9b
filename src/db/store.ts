/** The core's Store over a Database: repositories bound to the reader or to a unit of work. */
import { sql } from 'drizzle-orm'
import type { DomainEvent } from '../core/events.ts'
import { AppFault } from '../core/faults.ts'
import type { EventSink, Store } from '../core/ports.ts'
import type { Repositories } from '../core/repositories.ts'
import type { Conn, Database } from './conn.ts'
import { DatabaseBusy, DatabaseFull } from './errors.ts'
import { accountRepositories } from './repositories/accounts/index.ts'
import { aiRepositories } from './repositories/ai/index.ts'
import { mattermostRepositories } from './repositories/mattermost/index.ts'
import type { Factories } from './repositories/factories.ts'
import { chatRepositories } from './repositories/openwebui/index.ts'
import { retrievalRepositories } from './repositories/retrieval/index.ts'
import { roomRepositories } from './repositories/rooms/index.ts'

const factories: Factories<Repositories> = {
  ...accountRepositories,
  ...roomRepositories,
  ...aiRepositories,
  ...chatRepositories,
  ...mattermostRepositories,
  ...retrievalRepositories,
}

/** Repositories of one connection; each is made when first used. */
class Bound {
  readonly conn: Conn
  readonly made: unknown[] = []

  constructor(conn: Conn) {
    this.conn = conn
  }
}

for (const [at, [name, make]] of Object.entries(factories).entries()) {
  Object.defineProperty(Bound.prototype, name, {
    get(this: Bound): unknown {
      return (this.made[at] ??= make(this.conn))
    },
  })
}

/** Everything that one connection offers. */
export function repositoriesOf(conn: Conn): Repositories {
  return new Bound(conn) as unknown as Repositories
}

export function createStore(database: Database, events: EventSink): Store {
  return {
    dialect: database.dialect,
    read: repositoriesOf(database.read),
    tx: async (work) => {
      try {
        return await database.tx(async (tx) => {
          const emitted: DomainEvent[] = []
          const unit = {
            emit: (event: DomainEvent) => {
              if (emitted.push(event) === 1) tx.afterCommit(() => emitted.forEach((one) => events.emit(one)))
            },
            afterCommit: (run: () => void) => tx.afterCommit(run),
          }
          return await work(repositoriesOf(tx), unit)
        })
      } catch (error) {
        throw outageOf(error) ?? error
      }
    },
    ping: async () => {
      await database.read.sql.get(sql`select 1`)
    },
    close: () => database.close(),
  }
}

/** A full disk or a database that is held is no bug of ours: the client is told, and may come back. */
function outageOf(error: unknown): AppFault | null {
  if (error instanceof DatabaseFull) {
    return new AppFault('unavailable', 'storage.full', 'The disk of the server is full.', { cause: error })
  }
  if (error instanceof DatabaseBusy) {
    return new AppFault('unavailable', 'storage.busy', 'The database is busy. Try again in a moment.', {
      cause: error,
      retryAfterS: 1,
    })
  }
  return null
}
