/**
 * A server with only the Mattermost face over the whole core, and the official client against it.
 * Whole servers with all faces come from test/support/server.ts.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client4 } from '@mattermost/client'
import { Elysia } from 'elysia'
import type { Core } from '../../../src/core/core.ts'
import { createCore } from '../../../src/core/create-core.ts'
import type { CoreDeps } from '../../../src/core/deps.ts'
import { createMattermostGroup } from '../../../src/core/mattermost/create-mattermost.ts'
import type { Outside } from '../../../src/core/mattermost/outside.ts'
import type { Logger } from '../../../src/core/ports.ts'
import type { Database } from '../../../src/db/conn.ts'
import { openDatabase } from '../../../src/db/open.ts'
import { createStore } from '../../../src/db/store.ts'
import { systemClock } from '../../../src/drivers/clock.ts'
import { DiskFileStore } from '../../../src/drivers/files/disk.ts'
import { createIds } from '../../../src/drivers/ids.ts'
import { BunImageTool } from '../../../src/drivers/images/bun-image.ts'
import { memoryLimiter } from '../../../src/drivers/limiter.ts'
import { createPasswordHasher } from '../../../src/drivers/passwords.ts'
import { createSigner } from '../../../src/drivers/signer.ts'
import { createTokenCounter } from '../../../src/drivers/tokens.ts'
import { Face, mattermostFace } from '../../../src/faces/mattermost/index.ts'
import { OutgoingHooks } from '../../../src/faces/mattermost/outgoing-hooks.ts'
import { MattermostSockets } from '../../../src/faces/mattermost/socket/index.ts'
import { Hub, localBus } from '../../../src/realtime/hub.ts'
import { listen } from '../../../src/server.ts'

export interface Rig extends AsyncDisposable {
  url: string
  core: Core
  face: Face
  sockets: MattermostSockets
  errors: string[]
}

export interface RigOptions {
  database?: Database
  overrides?: Partial<CoreDeps>
  outside?: Outside
}

export const PASSWORD = 'correct horse 1'

export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-mm-'))
  const errors: string[] = []
  const log = testLog(errors)
  const clock = systemClock()
  const ids = createIds(clock)
  const hub = new Hub(localBus(), log)
  const database = options.database ?? (await openDatabase({ dialect: 'sqlite', path: join(dir, 'chat.db') }))
  const deps = {
    store: createStore(database, hub),
    clock,
    ids,
    log,
    events: hub,
    connections: hub,
    files: new DiskFileStore(join(dir, 'uploads'), ids),
    images: new BunImageTool(),
    tokens: createTokenCounter(),
    passwords: createPasswordHasher(),
    signer: createSigner('a secret for tests only, long enough', clock),
    limiter: memoryLimiter(clock),
    models: {
      enabled: false,
      list: async () => [],
      stream: () => {
        throw new Error('There is no model here.')
      },
    },
    webSearch: null,
    settings: SETTINGS,
    ...options.overrides,
  } as Partial<CoreDeps> as CoreDeps
  const core = createCore(deps)
  hub.attachPresence(core.presence)
  hub.listen({ name: 'caches', onEvent: (event) => core.accounts.heard(event) })
  const mattermost = createMattermostGroup(deps, core, options.outside)
  const face = new Face({ core, mattermost, log, siteUrl: '', build: 'test' })
  const sockets = new MattermostSockets({ face, hub, clock, originAllowed: () => true })
  hub.listen(sockets)
  hub.listenLocal(new OutgoingHooks(face))
  hub.listenLocal({ name: 'ai', onEvent: (event) => core.ai.onLocalEvent(event) })
  const app = new Elysia().use(mattermostFace(face))
  await core.start()
  const end = await face.start()
  const server = listen({
    hostname: '127.0.0.1',
    port: 0,
    maxBodyBytes: 100_000_000,
    sockets: [sockets],
    fetch: (request) => app.fetch(request),
    clientIp: (_request, ip) => ip,
    nextRequestId: () => ids.next(),
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    core,
    face,
    sockets,
    errors,
    async [Symbol.asyncDispose]() {
      await server.stop(true)
      end()
      await core.stop()
      await deps.store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

const SETTINGS: CoreDeps['settings'] = {
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
  messageMaxChars: 40_000,
  loginMaxFailures: 10,
}

function testLog(errors: string[]): Logger {
  const note = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    if (process.env['TEST_LOG']) console.error(level, message, fields)
    if (level === 'error') errors.push(`${message} ${Bun.inspect(fields)}`)
  }
  return { debug: note('debug'), info: note('info'), warn: note('warn'), error: note('error') }
}

/** The official REST client, not signed in. */
export function clientFor(url: string): Client4 {
  const client = new Client4()
  client.setUrl(url)
  client.setIncludeCookies(false)
  return client
}

/** A new account and its signed-in client. */
export async function signUp(
  rig: { url: string },
  username: string,
): Promise<{ client: Client4; id: string }> {
  const client = clientFor(rig.url)
  const user = await client.createUser(
    { username, email: `${username}@example.com`, password: PASSWORD } as Parameters<
      Client4['createUser']
    >[0],
    '',
    '',
  )
  await client.login(username, PASSWORD)
  return { client, id: user.id }
}
