// Goal: whatever carries a session (WebSocket, long polling, or one and then the other), its client hears the same.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { eventually } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  const { body } = await admin.get('/api/v1/auths/admin/config')
  await admin.post('/api/v1/auths/admin/config', { ...body, ENABLE_CHANNELS: true })
})

afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
  await upstream.close()
})

const ways: ('websocket' | 'polling')[][] = [['websocket'], ['polling'], ['polling', 'websocket']]
const named = ways.map((transports) => [transports.join(' then '), transports] as const)
const textIn = (person: Owui, chatId: string): string =>
  person.events
    .filter((event) => event.chat_id === chatId && event.data.type === 'response:completion')
    .map((event) => event.data.data.delta ?? '')
    .join('')

let made = 0

describe.each(named)('%s', (_name, transports) => {
  test('is there, acknowledges, and speaks', async () => {
    const socket = await admin.connect(transports)
    const last = transports.at(-1)!
    await eventually(async () => socket.io.engine.transport.name === last)
    const ack = await socket.timeout(2_000).emitWithAck('user-join', { auth: { token: admin.token } })
    expect(ack).toMatchObject({ id: admin.user.id })
    expect(await socket.timeout(2_000).emitWithAck('user-join', { auth: { token: 'x' } })).toBeNull()
    expect(
      await socket.timeout(2_000).emitWithAck('events:chat', { chat_id: 'x', data: { type: 'join' } }),
    ).toBe(false)
    admin.close()
  })

  test('brings a streamed answer whole and in order, also to a tab that opens in mid-stream', async () => {
    await admin.connect(transports)
    const words = 'one two three four five six seven'
    const n = upstream.requests.length
    const asked = await admin.ask(words, { model: 'test-stepped' })
    const request = await upstream.request(n)
    await request.step(2)
    await eventually(async () => textIn(admin, asked.chatId).length > 0)
    const tab = new Owui(server.url)
    Object.assign(tab, { token: admin.token, user: admin.user })
    const socket = await tab.connect(transports)
    const join = { chat_id: asked.chatId, data: { type: 'join' } }
    expect(await socket.timeout(2_000).emitWithAck('events:chat', join)).toBe(true)
    const { body: chat } = await tab.get(`/api/v1/chats/${asked.chatId}`)
    const before: string = chat.chat.history.messages[asked.answerId].content
    expect(before).toStartWith('You')
    await request.finish()
    await admin.idle(asked.chatId)
    await tab.idle(asked.chatId)
    expect(textIn(admin, asked.chatId)).toBe(`You said: ${words}`)
    expect(before + textIn(tab, asked.chatId)).toEndWith('six seven')
    for (const person of [admin, tab]) person.close()
    admin.events.length = 0
  })

  test('stops an answer, and hears of it in every tab', async () => {
    await admin.connect(transports)
    const n = upstream.requests.length
    const asked = await admin.ask('a b c', { model: 'test-stepped' })
    await (await upstream.request(n)).step(1)
    await eventually(async () => textIn(admin, asked.chatId).length > 0)
    await admin.post(`/api/tasks/chat/${asked.chatId}/stop`)
    await admin.idle(asked.chatId)
    expect(admin.events.filter(admin.typed('chat:tasks:cancel', asked.chatId))).toHaveLength(2)
    expect(await (await upstream.request(n)).ended).toBe('aborted')
    admin.close()
  })

  test('hears channels, and typing of others', async () => {
    const bob = await Owui.added(admin, `bob${++made}`)
    const channel = (
      await admin.post('/api/v1/channels/create', { name: `ch${made}`, description: '', access_grants: [] })
    ).body
    await admin.connect(transports)
    const other = await bob.connect(['websocket'])
    await bob.get(`/api/v1/channels/${channel.id}/messages`)
    other.emit('join-channels', { auth: { token: bob.token } })
    await admin.post(`/api/v1/channels/${channel.id}/messages/post`, {
      content: 'to all',
      data: {},
      meta: {},
    })
    await admin.heard((event) => event.data?.type === 'message' && event.data.data.content === 'to all')
    const typing = {
      channel_id: channel.id,
      message_id: null,
      data: { type: 'typing', data: { typing: true } },
    }
    admin.socket_!.emit('events:channel', typing)
    const heard = await admin.heard((event) => event.data?.type === 'typing')
    expect(heard.user).toMatchObject({ id: admin.user.id })
    admin.close()
    bob.close()
  })

  test('ends with the session behind it', async () => {
    const carol = await Owui.added(admin, `carol${++made}`)
    const socket = await carol.connect(transports)
    await eventually(async () => socket.io.engine.transport.name === transports.at(-1))
    const ended = new Promise<string>((resolve) => socket.on('disconnect', resolve))
    await admin.post(`/api/v1/users/${carol.user.id}/sessions/revoke`)
    expect(await ended).toBe('io server disconnect')
  })
})

