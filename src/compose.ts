/**
 * The composition root: from a checked configuration to a server that listens. Nothing else makes its
 * own dependencies. Tests pass overrides for what they watch.
 */
import { join } from 'node:path'
import { createApp } from './app.ts'
import type { Config } from './config/index.ts'
import { makeFirstAdmin } from './core/accounts/first-admin.ts'
import type { Core } from './core/core.ts'
import { createCore } from './core/create-core.ts'
import type { CoreDeps } from './core/deps.ts'
import { createMattermostGroup } from './core/mattermost/create-mattermost.ts'
import { isAdmin } from './core/permissions/scopes.ts'
import { createOpenWebuiGroup } from './core/chats/core-part.ts'
import { openDatabase } from './db/open.ts'
import { createStore } from './db/store.ts'
import { systemClock } from './drivers/clock.ts'
import { WorkerDocumentReader } from './drivers/documents/document-reader.ts'
import { createFileStore } from './drivers/files/index.ts'
import { createIds } from './drivers/ids.ts'
import { BunImageTool } from './drivers/images/bun-image.ts'
import { memoryLimiter } from './drivers/limiter.ts'
import { createMailer } from './drivers/mail.ts'
import { embed } from './drivers/models/embeddings.ts'
import { createModels } from './drivers/models/index.ts'
import { relayedDialect } from './drivers/models/relayed.ts'
import { createGuardedFetch } from './drivers/net/guarded-fetch.ts'
import { createOutside } from './drivers/net/outside.ts'
import { createServerClient } from './drivers/net/server-client.ts'
import { nostrVerifier } from './drivers/nostr.ts'
import { createPasswordHasher } from './drivers/passwords.ts'
import { createWebSearch } from './drivers/search/index.ts'
import { createSigner } from './drivers/signer.ts'
import { createTokenCounter } from './drivers/tokens.ts'
import { createPageReader } from './drivers/web/page-reader.ts'
import { Face as MattermostFace } from './faces/mattermost/face.ts'
import { mattermostFrontEnd } from './faces/mattermost/front-end.ts'
import { OutgoingHooks } from './faces/mattermost/outgoing-hooks.ts'
import { MattermostSockets } from './faces/mattermost/socket/index.ts'
import { actorOf } from './faces/native/auth-plugin.ts'
import { NativeSockets } from './faces/native/socket/native-sockets.ts'
import { frontEndFiles } from './faces/openwebui/front-end.ts'
import { OpenwebuiSockets } from './faces/openwebui/socket/index.ts'
import { basePathOf } from './http/base-path.ts'
import { openFrontEnds } from './http/front-ends.ts'
import { clientIpRule } from './http/client-ip.ts'
import { accessLog } from './http/access-log.ts'
import { accountOf } from './http/credential.ts'
import { guarded } from './http/guard.ts'
import { requestLimits } from './http/request-limits.ts'
import { createMetrics } from './http/metrics.ts'
import { originRules } from './http/origins.ts'
import { Hub, localBus } from './realtime/hub.ts'
import { type AppServer, listen, publisher, stopServer } from './server.ts'
import type { Logger, RateLimiter } from './core/ports.ts'
import { networkOf } from './core/support/network-of.ts'
import { VERSION } from './version.ts'

export interface Running {
  core: Core
  server: AppServer
  /** Address to open in a browser. */
  url: string
  /** Stops accepting, closes sockets with 1001, ends runs, flushes, closes the database. */
  stop(): Promise<void>
}

