/** When a new key ends, as a moment or in so many seconds. */
import { fault } from '../../../../core/faults.ts'
import type { Millis } from '../../../../core/types.ts'

/** A hundred years: whatever is longer was a slip. */
const MAX_SECONDS = 100 * 366 * 86_400

export function expiryOf(
  body: { expires_at?: string | null; expires_in?: number | null },
  now: () => Millis = Date.now,
): Millis | null {
  if (body.expires_in != null) {
    if (body.expires_in <= MAX_SECONDS) return now() + body.expires_in * 1_000
    throw badExpiry('expires_in', 'is too long')
  }
  if (body.expires_at == null) return null
  const at = Date.parse(body.expires_at)
  if (Number.isFinite(at)) return at
  throw badExpiry('expires_at', 'is no RFC 3339 time')
}

function badExpiry(field: string, problem: string) {
  return fault.invalid('key.bad_expiry', `${field} ${problem}.`, { [field]: problem })
}
