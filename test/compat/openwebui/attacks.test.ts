// Goal: nothing of one person is reachable by another through an id: on read, write, delete, search, or named in a body.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let alice: Owui
let mallory: Owui
/** Ids of Alice's things. */
const hers: Record<string, string> = {}

const SECRET = 'zanzibar'

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  alice = await Owui.added(admin, 'alice')
  mallory = await Owui.added(admin, 'mallory')
  await admin.post('/api/v1/models/model/access/update', {
    id: 'test-echo',
    name: 'test-echo',
    access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
  })
  const config = (await admin.get('/api/v1/auths/admin/config')).body
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
  await admin.post('/api/v1/users/default/permissions', {
    workspace: { models: true, knowledge: true, prompts: true, tools: false, skills: false },
    sharing: {},
    chat: {},
    features: { channels: true, notes: true, folders: true },
    access_grants: {},
    settings: {},
  })
  await alice.connect()
  await mallory.connect()
  await makeThings()
}, 30_000)

async function makeThings(): Promise<void> {
  const asked = await alice.ask(`my secret is ${SECRET}`)
  await alice.idle(asked.chatId)
  hers['chat'] = asked.chatId
  hers['message'] = asked.answerId
  hers['question'] = asked.questionId
  hers['folder'] = (await alice.post('/api/v1/folders/', { name: 'Mine' })).body.id
  hers['note'] = (
    await alice.post('/api/v1/notes/create', { title: SECRET, data: { content: { md: SECRET } } })
  ).body.id
  hers['prompt'] = (
    await alice.post('/api/v1/prompts/create', { command: 'mine', name: 'Mine', content: SECRET })
  ).body.id
  hers['knowledge'] = (
    await alice.post('/api/v1/knowledge/create', { name: SECRET, description: '' })
  ).body.id
  const upload = new FormData()
  upload.set('file', new File([SECRET], 'secret.txt', { type: 'text/plain' }))
  hers['file'] = (await alice.call('POST', '/api/v1/files/', upload)).body.id
  hers['channel'] = (
    await alice.post('/api/v1/channels/create', { type: 'group', name: 'Ours', user_ids: [] })
  ).body.id
  hers['post'] = (
    await alice.post(`/api/v1/channels/${hers['channel']}/messages/post`, { content: SECRET })
  ).body.id
  hers['memory'] = (await alice.post('/api/v1/memories/add', { content: SECRET })).body.id
  hers['feedback'] = (
    await alice.post('/api/v1/evaluations/feedback', {
      type: 'rating',
      data: { rating: 1 },
      meta: { chat_id: hers['chat'] },
    })
  ).body.id
  hers['model'] = 'alices-model'
  await alice.post('/api/v1/models/create', {
    id: hers['model'],
    base_model_id: 'test-echo',
    name: 'Hers',
    meta: {},
    params: { system: SECRET },
  })
  for (const [name, id] of Object.entries(hers))
    expect({ name, id }).toEqual({ name, id: expect.any(String) })
}

afterAll(async () => {
  alice.close()
  mallory.close()
  await server.stop()
  await upstream.close()
})

/** `{chat}` stands for Alice's chat, and so on. */
const filled = (path: string): string => path.replace(/\{(\w+)\}/g, (_all, name: string) => hers[name] ?? '')

