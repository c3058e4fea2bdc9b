// Goal: the search dialog finds chats by all words, says where, and leads to the message; badges of folders go when their chats are read.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eventually, type Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let bob: Owui

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  bob = await Owui.added(admin, 'bob')
  await admin.connect()
  const config = (await admin.get('/api/v1/auths/admin/config')).body
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
})

afterAll(async () => {
  admin.close()
  await server.stop()
  await upstream.close()
})

const search = async (person: Owui, query: string): Promise<Json> =>
  (await person.get(`/api/v1/search?page=1&kind=all&sharing=all&scope=&${query}`)).body

async function folder(name: string, parent_id: string | null = null): Promise<string> {
  const { body } = await admin.post('/api/v1/folders/', { name, parent_id, data: null, meta: null })
  return body.id
}

test('a chat, a note and a message are found by words, with the place they are in', async () => {
  const outer = await folder('Garden')
  const inner = await folder('Trees', outer)
  const { chatId, questionId } = await admin.ask('When does the walnut blossom?', { body: { folder_id: inner } })
  await admin.idle(chatId)
  await admin.post('/api/v1/notes/create', { title: 'Walnut', data: { content: { md: 'A tree.' } } })
  const channel = (await admin.post('/api/v1/channels/create', { name: 'garden', type: '' })).body
  await admin.post(`/api/v1/channels/${channel.id}/messages/post`, { content: 'The walnut is ill', data: {} })

  const all = await search(admin, 'q=walnut')
  expect(all.kinds).toEqual(['chat', 'message', 'note'])
  expect(all.items.map((item: Json) => [item.kind, item.title, item.context])).toEqual([
    ['note', 'Walnut', 'Personal note'],
    ['chat', 'New Chat', 'Trees'],
    ['message', 'admin', '#garden'],
  ])
  expect(all.scopes.map((scope: Json) => scope.name)).toEqual(['garden', 'Garden', 'Trees'])

  const both = await search(admin, 'q=blossom+walnut')
  expect(both.items).toMatchObject([
    {
      id: `chat:${chatId}`,
      snippet: 'When does the walnut blossom?',
      url: `/c/${chatId}?message=${questionId}`,
    },
  ])
  expect((await search(admin, `q=walnut&scope=folder:${outer}`)).items).toHaveLength(1)
  expect((await search(admin, `q=walnut&scope=channel:${channel.id}`)).items).toHaveLength(1)
  expect((await search(bob, `q=walnut&scope=folder:${outer}`)).items).toEqual([])
  expect((await search(bob, 'q=walnut')).items).toEqual([])
  // Nothing is asked for: what there is.
  expect((await search(admin, 'q=')).items.map(({ kind }: Json) => kind).sort()).toEqual(['chat', 'note'])
})

test('a badge counts for the folders above, and goes when the chat is read', async () => {
  const outer = await folder('Outer')
  const inner = await folder('Inner', outer)
  const { chatId } = await admin.ask('hello', { body: { folder_id: inner } })
  await admin.idle(chatId)
  // An answer of the same second is read already; one that comes later is not.
  await eventually(async () => {
    await admin.post(`/api/v1/chats/${chatId}`, { chat: { title: 'Changed' } })
    const counts = (await admin.get('/api/v1/folders/')).body
    return counts.find(({ id }: Json) => id === outer).unread_count === 1
  }, 5_000)
  admin.events.length = 0
  admin.socket_?.emit('events:chat', { chat_id: chatId, data: { type: 'last_read_at' } })
  const read = await admin.heard(admin.typed('chat:list', chatId))
  expect(read.data.data.folder_unread_counts).toMatchObject({ [outer]: 0, [inner]: 0 })
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
