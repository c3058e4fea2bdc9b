// The one way out for URLs that a user or a model can choose: page reading, images by URL, webhooks.
// Resolves names itself, checks every address, connects to the checked address, follows redirects by
// hand and bounds size and time. Providers configured by the operator do not come through here.
import { lookup } from 'node:dns/promises'
import { isPublicAddress } from './address.ts'
import { GuardedFetchError } from './guarded-fetch-error.ts'
import { decodeBody, readLimited } from './response-body.ts'
import { isBlockedName, parseTargetUrl, type TargetUrl } from './target-url.ts'

export interface GuardedFetchOptions {
  userAgent?: string
  /** `host:port` pairs that may be reached whatever their address; exact, for operators and tests. */
  allowHosts?: readonly string[]
  /** Lets every address through. Only for closed networks, by explicit configuration. */
  allowPrivate?: boolean
  /** All addresses of a name; the default asks the system resolver (and so honours /etc/hosts). */
  resolve?: (hostname: string) => Promise<readonly string[]>
  redirectsMax?: number
  /** Certificate authorities (PEM) instead of the usual ones, for networks with their own and for tests. */
  ca?: string
}

export interface GuardedRequest {
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array<ArrayBuffer>
  /** Limit of the body, both as it comes over the wire and after decompression. */
  maxBytes: number
  /** Limit of the whole exchange with all redirects. */
  timeoutMs: number
  signal?: AbortSignal
  /** Media types wanted (`text/html`, `image/*`); others are refused before the body is read. */
  types?: readonly string[]
}

export interface GuardedResponse {
  status: number
  headers: Headers
  /** The address after redirects. */
  url: string
  bytes: Uint8Array
}

export type GuardedFetch = (url: string, request: GuardedRequest) => Promise<GuardedResponse>

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** Makes the guarded fetch. Every failure of the returned function is a GuardedFetchError. */
export function createGuardedFetch(options: GuardedFetchOptions = {}): GuardedFetch {
  return async (input, request) => {
    const ended = new AbortController()
    const signals = [ended.signal, AbortSignal.timeout(request.timeoutMs)]
    if (request.signal) signals.push(request.signal)
    const signal = AbortSignal.any(signals)
    try {
      return await followRedirects(options, input, request, signal)
    } catch (error) {
      throw toGuardedError(error, request.signal, signal)
    } finally {
      ended.abort() // closes a connection whose body was not read to the end
    }
  }
}

async function followRedirects(
  options: GuardedFetchOptions,
  input: string,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  let target = parseTargetUrl(input)
  let hop: GuardedRequest = request
  for (let left = options.redirectsMax ?? 5; ; left--) {
    const response = await send(options, target, hop, signal)
    const location = REDIRECTS.has(response.status) ? response.headers.get('location') : null
    if (location === null) return await finish(response, target, hop, signal)
    await response.body?.cancel()
    if (left === 0) throw new GuardedFetchError('too_many_redirects', 'The page redirects too many times.')
    const next = parseTargetUrl(location, target.url)
    hop = nextHop(hop, response.status, target.url.origin === next.url.origin)
    target = next
  }
}

/** What of the request goes on to the next address: as browsers do, and no caller header to another origin. */
function nextHop(request: GuardedRequest, status: number, sameOrigin: boolean): GuardedRequest {
  const next = { ...request }
  if (!sameOrigin) delete next.headers
  const turnsIntoGet = status === 303 || (status < 303 && request.method === 'POST')
  if (turnsIntoGet && request.method !== 'HEAD') {
    next.method = 'GET'
    delete next.body
  }
  return next
}

async function send(
  options: GuardedFetchOptions,
  target: TargetUrl,
  request: GuardedRequest,
  signal: AbortSignal,
) {
  const addresses = await checkedAddresses(options, target, signal)
  let failure: unknown
  for (const address of addresses.slice(0, 3)) {
    try {
      return await sendTo(options, target, address, request, signal)
    } catch (error) {
      failure = error
      if (signal.aborted || !neverConnected(error)) break
    }
  }
  throw failure
}

/** Only then may the next address be tried: a request that was perhaps received is not sent twice. */
function neverConnected(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return (
    code === 'ECONNREFUSED' ||
    code === 'ConnectionRefused' ||
    code === 'EHOSTUNREACH' ||
    code === 'ENETUNREACH'
  )
}

