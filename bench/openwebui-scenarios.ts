// What Open WebUI's front end asks most, beside fifty times what its own server does; and streams as its API gives them.
import type { Figure } from './figures.ts'
import { round } from './figures.ts'
import { measure, shown } from './http-scenarios.ts'
import { browser, many, type Question, streamed, type Times } from './streams.ts'
import type { Call, World } from './world.ts'

/** Its server answered these 44 to 160 times a second: fifty times the best of them is asked of each. */
const perSecond = 50 * 160
export const chats = 1_000
export const streams = 100

export const readPaths = [
  '/api/config',
  '/api/v1/auths/',
  '/api/v1/chats/?page=1',
  '/api/models',
  '/api/v1/channels/',
]

export async function openwebui(world: World): Promise<Figure[]> {
  await fillChats(world.call)
  const figures: Figure[] = []
  for (const path of readPaths) figures.push(await reading(world, path))
  return [...figures, ...(await streaming(world))]
}

/** Its API, which both servers have. */
export async function fillChats(call: Call): Promise<void> {
  const config = await call<Record<string, unknown>>('GET', '/api/v1/auths/admin/config')
  await call('POST', '/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
  for (let at = 0; at < chats; at += 50)
    await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        call('POST', '/api/v1/chats/new', {
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

/** 100 at once, by the same client: when the first word of the slowest came, and its last. */
async function streaming({ hubbub, upstream, token }: World): Promise<Figure[]> {
  const tab = await browser(hubbub.url, token)
  const figures: Figure[] = []
  const thinking: [Question, string][] = [
    ['go', '10 ms'],
    ['slow', '300 ms'],
  ]
  for (const [question, pause] of thinking) {
    const direct = () => streamed(`${upstream.url}/v1/chat/completions`, token, question)
    const ways: [string, () => Promise<Times>][] = [
      ['to a program', () => streamed(`${hubbub.url}/api/chat/completions`, token, question)],
      ['to a browser', () => tab.chat(question)],
    ]
    for (const [how, ours] of ways) {
      // Once before it counts: neither side is measured while its code is compiled.
      await many(streams, ours)
      const mine = await many(streams, ours)
      const bare = await many(streams, direct)
      const figure = (which: string, my: number, its: number): Figure => ({
        what: `Open WebUI: ${which} word of ${streams} streams at once ${how}, of a provider that thinks for ${pause}`,
        ours: `${round(my, 0)} ms`,
        floor: `${round(its, 0)} ms (asked directly)`,
        ratio: my / its,
        target: '≤ 1.1 × direct',
        met: my / its <= 1.1,
      })
      figures.push(figure('first', mine.firstMs, bare.firstMs), figure('last', mine.lastMs, bare.lastMs))
    }
  }
  tab.close()
  return figures
}