/** Opens the database (migrating it), puts all parts together and listens. */
export async function startServer(
  config: Config,
  log: Logger,
  overrides: Partial<CoreDeps> = {},
): Promise<Running> {
  let server: AppServer | null = null
  const { core, deps, hub } = await openCore(config, log, overrides)
  const { clock, ids } = deps
  hub.listen({ name: 'caches', onEvent: (event) => core.accounts.heard(event) })
  hub.listenLocal({ name: 'ai', onEvent: (event) => core.ai.onLocalEvent(event) })
  hub.attachPresence(core.presence)
  const out = publisher(() => server)
  const basePath = basePathOf(config.server.publicUrl)
  const origins = originRules(config.server.corsOrigins, config.server.publicUrl)
  const outside = createOutside(createGuardedFetch({ allowHosts: config.web.fetchAllowHosts }))
  const openwebui = createOpenWebuiGroup(deps, core, {
    uploadsDir: config.files.s3 ? null : config.data.uploadsDir,
    outside,
    cache: createFileStore({ folder: join(config.data.dir, 'cache'), s3: null }, ids),
  })
  hub.listenLocal({ name: 'notifications', onEvent: (event) => openwebui.notifications.onEvent(event) })
  const mattermost = new MattermostFace({
    core,
    mattermost: createMattermostGroup(deps, core, outside),
    log,
    siteUrl: config.server.publicUrl ?? '',
    mail: config.mail,
    build: VERSION,
  })
  const shared = { core, hub, publisher: out, log, clock, originAllowed: origins.allowed }
  const socketWaitS = socketLimit(config, deps.limiter)
  const { websocket } = config.openwebui
  const openwebuiSockets = new OpenwebuiSockets({ ...shared, openwebui, websocket, socketWaitS })
  const sockets = [
    new NativeSockets({ ...shared, after: clock.after }),
    openwebuiSockets,
    new MattermostSockets({ ...shared, face: mattermost }),
  ]
  for (const face of sockets) hub.listen(face)
  hub.listenLocal(new OutgoingHooks(mattermost))
  const metrics = config.operations.metrics.enabled
    ? createMetrics({ sockets: () => hub.socketCount(), runs: () => core.ai.runCount() })
    : null
  const app = createApp({
    native: { core, log, publicUrl: config.server.publicUrl },
    openwebui: { core, openwebui, log, config, sockets: openwebuiSockets },
    mattermost,
    operations: {
      store: deps.store,
      version: VERSION,
      ai: core.ai,
      sockets: () => hub.socketCount(),
      metrics,
      metricsToken: config.operations.metrics.token,
      isAdmin: async (request) => {
        const actor = await actorOf(core, request).catch(() => null)
        return actor !== null && isAdmin(actor)
      },
    },
    frontEnds: openFrontEnds(config.server.frontEnds, {
      openwebui: frontEndFiles,
      mattermost: (dir) => mattermostFrontEnd(dir, basePath),
    }),
  })
  await core.start()
  const endMattermost = await mattermost.start()
  await openwebui.begin({ providers: config.ai.providers })
  const { admin } = config.auth
  const made = admin && (await makeFirstAdmin(core, admin))
  if (made) log.info(`Made the first administrator, ${made.username}.`)
  const account = accountOf(core.sessions)
  server = listen({
    hostname: config.server.host,
    port: config.server.port,
    basePath,
    // The guard refuses in the words of the face; this is for bodies that come without a length.
    maxBodyBytes: 2 * uploadBytes(config),
    socketWaitS,
    sockets,
    fetch: guarded(app.fetch, {
      limit: requestLimit(config, deps.limiter, account),
      body: { jsonBytes: config.files.bodyBytes, uploadBytes: uploadBytes(config) },
      origins,
      observers: [metrics?.observe, accessLog(log, accessLevel(config), account)].filter(
        (one) => one !== undefined,
      ),
    }),
    clientIp: clientIpRule(config.server.trustProxy, config.limits.local),
    nextRequestId: () => ids.next(),
  })
  const listening = server
  return {
    core,
    server: listening,
    url: addressOf(config, listening),
    stop: async () => {
      await stopServer(listening, async () => {
        endMattermost()
        openwebuiSockets.stop()
        await openwebui.end()
        await core.stop()
      })
      await deps.store.close()
    },
  }
}

/**
 * The core over its opened (and migrated) database, without a server: nothing listens, nothing was started.
 * The command line works with it; closing is `deps.store.close()`.
 */
export async function openCore(
  config: Config,
  log: Logger,
  overrides: Partial<CoreDeps> = {},
): Promise<{ core: Core; deps: CoreDeps; hub: Hub }> {
  const clock = overrides.clock ?? systemClock()
  const ids = overrides.ids ?? createIds(clock)
  const hub = new Hub(localBus(), log)
  const database = await openDatabase(config.data.database, {
    now: () => clock.now(),
    report: (error) => log.error('a callback after commit failed', { error }),
    note: (message) => log.info(message),
  })
  const deps = coreDeps(config, log, { clock, ids, hub, store: createStore(database, hub), overrides })
  return { core: createCore(deps), deps, hub }
}

interface Base extends Pick<CoreDeps, 'clock' | 'ids' | 'store'> {
  hub: Hub
  overrides: Partial<CoreDeps>
}

