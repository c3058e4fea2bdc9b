// Open sockets of all faces: who may open one, what ends it at once, and what a rude client achieves.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { Api, eventually, Frames, type Json } from '../support/api.ts'
import { bothDialects } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { PASSWORD } from './support/native-world.ts'

/** A raw socket of any face, with what it said and how it ended. */
class Line {
  readonly said: string[] = []
  code: number | null = null
  private constructor(readonly socket: WebSocket) {
    socket.addEventListener('message', ({ data }) => void this.said.push(String(data)))
    socket.addEventListener('close', ({ code }) => void (this.code = code))
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Line> {
    const line = new Line(new WebSocket(url, { headers } as unknown as string[]))
    await eventually(async () => line.socket.readyState !== WebSocket.CONNECTING)
    return line
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN
  }

  heard = (text: string) => eventually(async () => this.said.some((frame) => frame.includes(text)))
  ended = () => eventually(async () => this.socket.readyState === WebSocket.CLOSED)
}

bothDialects('open sockets', (fixture) => {
  let server: TestServer
  let root: Api
  let ws: string

  beforeAll(async () => {
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    ws = server.url.replace('http', 'ws')
    root = await Api.register(server.url, 'root')
    const config = (await root.get('/api/v1/auths/admin/config')).body
    await root.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
  })
  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
  })

  const paths = {
    native: '/ws',
    mattermost: '/api/v4/websocket',
    openwebui: '/ws/socket.io/?EIO=4&transport=websocket',
  }
  type FaceName = keyof typeof paths

  /** Signed in and in all rooms of that person. */
  async function listening(face: FaceName, api: Api, roomId: string): Promise<Line> {
    if (face === 'mattermost') {
      const line = await Line.open(ws + paths.mattermost, { authorization: `Bearer ${api.token}` })
      await line.heard('"hello"')
      return line
    }
    const line = await Line.open(face === 'native' ? `${ws}/ws?token=${api.token}` : ws + paths.openwebui)
    if (face === 'native') {
      line.socket.send(JSON.stringify({ type: 'join_room', room_id: roomId }))
      await line.heard('"joined"')
    } else {
      await line.heard('pingInterval')
      line.socket.send(`40${JSON.stringify({ token: api.token })}`)
      await line.heard('40{')
      line.socket.send(`420${JSON.stringify(['user-join', { auth: { token: api.token } }])}`)
      await line.heard('430[')
    }
    return line
  }

  const faces = ['native', 'mattermost', 'openwebui'] as const
  let made = 0

  async function scene(face: FaceName) {
    made += 1
    const ann = await Api.register(server.url, `ann${made}`)
    const bob = await Api.register(server.url, `bob${made}`)
    const room = await ann.room({ name: `R${made}`, kind: 'private' })
    await ann.post(`/api/rooms/${room.id}/members`, { user_id: bob.user.id })
    const line = await listening(face, bob, room.id)
    await ann.say(room.id, 'before it ended')
    await line.heard('before it ended')
    return { ann, bob, room, line }
  }
  type Scene = Awaited<ReturnType<typeof scene>>

  /** Nothing comes after this, however it is that one looks: another socket of the room has it, this one has not. */
  async function silent({ ann, room, line }: Scene, face: FaceName): Promise<void> {
    const witness = await listening(face, ann, room.id)
    await ann.say(room.id, 'after it ended')
    await witness.heard('after it ended')
    witness.socket.close()
    expect(line.said.join()).not.toContain('after it ended')
  }

