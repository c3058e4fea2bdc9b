// Small GET, post, history, search: our rate and CPU beside the floor's, in the same minute on the same machine.
import type { Figure } from './figures.ts'
import { round } from './figures.ts'
import { httpLoad, type Load, type LoadResult, percentile } from './http-load.ts'
import type { ServerProcess } from './process.ts'
import type { World } from './world.ts'

const connections = 16
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4)

export interface Measured extends LoadResult {
  /** Server CPU of one request, in microseconds. */
  cpuUs: number
}

export async function measure(server: ServerProcess, request: Load['request']): Promise<Measured> {
  await httpLoad({ url: server.url, connections, seconds: 1, request })
  const before = server.cpuS()
  const result = await httpLoad({ url: server.url, connections, seconds, request })
  if (result.failures > 0) throw new Error(`${result.failures} requests failed`)
  return { ...result, cpuUs: ((server.cpuS() - before) / result.requests) * 1e6 }
}

export const shown = ({ perSecond, cpuUs }: Measured) => `${round(perSecond, 0)}/s, ${round(cpuUs)} µs CPU`

export async function smallGet({ hubbub, floor, token }: World): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const ours = await measure(hubbub, () => ({ path: '/api/auth/me', headers }))
  const bare = await measure(floor, () => ({ path: '/me', headers }))
  const ratio = ours.perSecond / bare.perSecond
  return {
    what: 'small authenticated GET',
    ours: shown(ours),
    floor: shown(bare),
    ratio,
    target: '≥ 0.35 of the rate',
    met: ratio >= 0.35,
  }
}

export async function post({ hubbub, floor, token, roomId }: World): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const body = JSON.stringify({ content: 'A message of an ordinary length, as people write them in a chat.' })
  const path = `/api/rooms/${roomId}/messages`
  const ours = await measure(hubbub, () => ({ method: 'POST', path, headers, body }))
  const bare = await measure(floor, () => ({ method: 'POST', path: '/post', headers, body }))
  const ratio = ours.cpuUs / bare.cpuUs
  return {
    what: 'post a message',
    ours: shown(ours),
    floor: shown(bare),
    ratio,
    target: '≤ 3 × the CPU',
    met: ratio <= 3,
  }
}

/** `large` and `small` are rooms with very many and few messages. */
export async function history({ hubbub, token }: World, large: string, small: string): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const page = (room: string) => () => ({ path: `/api/rooms/${room}/messages?limit=50`, headers })
  const inSmall = await measure(hubbub, page(small))
  const inLarge = await measure(hubbub, page(large))
  const ratio = inLarge.cpuUs / inSmall.cpuUs
  return {
    what: 'history page of 50, large room beside small',
    ours: shown(inLarge),
    floor: shown(inSmall),
    ratio,
    target: '≤ 1.2 × the small room',
    met: ratio <= 1.2,
  }
}

/** Words and parts of words, common and rare, short, CJK, by person, and some that nothing has; true = something is found. */
const queries: [q: string, found: boolean][] = [
  ['the quick', true],
  ['zebra', true],
  ['message 4242', true],
  ['needle', true],
  ['日本語', true],
  ['chat', true],
  ['数据', true],
  ['of', true],
  ['brown fox', true],
  ['from:bench zebra', true],
  ['ordinary length', true],
  ['from:listener chat', false],
  ['xyzzy', false],
  ['zz', false],
]

/** Of one who is in the large room, and of one who is only in a room with few messages. */
export async function search(world: World, roomSize: number): Promise<Figure> {
  const times: number[] = []
  for (const token of [world.token, world.listener])
    for (let turn = 0; turn < 5; turn++)
      for (const [q, found] of queries) {
        const startedAt = performance.now()
        const hits = await searchOnce(world, token, q)
        times.push(performance.now() - startedAt)
        if (token === world.token && hits > 0 !== found) throw new Error(`"${q}" found ${hits} messages`)
      }
  times.sort((a, b) => a - b)
  const p95 = percentile(times, 0.95)
  return {
    what: `search in ${roomSize} messages`,
    ours: `p50 ${round(percentile(times, 0.5))} ms, p95 ${round(p95)} ms`,
    floor: '',
    ratio: null,
    target: 'p95 ≤ 50 ms',
    met: p95 <= 50,
  }
}

async function searchOnce({ hubbub }: World, token: string, q: string): Promise<number> {
  const response = await fetch(`${hubbub.url}/api/search?q=${encodeURIComponent(q)}&limit=20`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (!response.ok) throw new Error(`a search was answered ${response.status}`)
  return ((await response.json()) as { hits: unknown[] }).hits.length
}

/** Others must not notice that 200 people log in at once. */
export async function loginStorm({ hubbub, token }: World): Promise<Figure> {
  const login = () =>
    fetch(`${hubbub.url}/api/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'bench', password: 'bench password 1' }),
    }).then((response) => response.status)
  const storm = Promise.all(Array.from({ length: 200 }, login))
  let over = false
  const watched = storm.finally(() => (over = true))
  const times: number[] = []
  while (!over) {
    const startedAt = performance.now()
    await fetch(`${hubbub.url}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } }).then((r) =>
      r.text(),
    )
    times.push(performance.now() - startedAt)
    await Bun.sleep(5)
  }
  const statuses = await watched
  times.sort((a, b) => a - b)
  const p99 = percentile(times, 0.99)
  const done = statuses.filter((status) => status === 200).length
  return {
    what: `another person's GET while 200 log in (${done} did)`,
    ours: `p99 ${round(p99)} ms of ${times.length}`,
    floor: '',
    ratio: null,
    target: 'p99 ≤ 100 ms',
    met: p99 <= 100 && done === 200,
  }
}
