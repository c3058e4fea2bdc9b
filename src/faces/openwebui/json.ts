/**
 * Rows to JSON as Open WebUI writes it: snake-case keys, nulls present, and nanosecond integers in full,
 * which JSON.stringify does only when they are handed to it as raw JSON.
 */

/** Compact JSON in which bigints are plain integers. */
export function toJson(value: unknown): string {
  try {
    // Most answers hold none, and a replacer makes stringify several times slower.
    return JSON.stringify(value)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return withBigints(value)
  }
}

function withBigints(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'bigint' ? rawNumber(inner.toString()) : inner,
  )
}

/** Digits as they are. ES2026; not in TypeScript's library yet. */
const rawNumber = (JSON as unknown as { rawJSON(digits: string): unknown }).rawJSON

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(toJson(value), { status, headers: { 'content-type': 'application/json', ...headers } })
}

/** Waits, then answers `true`, as many routes do. */
export async function done(work: Promise<unknown>): Promise<Response> {
  await work
  return json(true)
}

/** Milliseconds as nanoseconds, ready to be written out: exact beyond 2^53. */
export const nanosOfMillis = (ms: number): unknown => rawNumber(nanosText(ms))
export const nanosOrNull = (ms: number | null): unknown => (ms === null ? null : nanosOfMillis(ms))
export const nanosText = (ms: number): string => (ms > 0 ? `${Math.trunc(ms)}000000` : '0')
export const secondsOf = (ms: number): number => Math.floor(ms / 1000)

const snakes = new Map<string, string>()

function snake(key: string): string {
  let name = snakes.get(key)
  if (name === undefined) {
    name = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    snakes.set(key, name)
  }
  return name
}

/** The row under its column names; with `keys` only these. */
export function row<Row extends object>(
  source: Row,
  keys?: readonly (keyof Row & string)[],
): Record<string, unknown> {
  const shown: Record<string, unknown> = {}
  for (const key of keys ?? (Object.keys(source) as (keyof Row & string)[]))
    shown[snake(key)] = source[key] ?? null
  return shown
}
