// Text of an environment variable → value. Each parser also says, for people, what it accepts. What several options
// mean together is decided in assemble.ts.
import ipaddr from 'ipaddr.js'

export interface Parser<T> {
  /** Completes the sentence "expected …". */
  readonly valid: string
  /** The value, or undefined when the text is not valid. */
  read(text: string): T | undefined
}

export const text: Parser<string> = { valid: 'some text', read: (raw) => raw }

export function boolean(): Parser<boolean> {
  const words = new Map(
    Object.entries({
      true: true,
      1: true,
      yes: true,
      on: true,
      false: false,
      0: false,
      no: false,
      off: false,
    }),
  )
  return { valid: 'true or false', read: (raw) => words.get(raw.toLowerCase()) }
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Parser<number> {
  const upTo = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  return {
    valid: `a whole number ${upTo}`,
    read(raw) {
      if (!/^\d{1,15}$/.test(raw)) return undefined
      const value = Number(raw)
      return value >= min && value <= max ? value : undefined
    },
  }
}

/** One of the given words, in any case; a word may stand for another (`{ bcrypt: 'bcrypt', argon2: 'argon2id' }`). */
export function choice<const T extends string>(words: Readonly<Record<string, T>>): Parser<T> {
  const known = new Map(Object.entries(words))
  return { valid: `one of ${[...known.keys()].join(', ')}`, read: (raw) => known.get(raw.toLowerCase()) }
}

export function list(separator: RegExp, shown: string): Parser<readonly string[]> {
  return {
    valid: `a list separated by ${shown}`,
    read: (raw) =>
      raw
        .split(separator)
        .map((part) => part.trim())
        .filter((part) => part !== ''),
  }
}

/** `a;b;` with empty places kept, because place n belongs to place n of another list. */
export const aligned: Parser<readonly string[]> = {
  valid: 'a list separated by ;',
  read: (raw) => raw.split(';').map((part) => part.trim()),
}

/** An absolute address without a slash at its end. */
export function url(...schemes: readonly string[]): Parser<string> {
  return {
    valid: `an address that begins with ${schemes.map((s) => `${s}://`).join(' or ')}`,
    read: (raw) => readUrl(raw, schemes),
  }
}

export function urls(...schemes: readonly string[]): Parser<readonly string[]> {
  return {
    valid: `${url(...schemes).valid}, or several separated by ;`,
    read: (raw) => every(aligned.read(raw), (one) => readUrl(one, schemes)),
  }
}

/** Units as Open WebUI writes them (`4w`, `1h30m`); `-1` and `0` mean "without end" and are read as null. Milliseconds. */
export const duration: Parser<number | null> = {
  valid: 'a duration such as 30m, 12h, 7d or 4w (-1: without end)',
  read(raw) {
    if (raw === '-1' || raw === '0') return null
    const parts = [...raw.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d|w)/g)]
    if (parts.length === 0 || parts.map((part) => part[0]).join('') !== raw) return undefined
    return Math.round(
      parts.reduce(
        (sum, [, amount, unit]) => sum + Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS],
        0,
      ),
    )
  },
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/** `5MB`, `512KB`, or plain bytes. Powers of 1024. */
export const size: Parser<number> = {
  valid: 'a size such as 512KB, 5MB or 1GB',
  read(raw) {
    const [, amount, unit] = /^(\d{1,9})\s*(B|KB|MB|GB)?$/i.exec(raw) ?? []
    const bytes = Number(amount) * UNIT_BYTES[(unit ?? 'B').toUpperCase() as keyof typeof UNIT_BYTES]
    return Number.isSafeInteger(bytes) && bytes > 0 ? bytes : undefined
  },
}

const UNIT_BYTES = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 }

/** Address and port to listen on: `127.0.0.1:8080`, `[::]:8080`, `:8080` (all addresses). */
export const bindAddress: Parser<{ readonly host: string; readonly port: number }> = {
  valid: 'an address and a port, such as 127.0.0.1:8080 or [::]:8080',
  read(raw) {
    const [, v6, host, port] = /^(?:\[([0-9a-f:.]+)\]|([^:[\]\s/]*)):(\d{1,5})$/i.exec(raw) ?? []
    if (port === undefined || Number(port) > 65_535) return undefined
    return { host: v6 ?? (host === undefined || host === '' ? '0.0.0.0' : host), port: Number(port) }
  },
}

