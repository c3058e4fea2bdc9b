/**
 * The accounts and rooms parts of the core over a real database, with events recorded. For tests of rooms
 * below HTTP; whole servers come from test/support/core.ts.
 */
import { createAccountsGroup } from '../../src/core/accounts/create-accounts-group.ts'
import type { Core } from '../../src/core/core.ts'
import type { CoreDeps, CoreSettings } from '../../src/core/deps.ts'
import type { DomainEvent, EventOf, EventType } from '../../src/core/events.ts'
import type { Logger } from '../../src/core/ports.ts'
import { createRoomsGroup } from '../../src/core/rooms/create-rooms-group.ts'
import type { RoomsUpkeep } from '../../src/core/rooms/upkeep.ts'
import { systemActor } from '../../src/core/permissions/scopes.ts'
import type { Actor } from '../../src/core/types.ts'
import type { Database } from '../../src/db/conn.ts'
import { openDatabase } from '../../src/db/open.ts'
import { createStore } from '../../src/db/store.ts'
import { createIds } from '../../src/drivers/ids.ts'
import { memoryLimiter } from '../../src/drivers/limiter.ts'
import { type TestClock, testClock } from './accounts-core.ts'
import { memoryFiles } from './memory-files.ts'
import { testImages } from './test-images.ts'

const settings: CoreSettings = {
  defaultRole: undefined,
  signupEnabled: true,
  sessionTtlS: null,
  defaultModel: null,
  aiOffReason: 'no provider',
  aiTokensPerDay: null,
  aiMaxToolRounds: 5,
  aiTimeoutMs: 60_000,
  aiIdleTimeoutMs: 30_000,
  aiLoopLimit: 3,
  avatarMaxBytes: 2_000_000,
  imageMaxBytes: 5_000_000,
  fileMaxBytes: 20_000_000,
  messageMaxChars: 16_000,
  loginMaxFailures: 10,
}

export interface RoomsCore extends AsyncDisposable {
  core: Core
  deps: CoreDeps
  clock: TestClock
  database: Database
  upkeep: RoomsUpkeep
  events: DomainEvent[]
  logged: string[]
  /** An active account, and who acts as it. */
  person(username?: string): Promise<Actor>
  /** Events of one type since the start. */
  heard<T extends EventType>(type: T): EventOf<T>[]
}

let made = 0

export async function roomsCore(
  options: { database?: Database; clock?: TestClock } = {},
): Promise<RoomsCore> {
  const clock = options.clock ?? testClock()
  const database = options.database ?? (await openDatabase({ dialect: 'sqlite', path: ':memory:' }))
  const events: DomainEvent[] = []
  const logged: string[] = []
  const deps = {
    store: createStore(database, { emit: (event) => void events.push(event) }),
    clock,
    ids: createIds(clock),
    log: recordingLog(logged),
    events: { emit: (event: DomainEvent) => void events.push(event) },
    connections: { isConnected: () => false },
    files: memoryFiles(),
    images: testImages(),
    limiter: memoryLimiter(clock),
    settings,
  } as Partial<CoreDeps> as CoreDeps
  const core = {} as Core
  const { roomsUpkeep, ...rooms } = createRoomsGroup(deps, core)
  Object.assign(core, createAccountsGroup(deps, core), rooms)

  async function person(username?: string): Promise<Actor> {
    made += 1
    const user = await core.accounts.create({
      username: username ?? `person-${made}`,
      password: null,
      role: 'user',
    })
    const team = await core.teams.first()
    await core.teams.addMember(systemActor(user), team.id, user.id)
    return { user, via: 'session', scopes: ['*'], sessionId: null, ip: null }
  }

  return {
    core,
    deps,
    clock,
    database,
    upkeep: roomsUpkeep,
    events,
    logged,
    person,
    heard: <T extends EventType>(type: T) => events.filter((event) => event.type === type) as EventOf<T>[],
    async [Symbol.asyncDispose]() {
      await core.accounts.flush()
      await roomsUpkeep.stop()
      await database.close()
    },
  }
}

function recordingLog(lines: string[]): Logger {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void lines.push(`${level} ${message} ${Bun.inspect(fields ?? {})}`)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
