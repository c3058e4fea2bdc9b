// Rate limits, logs, metrics, and settings of Open WebUI. See index.ts for the rules of the table.
import { option } from '../option.ts'
import { boolean, choice, integer, logLevel, text } from '../parsers.ts'

export const limits = {
  enabled: option({
    names: 'RATE_LIMIT_ENABLED RUSTCHAT_SECURITY_RATE_LIMIT_ENABLED',
    about: 'Whether requests are limited.',
    as: boolean(),
    or: true,
  }),
  local: option({
    names: 'RATE_LIMIT_LOCAL',
    about:
      'Whether requests from this machine itself are limited too. A proxy that `TRUST_PROXY` does not name is one of them: limits would then hit all its users together.',
    as: boolean(),
    or: false,
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
    about:
      'Log-ins and sign-ups of one address. Failed log-ins are slowed down besides, by account and by address.',
    as: integer(1),
    or: 120,
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
    or: 300,
  }),
  socketsPerMinute: option({
    names: 'RATE_LIMIT_SOCKETS_PER_MINUTE RUSTCHAT_SECURITY_RATE_LIMIT_WS_PER_MINUTE',
    about: 'New WebSockets of one address.',
    as: integer(1),
    or: 300,
  }),
}

export const operations = {
  accessLog: option({
    names: 'ACCESS_LOG',
    about: 'Whether each request is a line in the log. Without, only at `LOG_LEVEL=debug`.',
    as: boolean(),
    or: false,
  }),
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
}

export const openwebui = {
  name: option({ names: 'WEBUI_NAME', about: 'Name of the server in titles.', as: text, or: 'Hubbub' }),
  websocket: option({
    names: 'ENABLE_WEBSOCKET_SUPPORT',
    about:
      'Whether Open WebUI’s front end may use WebSockets. With false it polls, for proxies that let nothing else through.',
    as: boolean(),
    or: true,
  }),
  openaiPassthrough: option({
    names: 'ENABLE_OPENAI_API_PASSTHROUGH',
    about:
      'Whether `/openai/…` passes any request on to the provider, with its key. People may then name models that are open to them.',
    as: boolean(),
    or: false,
  }),
  persistentConfig: option({
    names: 'ENABLE_PERSISTENT_CONFIG',
    about: 'Whether what administrators saved wins over the environment. With false it does not.',
    as: boolean(),
    or: true,
  }),
}
