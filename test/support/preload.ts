// Loaded before every test file: a fixed time zone, and no network beyond this machine. It sets up nothing else;
// a test makes what it needs (test/support/*).
process.env['NODE_ENV'] = 'test'
process.env['TZ'] = 'UTC'

const realFetch = globalThis.fetch

/** Loopback names only: a test that reaches out is a test that fails on a train. */
function isLocal(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return host === 'localhost' || host.endsWith('.localhost') || host === '::1' || host.startsWith('127.')
}

const guardedFetch = (input: string | URL | Request, init?: BunFetchRequestInit): Promise<Response> => {
  const url = new URL(input instanceof Request ? input.url : String(input))
  const network = url.protocol === 'http:' || url.protocol === 'https:'
  if (network && !isLocal(url)) return Promise.reject(new Error(`Tests may not reach ${url.host}`))
  return realFetch(input, init)
}

globalThis.fetch = Object.assign(guardedFetch, { preconnect: realFetch.preconnect })