test('a session that goes over to a WebSocket in mid-stream loses nothing and hears nothing twice', async () => {
  for (let turn = 0; turn < 5; turn++) {
    const socket = await admin.connect(['polling', 'websocket'])
    const asked = await admin.ask(`turn ${turn} ${'word '.repeat(60)}`, { model: 'test-echo' })
    await admin.idle(asked.chatId)
    await eventually(async () => socket.io.engine.transport.name === 'websocket')
    const { body } = await admin.get(`/api/v1/chats/${asked.chatId}`)
    expect(textIn(admin, asked.chatId)).toBe(body.chat.history.messages[asked.answerId].content)
    admin.close()
  }
})

describe('by hand', () => {
  const path = '/ws/socket.io/?EIO=4&transport=polling'
  const get = (query = '', init: RequestInit = {}) => fetch(`${server.url}${path}${query}`, init)
  const post = (sid: string, body: BodyInit, headers: Record<string, string> = {}) =>
    fetch(`${server.url}${path}&sid=${sid}`, { method: 'POST', body, headers })
  async function opened(): Promise<Json> {
    const text = await (await get()).text()
    expect(text[0]).toBe('0')
    return JSON.parse(text.slice(1))
  }

  test('the open packet, several packets in one body, and an answer that has several', async () => {
    const open = await opened()
    expect(open).toEqual({
      sid: expect.stringMatching(/^[\w-]{20,}$/),
      upgrades: ['websocket'],
      pingInterval: 25_000,
      pingTimeout: 20_000,
      maxPayload: 16_777_216,
    })
    const events = [1, 2].map(
      (n) => `42${n}${JSON.stringify(['user-join', { auth: { token: admin.token } }])}`,
    )
    expect(await (await post(open.sid, ['40', ...events].join('\x1e'))).text()).toBe('ok')
    const said: string[] = []
    while (said.length < 3) said.push(...(await (await get(`&sid=${open.sid}`)).text()).split('\x1e'))
    expect(said[0]).toStartWith('40{"sid"')
    expect(said.slice(1).map((frame) => frame.slice(0, 4))).toEqual(['431[', '432['])
    // An attachment comes as base64.
    await post(open.sid, '451-3["heartbeat",{"_placeholder":true,"num":0}]\x1ebAQL/')
    await post(open.sid, '1')
    expect((await post(open.sid, '40')).status).toBe(400)
  })

  test('a request that waits is answered when something is said; a later one takes its place', async () => {
    const { sid } = await opened()
    const first = get(`&sid=${sid}`)
    await eventually(async () => server.server.pendingRequests > 0)
    const second = get(`&sid=${sid}`)
    expect(await (await first).text()).toBe('6')
    await post(sid, '40')
    expect(await (await second).text()).toStartWith('40{')
  })

  test('a request that is given up loses nothing', async () => {
    const { sid } = await opened()
    const control = new AbortController()
    const given = get(`&sid=${sid}`, { signal: control.signal }).catch(() => null)
    await eventually(async () => server.server.pendingRequests > 0)
    control.abort()
    await given
    await eventually(async () => server.server.pendingRequests === 0)
    await post(sid, '40')
    expect(await (await get(`&sid=${sid}`)).text()).toStartWith('40{')
  })

  test.each([
    ['another protocol', '/ws/socket.io/?EIO=3&transport=polling', 5],
    ['an unknown session', `${path}&sid=AAAAAAAAAAAAAAAAAAAA`, 1],
    ['a session named like every object', `${path}&sid=__proto__`, 1],
  ])('%s is refused', async (_name, address, code) => {
    const answer = await fetch(server.url + address)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code })
  })

  test('what is not a transport, and a WebSocket that is none, are refused as there', async () => {
    const odd = await fetch(`${server.url}/ws/socket.io/?EIO=4&transport=smoke`)
    expect([odd.status, await odd.text()]).toEqual([400, '"Invalid transport"'])
    const bare = await fetch(`${server.url}/ws/socket.io/?EIO=4&transport=websocket`)
    expect([bare.status, await bare.json()]).toEqual([400, { detail: 'Invalid WebSocket upgrade request' }])
    expect((await fetch(`${server.url}${path}`, { method: 'POST', body: '40' })).status).toBe(400)
  })

  test("another site's page neither opens nor reads nor writes", async () => {
    const origin = 'https://evil.example'
    expect((await get('', { headers: { origin } })).status).toBe(400)
    const { sid } = await opened()
    expect((await get(`&sid=${sid}`, { headers: { origin } })).status).toBe(400)
    expect((await post(sid, '40', { origin })).status).toBe(400)
    expect((await get('', { headers: { origin: server.url } })).status).toBe(200)
  })

  test('a stranger may not send much, nor many packets', async () => {
    const large = (await opened()).sid
    expect((await post(large, '4'.padEnd(100_000, 'x'))).status).toBe(413)
    expect((await post(large, '40')).status).toBe(400)
    const many = (await opened()).sid
    expect((await post(many, Array(600).fill('3').join('\x1e'))).status).toBe(400)
    expect((await post(many, '40')).status).toBe(400)
  })

  test('only its own session is gone over from, once, and with a probe', async () => {
    const ws = `${server.url.replace('http', 'ws')}/ws/socket.io/?EIO=4&transport=websocket&sid=`
    const { sid } = await opened()
    const closes = (url: string, first?: string) =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(url)
        socket.onopen = () => first && socket.send(first)
        socket.onclose = ({ code }) => resolve(code)
      })
    expect([1002, 1006]).toContain(await closes(`${ws}AAAAAAAAAAAAAAAAAAAA`))
    expect(await closes(ws + sid, '5')).toBe(1002)
    expect(await closes(ws + sid, '42["heartbeat",{}]')).toBe(1002)
    // Those who tried and failed have not taken it away.
    await post(sid, '40')
    expect(await (await get(`&sid=${sid}`)).text()).toStartWith('40{')
    await post(sid, '1')
    expect([1002, 1006]).toContain(await closes(ws + sid, '2probe'))
  })
})

test('ENABLE_WEBSOCKET_SUPPORT=false leaves polling, and says so', async () => {
  const without = await startTestServer({ env: { ENABLE_WEBSOCKET_SUPPORT: 'false' } })
  const ann = await Owui.signUp(without.url, 'ann')
  const { body } = await ann.get('/api/config')
  expect(body.features.enable_websocket).toBe(false)
  await expect(ann.connect(['websocket'])).rejects.toThrow()
  const socket = await ann.connect(['polling', 'websocket'])
  expect(socket.io.engine.transport.name).toBe('polling')
  const ended = new Promise((resolve) => socket.on('disconnect', resolve))
  const startedAt = performance.now()
  await without.stop()
  await ended
  // Nobody's request is waited for.
  expect(performance.now() - startedAt).toBeLessThan(1_500)
  ann.close()
})
