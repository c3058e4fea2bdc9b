/** Prometheus figures: requests by face and status, sockets, runs, memory, event-loop delay. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { faceOfPath, isLongPoll } from './face-of.ts'

export interface MetricsSources {
  sockets(): number
  runs(): number
}

export interface Metrics {
  observe(request: Request, status: number, startedNs: number): void
  /** Prometheus text exposition format. */
  text(): Promise<{ contentType: string; body: string }>
}

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'hubbub_' })
  const requests = new Counter({
    name: 'hubbub_http_requests_total',
    help: 'Answered HTTP requests.',
    labelNames: ['face', 'method', 'status'],
    registers: [registry],
  })
  const seconds = new Histogram({
    name: 'hubbub_http_request_seconds',
    help: 'Time until the answer began, by face.',
    labelNames: ['face'],
    buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  })
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(read())
      },
    })
  gauge('hubbub_sockets', 'Authenticated websockets on this node.', sources.sockets)
  gauge('hubbub_ai_runs', 'AI answers being written on this node.', sources.runs)

  // Labels are few and known, so their children are looked up once and kept: this runs on every request.
  const known = new Map<
    string,
    { count: ReturnType<typeof requests.labels>; time: ReturnType<typeof seconds.labels> }
  >()
  return {
    observe(request, status, startedNs) {
      const face = faceOfPath(request.url)
      const key = `${face} ${request.method} ${status}`
      let child = known.get(key)
      if (!child) {
        const method = /^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(request.method)
          ? request.method
          : 'OTHER'
        child = { count: requests.labels(face, method, String(status)), time: seconds.labels(face) }
        known.set(key, child)
      }
      child.count.inc()
      // How long nothing happened is no time of ours.
      if (!isLongPoll(request.url)) child.time.observe((Bun.nanoseconds() - startedNs) / 1e9)
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  }
}
