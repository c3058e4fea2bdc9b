// A closed-loop HTTP/1.1 load over raw keep-alive sockets: cheap enough not to be what is measured.

export interface Load {
  url: string
  connections: number
  seconds: number
  /** The n-th request of all. */
  request: (n: number) => { method?: string; path: string; headers?: Record<string, string>; body?: string }
}

export interface LoadResult {
  requests: number
  perSecond: number
  /** Answers whose status was not 2xx. */
  failures: number
  p50Ms: number
  p99Ms: number
}

interface Connection {
  startedAt: number
  buffer: string
  /** Bytes of the body still to come; -1 = the head is not complete. */
  left: number
}

export async function httpLoad({ url, connections, seconds, request }: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(url)
  const times: number[] = []
  let failures = 0
  let sent = 0
  const endAt = performance.now() + seconds * 1_000
  const startedAt = performance.now()
  const one = () =>
    new Promise<void>((resolve, reject) => {
      const state: Connection = { startedAt: 0, buffer: '', left: -1 }
      const next = (socket: Bun.Socket<undefined>) => {
        if (performance.now() >= endAt) {
          socket.end()
          return resolve()
        }
        state.startedAt = performance.now()
        socket.write(encode(hostname, request(sent++)))
      }
      Bun.connect({
        hostname,
        port: Number(port),
        socket: {
          open: next,
          data(socket, chunk) {
            state.buffer += chunk.toString('latin1')
            const status = takeAnswer(state)
            if (status === 0) return
            times.push(performance.now() - state.startedAt)
            if (status < 200 || status > 299) failures++
            next(socket)
          },
          error: (_, error) => reject(error),
          close: () => resolve(),
        },
      }).catch(reject)
    })
  await Promise.all(Array.from({ length: connections }, one))
  const tookS = (performance.now() - startedAt) / 1_000
  times.sort((a, b) => a - b)
  return {
    requests: times.length,
    perSecond: times.length / tookS,
    failures,
    p50Ms: percentile(times, 0.5),
    p99Ms: percentile(times, 0.99),
  }
}

/** Of sorted values. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
}

function encode(
  host: string,
  { method = 'GET', path, headers = {}, body }: ReturnType<Load['request']>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length =
    body === undefined
      ? ''
      : `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n`
  return `${method} ${path} HTTP/1.1\r\nhost: ${host}\r\n${lines.join('')}${length}\r\n${body ?? ''}`
}

/** The status once the whole answer is there, else 0. */
function takeAnswer(state: Connection): number {
  const headEnd = state.buffer.indexOf('\r\n\r\n')
  if (headEnd < 0) return 0
  const head = state.buffer.slice(0, headEnd)
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0)
  if (state.buffer.length < headEnd + 4 + length) return 0
  if (/transfer-encoding: chunked/i.test(head) && !state.buffer.endsWith('0\r\n\r\n')) return 0
  state.buffer = ''
  return Number(head.slice(9, 12))
}