/**
 * Connects to exactly this address, so that a second DNS answer cannot lead elsewhere. The name goes
 * along as Host and as TLS server name, against which the certificate is checked. No keep-alive:
 * the pool is keyed by address and would be shared between names.
 */
async function sendTo(
  options: GuardedFetchOptions,
  target: TargetUrl,
  address: string,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<Response> {
  const pinned = new URL(target.url)
  pinned.hostname = address.includes(':') ? `[${address}]` : address
  pinned.hash = ''
  const headers = new Headers(request.headers)
  for (const name of ['host', 'cookie', 'connection', 'transfer-encoding', 'content-length'])
    headers.delete(name)
  headers.set('host', target.url.host)
  headers.set('user-agent', options.userAgent ?? 'Hubbub/1 (+guarded fetch)')
  headers.set('accept-encoding', 'gzip, br')
  return await fetch(pinned, {
    method: request.method ?? 'GET',
    headers,
    body: request.body,
    redirect: 'manual',
    keepalive: false,
    decompress: false,
    proxy: false, // a proxy would resolve the name a second time
    signal,
    tls: { serverName: target.literalAddress === null ? target.hostname : undefined, ca: options.ca },
  })
}

async function checkedAddresses(
  options: GuardedFetchOptions,
  target: TargetUrl,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const allowed = isAllowed(options, target)
  if (!allowed && isBlockedName(target)) throw blocked()
  const addresses =
    target.literalAddress !== null ? [target.literalAddress] : await resolveName(options, target, signal)
  // One inner address among several is enough to refuse: which one answers is the resolver's choice.
  if (!allowed && !addresses.every(isPublicAddress)) throw blocked()
  return addresses
}

function isAllowed(options: GuardedFetchOptions, target: TargetUrl): boolean {
  if (options.allowPrivate) return true
  const host = target.hostname.toLowerCase()
  const pair = host.includes(':') ? `[${host}]:${target.port}` : `${host}:${target.port}`
  return options.allowHosts?.some((entry) => entry.toLowerCase() === pair) ?? false
}

async function resolveName(options: GuardedFetchOptions, target: TargetUrl, signal: AbortSignal) {
  const resolve = options.resolve ?? systemResolve
  let addresses: readonly string[]
  try {
    addresses = await abortable(resolve(target.hostname), signal)
  } catch (error) {
    if (signal.aborted) throw error
    throw new GuardedFetchError('unreachable', 'The host name could not be resolved.', { cause: error })
  }
  if (addresses.length === 0)
    throw new GuardedFetchError('unreachable', 'The host name could not be resolved.')
  return addresses
}

async function systemResolve(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true })
  return found.map((entry) => entry.address)
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

async function finish(
  response: Response,
  target: TargetUrl,
  request: GuardedRequest,
  signal: AbortSignal,
): Promise<GuardedResponse> {
  const head = { status: response.status, headers: response.headers, url: target.url.href }
  checkType(response, request.types)
  const raw = await readLimited(response, request.maxBytes)
  const bytes = await decodeBody(raw, response.headers.get('content-encoding'), request.maxBytes)
  signal.throwIfAborted()
  return { ...head, bytes }
}

function checkType(response: Response, types: readonly string[] | undefined): void {
  if (types === undefined || !response.ok) return
  const type = mediaType(response.headers)
  const wanted = types.some(
    (entry) => entry === type || (entry.endsWith('/*') && type.startsWith(entry.slice(0, -1))),
  )
  if (!wanted)
    throw new GuardedFetchError('wrong_type', 'The address leads to a kind of file that cannot be read here.')
}

/** The content type without parameters, in lower case; `''` when there is none. */
export function mediaType(headers: Headers): string {
  return (headers.get('content-type') ?? '').split(';', 1)[0]!.trim().toLowerCase()
}

function blocked(): GuardedFetchError {
  return new GuardedFetchError('blocked', 'This address is not open to users of this server.')
}

function toGuardedError(error: unknown, caller: AbortSignal | undefined, signal: AbortSignal): Error {
  if (caller?.aborted) return new GuardedFetchError('aborted', 'The request was stopped.', { cause: error })
  if (signal.aborted)
    return new GuardedFetchError('timeout', 'The page took too long to answer.', { cause: error })
  if (error instanceof GuardedFetchError) return error
  return new GuardedFetchError('unreachable', 'The page could not be reached.', { cause: error })
}
