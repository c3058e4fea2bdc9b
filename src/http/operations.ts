/** Routes for those who run the server: /health and /metrics. */
import { Elysia } from 'elysia'
import { timingSafeEqual } from 'node:crypto'
import type { Store } from '../core/ports.ts'
import { bearerToken } from '../faces/native/auth-plugin.ts'
import { peerOf } from '../realtime/peer.ts'
import type { Metrics } from './metrics.ts'

export interface OperationsOptions {
  store: Store
  version: string
  ai: { enabled: boolean; reason: string | null }
  sockets(): number
  /** null = the route is off. */
  metrics: Metrics | null
  /** Without one, metrics are for this machine and for administrators. */
  metricsToken: string | undefined
  /** Whether these credentials are an administrator's. */
  isAdmin(request: Request): Promise<boolean>
}

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  })

export const operations = (options: OperationsOptions) =>
  new Elysia({ name: 'operations' })
    .get('/health', () => health(options), {
      detail: { tags: ['Operations'], summary: 'Whether the server and its parts work' },
    })
    .get('/metrics', ({ request }) => metrics(options, request), { detail: { hide: true } })

/** 200 with `status: true` while the database answers; 503 else. The other parts may be off without harm. */
async function health({ store, version, ai, sockets }: OperationsOptions): Promise<Response> {
  const database = await store.ping().then(
    () => true,
    () => false,
  )
  return json(
    {
      status: database,
      version,
      database: { ok: database, dialect: store.dialect },
      ai: ai.enabled ? { enabled: true } : { enabled: false, reason: ai.reason },
      realtime: { ok: true, sockets: sockets() },
    },
    database ? 200 : 503,
  )
}

async function metrics(options: OperationsOptions, request: Request): Promise<Response> {
  const { metrics: source } = options
  if (!source)
    return json({ error: { code: 'not_found', message: 'Metrics are off (ENABLE_METRICS).' } }, 404)
  if (!(await mayRead(options, request))) {
    return json(
      { error: { code: 'auth.required', message: 'METRICS_TOKEN, or an administrator’s token.' } },
      401,
    )
  }
  const { contentType, body } = await source.text()
  return new Response(body, { headers: { 'content-type': contentType } })
}

/** What a proxy of this machine passes on was asked elsewhere. */
async function mayRead({ metricsToken, isAdmin }: OperationsOptions, request: Request): Promise<boolean> {
  const given = bearerToken(request.headers.get('authorization')) ?? ''
  if (metricsToken !== undefined) return sameText(given, metricsToken)
  return peerOf(request).local === true || isAdmin(request)
}

function sameText(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && timingSafeEqual(a, b)
}