const ATTACKS: [method: string, path: string, body?: Json][] = [
  ['GET', '/api/v1/chats/{chat}'],
  ['POST', '/api/v1/chats/{chat}', { chat: { title: 'stolen' } }],
  ['DELETE', '/api/v1/chats/{chat}'],
  ['PATCH', '/api/v1/chats/{chat}/params', { temperature: 2 }],
  ['POST', '/api/v1/chats/{chat}/messages/{message}', { content: 'changed' }],
  ['DELETE', '/api/v1/chats/{chat}/messages/{message}'],
  ['POST', '/api/v1/chats/{chat}/messages/{message}/event', { type: 'notification', data: {} }],
  ['GET', '/api/v1/chats/{chat}/pinned'],
  ['POST', '/api/v1/chats/{chat}/pin'],
  ['POST', '/api/v1/chats/{chat}/archive'],
  ['POST', '/api/v1/chats/{chat}/unread'],
  ['POST', '/api/v1/chats/{chat}/clone', { title: 'copy' }],
  ['POST', '/api/v1/chats/{chat}/clone/shared'],
  ['POST', '/api/v1/chats/{chat}/fork', { message_id: null }],
  ['POST', '/api/v1/chats/{chat}/share', {}],
  ['DELETE', '/api/v1/chats/{chat}/share'],
  ['GET', '/api/v1/chats/shared/{chat}/access'],
  ['POST', '/api/v1/chats/shared/{chat}/access/update', { access_grants: [] }],
  ['GET', '/api/v1/chats/share/{chat}'],
  ['POST', '/api/v1/chats/{chat}/folder', { folder_id: null }],
  ['GET', '/api/v1/chats/{chat}/tags'],
  ['POST', '/api/v1/chats/{chat}/tags', { name: 'x' }],
  ['DELETE', '/api/v1/chats/{chat}/tags', { name: 'x' }],
  ['GET', '/api/v1/folders/{folder}'],
  ['POST', '/api/v1/folders/{folder}/update', { name: 'stolen' }],
  ['POST', '/api/v1/folders/{folder}/update/parent', { parent_id: null }],
  ['POST', '/api/v1/folders/{folder}/update/expanded', { is_expanded: true }],
  ['POST', '/api/v1/folders/{folder}/access/update', { access_grants: [] }],
  ['GET', '/api/v1/folders/{folder}/shared/chats'],
  ['DELETE', '/api/v1/folders/{folder}'],
  ['POST', '/api/v1/folders/', { name: 'inside', parent_id: '{folder}' }],
  ['POST', '/api/v1/chats/new', { chat: {}, folder_id: '{folder}' }],
  ['GET', '/api/v1/notes/{note}'],
  ['POST', '/api/v1/notes/{note}/update', { title: 'stolen' }],
  ['POST', '/api/v1/notes/{note}/access/update', { access_grants: [] }],
  ['POST', '/api/v1/notes/{note}/pin'],
  ['DELETE', '/api/v1/notes/{note}/delete'],
  ['GET', '/api/v1/prompts/id/{prompt}'],
  ['GET', '/api/v1/prompts/command/mine'],
  ['POST', '/api/v1/prompts/id/{prompt}/update', { command: 'mine', name: 'x', content: 'x' }],
  ['POST', '/api/v1/prompts/id/{prompt}/toggle'],
  ['DELETE', '/api/v1/prompts/id/{prompt}/delete'],
  ['GET', '/api/v1/knowledge/{knowledge}'],
  ['GET', '/api/v1/knowledge/{knowledge}/files'],
  ['GET', '/api/v1/knowledge/{knowledge}/files/pending'],
  ['POST', '/api/v1/knowledge/{knowledge}/update', { name: 'x', description: 'x' }],
  ['POST', '/api/v1/knowledge/{knowledge}/access/update', { access_grants: [] }],
  ['POST', '/api/v1/knowledge/{knowledge}/file/add', { file_id: '{file}' }],
  ['POST', '/api/v1/knowledge/{knowledge}/file/remove', { file_id: '{file}' }],
  ['DELETE', '/api/v1/knowledge/{knowledge}/delete'],
  ['GET', '/api/v1/files/{file}'],
  ['GET', '/api/v1/files/{file}/content'],
  ['GET', '/api/v1/files/{file}/content/html'],
  ['GET', '/api/v1/files/{file}/content/secret.txt'],
  ['GET', '/api/v1/files/{file}/data/content'],
  ['GET', '/api/v1/files/{file}/process/status'],
  ['POST', '/api/v1/files/{file}/data/content/update', { content: 'x' }],
  ['POST', '/api/v1/files/{file}/rename', { filename: 'x' }],
  ['DELETE', '/api/v1/files/{file}'],
  ['GET', '/api/v1/channels/{channel}'],
  ['POST', '/api/v1/channels/{channel}/update', { name: 'stolen' }],
  ['DELETE', '/api/v1/channels/{channel}/delete'],
  ['GET', '/api/v1/channels/{channel}/members'],
  ['POST', '/api/v1/channels/{channel}/members/mute', { is_channel_muted: true }],
  ['POST', '/api/v1/channels/{channel}/update/members/add', { user_ids: ['{me}'] }],
  ['POST', '/api/v1/channels/{channel}/access/update', { access_grants: [] }],
  ['GET', '/api/v1/channels/{channel}/messages'],
  ['GET', '/api/v1/channels/{channel}/messages/pinned'],
  ['POST', '/api/v1/channels/{channel}/messages/post', { content: 'hi' }],
  ['GET', '/api/v1/channels/{channel}/messages/{post}'],
  ['GET', '/api/v1/channels/{channel}/messages/{post}/data'],
  ['GET', '/api/v1/channels/{channel}/messages/{post}/thread'],
  ['POST', '/api/v1/channels/{channel}/messages/{post}/update', { content: 'x' }],
  ['POST', '/api/v1/channels/{channel}/messages/{post}/pin', { is_pinned: true }],
  ['POST', '/api/v1/channels/{channel}/messages/{post}/reactions/add', { name: '+1' }],
  ['POST', '/api/v1/channels/{channel}/messages/{post}/reactions/remove', { name: '+1' }],
  ['DELETE', '/api/v1/channels/{channel}/messages/{post}/delete'],
  ['POST', '/api/v1/memories/{memory}/update', { content: 'x' }],
  ['GET', '/api/v1/evaluations/feedback/{feedback}'],
  ['POST', '/api/v1/evaluations/feedback/{feedback}', { type: 'rating' }],
  ['DELETE', '/api/v1/evaluations/feedback/{feedback}'],
  ['GET', '/api/v1/models/model?id={model}'],
  ['POST', '/api/v1/models/model/toggle?id={model}'],
  ['POST', '/api/v1/models/model/update', { id: '{model}', name: 'x', meta: {}, params: {} }],
  ['POST', '/api/v1/models/model/access/update', { id: '{model}', access_grants: [] }],
  ['POST', '/api/v1/models/model/delete', { id: '{model}' }],
  ['GET', '/api/v1/models/model/history?id={model}'],
  [
    'POST',
    '/api/v1/models/create',
    { id: 'mine', base_model_id: '{model}', name: 'x', meta: {}, params: {} },
  ],
  ['POST', '/api/chat/completions', { model: '{model}', messages: [{ role: 'user', content: 'hi' }] }],
  ['GET', '/api/v1/users/'],
  ['GET', '/api/v1/users/all'],
  ['POST', '/api/v1/users/{alice}/update', { role: 'admin' }],
  ['DELETE', '/api/v1/users/{alice}'],
  ['POST', '/api/v1/users/{me}/update', { role: 'admin' }],
  ['GET', '/api/v1/chats/list/user/{alice}'],
  ['GET', '/api/v1/chats/all/db'],
  ['GET', '/api/v1/configs/export'],
  ['POST', '/api/v1/configs/import', { config: { 'ui.enable_signup': true } }],
  ['POST', '/api/v1/auths/admin/config', { DEFAULT_USER_ROLE: 'admin' }],
  ['POST', '/api/v1/auths/add', { name: 'x', email: 'x@example.com', password: 'x', role: 'admin' }],
  ['GET', '/openai/config'],
  ['GET', '/api/tasks'],
]

