// /ws with real sockets: who hears what, when they stop hearing it, and what odd frames get.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Api, Frames, type Json } from '../support/api.ts'
import { bothDialects } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

bothDialects('/ws', (fixture) => {
  let server: TestServer
  let ann: Api
  let bob: Api
  let eve: Api
  const ws = () => `${server.url.replace('http', 'ws')}/ws`

  beforeAll(async () => {
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    ann = await Api.register(server.url, 'ann')
    bob = await Api.register(server.url, 'bob')
    eve = await Api.register(server.url, 'eve')
  })
  afterAll(async () => {
    await server.stop()
  })

  async function pair() {
    const room = await ann.room({ name: 'Room', kind: 'public' })
    await bob.post(`/api/rooms/${room.id}/join`)
    const [a, b] = await Promise.all([ann.socket(), bob.socket()])
    await Promise.all([a.join(room.id), b.join(room.id)])
    return { room, a, b, close: () => (a.close(), b.close()) }
  }

  describe('signing in', () => {
    test('by query, by header, by first frame', async () => {
      for (const open of [
        () => Frames.open(`${ws()}?token=${ann.token}`),
        () => Frames.open(ws(), { authorization: `Bearer ${ann.token}` }),
        async () => {
          const frames = await Frames.open(ws())
          frames.send({ type: 'auth', token: ann.token })
          return frames
        },
      ]) {
        const frames = await open()
        frames.send({ type: 'ping' })
        await frames.until('pong')
        frames.close()
      }
    })

    test('a bad token closes with 4401, before and after opening', async () => {
      const byQuery = await Frames.open(`${ws()}?token=nonsense`)
      expect(await byQuery.untilClosed()).toBe(4401)
      const byFrame = await Frames.open(ws())
      byFrame.send({ type: 'auth', token: 'nonsense' })
      expect(await byFrame.untilClosed()).toBe(4401)
    })

    test('frames before signing in close with 4401', async () => {
      const frames = await Frames.open(ws())
      frames.send({ type: 'ping' })
      expect(await frames.untilClosed()).toBe(4401)
    })

    test('a page of another site is refused', async () => {
      const opening = Frames.open(`${ws()}?token=${ann.token}`, { origin: 'https://evil.example' })
      expect(opening).rejects.toThrow()
      await opening.catch(() => {})
    })
  })

  describe('messages', () => {
    test('come to everybody in the room, and the sender gets an ack', async () => {
      const { room, a, b, close } = await pair()
      a.send({ type: 'send_message', room_id: room.id, content: 'hello', client_id: 'c1' })
      const ack = await a.until<Json>('ack')
      expect(ack).toMatchObject({
        client_id: 'c1',
        message: { content: 'hello', sender: { username: 'ann' } },
      })
      const heard = await b.until<Json>('new_message')
      expect(heard.message.id).toBe(ack.message.id)
      a.send({ type: 'send_message', room_id: room.id, content: 'hello', client_id: 'c1' })
      await a.until(() => a.seen.filter((frame) => frame.type === 'ack').length === 2)
      expect(a.seen.filter((frame) => frame.type === 'ack').at(-1)).toMatchObject({
        message: { id: ack.message.id },
      })
      await b.settle()
      expect(b.seen.filter((frame) => frame.type === 'new_message')).toHaveLength(1)
      close()
    })

    test('what was missed is given on joining with since', async () => {
      const { room, a, close } = await pair()
      const first = await ann.say(room.id, 'one')
      await ann.say(room.id, 'two')
      await ann.say(room.id, 'three')
      const late = await bob.socket()
      const joined = await late.join(room.id, first.id)
      expect(joined.messages.map((message: Json) => message.content)).toEqual(['two', 'three'])
      await a.settle()
      late.close()
      close()
    })

    test('edits, reactions, pins, deletions and typing are heard', async () => {
      const { room, a, b, close } = await pair()
      const { id } = await ann.say(room.id, 'draft')
      const path = `/api/rooms/${room.id}/messages/${id}`
      await ann.patch(path, { content: 'final' })
      expect(await b.until<Json>('message_updated')).toMatchObject({ message: { id, content: 'final' } })
      await bob.put(`${path}/reactions/${encodeURIComponent('👍')}`)
      expect(await b.until<Json>('reaction_updated')).toMatchObject({
        message_id: id,
        reactions: { '👍': [bob.user.id] },
      })
      a.send({ type: 'typing', room_id: room.id })
      expect(await b.until<Json>('user_typing')).toMatchObject({ user: { username: 'ann' } })
      await ann.delete(path)
      expect(await b.until<Json>('message_deleted')).toMatchObject({ message_id: id, room_id: room.id })
      close()
    })

    test('a deleted reply is counted off its thread', async () => {
      const { room, b, close } = await pair()
      const root = await ann.say(room.id, 'root')
      const reply = await bob.say(room.id, 'reply', { thread: root.id })
      await b.until((frame) => frame.type === 'message_updated' && frame.message.reply_count === 1)
      await bob.delete(`/api/rooms/${room.id}/messages/${reply.id}`)
      await b.until((frame) => frame.type === 'message_updated' && frame.message.reply_count === 0)
      close()
    })

    test('who left the room by frame hears nothing more', async () => {
      const { room, b, close } = await pair()
      b.send({ type: 'leave_room', room_id: room.id })
      await b.settle()
      await ann.say(room.id, 'unheard')
      expect((await b.settle()).filter((frame) => frame.type === 'new_message')).toEqual([])
      close()
    })
  })

  test('who is here is told on asking, and when it changes', async () => {
    const watching = await ann.socket()
    await watching.settle()
    const coming = await eve.socket()
    await watching.until(
      (frame) => frame.type === 'presence' && frame.user_id === eve.user.id && frame.state === 'online',
    )
    const { body } = await ann.get('/api/presence')
    const here = body.online.map((one: Json) => one.user_id)
    expect(here).toContain(eve.user.id)
    coming.close()
    watching.close()
  })

  describe('revocation', () => {
    test('who is removed is told, hears nothing more, and cannot come back in', async () => {
      const { room, b, close } = await pair()
      await ann.delete(`/api/rooms/${room.id}/members/${bob.user.id}`)
      expect(await b.until<Json>('removed')).toMatchObject({ room_id: room.id })
      await ann.say(room.id, 'after')
      expect((await b.settle()).filter((frame) => frame.type === 'new_message')).toEqual([])
      b.send({ type: 'join_room', room_id: room.id })
      expect(await b.until<Json>('error')).toMatchObject({ room_id: room.id })
      close()
    })

    test('logging out closes the sockets of that token at once, and no others', async () => {
      const phone = new Api(server.url)
      const login = await phone.post('/api/auth/login', { username: 'eve', password: 'correct horse 1' })
      phone.token = login.body.token
      const [first, second] = await Promise.all([eve.socket(), phone.socket()])
      await Promise.all([first.settle(), second.settle()])
      expect((await phone.post('/api/auth/logout')).status).toBe(204)
      expect(await second.untilClosed()).toBe(4401)
      expect((await phone.get('/api/auth/me')).status).toBe(401)
      await first.settle()
      first.close()
    })

    test('a new password ends the other sessions and their sockets', async () => {
      const dan = await Api.register(server.url, 'dan')
      const other = new Api(server.url)
      other.token = (
        await other.post('/api/auth/login', { username: 'dan', password: 'correct horse 1' })
      ).body.token
      const frames = await other.socket()
      await frames.settle()
      const changed = await dan.patch('/api/auth/profile', {
        current_password: 'correct horse 1',
        new_password: 'another horse 2',
      })
      expect(changed.status).toBe(200)
      expect(await frames.untilClosed()).toBe(4401)
      expect((await other.get('/api/auth/me')).status).toBe(401)
      expect((await dan.get('/api/auth/me')).status).toBe(200)
    })
  })

  describe('odd frames', () => {
    test.each([
      ['not json', 'bad_json'],
      ['[]', 'bad_frame'],
      ['null', 'bad_frame'],
      ['{"type":"nothing"}', 'unknown_type'],
      ['{"type":"__proto__"}', 'unknown_type'],
      ['{"type":"send_message","room_id":5}', 'bad_frame'],
      ['{"type":"join_room"}', 'bad_frame'],
    ])('%s gets %s', async (frame, code) => {
      const frames = await ann.socket()
      await frames.settle()
      frames.send(frame)
      expect(await frames.until<Json>('error')).toMatchObject({ code })
      frames.close()
    })

    test('a frame over 64 KB closes with 1009', async () => {
      const frames = await ann.socket()
      await frames.settle()
      frames.send(JSON.stringify({ type: 'ping', padding: 'x'.repeat(65 * 1024) }))
      expect(await frames.untilClosed()).toBe(1009)
    })

    test('a room that is not there is an error that carries the client id', async () => {
      const frames = await ann.socket()
      frames.send({ type: 'send_message', room_id: crypto.randomUUID(), content: 'x', client_id: 'c9' })
      expect(await frames.until<Json>('error')).toMatchObject({ client_id: 'c9', code: 'room.not_found' })
      frames.close()
    })
  })

  test('no test left an error in the log', () => {
    expect(server.errors).toEqual([])
  })
})
