import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Client4 } from '@mattermost/client'
import { eventually as become, type Json } from '../../support/api.ts'
import { PASSWORD, type Rig, signUp, startRig } from './rig.ts'

// Goal: the frames of mattermost-websocket.md, byte for byte where clients look: sign-in, hello, numbers, resume.
// Method: raw sockets, without any client library.

type Frame = Record<string, Json>

const eventually = <T>(look: () => T | null | undefined) => become(async () => look())

class Raw {
  readonly frames: Frame[] = []
  closed: { code: number } | null = null
  readonly socket: WebSocket

  constructor(url: string, headers: Record<string, string> = {}) {
    // Bun's WebSocket takes headers, unlike the browser's.
    this.socket = new WebSocket(url, { headers } as unknown as string[])
    this.socket.onmessage = (message) => void this.frames.push(JSON.parse(String(message.data)) as Frame)
    this.socket.onclose = (event) => {
      this.closed = { code: event.code }
    }
  }

  send(frame: unknown): void {
    this.socket.send(JSON.stringify(frame))
  }

  find(fits: (frame: Frame) => boolean): Promise<Frame> {
    return eventually(() => this.frames.find(fits) ?? null)
  }

  event(name: string): Promise<Frame> {
    return this.find((frame) => frame.event === name)
  }

  events(): Frame[] {
    return this.frames.filter((frame) => frame.event !== undefined)
  }

  whenClosed(): Promise<{ code: number }> {
    return eventually(() => this.closed)
  }
}

let rig: Rig
let client: Client4
let me: string
let channel: string

beforeAll(async () => {
  rig = await startRig()
  ;({ client, id: me } = await signUp(rig, 'alice'))
  channel = (await client.getAllTeamsChannels()).find((one) => one.name === 'town-square')!.id
}, 30_000)
afterAll(async () => {
  expect(rig.errors).toEqual([])
  await rig[Symbol.asyncDispose]()
})

const open = (query = '', headers: Record<string, string> = {}) =>
  new Raw(`${rig.url.replace('http', 'ws')}/api/v4/websocket${query}`, headers)
const signedIn = (query = '') => open(query, { Authorization: `Bearer ${client.getToken()}` })
const say = (message: string) =>
  client.createPost({ channel_id: channel, message } as Parameters<Client4['createPost']>[0])

test('by header and by cookie hello is the first frame, numbered nought', async () => {
  for (const headers of [
    { Authorization: `Bearer ${client.getToken()}` },
    { Cookie: `MMAUTHTOKEN=${client.getToken()}` },
  ] as Record<string, string>[]) {
    const raw = open('', headers)
    const hello = await raw.event('hello')
    expect(raw.frames[0]).toBe(hello)
    expect(hello.seq).toBe(0)
    expect(hello.data.connection_id).toMatch(/^[a-z0-9]{26}$/)
    expect(hello.broadcast.user_id).toBe(me)
    const answer = await fetch(`${rig.url}/api/v4/system/ping`)
    expect(hello.data.server_version).toBe(answer.headers.get('x-version-id'))
    raw.socket.close()
  }
})

test('by challenge hello comes first, then the reply; a second challenge is ignored', async () => {
  const raw = open()
  await eventually(() => raw.socket.readyState === WebSocket.OPEN || null)
  raw.send({ seq: 1, action: 'authentication_challenge', data: { token: client.getToken() } })
  await raw.find((frame) => frame.seq_reply === 1)
  expect(raw.frames.slice(0, 2)).toMatchObject([
    { event: 'hello', seq: 0 },
    { status: 'OK', seq_reply: 1 },
  ])
  raw.send({ seq: 2, action: 'authentication_challenge', data: { token: 'nonsense' } })
  raw.send({ seq: 3, action: 'ping' })
  const pong = await raw.find((frame) => frame.seq_reply === 3)
  expect(pong).toMatchObject({ status: 'OK', data: { text: 'pong', version: '11.6.0' } })
  expect(raw.frames.some((frame) => frame.seq_reply === 2)).toBe(false)
  raw.socket.close()
})

test('a false token closes the socket without a word', async () => {
  const raw = open()
  await eventually(() => raw.socket.readyState === WebSocket.OPEN || null)
  raw.send({ seq: 1, action: 'authentication_challenge', data: { token: 'x'.repeat(26) } })
  await raw.whenClosed()
  expect(raw.frames).toEqual([])
})