describe('by id', () => {
  test.each(ATTACKS.map(([method, path, body]) => ({ method, path, body })))(
    '$method $path',
    async ({ method, path, body }) => {
      hers['me'] = mallory.user.id
      hers['alice'] = alice.user.id
      const given =
        body === undefined ? (method === 'POST' ? {} : undefined) : JSON.parse(filled(JSON.stringify(body)))
      const answer = await mallory.call(method, filled(path), given)
      expect([400, 401, 403, 404]).toContain(answer.status)
      expect(JSON.stringify(answer.body)).not.toContain(SECRET)
    },
  )

  test('and all of it is as it was', async () => {
    const { body: chat } = await alice.get(`/api/v1/chats/${hers['chat']}`)
    expect(chat.chat.history.messages[hers['message'] ?? ''].content).toContain(SECRET)
    expect(chat).toMatchObject({ archived: false, pinned: false, share_id: null })
    expect((await alice.get(`/api/v1/notes/${hers['note']}`)).body.title).toBe(SECRET)
    expect((await alice.get(`/api/v1/files/${hers['file']}/content`)).body).toBe(SECRET)
    expect((await alice.get(`/api/v1/memories/`)).body).toHaveLength(1)
    expect((await admin.get('/api/v1/users/search?query=mallory')).body.users[0].role).toBe('user')
  })
})

describe('by lists and search', () => {
  test.each([
    '/api/v1/chats/?page=1',
    '/api/v1/chats/all',
    `/api/v1/chats/search?text=${SECRET}`,
    `/api/v1/search?q=${SECRET}`,
    '/api/v1/notes/search',
    '/api/v1/prompts/',
    '/api/v1/knowledge/search',
    `/api/v1/knowledge/search/files?query=secret`,
    '/api/v1/files/',
    '/api/v1/folders/',
    '/api/v1/folders/shared',
    '/api/v1/memories/',
    '/api/v1/channels/',
    '/api/v1/models/list',
    '/api/models',
    '/api/v1/evaluations/feedbacks/user',
  ])('%s', async (path) => {
    const answer = await mallory.get(path)
    expect(answer.status).toBe(200)
    const text = JSON.stringify(answer.body)
    expect(text).not.toContain(SECRET)
    for (const name of ['chat', 'folder', 'note', 'prompt', 'knowledge', 'file', 'channel', 'model']) {
      expect(text).not.toContain(hers[name] ?? '')
    }
  })
})