  const endings: [string, (scene: Scene) => Promise<unknown>][] = [
    ['log-out', ({ bob }) => bob.post('/api/auth/logout')],
    ['deactivation', ({ bob }) => root.patch(`/api/admin/users/${bob.user.id}`, { active: false })],
    ['having to wait again', ({ bob }) => root.patch(`/api/admin/users/${bob.user.id}`, { role: 'pending' })],
    [
      'sessions ended by an administrator',
      ({ bob }) => root.post(`/api/v1/users/${bob.user.id}/sessions/revoke`),
    ],
    [
      'a new password set from elsewhere',
      async ({ bob }) => {
        const other = new Api(server.url)
        const login = await other.post('/api/auth/login', { username: bob.user.username, password: PASSWORD })
        other.token = login.body.token
        return other.patch('/api/auth/profile', {
          current_password: PASSWORD,
          new_password: 'another horse 2',
        })
      },
    ],
  ]
  for (const face of faces) {
    test.each(endings)(`%s closes a ${face} socket`, async (_name, end) => {
      const it = await scene(face)
      const answer = (await end(it)) as { status: number }
      expect(answer.status).toBeLessThan(300)
      await it.line.ended()
      await silent(it, face)
    })

    test(`who is removed, or leaves, hears nothing more on ${face}`, async () => {
      for (const leave of [false, true]) {
        const it = await scene(face)
        const { ann, bob, room } = it
        if (leave) await bob.post(`/api/rooms/${room.id}/leave`)
        else await ann.delete(`/api/rooms/${room.id}/members/${bob.user.id}`)
        await silent(it, face)
        it.line.socket.close()
      }
    })

    test(`another site's page opens no ${face} socket`, async () => {
      const it = await scene(face)
      for (const origin of ['https://evil.example', 'null', `${server.url}.evil.example`]) {
        const cookie = `token=${it.bob.token}; MMAUTHTOKEN=${it.bob.token}`
        const line = await Line.open(ws + paths[face], { origin, cookie })
        expect(line.isOpen).toBe(false)
        expect(line.said).toEqual([])
      }
      const own = await Line.open(ws + paths[face], { origin: server.url })
      expect(own.isOpen).toBe(true)
      own.socket.close()
      it.line.socket.close()
    })

    test(`names of every object are no events of ${face}`, async () => {
      const it = await scene(face)
      const { line } = it
      const before = line.said.length
      for (const name of [
        'constructor',
        'toString',
        'valueOf',
        'hasOwnProperty',
        '__proto__',
        '__defineGetter__',
      ]) {
        if (face === 'native') line.socket.send(JSON.stringify({ type: name }))
        else if (face === 'mattermost') line.socket.send(JSON.stringify({ seq: 7, action: name, data: {} }))
        else line.socket.send(`421${JSON.stringify([name, { auth: { token: 'x' } }])}`)
      }
      await eventually(async () => line.said.length >= before + (face === 'openwebui' ? 6 : 6))
      for (const frame of line.said.slice(before)) {
        expect(frame.length).toBeLessThan(300)
        expect(frame).not.toMatch(/secret|DATA_DIR|\[object|core|native code/)
      }
      line.socket.close()
    })

    test(`a frame that is too large ends a ${face} socket nobody has signed in to`, async () => {
      const line = await Line.open(ws + paths[face])
      expect(line.isOpen).toBe(true)
      line.socket.send('4' + 'x'.repeat(200_000))
      await line.ended()
      expect(line.code).toBe(1009)
    })
  }

  test('a key that is ended ends its socket; one that may not read hears nothing', async () => {
    const ann = await Api.register(server.url, 'ann-key')
    const room = await ann.room({ name: 'Keys', kind: 'private' })
    const make = async (scopes: string[]) => (await ann.post('/api/auth/keys', { name: 'k', scopes })).body
    const reader = await make(['rooms:read', 'messages:read'])
    const frames = await Frames.open(`${ws}/ws?token=${reader.key}`)
    await frames.join(room.id)
    await ann.delete(`/api/auth/keys/${reader.id}`)
    expect(await frames.untilClosed()).toBe(4401)

    const deaf = await make(['rooms:read', 'messages:write'])
    const other = await Frames.open(`${ws}/ws?token=${deaf.key}`)
    other.send({ type: 'join_room', room_id: room.id })
    expect(await other.until<Json>('error')).toMatchObject({ code: 'auth.scope_missing' })
    await ann.say(room.id, 'not for this key')
    expect(JSON.stringify(await other.settle())).not.toContain('not for this key')
    other.close()
  })

  test('an archived room is silent, and a stranger joins none', async () => {
    const ann = await Api.register(server.url, 'ann-archive')
    const bob = await Api.register(server.url, 'bob-archive')
    const room = await ann.room({ name: 'Old', kind: 'public' })
    const secret = await ann.room({ name: 'Hidden', kind: 'private' })
    const frames = await bob.socket()
    for (const id of [room.id, secret.id, 'x', '__proto__', crypto.randomUUID()]) {
      frames.send({ type: 'join_room', room_id: id })
      await frames.until((frame) => frame.type === 'error' && frame.room_id === id)
      frames.send({ type: 'typing', room_id: id })
    }
    await ann.say(secret.id, 'a word in private')
    await ann.say(room.id, 'a word in public')
    expect(JSON.stringify(await frames.settle())).not.toContain('a word in')
    frames.close()
  })

  test('a flood of frames ends the socket and not the server', async () => {
    const ann = await Api.register(server.url, 'ann-flood')
    const room = await ann.room({ name: 'Flood', kind: 'private' })
    const frames = await ann.socket()
    await frames.join(room.id)
    for (let i = 0; i < 5_000; i += 1)
      frames.send({ type: 'send_message', room_id: room.id, content: `${i}` })
    expect(await frames.untilClosed()).toBe(1008)
    expect((await ann.get('/api/auth/me')).status).toBe(200)
  })
})

describe('slow readers', () => {
  test('a socket that never reads is closed, and memory does not grow with what it missed', async () => {
    const server = await startTestServer()
    try {
      const ann = await Api.register(server.url, 'ann')
      const room = await ann.room({ name: 'Busy', kind: 'private' })
      const sleeper = await silentReader(server.server.port ?? 0, ann.token ?? '', room.id)
      const witness = await ann.socket()
      await witness.join(room.id)
      const text = 'x'.repeat(39_000)
      Bun.gc(true)
      const before = process.memoryUsage.rss()
      let posted = 0
      for (; posted < 600 && !sleeper.closed(); posted += 20) {
        await Promise.all(Array.from({ length: 20 }, () => ann.say(room.id, text)))
      }
      await eventually(
        async () => (await (await fetch(`${server.url}/health`)).json()).realtime.sockets === 1,
        10_000,
      )
      Bun.gc(true)
      expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024)
      await witness.until((frame) => frame.type === 'new_message')
      expect(witness.closed).toBeNull()
      witness.close()
      sleeper.end()
    } finally {
      await server.stop()
    }
  }, 60_000)
})

/** Speaks just enough websocket to join a room, then stops reading from the network. */
async function silentReader(port: number, token: string, roomId: string) {
  const socket = connect(port, '127.0.0.1')
  let closed = false
  let head = ''
  socket.on('close', () => (closed = true))
  socket.on('error', () => (closed = true))
  socket.on('data', (data) => (head += data.toString('latin1')))
  socket.write(
    `GET /ws?token=${token} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  )
  await eventually(async () => head.includes('101 '))
  const frame = Buffer.from(JSON.stringify({ type: 'join_room', room_id: roomId }))
  // Masked with zeros: client frames must be masked, with what is theirs to choose.
  socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | frame.length, 0, 0, 0, 0]), frame]))
  await eventually(async () => head.includes('"joined"'))
  socket.pause()
  return { closed: () => closed, end: () => socket.destroy() }
}
