// What one delivery costs the server: a post that many sockets hear, less the same post that nobody hears.
import type { Figure } from './figures.ts'
import { round } from './figures.ts'
import type { ServerProcess } from './process.ts'
import { crowd, type SocketCrowd, until } from './sockets.ts'
import type { World } from './world.ts'

const rounds = 1_000
const content = 'x'.repeat(60)

/** CPU of one round in microseconds: `send`, and all of the crowd have heard it. */
async function roundUs(
  server: ServerProcess,
  people: SocketCrowd | null,
  listeners: number,
  send: () => Promise<unknown> | void,
): Promise<number> {
  const heard = people?.received() ?? 0
  const before = server.cpuS()
  for (let n = 1; n <= rounds; n++) {
    await send()
    if (people) await until(() => people.received() >= heard + n * listeners)
    else await Bun.sleep(2)
  }
  return ((server.cpuS() - before) / rounds) * 1e6
}

/** CPU of one delivery in microseconds. */
async function deliveryUs(
  server: ServerProcess,
  listeners: number,
  gather: () => Promise<SocketCrowd>,
  send: () => Promise<unknown> | void,
): Promise<{ us: number; frameBytes: number }> {
  await roundUs(server, null, 0, send)
  const alone = await roundUs(server, null, 0, send)
  const people = await gather()
  await roundUs(server, people, listeners, send)
  const together = await roundUs(server, people, listeners, send)
  const frameBytes = people.frameBytes()
  people.close()
  return { us: (together - alone) / listeners, frameBytes }
}

export async function nativeFanOut(world: World): Promise<Figure> {
  const { hubbub, floor, roomId, listener } = world
  const listeners = 200
  const path = `/api/rooms/${roomId}/messages`
  const url = `${hubbub.url.replace('http', 'ws')}/ws?token=${listener}`
  const join = JSON.stringify({ type: 'join_room', room_id: roomId })
  const ours = await deliveryUs(
    hubbub,
    listeners,
    () => crowd(url, listeners, join, '"new_message"'),
    () => world.call('POST', path, { content }),
  )
  const bare = await bareFanOut(floor, listeners, ours.frameBytes)
  const ratio = ours.us / bare
  return {
    what: `fan-out to ${listeners} native sockets, CPU a delivery of ${ours.frameBytes} bytes`,
    ours: `${round(ours.us, 2)} µs`,
    floor: `${round(bare, 2)} µs`,
    ratio,
    target: '≤ 1.3 × a bare publish',
    met: ratio <= 1.3,
  }
}

/** `server.publish` of a frame of this size, and nothing else. */
async function bareFanOut(floor: ServerProcess, listeners: number, frameBytes: number): Promise<number> {
  const url = floor.url.replace('http', 'ws')
  const speaker = new WebSocket(`${url}/speak`)
  await new Promise((resolve) => (speaker.onopen = resolve))
  const frame = 'y'.repeat(frameBytes)
  const { us } = await deliveryUs(
    floor,
    listeners,
    () => crowd(url, listeners, null),
    () => speaker.send(frame),
  )
  speaker.close()
  return us
}

export async function mattermostFanOut(
  world: World,
  listeners: number,
  channel: { id: string; token: string },
  listenerToken: string,
): Promise<Figure> {
  const { hubbub } = world
  const url = `${hubbub.url.replace('http', 'ws')}/api/v4/websocket`
  const challenge = { seq: 1, action: 'authentication_challenge', data: { token: listenerToken } }
  const post = async () => {
    const response = await fetch(`${hubbub.url}/api/v4/posts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${channel.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ channel_id: channel.id, message: content }),
    })
    if (response.status !== 201) throw new Error(`a post was answered ${response.status}`)
    await response.text()
  }
  const { us, frameBytes } = await deliveryUs(
    hubbub,
    listeners,
    () => crowd(url, listeners, JSON.stringify(challenge), '"posted"'),
    post,
  )
  return {
    what: `fan-out to ${listeners} Mattermost sockets, CPU a delivery of ${frameBytes} bytes`,
    ours: `${round(us, 2)} µs`,
    floor: '',
    ratio: null,
    target: '≤ 10 µs',
    met: us <= 10,
  }
}
