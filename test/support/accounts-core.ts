/**
 * The accounts part of the core over a real database and the real drivers, with the parts it calls
 * (teams, rooms, members) played by small recorders. For tests of that part alone; whole servers come
 * from test/support/core.ts.
 */
import { Elysia } from 'elysia'
import { createAccountsGroup } from '../../src/core/accounts/create-accounts-group.ts'
import type { Core } from '../../src/core/core.ts'
import type { CoreDeps, CoreSettings } from '../../src/core/deps.ts'
import type { DomainEvent } from '../../src/core/events.ts'
import type { Clock, Logger, Store } from '../../src/core/ports.ts'
import type { Database } from '../../src/db/conn.ts'
import type { Team, TeamMember } from '../../src/core/types.ts'
import { openDatabase } from '../../src/db/open.ts'
import { repositoriesOf } from '../../src/db/store.ts'
import { createIds } from '../../src/drivers/ids.ts'
import { memoryLimiter } from '../../src/drivers/limiter.ts'
import { nostrVerifier } from '../../src/drivers/nostr.ts'
import { createPasswordHasher } from '../../src/drivers/passwords.ts'
import { createSigner } from '../../src/drivers/signer.ts'
import { toResponse } from '../../src/faces/native/errors.ts'
import { admin } from '../../src/faces/native/modules/admin/index.ts'
import { auth } from '../../src/faces/native/modules/auth/index.ts'
import { keys } from '../../src/faces/native/modules/keys/index.ts'
import { users } from '../../src/faces/native/modules/users/index.ts'
import { notePeer } from '../../src/realtime/peer.ts'
import { memoryFiles } from './memory-files.ts'
import { testImages } from './test-images.ts'

export const TEST_SECRET = 'a secret only tests know'

/** A clock that stands at the real time until it is moved; timers fire when it is moved past them. */
export interface TestClock extends Clock {
  advance(ms: number): void
}

export function testClock(start = Date.now()): TestClock {
  let now = start
  let timers: { at: number; run: () => void }[] = []
  return {
    now: () => now,
    after(ms, run) {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => {
        timers = timers.filter((other) => other !== timer)
      }
    },
    advance(ms) {
      now += ms
      const due = timers.filter((timer) => timer.at <= now)
      timers = timers.filter((timer) => timer.at > now)
      for (const timer of due) timer.run()
    },
  }
}

export interface AccountsCore extends AsyncDisposable {
  core: Core
  deps: CoreDeps
  clock: TestClock
  database: Database
  events: DomainEvent[]
  logged: string[]
  /** What was asked of the other parts: `teams.addMember <user id>` … */
  calls: string[]
  connected: Set<string>
  /** The native routes of this part, over real HTTP. */
  url: string
}

const defaults: CoreSettings = {
  defaultRole: undefined,
  signupEnabled: true,
  sessionTtlS: 28 * 86_400,
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

export interface AccountsCoreOptions {
  settings?: Partial<CoreSettings>
  /** An open database; the default is a new SQLite one in memory. It is closed at the end. */
  database?: Database
  publicUrl?: string
}

export async function accountsCore(options: AccountsCoreOptions = {}): Promise<AccountsCore> {
  const clock = testClock()
  const database = options.database ?? (await openDatabase({ dialect: 'sqlite', path: ':memory:' }))
  const events: DomainEvent[] = []
  const logged: string[] = []
  const calls: string[] = []
  const connected = new Set<string>()
  const deps = {
    store: storeOf(database, (event) => events.push(event)),
    clock,
    ids: createIds(clock),
    log: recordingLog(logged),
    events: { emit: (event: DomainEvent) => void events.push(event) },
    connections: { isConnected: (userId: string) => connected.has(userId) },
    files: memoryFiles(),
    images: testImages(),
    passwords: createPasswordHasher(),
    signer: createSigner(TEST_SECRET, clock),
    limiter: memoryLimiter(clock),
    nostr: nostrVerifier(),
    settings: { ...defaults, ...options.settings },
  } as Partial<CoreDeps> as CoreDeps
  const core = otherParts(calls) as Core
  Object.assign(core, createAccountsGroup(deps, core))
  const app = new Elysia()
    .onError(({ error, code }) =>
      toResponse(error, code, (cause) => {
        logged.push(`error ${Bun.inspect(cause)}`)
      }),
    )
    .use(auth(core, { publicUrl: options.publicUrl }))
    .use(keys(core))
    .use(users(core))
    .use(admin(core))
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request, self) {
      notePeer(request, { ip: self.requestIP(request)?.address ?? null, requestId: 'test' })
      return app.handle(request)
    },
  })
  return {
    core,
    deps,
    clock,
    database,
    events,
    logged,
    calls,
    connected,
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop(true)
      await core.accounts.flush()
      await database.close()
    },
  }
}

function otherParts(calls: string[]): Partial<Core> {
  const record = (what: string) => void calls.push(what)
  return {
    teams: {
      first: async () => ({ id: 'team-1' }) as Team,
      byId: async () => ({ id: 'team-1' }) as Team,
      addMember: async (_actor, _team, userId) => {
        record(`teams.addMember ${userId}`)
        return {} as TeamMember
      },
    } satisfies Partial<Core['teams']> as unknown as Core['teams'],
    members: {
      add: async (_actor, roomId, ids) => {
        record(`members.add ${roomId} ${ids.join(',')}`)
        return []
      },
      roomIdsOf: async () => ['room-1'],
      remove: async (_actor, roomId, userId) => record(`members.remove ${roomId} ${userId}`),
    } satisfies Partial<Core['members']> as unknown as Core['members'],
    ai: { usage: async () => [] } satisfies Partial<Core['ai']> as unknown as Core['ai'],
  }
}

function storeOf(database: Database, heard: (event: DomainEvent) => void): Store {
  return {
    dialect: database.dialect,
    read: repositoriesOf(database.read),
    tx: (work) =>
      database.tx((tx) =>
        work(repositoriesOf(tx), {
          emit: (event) => tx.afterCommit(() => heard(event)),
          afterCommit: (run) => tx.afterCommit(run),
        }),
      ),
    ping: () =>
      repositoriesOf(database.read)
        .users.hasPeople()
        .then(() => undefined),
    close: () => database.close(),
  }
}

function recordingLog(lines: string[]): Logger {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    void lines.push(`${level} ${message} ${Bun.inspect(fields ?? {})}`)
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}
