// From the values of the table to the Config: what options mean together, and which combinations make no sense. Reads
// the disk only to see which folders are there; makes nothing.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Config, ProviderConfig, S3Config } from './config.ts'
import { type DatabaseConfig, parseDatabaseUrl, sqliteAt } from './database.ts'
import type { Problem, Reading } from './option.ts'
import type { OPTIONS } from './options/index.ts'

type Read = Reading<typeof OPTIONS>['values']

/** The Config but for the secret, which is only looked for (or made) when nothing else is wrong. */
export type Assembled = Omit<Config, 'auth' | 'given'> & { readonly auth: Omit<Config['auth'], 'secret'> }

/** Collects problems while the parts are put together. */
interface Check {
  readonly cwd: string
  readonly given: ReadonlySet<string>
  readonly problems: Problem[]
  readonly notices: string[]
}

/** Adds what is wrong with the combination to `reading.problems`; the result counts only when there are none. */
export function assemble(reading: Reading<typeof OPTIONS>, cwd: string): Assembled {
  const { values, given, problems } = reading
  const check: Check = { cwd, given, problems, notices: [] }
  const dir = resolve(cwd, values.data.dir)
  if (values.data.redisUrl !== undefined)
    check.notices.push(
      'REDIS_URL is not used yet: this version of Hubbub runs as one node, complete without Redis',
    )
  return {
    server: assembleServer(values, check),
    data: {
      dir,
      uploadsDir: join(dir, 'uploads'),
      backupsDir: join(dir, 'backups'),
      database: assembleDatabase(values.data, dir, check),
      poolSize: values.data.poolSize,
      redis:
        values.data.redisUrl === undefined
          ? null
          : { url: values.data.redisUrl, prefix: values.data.redisPrefix },
    },
    files: assembleFiles(values.files, check),
    auth: assembleAuth(values, check),
    mail: assembleMail(values, check),
    ai: assembleAi(values.ai, check),
    web: assembleWeb(values.web, check),
    limits: values.limits,
    operations: {
      logLevel: values.operations.logLevel,
      logFormat: values.operations.logFormat,
      accessLog: values.operations.accessLog,
      metrics: { enabled: values.operations.metrics, token: values.operations.metricsToken },
    },
    openwebui: values.openwebui,
    notices: check.notices,
  }
}

function assembleServer({ server }: Read, check: Check): Config['server'] {
  const { bind, host, port } = server
  if (bind !== undefined) {
    const clash =
      (check.given.has('HOST') && host !== bind.host) || (check.given.has('PORT') && port !== bind.port)
    if (clash) problem(check, 'BIND_ADDR', 'says something else than HOST and PORT; keep one of the two ways')
  }
  const frontEnds = server.frontEnds.map((one) => ({ ...one, dir: resolve(check.cwd, one.dir) }))
  for (const { dir } of frontEnds) {
    const built = ['index.html', 'root.html'].some((page) => existsSync(join(dir, page)))
    if (!built)
      problem(
        check,
        'FRONTEND_BUILD_DIR',
        `${dir} has no index.html; expected the folder of a built front end`,
      )
  }
  return {
    host: bind?.host ?? host,
    port: bind?.port ?? port,
    publicUrl: server.publicUrl,
    corsOrigins: server.corsOrigins,
    trustProxy: server.trustProxy,
    frontEnds,
    shutdownMs: server.shutdownS * 1000,
  }
}

function assembleMail({ mail, server }: Read, check: Check): Config['mail'] {
  const { host, port, security, username, password, fromName, skipVerify } = mail
  if (host === undefined) return null
  if (server.publicUrl === undefined) {
    // A link made from the Host header of whoever asks could lead anywhere.
    problem(check, 'PUBLIC_URL', 'is missing; links in e-mail begin with it')
    return null
  }
  return {
    host,
    port: port ?? { starttls: 587, tls: 465, none: 25 }[security],
    security,
    login: username === undefined ? null : { username, password: password ?? '' },
    from: mail.from ?? `noreply@${new URL(server.publicUrl).hostname}`,
    fromName,
    skipVerify,
  }
}

