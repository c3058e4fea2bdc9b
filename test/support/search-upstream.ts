// The outside web for tests: a server that speaks like Tavily and Brave, and a server of odd pages.
// Everything listens on 127.0.0.1, so what fetches it must be allowed to reach that host and port.
import { gzipSync } from 'node:zlib'

export interface SearchHit {
  title: string
  url: string
  snippet: string
}

export interface RecordedSearch {
  path: string
  query: string
  /** The credential as the provider sent it (header value). */
  key: string | null
}

export interface SearchUpstream {
  url: string
  requests: RecordedSearch[]
  /** What the next searches answer with. */
  hits: SearchHit[]
  /** When set, searches answer with this status (and body) instead. `hang` never answers. */
  failure: { status: number; headers?: Record<string, string>; body?: string } | 'hang' | null
  close(): Promise<void>
}

/** Starts `POST /search` (Tavily) and `GET /res/v1/web/search` (Brave). */
export function startSearchUpstream(hits: SearchHit[] = []): SearchUpstream {
  const state: SearchUpstream = { url: '', requests: [], hits, failure: null, close: async () => {} }
  const refuse = (): Response | Promise<Response> => {
    if (state.failure === 'hang') return new Promise<Response>(() => {})
    return new Response(state.failure!.body ?? '{}', {
      status: state.failure!.status,
      headers: state.failure!.headers,
    })
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    routes: {
      '/search': {
        POST: async (request) => {
          const body = (await request.json()) as { query: string; max_results?: number }
          state.requests.push({
            path: '/search',
            query: body.query,
            key: request.headers.get('authorization'),
          })
          if (state.failure) return refuse()
          const results = state.hits.slice(0, body.max_results ?? 5)
          return Response.json({
            query: body.query,
            results: results.map((hit) => ({
              title: hit.title,
              url: hit.url,
              content: hit.snippet,
              score: 0.9,
            })),
          })
        },
      },
      '/res/v1/web/search': {
        GET: (request) => {
          const asked = new URL(request.url).searchParams
          const query = asked.get('q') ?? ''
          state.requests.push({
            path: '/res/v1/web/search',
            query,
            key: request.headers.get('x-subscription-token'),
          })
          if (state.failure) return refuse()
          const results = state.hits.slice(0, Number(asked.get('count') ?? 20))
          return Response.json({
            type: 'search',
            web: {
              results: results.map((hit) => ({ title: hit.title, url: hit.url, description: hit.snippet })),
            },
          })
        },
      },
    },
    fetch: () => new Response('not found', { status: 404 }),
  })
  state.url = `http://127.0.0.1:${server.port}`
  state.close = () => server.stop(true)
  return state
}

export interface PageServer {
  url: string
  host: string
  requests: { path: string; headers: Record<string, string>; method: string; body: string }[]
  /** Resolves when a client hung up in the middle of an endless answer. */
  hungUp: Promise<void>
  close(): Promise<void>
}

export const ARTICLE_HTML = `<!doctype html><html><head><title>Tides &amp; Moons</title></head><body>
<nav><a href="/">Home</a><a href="/about">About us and our cookies</a></nav>
<script>document.title = 'changed by script'</script>
<article><h1>Tides and Moons</h1>
${'<p>The moon pulls the sea towards it, and the sea answers twice a day with a tide that sailors have counted on for as long as there were sailors.</p>'.repeat(6)}
<p>Second part: <a href="/more">more about tides</a>.</p></article>
<footer>Copyright nobody</footer></body></html>`

/** Pages that a reader meets: articles, plain text, redirects (`/to?url=`), endless, slow and compressed bodies. */
export function startPageServer(): PageServer {
  const hungUp = Promise.withResolvers<void>()
  const requests: PageServer['requests'] = []
  const html = (body: string) =>
    new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8' } })
  const endless = (everyChunk: Uint8Array | null) =>
    new Response(
      new ReadableStream({
        pull: (controller) => (everyChunk ? controller.enqueue(everyChunk) : new Promise<void>(() => {})),
        cancel: () => hungUp.resolve(),
      }),
      { headers: { 'content-type': 'text/html' } },
    )
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const url = new URL(request.url)
      const body = await request.text()
      requests.push({ path: url.pathname, headers: request.headers.toJSON(), method: request.method, body })
      switch (url.pathname) {
        case '/article':
          return html(ARTICLE_HTML)
        case '/plain':
          return new Response('just words', { headers: { 'content-type': 'text/plain' } })
        case '/latin1':
          return new Response(Buffer.from('<title>caf\xe9</title><p>na\xefve</p>', 'latin1'), {
            headers: { 'content-type': 'text/html; charset=iso-8859-1' },
          })
        case '/json':
          return Response.json({ answer: 42 })
        case '/image':
          return new Response(new Uint8Array([0x89, 0x50]), { headers: { 'content-type': 'image/png' } })
        case '/to':
          return new Response(null, {
            status: Number(url.searchParams.get('status') ?? 302),
            headers: { location: url.searchParams.get('url') ?? '/article', 'set-cookie': 'seen=1' },
          })
        case '/loop':
          return new Response(null, { status: 302, headers: { location: '/loop' } })
        case '/endless':
          return endless(new Uint8Array(16_384).fill(97))
        case '/slow':
          return endless(null)
        case '/never':
          return new Promise<Response>(() => {})
        case '/bomb':
          return new Response(gzipSync(new Uint8Array(8_000_000)), {
            headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
          })
        case '/gzip':
          return new Response(gzipSync('squeezed'), {
            headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
          })
        case '/torn-gzip':
          return new Response('this is not gzip', {
            headers: { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
          })
        default:
          return new Response('<h1>Not here</h1>', { status: 404, headers: { 'content-type': 'text/html' } })
      }
    },
  })
  const host = `127.0.0.1:${server.port}`
  return { url: `http://${host}`, host, requests, hungUp: hungUp.promise, close: () => server.stop(true) }
}
