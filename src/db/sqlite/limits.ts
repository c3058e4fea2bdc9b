/**
 * Keeps prepared statements prepared. SQLite plans by the value of a parameter that stands as LIMIT or OFFSET, so it
 * compiles the statement anew each time that one is bound (4 µs for a row that is read in 1). Drizzle's `limit(1)` makes such
 * a parameter: here a fixed one becomes a number in the text, and one that varies an expression, which is not looked into.
 */
import type { Query } from 'drizzle-orm'

/** A parameter, or a text or name in which a `?` is none. */
const TOKENS = /\?|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`/g

export function steadyLimits(query: Query): Query {
  const params: unknown[] = []
  let at = 0
  const sql = query.sql.replace(TOKENS, (token, offset: number) => {
    if (token !== '?') return token
    const param = query.params[at++]
    const bounds = /\b(?:limit|offset)\s+$/i.test(query.sql.slice(Math.max(0, offset - 12), offset))
    if (bounds && Number.isSafeInteger(param)) return String(param)
    params.push(param)
    return bounds ? '(?+0)' : token
  })
  return { ...query, sql, params }
}
