// What Open WebUI's front end asks most, beside fifty times what its own server does; and streams as its API gives them.
import type { Figure } from './figures.ts'
import { round } from './figures.ts'
import { measure, shown } from './http-scenarios.ts'
import type { World } from './world.ts'

/** Its server answered these 44 to 160 times a second: fifty times the best of them is asked of each. */
const perSecond = 50 * 160
const chats = 1_000
const streams = 100

export async function openwebui(world: World): Promise<Figure[]> {
  await fill(world)
  const figures: Figure[] = []
  for (const path of [
    '/api/config',
    '/api/v1/auths/',
    '/api/v1/chats/?page=1',
    '/api/models',
    '/api/v1/channels/',
  ])
    figures.push(await reading(world, path))
  return [...figures, ...(await streaming(world))]
}

async function fill(world: World): Promise<void> {
  const config = await world.call<Record<string, unknown>>('GET', '/api/v1/auths/admin/config')
  await world.call('POST', '/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
  for (let at = 0; at < chats; at += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        world.call('POST', '/api/v1/chats/new', {
          chat: { title: `Chat ${at + n}`, models: ['test-echo'], messages: [], history: { messages: {} } },
        }),
      ),
    )
}

async function reading({ hubbub, token }: World, path: string): Promise<Figure> {
  const headers = { authorization: `Bearer ${token}` }
  const ours = await measure(hubbub, () => ({ path, headers }))
  return {
    what: `Open WebUI: GET ${path}`,
    ours: shown(ours),
    floor: '',
    ratio: null,
    target: `≥ ${perSecond}/s on one core (50 × 160)`,
    met: 1e6 / ours.cpuUs >= perSecond,
  }
}

interface Times {
  firstMs: number
  lastMs: number
}

/** 100 at once, by the same client: when the first word of the slowest came, and its last. */
async function streaming({ hubbub, upstream, token }: World): Promise<Figure[]> {
  const ask = (url: string) => Promise.all(Array.from({ length: streams }, () => stream(url, token)))
  // Once before it counts: neither side is measured while its code is compiled.
  await ask(`${hubbub.url}/api/chat/completions`)
  const ours = slowest(await ask(`${hubbub.url}/api/chat/completions`))
  const direct = slowest(await ask(`${upstream.url}/v1/chat/completions`))
  const figure = (which: string, mine: number, bare: number): Figure => ({
    what: `Open WebUI: ${which} word of ${streams} streamed chats at once`,
    ours: `${round(mine, 0)} ms`,
    floor: `${round(bare, 0)} ms (asked directly)`,
    ratio: mine / bare,
    target: '≤ 1.1 × direct',
    met: mine / bare <= 1.1,
  })
  return [figure('first', ours.firstMs, direct.firstMs), figure('last', ours.lastMs, direct.lastMs)]
}

const slowest = (times: Times[]): Times => ({
  firstMs: Math.max(...times.map(({ firstMs }) => firstMs)),
  lastMs: Math.max(...times.map(({ lastMs }) => lastMs)),
})

async function stream(url: string, token: string): Promise<Times> {
  const startedAt = performance.now()
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ model: 'test-echo', stream: true, messages: [{ role: 'user', content: 'go' }] }),
  })
  if (!response.ok || !response.body) throw new Error(`a stream was answered ${response.status}`)
  const decoder = new TextDecoder()
  const times = { firstMs: 0, lastMs: 0 }
  for await (const chunk of response.body) {
    const text = decoder.decode(chunk as Uint8Array, { stream: true })
    if (times.firstMs === 0 && text.includes('word0')) times.firstMs = performance.now() - startedAt
    if (text.includes('word199')) times.lastMs = performance.now() - startedAt
  }
  if (times.lastMs === 0) throw new Error('a stream broke off')
  return times
}
