// Limits by address and account, sizes of bodies, odd requests, the access log: in each face's own words.
import { afterEach, describe, expect, test } from 'bun:test'
import { connect } from 'node:net'
import type { Logger } from '../../src/core/ports.ts'
import { Api, eventually, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { startUpstream } from '../support/upstream.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

async function limited(env: Record<string, string>): Promise<TestServer> {
  server = await startTestServer({ env: { RATE_LIMIT_ENABLED: 'true', RATE_LIMIT_LOCAL: 'true', ...env } })
  return server
}

const retryAfter = (headers: Headers) => Number(headers.get('retry-after'))

describe('limits', () => {
  test('of an address without a log-in, in the shape of each face', async () => {
    const { url } = await limited({ RATE_LIMIT_IP_PER_MINUTE: '5' })
    const api = new Api(url)
    for (let n = 0; n < 5; n++) expect((await api.get('/api/auth/me')).status).toBe(401)
    const native = await api.get('/api/auth/me')
    expect(native.status).toBe(429)
    expect(native.body.error.code).toBe('rate_limited')
    expect(retryAfter(native.headers)).toBeWithin(1, 61)
    const openwebui = await api.get('/api/v1/auths/')
    expect([openwebui.status, typeof openwebui.body.detail]).toEqual([429, 'string'])
    const mattermost = await api.get('/api/v4/users/me')
    expect([mattermost.status, mattermost.body.status_code]).toEqual([429, 429])
    expect(mattermost.body.request_id).toBe(mattermost.headers.get('x-request-id'))
    for (const { headers } of [openwebui, mattermost]) expect(retryAfter(headers)).toBeWithin(1, 61)
  })

  test('of an account, whatever address it comes from, apart from others', async () => {
    const { url } = await limited({ RATE_LIMIT_USER_PER_MINUTE: '20', TRUST_PROXY: '1' })
    const ann = await Api.register(url, 'ann')
    const bob = await Api.register(url, 'bob')
    const ask = (api: Api, n: number) =>
      api.call('GET', '/api/auth/me', undefined, { 'x-forwarded-for': `10.0.0.${n}` })
    const statuses = []
    for (let n = 0; n < 25; n++) statuses.push((await ask(ann, n)).status)
    expect(statuses.filter((status) => status === 429).length).toBeWithin(4, 7)
    expect((await ask(bob, 1)).status).toBe(200)
  })

  test('of signing in', async () => {
    const { url } = await limited({ RATE_LIMIT_AUTH_PER_MINUTE: '3' })
    const api = new Api(url)
    const statuses = []
    for (let n = 0; n < 4; n++)
      statuses.push(
        (await api.post('/api/auth/login', { username: `nobody${n}`, password: 'wrong horse 1' })).status,
      )
    expect(statuses).toEqual([401, 401, 401, 429])
    expect((await api.post('/api/v1/auths/signin', { email: 'a@b.c', password: 'x' })).status).toBe(429)
    expect((await api.post('/api/v4/users/login', { login_id: 'a', password: 'x' })).status).toBe(429)
  })

  test('of messages, over HTTP and sockets together', async () => {
    const { url } = await limited({ RATE_LIMIT_MESSAGES_PER_MINUTE: '3' })
    const ann = await Api.register(url, 'ann')
    const room = await ann.room({ kind: 'public' })
    const socket = await ann.socket()
    await socket.join(room.id)
    await ann.say(room.id, 'one')
    await ann.say(room.id, 'two')
    socket.send({ type: 'send_message', room_id: room.id, content: 'three', client_id: 'c3' })
    await socket.until('ack')
    const { status, body, headers } = await ann.post(`/api/rooms/${room.id}/messages`, { content: 'four' })
    expect([status, body.error.code]).toEqual([429, 'message.too_many'])
    expect(retryAfter(headers)).toBeWithin(1, 61)
    socket.send({ type: 'send_message', room_id: room.id, content: 'five', client_id: 'c5' })
    const error = await socket.until('error')
    expect(JSON.stringify(error)).toContain('message.too_many')
    socket.close()
  })

  test('of questions to the AI, told in the room and over HTTP', async () => {
    const upstream = await startUpstream()
    try {
      const { url } = await limited({
        RATE_LIMIT_AI_PER_MINUTE: '1',
        OPENAI_API_BASE_URL: upstream.url,
        OPENAI_API_KEY: 'sk-none',
        DEFAULT_MODEL: 'test-echo',
      })
      const ann = await Api.register(url, 'ann')
      const room = await ann.room({ kind: 'public' })
      const frames = await ann.socket()
      await frames.join(room.id)
      await ann.say(room.id, '@ai one')
      await frames.until('ai_stream_end')
      await ann.say(room.id, '@ai two')
      const notice = await frames.until<Json>(
        (frame) =>
          frame.type === 'new_message' && /more than 1 questions? to the AI/.test(frame.message.content),
      )
      expect(notice.message.sender.is_bot).toBe(true)
      expect(upstream.requests).toHaveLength(1)
      const body = { model: 'test-echo', messages: [{ role: 'user', content: 'three' }] }
      const answer = await ann.post('/api/chat/completions', body)
      expect([answer.status, typeof answer.body.detail]).toEqual([429, 'string'])
      frames.close()
    } finally {
      await upstream.close()
    }
  })

  test('of new sockets', async () => {
    const { url } = await limited({ RATE_LIMIT_SOCKETS_PER_MINUTE: '2' })
    const ann = await Api.register(url, 'ann')
    const sockets = [await ann.socket(), await ann.socket()]
    expect(ann.socket()).rejects.toThrow('did not open')
    const answer = await fetch(`${url}/ws?token=${ann.token}`, {
      headers: {
        upgrade: 'websocket',
        connection: 'Upgrade',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
        'sec-websocket-version': '13',
      },
    })
    expect(answer.status).toBe(429)
    expect(retryAfter(answer.headers)).toBeWithin(1, 61)
    for (const socket of sockets) socket.close()
  })
})

describe('bodies', () => {
  test('of more than a megabyte are refused, in the shape of each face', async () => {
    server = await startTestServer({ env: { UPLOAD_MAX_FILE: '5MB' } })
    const ann = await Api.register(server.url, 'ann')
    const room = await ann.room({ kind: 'public' })
    const large = JSON.stringify({ content: 'x'.repeat(1_100_000) })
    const native = await ann.call('POST', `/api/rooms/${room.id}/messages`, large)
    expect([native.status, native.body.error.code]).toEqual([413, 'too_large'])
    const mattermost = await ann.call('POST', '/api/v4/posts', large)
    expect([mattermost.status, mattermost.body.status_code]).toEqual([413, 413])
    const bare = await ann.call('POST', '/api/v4/files?channel_id=x&filename=a.mp4', large, {
      'content-type': 'video/mp4',
    })
    expect(bare.status).not.toBe(413)
    // Open WebUI's chats come whole.
    expect((await ann.call('POST', '/api/v1/chats/new', large)).status).not.toBe(413)
    const huge = await ann.call('POST', '/api/v1/chats/new', 'x'.repeat(7_000_000))
    expect([huge.status, typeof huge.body.detail]).toEqual([413, 'string'])
  })

  test('without a length are counted while they come', async () => {
    server = await startTestServer()
    const ann = await Api.register(server.url, 'ann')
    const room = await ann.room({ kind: 'public' })
    const post = (body: ReadableStream<Uint8Array>) =>
      fetch(`${server?.url}/api/rooms/${room.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${ann.token}`, 'content-type': 'application/json' },
        body,
      })
    const small = await post(streamOf(['{"content":', '"in two pieces"}']))
    expect(small.status).toBe(201)
    expect(((await small.json()) as Json).content).toBe('in two pieces')
    const large = await post(streamOf(['{"content":"', ...Array<string>(30).fill('x'.repeat(100_000)), '"}']))
    expect(large.status).toBe(413)
  })
})