/** `host:port` pairs in lower case. */
export const hostPorts: Parser<readonly string[]> = {
  valid: 'host:port, or several separated by a comma',
  read(raw) {
    const parts = raw
      .toLowerCase()
      .split(/[,;\s]+/)
      .filter((part) => part !== '')
    return every(parts, (part) =>
      /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+):\d{1,5}$/.test(part) ? part : undefined,
    )
  },
}

/** Whose `X-Forwarded-For` is believed: how many proxies stand before us, or which networks they are in. */
export type TrustProxy = { readonly hops: number } | { readonly networks: readonly string[] }

export const trustProxy: Parser<TrustProxy> = {
  valid: 'the number of proxies in front (0 to 10), or their networks as 10.0.0.0/8,127.0.0.1',
  read(raw) {
    if (raw === 'false') return { hops: 0 }
    if (raw === 'true') return { hops: 1 }
    if (/^\d+$/.test(raw)) return Number(raw) <= 10 ? { hops: Number(raw) } : undefined
    const networks = every(
      raw.split(/[,;\s]+/).filter((part) => part !== ''),
      readNetwork,
    )
    return networks === undefined || networks.length === 0 ? undefined : { networks }
  },
}

/** `*`, or origins exactly as a browser sends them. */
export const origins: Parser<readonly string[]> = {
  valid: '`*` or origins such as https://chat.example.com, separated by ; or ,',
  read(raw) {
    const parts = raw.split(/[;,\s]+/).filter((part) => part !== '')
    return every(parts, (part) =>
      part === '*' ? part : URL.parse(part)?.origin.replace(/^null$/, '') || undefined,
    )
  },
}

/** A folder, or several as `chat.example.com=/srv/a;:8065=/srv/b` (host name or port that is served from it). */
export interface FrontEndFolder {
  readonly host: string | null
  readonly port: number | null
  readonly dir: string
}

export const frontEnds: Parser<readonly FrontEndFolder[]> = {
  valid: 'a folder, or host=folder and :port=folder separated by ;',
  read(raw) {
    return every(
      raw
        .split(';')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
      readFrontEnd,
    )
  },
}

/** `debug`, or Rust's form `info,tower_http=warn`, of which the part without a target counts. */
export const logLevel: Parser<LogLevel> = {
  valid: 'one of trace, debug, info, warn, error, off (or RUST_LOG directives)',
  read(raw) {
    const parts = raw
      .toLowerCase()
      .split(',')
      .map((part) => part.trim())
    const plain = parts.find((part) => !part.includes('=')) ?? parts[0]?.split('=')[1] ?? ''
    const level = { warning: 'warn', critical: 'error', fatal: 'error', none: 'off' }[plain] ?? plain
    return LOG_LEVELS.find((known) => known === level)
  },
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'off'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

function every<A, B>(
  parts: readonly A[] | undefined,
  read: (part: A) => B | undefined,
): readonly B[] | undefined {
  const out = (parts ?? []).map(read)
  return out.every((one) => one !== undefined) ? (out as B[]) : undefined
}

function readUrl(raw: string, schemes: readonly string[]): string | undefined {
  const parsed = URL.parse(raw)
  if (parsed === null || !schemes.includes(parsed.protocol.slice(0, -1))) return undefined
  return raw.replace(/\/+$/, '')
}

function readNetwork(raw: string): string | undefined {
  if (ipaddr.isValid(raw)) return raw
  return raw.includes('/') && ipaddr.isValidCIDR(raw) ? raw : undefined
}

function readFrontEnd(raw: string): FrontEndFolder | undefined {
  const [, key, dir] = /^([a-z0-9.-]*(?::\d{1,5})?)=(.+)$/i.exec(raw) ?? []
  if (key === undefined || dir === undefined) return { host: null, port: null, dir: raw }
  const [host, port] = key.split(':')
  if (key === '' || Number(port ?? 0) > 65_535) return undefined
  return {
    host: host === '' || host === undefined ? null : host.toLowerCase(),
    port: port === undefined ? null : Number(port),
    dir,
  }
}