function assembleDatabase(data: Read['data'], dir: string, check: Check): DatabaseConfig {
  const standard = sqliteAt(join(dir, existsSync(join(dir, 'webui.db')) ? 'webui.db' : 'hubbub.db'))
  if (data.databaseUrl === undefined)
    return data.databaseType === 'postgres' ? postgresByParts(data, check) : standard
  const database = parseDatabaseUrl(data.databaseUrl, check.cwd)
  if (typeof database !== 'string') return database
  problem(check, 'DATABASE_URL', database)
  return standard
}

function postgresByParts(data: Read['data'], check: Check): DatabaseConfig {
  const { databaseHost: host, databaseName: name, databaseUser: user, databasePassword: password = '' } = data
  const parts = Object.entries({ DATABASE_HOST: host, DATABASE_NAME: name, DATABASE_USER: user })
  for (const [variable, value] of parts) {
    if (value === undefined)
      problem(check, variable, 'is missing; DATABASE_TYPE=postgresql needs it (or set DATABASE_URL)')
  }
  const login = `${encodeURIComponent(user ?? '')}:${encodeURIComponent(password)}`
  return {
    dialect: 'postgres',
    url: `postgres://${login}@${host}:${data.databasePort}/${encodeURIComponent(name ?? '')}`,
  }
}

function assembleFiles(files: Read['files'], check: Check): Config['files'] {
  const { fileBytes, imageBytes, avatarBytes, imagePixels, bodyBytes } = files
  const wanted = files.storage ?? (files.bucket === undefined ? 'disk' : 's3')
  return {
    s3: wanted === 's3' ? assembleS3(files, check) : null,
    fileBytes,
    imageBytes,
    avatarBytes,
    imagePixels,
    bodyBytes,
  }
}

function assembleS3(files: Read['files'], check: Check): S3Config {
  const { bucket, accessKeyId, secretAccessKey } = files
  const needed = {
    S3_BUCKET_NAME: bucket,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  }
  for (const [variable, value] of Object.entries(needed)) {
    if (value === undefined) problem(check, variable, 'is missing; storing files in S3 needs it')
  }
  return {
    bucket: bucket ?? '',
    endpoint: files.endpoint,
    region: files.region,
    accessKeyId: accessKeyId ?? '',
    secretAccessKey: secretAccessKey ?? '',
    keyPrefix: files.keyPrefix,
    virtualHosted: files.addressing === 'virtual',
  }
}

function assembleAuth({ auth, server }: Read, check: Check): Assembled['auth'] {
  const secure = auth.cookieSecure ?? server.publicUrl?.startsWith('https://') ?? false
  if (auth.cookieSameSite === 'none' && !secure) {
    problem(
      check,
      'WEBUI_AUTH_COOKIE_SECURE',
      'must be true with WEBUI_AUTH_COOKIE_SAME_SITE=none; browsers drop the cookie otherwise',
    )
  }
  if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/i.test(auth.apiKeyHeader)) {
    problem(check, 'CUSTOM_API_KEY_HEADER', 'is not a header name; expected something like x-api-key')
  }
  const hours = check.given.has('JWT_EXPIRES_IN') ? undefined : auth.sessionHours
  return {
    sessionMs: hours === undefined ? auth.sessionMs : hours * 3_600_000,
    passwordHash: auth.passwordHash,
    signup: auth.signup,
    defaultRole: auth.defaultRole,
    apiKeys: auth.apiKeys,
    admin: assembleAdmin(auth, check),
    apiKeyHeader: auth.apiKeyHeader.toLowerCase(),
    cookie: { sameSite: auth.cookieSameSite, secure },
  }
}

