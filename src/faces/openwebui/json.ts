/**
 * Rows to JSON as Open WebUI writes it: snake-case keys, nulls present, and nanosecond integers in full,
 * which JSON.stringify cannot do for bigint. Written by hand because JSON.rawJSON is not in Bun's types.
 */

/** An integer beyond 2^53 that must reach the wire digit for digit. */
export type Nanos = bigint

const MARK = '\u0001ns:'
const MARKED = /"\\u0001ns:(-?\d+)"/g

/** Compact JSON in which bigints are plain integers. */
export function toJson(value: unknown): string {
  let marked = false
  const text = JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'bigint') return inner
    marked = true
    return MARK + inner.toString()
  })
  return marked ? text.replace(MARKED, '$1') : text
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(toJson(value), { status, headers: { 'content-type': 'application/json', ...headers } })
}

/** Waits, then answers `true`, as many routes do. */
export async function done(work: Promise<unknown>): Promise<Response> {
  await work
  return json(true)
}

export const nanosOfMillis = (ms: number): bigint => BigInt(Math.trunc(ms)) * 1_000_000n
export const nanosOrNull = (ms: number | null): bigint | null => (ms === null ? null : nanosOfMillis(ms))
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
