// Goal: what programs and other windows tell reaches every window of a person, and what is to stay stays in the message.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let other: Owui
let chatId: string
let answerId: string

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  other = await Owui.added(admin, 'other')
  const { body } = await admin.get('/api/v1/auths/admin/config')
  await admin.post('/api/v1/auths/admin/config', { ...body, ENABLE_CHANNELS: true })
  await admin.connect()
  const asked = await admin.ask('hello')
  ;({ chatId, answerId } = asked)
  await admin.idle(chatId)
})

afterAll(async () => {
  admin.close()
  expect(server.errors).toEqual([])
  await server.stop()
  await upstream.close()
})

const message = async (): Promise<Json> =>
  (await admin.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
const path = (): string => `/api/v1/chats/${chatId}/messages/${answerId}`

describe('an event about a message', () => {
  const cases: [string, Json, Json][] = [
    [
      'status',
      { action: 'web_search', done: true },
      { statusHistory: [{ action: 'web_search', done: true }] },
    ],
    ['message', { content: ' and more' }, { content: 'You said: hello and more' }],
    ['replace', { content: 'other words' }, { content: 'other words' }],
    ['embeds', { embeds: ['<p>1</p>'] }, { embeds: ['<p>1</p>'] }],
    ['embeds', { embeds: ['<p>2</p>'] }, { embeds: ['<p>1</p>', '<p>2</p>'] }],
    ['embeds', { embeds: ['<p>3</p>'], replace: true }, { embeds: ['<p>3</p>'] }],
    ['files', { files: [{ type: 'image', url: '/x' }] }, { files: [{ type: 'image', url: '/x' }] }],
    ['source', { source: { name: 'a' } }, { sources: [{ source: { name: 'a' } }] }],
    ['citation', { type: 'code_execution', id: 'x' }, { sources: [{ source: { name: 'a' } }] }],
    ['notification', { type: 'info', content: 'done' }, {}],
    ['chat:message:favorite', { favorite: true }, {}],
  ]
  test('is heard, and kept where its type says so', async () => {
    for (const [type, data, kept] of cases) {
      admin.events.length = 0
      expect((await admin.post(`${path()}/event`, { type, data })).body).toBe(true)
      const heard = await admin.heard(admin.typed(type, chatId))
      expect(heard).toMatchObject({ message_id: answerId, data: { type, data } })
      expect(await message()).toMatchObject(kept)
    }
  })

  test("is no one else's to tell", async () => {
    const { status } = await other.post(`${path()}/event`, { type: 'replace', data: { content: 'mine' } })
    expect(status).toBe(401)
    expect((await message()).content).not.toBe('mine')
  })
})

test('a changed message is heard by all windows: its content, or its voice, and nothing else of it', async () => {
  await admin.post(path(), { content: 'edited', role: 'user', user_id: other.user.id })
  expect(await admin.heard(admin.typed('chat:message', chatId))).toMatchObject({
    data: { data: { chat_id: chatId, message_id: answerId, content: 'edited' } },
  })
  expect(await message()).toMatchObject({ role: 'assistant', content: 'edited', user_id: admin.user.id })
  await admin.post(path(), { voice: { url: 'v' } })
  const voice = await admin.heard(admin.typed('chat:message:voice', chatId))
  expect(voice.data.data).toEqual({ chat_id: chatId, message_id: answerId, voice: { url: 'v' } })
  expect((await message()).meta.voice).toEqual({ url: 'v' })
  expect((await admin.post(path(), {})).status).toBe(400)
})

test('read marks and muting are heard by all windows', async () => {
  await admin.post(`/api/v1/chats/${chatId}/read`, {})
  admin.socket_!.emit('events:chat', { chat_id: chatId, data: { type: 'last_read_at' } })
  const read = await admin.heard(
    (event) => event.data?.type === 'chat:list' && event.data.data?.last_read_at !== undefined,
  )
  expect(read.data.data).toMatchObject({ chat_id: chatId, last_read_at: expect.any(Number) })
  const channel = (
    await admin.post('/api/v1/channels/create', { name: 'quiet', description: '', access_grants: [] })
  ).body
  await admin.post(`/api/v1/channels/${channel.id}/members/mute`, { is_channel_muted: true })
  expect(await admin.heard((event) => event.data?.type === 'channel:mute')).toMatchObject({
    channel_id: channel.id,
    data: { data: { is_channel_muted: true } },
  })
})

test('encrypted channels are refused in words, unknown events are acknowledged with nothing', async () => {
  const socket = admin.socket_!.timeout(2_000)
  for (const name of ['start', 'status', 'join', 'bind', 'packet', 'leave', 'ping'])
    expect(await socket.emitWithAck(`encryption:${name}`, { channel_id: 'x' })).toMatchObject({ ok: false })
  expect(await socket.emitWithAck('no such event', {})).toBeUndefined()
})
