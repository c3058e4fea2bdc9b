// Turns whatever went wrong at a provider into an UpstreamFailure. The messages are shown in rooms, so
// they are ours; of the provider's own words only what a person can act on is kept, without secrets.
import { UpstreamFailure, type UpstreamFailureKind } from '../../core/ports.ts'

const PROVIDER_TEXT_MAX = 300

const MESSAGES: Record<UpstreamFailureKind, string> = {
  unauthorised:
    'The model provider did not accept our credentials. An administrator has to check the API key.',
  payment_required: 'The account at the model provider has no credit left.',
  rate_limited: 'The model provider is limiting our requests.',
  upstream_error: 'The model provider had an error.',
  timeout: 'The model provider took too long to answer.',
  cut_stream: 'The connection to the model provider broke in the middle of the answer.',
  malformed_stream: 'The model provider sent an answer that could not be read.',
  unreachable: 'The model provider could not be reached.',
  model_not_found: 'The model provider does not know this model.',
  bad_request: 'The model provider rejected the request.',
  aborted: 'The answer was stopped.',
}

interface FailureDetails {
  status?: number | null
  retryAfterS?: number | null
  /** The provider's own words. */
  text?: string
  /** Removed from everything that is kept. */
  secret?: string | null
}

export function failure(kind: UpstreamFailureKind, details: FailureDetails = {}): UpstreamFailure {
  const { status = null, retryAfterS = null } = details
  const text = redact(details.text ?? '', details.secret ?? null)
  const said = kind === 'bad_request' && text !== '' ? ` It says: ${text}` : ''
  const wait = kind === 'rate_limited' && retryAfterS !== null ? ` Try again in ${retryAfterS} seconds.` : ''
  const code = kind === 'upstream_error' && status !== null ? ` (HTTP ${status})` : ''
  const message = MESSAGES[kind].replace(/\.$/, `${code}.`) + wait + said
  return new UpstreamFailure(kind, message, {
    status,
    retryAfterS,
    cause: text === '' ? undefined : new Error(text),
  })
}

/** What an HTTP status of a chat or list request means. `code` is the provider's error code, if it gave one. */
export function kindOfStatus(status: number, code: unknown): UpstreamFailureKind {
  if (code === 'model_not_found') return 'model_not_found'
  if (status === 401 || status === 403) return 'unauthorised'
  if (status === 402 || code === 'insufficient_quota') return 'payment_required'
  if (status === 404) return 'model_not_found'
  if (status === 408) return 'timeout'
  if (status === 429) return 'rate_limited'
  return status >= 400 && status < 500 ? 'bad_request' : 'upstream_error'
}

/** Seconds until a retry makes sense, from `retry-after-ms` or `Retry-After` (seconds or a date). */
export function retryAfter(headers: Headers | undefined, nowMs: number): number | null {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? Number.NaN)
  if (milliseconds >= 0) return Math.ceil(milliseconds / 1000)
  const value = headers?.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Math.ceil(Number(value))
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - nowMs) / 1000))
}

/** Removes the key, and anything that looks like one, and keeps it short. */
export function redact(text: string, secret: string | null): string {
  const withoutSecret = secret ? text.replaceAll(secret, '[key]') : text
  return withoutSecret
    .replace(/\b(?:sk|pk|rk|key|Bearer)[-_ ][A-Za-z0-9*_.-]{4,}/g, '[key]')
    .slice(0, PROVIDER_TEXT_MAX)
    .trim()
}