function assembleAdmin(auth: Read['auth'], check: Check): Config['auth']['admin'] {
  const { adminEmail: email, adminUsername, adminPassword: password, adminName: name } = auth
  const named = email ?? adminUsername
  if (named === undefined && password === undefined) return null
  if (named === undefined)
    problem(check, 'WEBUI_ADMIN_EMAIL', 'is missing; WEBUI_ADMIN_PASSWORD needs it (or ADMIN_USER)')
  if (password === undefined)
    problem(check, 'WEBUI_ADMIN_PASSWORD', 'is missing; the first administrator needs it')
  return { email, username: adminUsername ?? email?.split('@')[0] ?? 'admin', password: password ?? '', name }
}

function assembleAi(ai: Read['ai'], check: Check): Config['ai'] {
  const providers = assembleProviders(ai, check)
  if (providers.length === 0 && ai.required) {
    problem(
      check,
      'OPENROUTER_API_KEY',
      'is missing; REQUIRE_AI needs it, or OPENAI_API_KEY (with OPENAI_API_BASE_URL for another service), or OLLAMA_BASE_URL',
    )
  } else if (providers.length === 0) {
    check.notices.push(
      'AI is off: set OPENROUTER_API_KEY, OPENAI_API_KEY, OPENAI_API_BASE_URL or OLLAMA_BASE_URL to turn it on',
    )
  }
  return {
    required: ai.required,
    providers,
    defaultModel: ai.defaultModel?.split(',')[0]?.trim(),
    tokensPerDay: ai.tokensPerDay ?? null,
    maxToolRounds: ai.maxToolRounds,
    maxBotTurns: ai.maxBotTurns,
    timeoutMs: ai.timeoutS * 1000,
    idleTimeoutMs: ai.idleTimeoutS * 1000,
    modelsTtlMs: ai.modelsTtlS * 1000,
  }
}

function assembleProviders(ai: Read['ai'], check: Check): ProviderConfig[] {
  const out: ProviderConfig[] = []
  if (ai.openrouterKey !== undefined)
    out.push({ kind: 'openrouter', baseUrl: ai.openrouterUrl, apiKey: ai.openrouterKey })
  const keys = ai.openaiKeys ?? []
  const bases = ai.openaiUrls ?? (keys.some((key) => key !== '') ? ['https://api.openai.com/v1'] : [])
  if (keys.length > bases.length && keys.length > 1) {
    check.notices.push(
      `OPENAI_API_KEYS has ${keys.length} keys for ${bases.length} addresses: the last ones are not used`,
    )
  }
  if (ai.openaiEnabled) {
    for (const [index, baseUrl] of bases.entries())
      out.push({ kind: 'openai', baseUrl, apiKey: keys[index] || undefined })
  }
  if (ai.ollamaEnabled) {
    for (const address of ai.ollamaUrls ?? []) {
      out.push({ kind: 'ollama', baseUrl: address.replace(/\/(api|v1)$/, ''), apiKey: undefined })
    }
  }
  return out
}

function assembleWeb(web: Read['web'], check: Check): Config['web'] {
  return { search: assembleSearch(web, check), fetchAllowHosts: web.fetchAllowHosts }
}

function assembleSearch(web: Read['web'], check: Check): Config['web']['search'] {
  const keyed = web.tavilyKey !== undefined ? 'tavily' : web.braveKey !== undefined ? 'brave' : undefined
  const provider = web.searchProvider ?? keyed
  if (provider === undefined) return null
  const apiKey = provider === 'tavily' ? web.tavilyKey : web.braveKey
  if (apiKey === undefined) {
    problem(check, `${provider.toUpperCase()}_API_KEY`, `is missing; SEARCH_PROVIDER=${provider} needs it`)
  }
  return { provider, apiKey: apiKey ?? '', baseUrl: provider === 'tavily' ? web.tavilyUrl : web.braveUrl }
}

function problem(check: Check, variable: string, message: string): void {
  check.problems.push({ variable, message })
}
