// Start, idle memory, memory of idle sockets, fan-out, AI streams.
import type { Figure } from './figures.ts'
import { round } from './figures.ts'
import { crowd, until } from './sockets.ts'
import type { World } from './world.ts'

export function start({ hubbub, floor }: World): Figure {
  return {
    what: 'start to first 200, from the binary, existing database',
    ours: `${round(hubbub.startMs, 0)} ms`,
    floor: `${round(floor.startMs, 0)} ms (from source)`,
    ratio: null,
    target: '≤ 350 ms',
    met: hubbub.startMs <= 350,
  }
}

/** After some seconds in which nothing is asked of it. */
export async function idle({ hubbub, floor }: World): Promise<Figure> {
  await Bun.sleep(5_000)
  const megabytes = hubbub.rssBytes() / 1e6
  return {
    what: 'idle memory',
    ours: `${round(megabytes, 0)} MB`,
    floor: `${round(floor.rssBytes() / 1e6, 0)} MB`,
    ratio: null,
    target: '≤ 100 MB',
    met: megabytes <= 100,
  }
}

const sockets = 2_000
const nativeUrl = ({ hubbub, token }: World) => `${hubbub.url.replace('http', 'ws')}/ws?token=${token}`

export async function idleSockets(world: World): Promise<Figure> {
  const { hubbub } = world
  const before = hubbub.rssBytes()
  const people = await crowd(
    nativeUrl(world),
    sockets,
    JSON.stringify({ type: 'join_room', room_id: world.roomId }),
  )
  const each = (hubbub.rssBytes() - before) / sockets / 1_024
  people.close()
  return {
    what: `memory of an idle socket at ${sockets}`,
    ours: `${round(each)} KB`,
    floor: '',
    ratio: null,
    target: '≤ 20 KB',
    met: each <= 20,
  }
}

const streams = 100

/** Last token of 100 answers at once: through us beside straight from the provider. */
export async function aiStreams(world: World): Promise<Figure> {
  const { upstream, token, hubbub } = world
  const rooms = await Promise.all(
    Array.from({ length: streams }, (_, n) =>
      world.call<{ id: string }>('POST', '/api/rooms', { name: `Stream ${n}`, kind: 'private' }),
    ),
  )
  const direct = await timed(() =>
    Promise.all(Array.from({ length: streams }, () => askDirectly(`${upstream.url}/v1`))),
  )
  const socket = new WebSocket(`${hubbub.url.replace('http', 'ws')}/ws?token=${token}`)
  await new Promise((resolve) => (socket.onopen = resolve))
  let ended = 0
  let joined = 0
  socket.onmessage = ({ data }) => {
    const { type } = JSON.parse(String(data)) as { type: string }
    if (type === 'ai_stream_end') ended++
    if (type === 'joined') joined++
  }
  for (const room of rooms) {
    socket.send(JSON.stringify({ type: 'join_room', room_id: room.id }))
    await until(() => joined > rooms.indexOf(room))
  }
  const before = hubbub.cpuS()
  const ours = await timed(async () => {
    await Promise.all(
      rooms.map(({ id }) => world.call('POST', `/api/rooms/${id}/messages`, { content: '@ai go' })),
    )
    await until(() => ended >= streams)
  })
  const cpuUs = ((hubbub.cpuS() - before) / streams / 200) * 1e6
  socket.close()
  const ratio = ours / direct
  return {
    what: `last token of ${streams} AI answers at once`,
    ours: `${round(ours, 0)} ms, ${round(cpuUs)} µs CPU a token`,
    floor: `${round(direct, 0)} ms (asked directly)`,
    ratio,
    target: '≤ 1.15 × direct',
    met: ratio <= 1.15,
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

async function askDirectly(url: string): Promise<void> {
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
    body: JSON.stringify({ model: 'test-echo', stream: true, messages: [{ role: 'user', content: 'go' }] }),
  })
  await response.text()
}
