/**
 * JSON over fetch with the bearer token, and one error class for everything
 * that can go wrong. Knows no routes; those are in endpoints.ts.
 */

/** What the server answered instead of data; `status` 0 means it was not reached. */
export class ApiError extends Error {
  override name = 'ApiError'
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: Record<string, string> = {},
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message)
  }
}

interface ErrorBody {
  error?: { code?: unknown; message?: unknown; fields?: unknown }
}

let token: string | null = null
let onUnauthorised: () => void = () => {}

/** Sets the token that goes with each request; `null` when signed out. */
export function useToken(value: string | null): void {
  token = value
}

/** The token for requests made outside of `request` (uploads). */
export function currentToken(): string | null {
  return token
}

/** Called when a request with a token comes back 401: the session has ended. */
export function whenUnauthorised(handler: () => void): void {
  onUnauthorised = handler
}

/** Turns an error answer into an ApiError; tolerates bodies that are not JSON. */
export function toApiError(status: number, body: unknown, retryAfter: string | null): ApiError {
  const error = (body as ErrorBody | null)?.error
  const code = typeof error?.code === 'string' ? error.code : `http_${status}`
  const message = typeof error?.message === 'string' ? error.message : fallbackMessage(status)
  const seconds = retryAfter === null ? Number.NaN : Number(retryAfter)
  return new ApiError(
    status,
    code,
    message,
    fieldsOf(error?.fields),
    Number.isFinite(seconds) ? seconds : null,
  )
}

/** `fields` is a map of field to text; a list of `{field, message}` is read too. */
function fieldsOf(raw: unknown): Record<string, string> {
  const fields: Record<string, string> = {}
  if (Array.isArray(raw)) {
    for (const item of raw) {
      const { field, path, message } = (item ?? {}) as Record<string, unknown>
      fields[String(field ?? path ?? '')] = String(message ?? '')
    }
  } else if (raw && typeof raw === 'object') {
    for (const [key, value] of Object.entries(raw)) fields[key] = String(value)
  }
  return fields
}

function fallbackMessage(status: number): string {
  if (status === 0) return 'The server cannot be reached.'
  if (status === 413) return 'That is too large.'
  if (status === 429) return 'Too many requests. Please wait a moment.'
  if (status >= 500) return 'The server had a problem. Please try again.'
  return `The server refused this (${status}).`
}

/** One request; resolves with the parsed body, or `undefined` for 204. */
export async function request<T>(
  method: string,
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const sent = token
  const headers: Record<string, string> = { accept: 'application/json' }
  if (sent) headers.authorization = `Bearer ${sent}`
  const init: RequestInit = { method, headers }
  if (signal) init.signal = signal
  if (body instanceof FormData) init.body = body
  else if (body !== undefined) {
    headers['content-type'] = 'application/json'
    init.body = JSON.stringify(body)
  }
  const response = await fetch(path, init).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new ApiError(0, 'offline', fallbackMessage(0))
  })
  if (response.status === 204) return undefined as T
  const parsed: unknown = await response.json().catch(() => null)
  if (response.ok) return parsed as T
  if (response.status === 401 && sent && sent === token) onUnauthorised()
  throw toApiError(response.status, parsed, response.headers.get('retry-after'))
}

/** Builds `?a=b`, leaving out what is undefined, null or empty. */
export function query(params: Record<string, string | number | null | undefined>): string {
  const search = new URLSearchParams()
  for (const [key, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== '') {
      search.set(key, String(value))
    }
  }
  const text = search.toString()
  return text ? `?${text}` : ''
}

/** Text of any thrown value that a person can read. */
export function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message
  return String(error)
}