test('a client comes back to what it missed, without hello', async () => {
  const first = signedIn()
  const { data } = await first.event('hello')
  await say('one')
  await first.event('posted')
  const wanted = first.events().length
  first.socket.close()
  await eventually(() => (rig.sockets.registry.byId(data.connection_id)?.attached === false ? true : null))
  await say('two')
  await say('three')
  const second = signedIn(`?connection_id=${data.connection_id}&sequence_number=${wanted}`)
  await second.find((frame) => String(frame.data?.post).includes('three'))
  expect(second.events().some((frame) => frame.event === 'hello')).toBe(false)
  expect(second.events().map((frame) => frame.seq)).toEqual(second.events().map((_, at) => wanted + at))
  second.socket.close()
})

test('an unknown connection begins anew, a malformed one is cut off', async () => {
  const unknown = signedIn(`?connection_id=${'y'.repeat(26)}&sequence_number=5`)
  expect(await unknown.event('hello')).toMatchObject({ seq: 0 })
  unknown.socket.close()
  const broken = signedIn('?connection_id=short&sequence_number=5')
  await broken.whenClosed()
  const unnumbered = signedIn(`?connection_id=${'y'.repeat(26)}&sequence_number=`)
  await unnumbered.whenClosed()
  expect([...broken.frames, ...unnumbered.frames]).toEqual([])
})

test('bad actions are told what is wrong with them', async () => {
  const raw = signedIn()
  await raw.event('hello')
  raw.send({ seq: 1, action: 'nonsense' })
  raw.send({ seq: 2, action: 'user_typing', data: { channel_id: 'x' } })
  raw.send({ seq: 3, action: 'custom_com.mattermost.calls_join' })
  raw.send({ seq: 4, action: 'get_statuses_by_ids', data: { user_ids: [me] } })
  const last = await raw.find((frame) => frame.seq_reply === 4)
  expect(last.data).toEqual({ [me]: expect.any(String) })
  const replies = raw.frames.filter((frame) => frame.seq_reply !== undefined)
  expect(replies.map((frame) => [frame.seq_reply, frame.status, frame.error?.id])).toEqual([
    [1, 'FAIL', 'api.web_socket_router.bad_action.app_error'],
    [2, 'FAIL', 'api.websocket_handler.invalid_param.app_error'],
    [4, 'OK', undefined],
  ])
  raw.socket.close()
})

test('typing and reactions reach who looks at the channel', async () => {
  const bob = await signUp(rig, 'bob')
  const looking = signedIn()
  const elsewhere = signedIn()
  await Promise.all([looking.event('hello'), elsewhere.event('hello')])
  looking.send({ seq: 1, action: 'presence', data: { channel_id: channel } })
  elsewhere.send({ seq: 1, action: 'presence', data: { channel_id: 'y'.repeat(26) } })
  await Promise.all([looking, elsewhere].map((raw) => raw.find((frame) => frame.seq_reply === 1)))
  const post = await say('react to this')
  await bob.client.addReaction(bob.id, post.id, 'wave')
  await looking.event('reaction_added')
  await say('marker')
  await elsewhere.find((frame) => String(frame.data?.post).includes('marker'))
  expect(elsewhere.events().some((frame) => frame.event === 'reaction_added')).toBe(false)
  expect(elsewhere.events().map((frame) => frame.seq)).toEqual(elsewhere.events().map((_, at) => at))
  looking.socket.close()
  elsewhere.socket.close()
})

test('revoking the sessions closes their sockets', async () => {
  const carol = await signUp(rig, 'carol')
  const raw = open('', { Authorization: `Bearer ${carol.client.getToken()}` })
  await raw.event('hello')
  await carol.client.revokeAllSessionsForUser(carol.id)
  await raw.whenClosed()
})

test('who returns with a new session stays when the old one ends', async () => {
  const dana = await signUp(rig, 'dana')
  const old = dana.client.getToken()
  const first = open('', { Authorization: `Bearer ${old}` })
  const { data } = await first.event('hello')
  first.socket.close()
  await eventually(() => (rig.sockets.registry.byId(data.connection_id)?.attached === false ? true : null))
  const login = await fetch(`${rig.url}/api/v4/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login_id: 'dana', password: PASSWORD }),
  })
  const second = open(`?connection_id=${data.connection_id}&sequence_number=1`, {
    Authorization: `Bearer ${login.headers.get('token')}`,
  })
  second.socket.onopen = () => second.send({ seq: 1, action: 'ping' })
  await second.find((frame) => frame.seq_reply === 1)
  await fetch(`${rig.url}/api/v4/users/logout`, {
    method: 'POST',
    headers: { authorization: `Bearer ${old}` },
  })
  second.send({ seq: 2, action: 'ping' })
  expect(await second.find((frame) => frame.seq_reply === 2)).toMatchObject({ status: 'OK' })
  second.socket.close()
})
