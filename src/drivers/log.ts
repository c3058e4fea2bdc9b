/**
 * The log: one line an entry on standard error, JSON for machines or short text for people. Values
 * under names that sound secret are blotted out here, so that no caller can leak one by mistake.
 */
import type { Logger } from '../core/ports.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
type Fields = Record<string, unknown>

const RANK: Record<LogLevel | 'silent', number> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 }
const SECRET_NAME =
  /pass(word|wd|phrase)|secret|token(?!s)|authorization|cookie|api_?-?key|private_?key|credential|session_?stamp|^key$|^otp$|^jwt$/i
/** Also inside texts: bearer headers, our keys, JWTs, and passwords in URLs. */
const SECRET_TEXT =
  /\b(Bearer\s+)[\w.~+/=-]{8,}|\b(hb_|sk-)[\w-]{8,}|\beyJ[\w-]+\.[\w-]+\.[\w-]+|(:\/\/[^:/\s@]+:)[^@/\s]+(?=@)/gi
const BLOT = '[redacted]'
const MAX_DEPTH = 5

export interface LogOptions {
  level: LogLevel | 'silent'
  format: 'json' | 'pretty'
  /** One line without its newline; the default writes to standard error. */
  write?: (line: string) => void
  /** Milliseconds; the default is the wall clock. */
  now?: () => number
}

export function createLogger(options: LogOptions): Logger {
  const write = options.write ?? ((line: string) => void process.stderr.write(`${line}\n`))
  const now = options.now ?? Date.now
  const render = options.format === 'json' ? renderJson : renderPretty
  const at = (level: LogLevel) => (message: string, fields?: Fields) => {
    if (RANK[level] < RANK[options.level]) return
    write(
      render(new Date(now()).toISOString(), level, redactText(message), redact(fields ?? {}, 0) as Fields),
    )
  }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** A logger whose every entry carries these fields too: `withFields(log, { request_id })`. */
export function withFields(log: Logger, fixed: Fields): Logger {
  return {
    debug: (message, fields) => log.debug(message, { ...fixed, ...fields }),
    info: (message, fields) => log.info(message, { ...fixed, ...fields }),
    warn: (message, fields) => log.warn(message, { ...fixed, ...fields }),
    error: (message, fields) => log.error(message, { ...fixed, ...fields }),
  }
}

function renderJson(time: string, level: LogLevel, message: string, fields: Fields): string {
  return JSON.stringify({ time, level, message, ...fields })
}

function renderPretty(time: string, level: LogLevel, message: string, fields: Fields): string {
  const pairs = Object.entries(fields).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return `${time.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${[message, ...pairs].join('  ')}`
}

function redactText(text: string): string {
  return text.replace(SECRET_TEXT, (_all, bearer?: string, prefix?: string, url?: string) => {
    return `${bearer ?? prefix ?? url ?? ''}${BLOT}`
  })
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return redactText(value)
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return value
  if (depth >= MAX_DEPTH) return '[deep]'
  if (value instanceof Error) return redactError(value, depth)
  if (Array.isArray(value)) return value.slice(0, 50).map((item) => redact(item, depth + 1))
  const out: Fields = {}
  for (const [name, item] of Object.entries(value)) {
    out[name] = SECRET_NAME.test(name) && item !== null && item !== undefined ? BLOT : redact(item, depth + 1)
  }
  return out
}

function redactError(error: Error, depth: number): Fields {
  return {
    name: error.name,
    message: redactText(error.message),
    ...('code' in error ? { code: String(error.code) } : {}),
    ...(error.stack ? { stack: redactText(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: redact(error.cause, depth + 1) }),
  }
}
