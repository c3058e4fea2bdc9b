// Every option there is. docs/config.md is generated from this table; assemble.ts turns it into the Config that the
// server is given. Names after the first are those of Open WebUI, RustChat, Mattermost and the GroupChat family.
import { aligned, bindAddress, boolean, choice, duration, frontEnds, hostPorts, integer } from './parsers.ts'
import { logLevel, origins, size, text, trustProxy, url, urls } from './parsers.ts'
import { option } from './option.ts'

const MB = 1024 * 1024

export const OPTIONS = {
  server: {
    bind: option({
      names: 'BIND_ADDR SERVER_ADDR',
      about: 'Address and port to listen on, in one. Instead of `HOST` and `PORT`.',
      as: bindAddress,
    }),
    host: option({
      names: 'HOST SERVER_HOST RUSTCHAT_SERVER_HOST',
      about: 'Address to listen on.',
      as: text,
      or: '0.0.0.0',
    }),
    port: option({
      names: 'PORT SERVER_PORT RUSTCHAT_SERVER_PORT',
      about: 'Port to listen on; 0 takes a free one.',
      as: integer(0, 65_535),
      or: 8080,
    }),
    publicUrl: option({
      names: 'PUBLIC_URL WEBUI_URL SITE_URL RUSTCHAT_SITE_URL MM_SERVICESETTINGS_SITEURL',
      about:
        'Address under which people reach the server: links in invites, Nostr log-in, cross-site checks.',
      as: url('http', 'https'),
      shown: 'taken from each request',
    }),
    corsOrigins: option({
      names: 'CORS_ALLOW_ORIGIN CORS_ALLOWED_ORIGINS RUSTCHAT_CORS_ALLOWED_ORIGINS',
      about: 'Other origins whose pages may call the API with a person’s credentials; `*` allows every one.',
      as: origins,
      or: [],
      shown: 'own origin only',
    }),
    trustProxy: option({
      names: 'TRUST_PROXY',
      about: 'Whose `X-Forwarded-For` is believed: a number of proxies, or their networks.',
      as: trustProxy,
      or: { hops: 0 },
      shown: '0',
    }),
    frontEnds: option({
      names: 'FRONTEND_BUILD_DIR STATIC_DIR',
      about:
        'Folder with a built Open WebUI or Mattermost front end to serve instead of our own, or several as `chat.example.com=/srv/a;:8065=/srv/b`; a port named here is listened on too.',
      as: frontEnds,
      or: [],
      shown: 'our own client',
      firstWins: true,
    }),
    shutdownS: option({
      names: 'SHUTDOWN_TIMEOUT_S',
      about: 'Seconds that running work gets at a stop.',
      as: integer(0, 600),
      or: 10,
    }),
  },
  data: {
    dir: option({
      names: 'DATA_DIR',
      about: 'Folder of the database, uploads, backups and the secret.',
      as: text,
      or: './data',
    }),
    databaseUrl: option({
      names: 'DATABASE_URL RUSTCHAT_DATABASE_URL MM_SQLSETTINGS_DATASOURCE',
      about:
        'Database: `sqlite:chat.db`, `sqlite:///chat.db`, `sqlite:////var/lib/chat.db`, `postgres://user:password@host/name`.',
      as: text,
      shown: '`webui.db` in `DATA_DIR` if there, else `hubbub.db`',
      secret: true,
    }),
    databaseType: option({
      names: 'DATABASE_TYPE',
      about: 'Instead of `DATABASE_URL`, with the parts below.',
      as: choice({ sqlite: 'sqlite', postgres: 'postgres', postgresql: 'postgres' }),
    }),
    databaseHost: option({ names: 'DATABASE_HOST', about: 'PostgreSQL host.', as: text }),
    databasePort: option({
      names: 'DATABASE_PORT',
      about: 'PostgreSQL port.',
      as: integer(1, 65_535),
      or: 5432,
    }),
    databaseName: option({ names: 'DATABASE_NAME', about: 'PostgreSQL database.', as: text }),
    databaseUser: option({ names: 'DATABASE_USER', about: 'PostgreSQL user.', as: text }),
    databasePassword: option({
      names: 'DATABASE_PASSWORD',
      about: 'PostgreSQL password.',
      as: text,
      secret: true,
    }),
    poolSize: option({
      names: 'DATABASE_POOL_SIZE DB_POOL_MAX_CONNECTIONS RUSTCHAT_DB_POOL__MAX_CONNECTIONS',
      about: 'PostgreSQL connections of one node.',
      as: integer(2, 500),
      or: 10,
    }),
    redisUrl: option({
      names: 'REDIS_URL RUSTCHAT_REDIS_URL',
      about: 'Redis that several nodes share. Alone, a node needs none.',
      as: url('redis', 'rediss'),
      secret: true,
    }),
    redisPrefix: option({
      names: 'REDIS_KEY_PREFIX',
      about: 'Begins every Redis key and channel.',
      as: text,
      or: 'hubbub',
    }),
  },
  files: {
    storage: option({
      names: 'STORAGE_PROVIDER',
      about: 'Where uploads lie.',
      as: choice({ local: 'disk', disk: 'disk', s3: 's3' }),
      shown: '`s3` with `S3_BUCKET_NAME`, else `local`',
    }),
    bucket: option({ names: 'S3_BUCKET_NAME S3_BUCKET RUSTCHAT_S3_BUCKET', about: 'Bucket.', as: text }),
    endpoint: option({
      names: 'S3_ENDPOINT_URL S3_ENDPOINT RUSTCHAT_S3_ENDPOINT',
      about: 'Address of an S3-compatible service.',
      as: url('http', 'https'),
      shown: 'AWS',
    }),
    region: option({
      names: 'S3_REGION_NAME S3_REGION RUSTCHAT_S3_REGION',
      about: 'Region.',
      as: text,
      or: 'us-east-1',
    }),
    accessKeyId: option({
      names: 'S3_ACCESS_KEY_ID S3_ACCESS_KEY RUSTCHAT_S3_ACCESS_KEY AWS_ACCESS_KEY_ID',
      about: 'Access key.',
      as: text,
      secret: true,
      firstWins: true,
    }),
    secretAccessKey: option({
      names: 'S3_SECRET_ACCESS_KEY S3_SECRET_KEY RUSTCHAT_S3_SECRET_KEY AWS_SECRET_ACCESS_KEY',
      about: 'Secret key.',
      as: text,
      secret: true,
      firstWins: true,
    }),
    keyPrefix: option({ names: 'S3_KEY_PREFIX', about: 'Begins every key in the bucket.', as: text, or: '' }),
    addressing: option({
      names: 'S3_ADDRESSING_STYLE',
      about: 'Bucket in the path or in the host name.',
      as: choice({ auto: 'path', path: 'path', virtual: 'virtual' }),
      or: 'path',
    }),
    fileBytes: option({
      names: 'UPLOAD_MAX_FILE',
      about: 'Largest file.',
      as: size,
      or: 100 * MB,
      shown: '100MB',
    }),
    imageBytes: option({
      names: 'UPLOAD_MAX_IMAGE',
      about: 'Largest image in a message.',
      as: size,
      or: 5 * MB,
      shown: '5MB',
    }),
    avatarBytes: option({
      names: 'UPLOAD_MAX_AVATAR',
      about: 'Largest avatar.',
      as: size,
      or: 2 * MB,
      shown: '2MB',
    }),
    imagePixels: option({
      names: 'UPLOAD_MAX_PIXELS',
      about: 'Most pixels of an image that is decoded (guards against decompression bombs).',
      as: integer(10_000),
      or: 50_000_000,
    }),
    bodyBytes: option({
      names: 'MAX_BODY_SIZE',
      about:
        'Largest JSON body. Open WebUI’s chats arrive whole, with their images, and may be as large as a file.',
      as: size,
      or: 2 * MB,
      shown: '2MB',
    }),
  },
  auth: {
    secret: option({
      names: 'WEBUI_SECRET_KEY JWT_SECRET WEBUI_JWT_SECRET_KEY RUSTCHAT_JWT_SECRET',
      about:
        'Signs tokens and seals stored secrets. At least 32 characters, unless an Open WebUI already uses a shorter one.',
      as: text,
      shown:
        '`.webui_secret_key` in the working folder if there, else made once as `DATA_DIR/.hubbub_secret`',
      secret: true,
    }),
    sessionMs: option({
      names: 'JWT_EXPIRES_IN',
      about: 'How long a log-in lasts.',
      as: duration,
      or: 28 * 86_400_000,
      shown: '4w',
    }),
    sessionHours: option({
      names: 'JWT_EXPIRY_HOURS RUSTCHAT_JWT_EXPIRY_HOURS',
      about: 'The same in hours, where `JWT_EXPIRES_IN` is not set.',
      as: integer(1, 87_600),
    }),
    passwordHash: option({
      names: 'PASSWORD_HASH_ALGORITHM',
      about: 'How new passwords are stored. Both kinds are always accepted.',
      as: choice({ argon2: 'argon2id', argon2id: 'argon2id', bcrypt: 'bcrypt' }),
      or: 'argon2id',
    }),
    signup: option({
      names: 'ENABLE_SIGNUP',
      about: 'Whether people may make accounts. The first account is always possible.',
      as: boolean(),
      shown: 'as the settings say; at first true',
    }),
    defaultRole: option({
      names: 'DEFAULT_USER_ROLE',
      about: 'Role of a new account, on every face.',
      as: choice({ pending: 'pending', user: 'user', admin: 'admin' }),
      shown: '`pending` for Open WebUI sign-ups, else `user`',
    }),
    adminEmail: option({
      names: 'WEBUI_ADMIN_EMAIL',
      about: 'With the password: makes the first administrator when there is no account yet.',
      as: text,
    }),
    adminUsername: option({
      names: 'ADMIN_USER RUSTCHAT_ADMIN_USER',
      about: 'User name of that administrator.',
      as: text,
      shown: 'the part of the address before @, or `admin`',
    }),
    adminPassword: option({
      names: 'WEBUI_ADMIN_PASSWORD ADMIN_PASSWORD RUSTCHAT_ADMIN_PASSWORD',
      about: 'Password of that administrator.',
      as: text,
      secret: true,
    }),
    adminName: option({
      names: 'WEBUI_ADMIN_NAME',
      about: 'Display name of that administrator.',
      as: text,
      or: 'Admin',
    }),
    apiKeys: option({
      names: 'ENABLE_API_KEYS ENABLE_API_KEY',
      about: 'Whether Open WebUI’s `sk-` keys may be made. Our own keys always may.',
      as: boolean(),
      shown: 'as the settings say; at first false',
    }),
    apiKeyHeader: option({
      names: 'CUSTOM_API_KEY_HEADER',
      about: 'Another header that may carry an API key.',
      as: text,
      or: 'x-api-key',
    }),
    cookieSameSite: option({
      names: 'WEBUI_AUTH_COOKIE_SAME_SITE WEBUI_SESSION_COOKIE_SAME_SITE',
      about: 'SameSite of the session cookie.',
      as: choice({ lax: 'lax', strict: 'strict', none: 'none' }),
      or: 'lax',
      firstWins: true,
    }),
    cookieSecure: option({
      names: 'WEBUI_AUTH_COOKIE_SECURE WEBUI_SESSION_COOKIE_SECURE',
      about: 'Whether the session cookie travels over HTTPS only.',
      as: boolean(),
      shown: 'true when `PUBLIC_URL` is https',
      firstWins: true,
    }),
  },
  ai: {
    required: option({
      names: 'REQUIRE_AI',
      about: 'Refuse to start without a model provider.',
      as: boolean(),
      or: false,
    }),
    openrouterKey: option({
      names: 'OPENROUTER_API_KEY',
      about: 'Adds OpenRouter and all its models.',
      as: text,
      secret: true,
    }),
    openrouterUrl: option({
      names: 'OPENROUTER_BASE_URL OPENROUTER_API_BASE_URL',
      about: 'OpenRouter, or something that speaks like it.',
      as: url('http', 'https'),
      or: 'https://openrouter.ai/api/v1',
    }),
    openaiEnabled: option({
      names: 'ENABLE_OPENAI_API',
      about: 'Whether the OpenAI-compatible services below are used.',
      as: boolean(),
      or: true,
    }),
    openaiUrls: option({
      names: 'OPENAI_API_BASE_URLS OPENAI_API_BASE_URL OPENAI_BASE_URL',
      about: 'OpenAI-compatible services, separated by `;`.',
      as: urls('http', 'https'),
      shown: '`https://api.openai.com/v1` when there is a key',
      firstWins: true,
    }),
    openaiKeys: option({
      names: 'OPENAI_API_KEYS OPENAI_API_KEY',
      about: 'Their keys in the same order, separated by `;`; a place may be empty.',
      as: aligned,
      secret: true,
      firstWins: true,
    }),
    ollamaEnabled: option({
      names: 'ENABLE_OLLAMA_API',
      about: 'Whether the Ollama servers below are used.',
      as: boolean(),
      or: true,
    }),
    ollamaUrls: option({
      names: 'OLLAMA_BASE_URLS OLLAMA_BASE_URL OLLAMA_API_BASE_URL',
      about: 'Ollama servers, separated by `;`.',
      as: urls('http', 'https'),
      firstWins: true,
    }),
    defaultModel: option({
      names: 'DEFAULT_MODEL DEFAULT_MODELS',
      about: 'Model that answers to `@ai` where a room names none.',
      as: text,
      shown: 'the first in the list',
      firstWins: true,
    }),
    tokensPerDay: option({
      names: 'AI_TOKENS_PER_DAY',
      about: 'Tokens each person may use in a day.',
      as: integer(1),
      shown: 'no limit',
    }),
    maxToolRounds: option({
      names: 'AI_MAX_TOOL_ROUNDS CHAT_RESPONSE_MAX_TOOL_CALL_ITERATIONS',
      about: 'How often one answer may call tools and go on.',
      as: integer(0, 1000),
      or: 8,
    }),
    maxBotTurns: option({
      names: 'AI_MAX_BOT_TURNS',
      about: 'Answers in a row that bots may set off in a room before a person must go on.',
      as: integer(0, 100),
      or: 4,
    }),
    timeoutS: option({
      names: 'AI_TIMEOUT_S AIOHTTP_CLIENT_TIMEOUT',
      about: 'Longest time of one answer, in seconds.',
      as: integer(1, 86_400),
      or: 600,
    }),
    idleTimeoutS: option({
      names: 'AI_IDLE_TIMEOUT_S AIOHTTP_CLIENT_STREAM_IDLE_TIMEOUT',
      about: 'Longest silence of a provider within an answer, in seconds.',
      as: integer(1, 3600),
      or: 90,
    }),
    modelsTtlS: option({
      names: 'AI_MODELS_TTL_S MODELS_CACHE_TTL',
      about: 'How long lists of models are kept, in seconds.',
      as: integer(0, 86_400),
      or: 300,
    }),
  },
  web: {
    searchProvider: option({
      names: 'SEARCH_PROVIDER',
      about: 'Which web search the AI uses.',
      as: choice({ tavily: 'tavily', brave: 'brave' }),
      shown: 'the one that has a key',
    }),
    tavilyKey: option({ names: 'TAVILY_API_KEY', about: 'Key for Tavily.', as: text, secret: true }),
    tavilyUrl: option({
      names: 'TAVILY_BASE_URL TAVILY_API_BASE_URL',
      about: 'Tavily, or something that speaks like it.',
      as: url('http', 'https'),
      or: 'https://api.tavily.com',
    }),
    braveKey: option({
      names: 'BRAVE_API_KEY BRAVE_SEARCH_API_KEY',
      about: 'Key for Brave Search.',
      as: text,
      secret: true,
    }),
    braveUrl: option({
      names: 'BRAVE_BASE_URL',
      about: 'Brave Search, or something that speaks like it.',
      as: url('http', 'https'),
      or: 'https://api.search.brave.com',
    }),
    fetchAllowHosts: option({
      names: 'FETCH_ALLOW_HOSTS',
      about: 'Private `host:port` places that the AI may read pages from all the same.',
      as: hostPorts,
      or: [],
      shown: 'none',
    }),
  },
  limits: {
    enabled: option({
      names: 'RATE_LIMIT_ENABLED RUSTCHAT_SECURITY_RATE_LIMIT_ENABLED',
      about: 'Whether requests are limited.',
      as: boolean(),
      or: true,
    }),
    ipPerMinute: option({
      names: 'RATE_LIMIT_IP_PER_MINUTE',
      about: 'Requests of one address without a log-in.',
      as: integer(1),
      or: 600,
    }),
    userPerMinute: option({
      names: 'RATE_LIMIT_USER_PER_MINUTE',
      about: 'Requests of one account.',
      as: integer(1),
      or: 3000,
    }),
    authPerMinute: option({
      names: 'RATE_LIMIT_AUTH_PER_MINUTE RUSTCHAT_SECURITY_RATE_LIMIT_AUTH_PER_MINUTE',
      about: 'Log-ins and sign-ups of one address.',
      as: integer(1),
      or: 30,
    }),
    messagesPerMinute: option({
      names: 'RATE_LIMIT_MESSAGES_PER_MINUTE',
      about: 'Messages of one account.',
      as: integer(1),
      or: 300,
    }),
    aiPerMinute: option({
      names: 'RATE_LIMIT_AI_PER_MINUTE',
      about: 'AI answers that one account may ask for.',
      as: integer(1),
      or: 30,
    }),
    socketsPerMinute: option({
      names: 'RATE_LIMIT_SOCKETS_PER_MINUTE RUSTCHAT_SECURITY_RATE_LIMIT_WS_PER_MINUTE',
      about: 'New WebSockets of one address.',
      as: integer(1),
      or: 300,
    }),
  },
  operations: {
    logLevel: option({
      names: 'LOG_LEVEL RUST_LOG GLOBAL_LOG_LEVEL RUSTCHAT_LOG_LEVEL',
      about: 'How much is logged.',
      as: logLevel,
      or: 'info',
      firstWins: true,
    }),
    logFormat: option({
      names: 'LOG_FORMAT',
      about: 'How it is logged.',
      as: choice({ json: 'json', pretty: 'pretty' }),
      or: 'pretty',
    }),
    metrics: option({
      names: 'ENABLE_METRICS',
      about: 'Whether `/metrics` answers.',
      as: boolean(),
      or: true,
    }),
    metricsToken: option({
      names: 'METRICS_TOKEN',
      about: 'Bearer token for `/metrics`. Without one, it answers only this machine and administrators.',
      as: text,
      secret: true,
    }),
  },
  openwebui: {
    name: option({ names: 'WEBUI_NAME', about: 'Name of the server in titles.', as: text, or: 'Hubbub' }),
    persistentConfig: option({
      names: 'ENABLE_PERSISTENT_CONFIG',
      about: 'Whether what administrators saved wins over the environment. With false it does not.',
      as: boolean(),
      or: true,
    }),
  },
}

/** Headings of the documentation, in its order. */
export const GROUP_TITLES: Readonly<Record<keyof typeof OPTIONS, string>> = {
  server: 'Server and addresses',
  data: 'Database and data',
  files: 'Files and sizes',
  auth: 'Accounts and sessions',
  ai: 'AI',
  web: 'Web search and pages',
  limits: 'Rate limits',
  operations: 'Logs and metrics',
  openwebui: 'Names and settings of Open WebUI',
}