function coreDeps(config: Config, log: Logger, { clock, ids, hub, store, overrides }: Base): CoreDeps {
  const app = { name: 'Hubbub', url: config.server.publicUrl ?? 'https://hubbub.invalid' }
  const fetch = createGuardedFetch({ allowHosts: config.web.fetchAllowHosts })
  return {
    store,
    clock,
    ids,
    log,
    events: hub,
    connections: hub,
    files: createFileStore({ folder: config.data.uploadsDir, s3: config.files.s3 }, ids),
    images: new BunImageTool(config.files.imagePixels),
    models: createModels({ ...config.ai, app }, { clock, log }),
    dialect: relayedDialect,
    webSearch: createWebSearch(config.web.search),
    pages: createPageReader(fetch),
    documents: new WorkerDocumentReader(),
    embedder: { embed },
    servers: createServerClient(createGuardedFetch({ allowPrivate: true, redirectsMax: 0 })),
    tokens: createTokenCounter(),
    passwords: createPasswordHasher({ algorithm: config.auth.passwordHash }),
    signer: createSigner(config.auth.secret.value, clock),
    limiter: memoryLimiter(clock),
    nostr: nostrVerifier(),
    mailer: config.mail && createMailer(config.mail),
    settings: {
      defaultRole: config.auth.defaultRole,
      signupEnabled: config.auth.signup ?? true,
      sessionTtlS: config.auth.sessionMs === null ? null : Math.floor(config.auth.sessionMs / 1_000),
      sessionTtlGiven: config.given.some((name) => EXPIRY_NAMES.has(name)),
      defaultModel: config.ai.defaultModel ?? null,
      aiOffReason:
        config.ai.providers.length > 0
          ? null
          : 'No AI provider is configured (OPENROUTER_API_KEY, OPENAI_API_KEY, OPENAI_API_BASE_URL or OLLAMA_BASE_URL).',
      aiTokensPerDay: config.ai.tokensPerDay,
      aiMaxToolRounds: config.ai.maxToolRounds,
      aiTimeoutMs: config.ai.timeoutMs,
      aiIdleTimeoutMs: config.ai.idleTimeoutMs,
      aiLoopLimit: config.ai.maxBotTurns,
      avatarMaxBytes: config.files.avatarBytes,
      imageMaxBytes: config.files.imageBytes,
      fileMaxBytes: config.files.fileBytes,
      messageMaxChars: 40_000,
      messagesPerMinute: config.limits.enabled ? config.limits.messagesPerMinute : null,
      aiPerMinute: config.limits.enabled ? config.limits.aiPerMinute : null,
      uploadsPath: config.files.s3 ? undefined : config.data.uploadsDir,
      loginMaxFailures: 10,
      authPerMinute: config.limits.enabled ? config.limits.authPerMinute : null,
      fixed: fixedSettings(config),
    },
    ...overrides,
  }
}

/** Settings that the environment says: nobody can change them on an admin page. */
/** Options that say how long a log-in lasts. */
const EXPIRY_NAMES = new Set(['JWT_EXPIRES_IN', 'JWT_EXPIRY_HOURS', 'RUSTCHAT_JWT_EXPIRY_HOURS'])

function fixedSettings({ auth }: Config): Record<string, unknown> {
  const said = {
    'hubbub.enable_signup': auth.signup,
    'ui.default_user_role': auth.defaultRole,
    'auth.enable_api_keys': auth.apiKeys,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined))
}

/** A multipart body is its file and a little more. */
function uploadBytes({ files }: Config): number {
  return Math.max(files.fileBytes, files.imageBytes, files.avatarBytes, files.bodyBytes) + 1_000_000
}

function requestLimit(
  { limits }: Config,
  limiter: RateLimiter,
  account: (request: Request) => string | null,
) {
  if (!limits.enabled) return null
  const perMinute = {
    ip: limits.ipPerMinute,
    user: limits.userPerMinute,
    auth: limits.authPerMinute,
  }
  return requestLimits({ limiter, perMinute, accountOf: account })
}

function socketLimit({ limits }: Config, limiter: RateLimiter) {
  if (!limits.enabled) return () => Promise.resolve(0)
  return (ip: string | null) =>
    ip === null ? Promise.resolve(0) : limiter.hit(`socket:${networkOf(ip)}`, limits.socketsPerMinute, 60)
}

/** Without ACCESS_LOG, requests are only for those who look for something. */
function accessLevel({ operations: { accessLog: wanted, logLevel } }: Config): 'info' | 'debug' | null {
  if (wanted) return 'info'
  return logLevel === 'debug' || logLevel === 'trace' ? 'debug' : null
}

function addressOf(config: Config, server: AppServer): string {
  const host = ['0.0.0.0', '::'].includes(config.server.host) ? 'localhost' : config.server.host
  return config.server.publicUrl ?? `http://${host.includes(':') ? `[${host}]` : host}:${server.port}`
}