describe('by reference in a question', () => {
  const asked = (): string => JSON.stringify(upstream.requests.at(-1)?.body ?? {})

  test.each([
    ['file', () => ({ files: [{ type: 'file', id: hers['file'] }] })],
    ['collection', () => ({ files: [{ type: 'collection', id: hers['knowledge'] }] })],
    ['note', () => ({ files: [{ type: 'note', id: hers['note'] }] })],
    ['chat', () => ({ files: [{ type: 'chat', id: hers['chat'] }] })],
    ['folder', () => ({ folder_id: hers['folder'] })],
  ])('a %s gives nothing away', async (_name, body) => {
    const { chatId, answer } = await mallory.ask('tell me', { body: body() })
    if (answer.status === 200) await mallory.idle(chatId)
    expect(asked()).not.toContain(SECRET)
  })

  test('a preset of one’s own with her file and collection in it gives nothing away', async () => {
    const knowledge = [
      { type: 'collection', id: hers['knowledge'] },
      { type: 'file', id: hers['file'] },
    ]
    const preset = { id: 'taker', base_model_id: 'test-echo', name: 'Taker', meta: { knowledge }, params: {} }
    await mallory.post('/api/v1/models/create', preset)
    const { chatId, answer } = await mallory.ask('tell me', { model: 'taker' })
    if (answer.status === 200) await mallory.idle(chatId)
    expect(asked()).not.toContain(SECRET)
  })

  test('a folder with her file and collection in it is not made', async () => {
    for (const [type, name] of [
      ['file', 'file'],
      ['collection', 'knowledge'],
    ]) {
      const data = { files: [{ type, id: hers[name ?? ''] }] }
      const { status } = await mallory.post('/api/v1/folders/', { name: `Of ${type}`, data })
      expect({ type, status }).toEqual({ type, status: 403 })
    }
  })

  test('her chat takes no turn, no continuation and no stop', async () => {
    const chatId = hers['chat'] ?? ''
    expect((await mallory.ask('hi', { chatId, parentId: hers['message'] })).answer.status).toBe(404)
    const again = await mallory.ask('hi', {
      chatId,
      parentId: hers['message'],
      body: { assistant_message_id: hers['message'] },
    })
    expect(again.answer.status).toBe(404)
    expect((await mallory.get(`/api/tasks/chat/${chatId}`)).body.task_ids).toEqual([])
  })

  test('her running answer is neither seen nor stopped', async () => {
    await admin.post('/api/v1/models/model/access/update', {
      id: 'test-stepped',
      access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
    })
    const n = upstream.requests.length
    const { chatId, answerId } = await alice.ask('one two', { model: 'test-stepped' })
    const request = await upstream.request(n)
    await request.step(1)
    expect((await mallory.get(`/api/tasks/chat/${chatId}`)).body.task_ids).toEqual([])
    await mallory.post(`/api/tasks/chat/${chatId}/stop`)
    await request.finish()
    await alice.idle(chatId)
    const { body } = await alice.get(`/api/v1/chats/${chatId}`)
    expect(body.chat.history.messages[answerId].content).toBe('You said: one two')
    expect(mallory.events.some((event) => event.chat_id === chatId)).toBe(false)
  })
})

describe('by the socket', () => {
  const acked = (name: string, data: Json): Promise<Json> =>
    mallory.socket_!.timeout(2_000).emitWithAck(name, data)

  test('her chat cannot be joined, typed in or marked', async () => {
    const chat_id = hers['chat']
    expect(await acked('events:chat', { chat_id, data: { type: 'join' } })).toBe(false)
    expect(await acked('events:chat', { chat_id, data: { type: 'typing', data: { typing: true } } })).toBe(
      false,
    )
  })

  test('her channel and her note stay silent', async () => {
    mallory.socket_!.emit('events:channel', {
      channel_id: hers['channel'],
      data: { type: 'typing', data: { typing: true } },
    })
    mallory.socket_!.emit('ydoc:document:join', { document_id: `note:${hers['note']}` })
    const state = await acked('ydoc:document:update', {
      document_id: `note:${hers['note']}`,
      update: [0, 0],
      initialize: true,
    })
    expect(state).toBeUndefined()
    await alice.post(`/api/v1/channels/${hers['channel']}/messages/post`, { content: 'still ours' })
    await alice.heard((event) => event.data?.type === 'message' && event.data.data.content === 'still ours')
    expect(
      mallory.events.filter(
        (event) => event.name === 'events:channel' && event.data.type !== 'channel:created',
      ),
    ).toEqual([])
  })
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