function streamOf(pieces: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const left = [...pieces]
  return new ReadableStream({
    pull(controller) {
      const piece = left.shift()
      if (piece === undefined) controller.close()
      else controller.enqueue(encoder.encode(piece))
    },
  })
}

/** What a server answers to these bytes, until it closes or has said a whole head. */
function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes))
    let answer = ''
    socket.on('data', (data) => {
      answer += data.toString('latin1')
      if (answer.includes('\r\n\r\n')) socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)))
    socket.setTimeout(5_000, () => socket.destroy(new Error('no answer')))
  })
}

test('malformed and huge heads are refused, and the server goes on', async () => {
  server = await startTestServer()
  for (const bytes of [
    'GARBAGE\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: abc\r\n\r\n',
    'POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(200_000)}\r\n\r\n`,
    `GET /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    'GET / HTTP/1.1\r\nno colon here\r\n\r\n',
  ]) {
    const answer = await raw(server.url, bytes).catch(() => 'closed')
    expect(answer).toMatch(/^(closed|$|HTTP\/1\.1 4\d\d)/)
  }
  expect((await new Api(server.url).get('/health')).status).toBe(200)
})

test('the log has a line for each request, with whose it is, and no secrets', async () => {
  const lines: { message: string; fields: Json }[] = []
  const keep = (message: string, fields?: Json) => void lines.push({ message, fields })
  const log: Logger = { debug: keep, info: keep, warn: keep, error: keep }
  server = await startTestServer({ env: { ACCESS_LOG: 'true' }, log })
  const ann = await Api.register(server.url, 'ann')
  const answer = await ann.get('/api/search?q=private+words')
  const line = await eventually(async () => lines.find(({ fields }) => fields?.path === '/api/search'))
  expect(line.fields).toMatchObject({ method: 'GET', status: 200, user_id: ann.user.id })
  expect(line.fields.request_id).toBe(answer.headers.get('x-request-id'))
  expect(line.fields.ms).toBeGreaterThan(0)
  const all = JSON.stringify(lines)
  for (const secret of ['private', 'correct horse', ann.token ?? '']) expect(all).not.toContain(secret)
})
