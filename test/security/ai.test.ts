// AI as a way around the rules: what a model is shown, what its tools reach, what a question costs, who may stop one.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Api, eventually, type Json } from '../support/api.ts'
import { bothDialects } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream, type Reply, type Upstream } from '../support/upstream.ts'

/** Its last word stands in no hash and no id. */
const SECRET = 'the launch code is zyxwv'

bothDialects('AI and the rules', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let ann: Api
  let bob: Api
  let eve: Api
  /** Something on this machine that no model may reach. */
  let inner: Server
  let innerHits = 0

  beforeAll(async () => {
    upstream = await startUpstream()
    inner = createServer((_request, response) => {
      innerHits += 1
      response.end(`<html><body><p>${SECRET}</p></body></html>`)
    }).listen(0)
    server = await startTestServer({
      env: {
        OPENAI_API_BASE_URL: upstream.url,
        OPENAI_API_KEY: 'sk-test',
        DEFAULT_MODEL: 'test-echo',
        DATABASE_URL: await fixture.database(),
      },
    })
    ann = await Api.register(server.url, 'ann')
    bob = await Api.register(server.url, 'bob')
    eve = await Api.register(server.url, 'eve')
  })
  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
    await upstream.close()
    inner.close()
  })
  beforeEach(() => {
    innerHits = 0
  })

  /** The answer to `content`, when it is over. */
  async function answered(api: Api, roomId: string, content: string): Promise<Json> {
    const asked = await api.say(roomId, content)
    return eventually(async () => {
      const { body } = await api.get(`/api/rooms/${roomId}/messages?limit=100`)
      return body.messages.find(({ reply_to, ai }: Json) => reply_to === asked.id && ai?.state !== 'running')
    }, 10_000)
  }
  const call = (name: string, args: Record<string, unknown>): Reply => ({
    toolCalls: [{ name, arguments: args }],
  })
  const sent = (from: number) => JSON.stringify(upstream.requests.slice(from).map(({ body }) => body))

  describe('what a model is shown', () => {
    test('of a room only what is in it, whatever it asks to search for', async () => {
      const secret = await ann.room({ name: 'War room', kind: 'private' })
      await ann.say(secret.id, SECRET)
      const room = await ann.room({ name: 'Lobby', kind: 'public', ai: { tools: ['search_room'] } })
      const from = upstream.requests.length
      for (const query of [
        `in:${secret.slug} launch`,
        `in:${secret.id}`,
        'in:"War room" code',
        `from:ann launch`,
        'launch',
      ]) {
        upstream.queue(call('search_room', { query, room_id: secret.id, roomId: secret.id }), {
          chunks: ['done'],
        })
        const message = await answered(ann, room.id, '@ai find it')
        expect(message.ai.tools).toHaveLength(1)
        expect(JSON.stringify(message)).not.toContain('zyxwv')
      }
      expect(sent(from)).not.toContain('zyxwv')
    })

    test('nothing through somebody who was taken out while it was answering', async () => {
      const room = await ann.room({ name: 'Before', kind: 'private', ai: { tools: ['search_room'] } })
      await ann.post(`/api/rooms/${room.id}/members`, { user_id: bob.user.id })
      await ann.say(room.id, SECRET)
      const from = upstream.requests.length
      upstream.queue(
        { ...call('search_room', { query: 'launch' }), chunks: ['Let me look. '], stepped: true },
        { chunks: ['done'] },
      )
      await bob.say(room.id, '@ai find it')
      const request = await upstream.request(from)
      await ann.delete(`/api/rooms/${room.id}/members/${bob.user.id}`)
      await request.finish()
      const message = await eventually(async () => {
        const { body } = await ann.get(`/api/rooms/${room.id}/messages?limit=20`)
        return body.messages.find(({ ai }: Json) => ai && ai.state !== 'running')
      })
      expect(message.ai.tools[0]).toMatchObject({ name: 'search_room', ok: false })
      expect(
        JSON.stringify(upstream.requests.slice(from + 1).map(({ body }) => body.messages.at(-1))),
      ).not.toContain('zyxwv')
    })
  })

  describe('what its tools reach', () => {
    const port = () => (inner.address() as AddressInfo).port
    test('no page of this machine or its network, however it is spelled', async () => {
      const room = await ann.room({ name: 'Pages', kind: 'private', ai: { tools: ['read_page'] } })
      const hosts = [
        '127.0.0.1',
        'localhost',
        'a.localhost',
        '0.0.0.0',
        '[::1]',
        '[::ffff:127.0.0.1]',
        '[::ffff:7f00:1]',
        '2130706433',
        '0x7f.1',
        '0177.0.0.1',
        '127.1',
        '127.0.0.1.',
        '①②⑦.0.0.1',
        '[64:ff9b::7f00:1]',
      ]
      const urls = [
        ...hosts.map((host) => `http://${host}:${port()}/`),
        'http://169.254.169.254/latest/meta-data/',
        'http://metadata.google.internal/',
        'http://[fd00:ec2::254]/',
        'file:///etc/passwd',
        'gopher://127.0.0.1:6379/_INFO',
        `http://ann:pw@127.0.0.1:${port()}/`,
        `${server.url}/api/admin/settings`,
      ]
      for (const url of urls) {
        upstream.queue(call('read_page', { url }), { chunks: ['done'] })
        const message = await answered(ann, room.id, '@ai read it')
        expect({ url, ok: message.ai.tools[0]?.ok }).toEqual({ url, ok: false })
        expect(JSON.stringify(message)).not.toContain('zyxwv')
      }
      expect(innerHits).toBe(0)
    }, 60_000)

    test('no tool that the room does not have, and none by the name of what every object has', async () => {
      const room = await ann.room({ name: 'Bare', kind: 'private', ai: { tools: ['search_room'] } })
      for (const name of ['read_page', 'constructor', '__proto__', 'toString', 'rooms.archive']) {
        upstream.queue(call(name, { url: `http://127.0.0.1:${port()}/` }), { chunks: ['done'] })
        const message = await answered(ann, room.id, '@ai do it')
        expect(message.ai.tools[0]?.ok).toBe(false)
      }
      expect(innerHits).toBe(0)
      for (const tools of [[''], ['a b'], ['x'.repeat(65)], Array.from({ length: 33 }, (_, i) => `t${i}`)]) {
        expect((await ann.patch(`/api/rooms/${room.id}`, { ai: { tools } })).status).toBe(400)
      }
    })
  })

  describe('what it costs', () => {
    test('twenty questions at once do not all find the budget untouched', async () => {
      const room = await ann.room({
        name: 'Poor',
        kind: 'private',
        ai: { budget: { tokens_per_day: 50, per: 'room' } },
      })
      const from = upstream.requests.length
      await Promise.all(Array.from({ length: 20 }, (_, i) => ann.say(room.id, `@ai question ${i}`)))
      const last = await eventually(async () => {
        const { body } = await ann.get(`/api/rooms/${room.id}/messages?limit=100`)
        const told = body.messages.filter(
          ({ kind, ai }: Json) => kind === 'ai_notice' || (ai && ai.state !== 'running'),
        )
        return told.length === 20 && body.messages
      })
      expect(upstream.requests.length - from).toBeLessThanOrEqual(3)
      expect(last.filter(({ kind }: Json) => kind === 'ai_notice').length).toBeGreaterThanOrEqual(17)
    })

    test("one person's budget is not another's, and members cannot raise it", async () => {
      const room = await ann.room({
        name: 'Each',
        kind: 'private',
        ai: { budget: { tokens_per_day: 1, per: 'user' } },
      })
      await ann.post(`/api/rooms/${room.id}/members`, { user_id: bob.user.id })
      expect((await answered(ann, room.id, '@ai hello')).ai.state).toBe('done')
      expect((await ann.get(`/api/rooms/${room.id}/ai/budget`)).body.used).toBeGreaterThan(0)
      expect((await bob.get(`/api/rooms/${room.id}/ai/budget`)).body.used).toBe(0)
      const raise = { ai: { budget: { tokens_per_day: null, per: 'user' } } }
      expect((await bob.patch(`/api/rooms/${room.id}`, raise)).status).toBe(403)
      for (const tokens of [-1, 1.5, 'x', 1e30]) {
        const { status } = await ann.patch(`/api/rooms/${room.id}`, {
          ai: { budget: { tokens_per_day: tokens, per: 'user' } },
        })
        expect([400, 422]).toContain(status)
      }
    })

    test('what was used is seen by administrators', async () => {
      expect((await ann.get('/api/admin/usage')).status).toBe(200)
      for (const api of [bob, eve]) {
        for (const query of ['', `?user_id=${ann.user.id}`, `?user_id=${api.user.id}`])
          expect((await api.get(`/api/admin/usage${query}`)).status).toBe(403)
      }
    })
  })

  describe('who it listens to', () => {
    test('a stranger neither stops an answer nor sets bots going', async () => {
      const room = await ann.room({ name: 'Mine', kind: 'private' })
      const from = upstream.requests.length
      upstream.queue({ chunks: ['a', 'b'], stepped: true })
      await ann.say(room.id, '@ai talk')
      const request = await upstream.request(from)
      await request.step(1)
      const running: Json = await eventually(async () => {
        const { body } = await ann.get(`/api/rooms/${room.id}/messages`)
        return body.messages.find(({ ai }: Json) => ai?.state === 'running')
      })
      const frames = await eve.socket()
      frames.send({ type: 'stop_ai', room_id: room.id, message_id: running.id })
      expect(await frames.until<Json>('error')).toMatchObject({ code: 'message.not_found' })
      const key = (await ann.post('/api/auth/keys', { name: 'r', scopes: ['rooms:read', 'messages:read'] }))
        .body.key
      const reader = new Api(server.url)
      reader.token = key
      const deaf = await reader.socket()
      deaf.send({ type: 'stop_ai', room_id: room.id, message_id: running.id })
      expect(await deaf.until<Json>('error')).toMatchObject({ code: 'auth.scope_missing' })
      expect((await eve.post(`/api/rooms/${room.id}/ai/resume`)).status).toBe(404)
      await request.finish()
      frames.close()
      deaf.close()
    })

    test('nobody takes the name of a bot, or one that looks like it', async () => {
      const room = await ann.room({ name: 'Names', kind: 'public' })
      await answered(ann, room.id, '@ai hello')
      for (const username of [
        'ai',
        'AI',
        'test-echo',
        'Test-Echo',
        'аi',
        'a\u200bi',
        'ａｉ',
        'ai ',
        '@ai',
        'system',
        'all',
        'channel',
        'here',
      ]) {
        const { status, body } = await new Api(server.url).post('/api/auth/register', {
          username,
          password: 'correct horse 1',
        })
        expect({
          username,
          refused: status === 400 || status === 409 || status === 422,
          body: body.user?.username,
        }).toEqual({ username, refused: true, body: undefined })
      }
    })

    test('a person whose messages look like a bot is no bot, and a look-alike mention asks nobody', async () => {
      const room = await ann.room({ name: 'Alike', kind: 'private' })
      const from = upstream.requests.length
      for (const content of [
        '@аi hello',
        '@ａi hello',
        'mail me: x@ai',
        '`@ai`',
        '```\n@ai\n```',
        'http://x/@ai',
      ])
        await ann.say(room.id, content)
      const forged = await ann.say(room.id, 'hello', {
        ai: { model: 'test-echo', state: 'done' },
        props: { 'ai.paused': true },
      })
      expect(forged.ai).toBeNull()
      await answered(ann, room.id, '@ai the only one')
      expect(upstream.requests.length - from).toBe(1)
    })

    test('a model name is a name and nothing else', async () => {
      const room = await ann.room({ name: 'Models', kind: 'private' })
      for (const model of [
        '../../v1/files',
        'x\r\nX-Evil: 1',
        '__proto__',
        'http://127.0.0.1/',
        `'; DROP TABLE "user"; --`,
      ]) {
        const { status } = await ann.patch(`/api/rooms/${room.id}`, { ai: { model } })
        expect(status).toBe(model.includes('\n') ? 400 : 200)
        const from = upstream.requests.length
        await ann.say(room.id, '@ai hello')
        await eventually(async () => {
          const { body } = await ann.get(`/api/rooms/${room.id}/messages?limit=3`)
          const last = body.messages.at(-1)
          return last.kind === 'ai_notice' || (last.ai && last.ai.state !== 'running')
        })
        for (const { path, headers } of upstream.requests.slice(from)) {
          expect(path).toBe('/v1/chat/completions')
          expect(headers['x-evil']).toBeUndefined()
        }
      }
    })
  })
})
