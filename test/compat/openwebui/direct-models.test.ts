// Goal: a model that only the person's browser can reach answers in a chat as any other, tools and failures included.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { type Asked, Owui } from './person.ts'

const item = { id: 'mine', name: 'Mine', direct: true, urlIdx: 0 }
const line = (delta: Json, finish: string | null = null) =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}`

let server: TestServer
let admin: Owui
let eve: Owui
/** What the browser was asked, and what it does. */
const asked: Json[] = []
let lines: string[][] = []
let answer: unknown = { status: true }

beforeAll(async () => {
  server = await startTestServer()
  admin = await Owui.signUp(server.url, 'admin')
  eve = await Owui.added(admin, 'eve')
  await Promise.all([admin.connect(), eve.connect()])
  admin.socket_!.on('events', (event: Json, ack?: (value: unknown) => void) => {
    if (event.data.type !== 'request:chat:completion') return
    const { channel } = event.data.data
    asked.push(event.data.data)
    ack?.(answer)
    for (const piece of lines.shift() ?? []) admin.socket_!.emit(channel, piece)
    admin.socket_!.emit(channel, { done: true })
  })
})

afterAll(async () => {
  admin.close()
  eve.close()
  await server.stop()
})

beforeEach(() => {
  asked.length = 0
  admin.events.length = 0
  eve.events.length = 0
  answer = { status: true }
})

const ask = (who = admin, body: Json = {}): Promise<Asked> =>
  who.ask('hello', { model: 'mine', body: { model_item: item, ...body } })

async function answered(): Promise<Json> {
  const { chatId, answerId } = await ask()
  await admin.idle(chatId)
  return (await admin.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
}

test('are refused while direct connections are off', async () => {
  expect((await ask()).answer.status).toBe(400)
  const config = (await admin.get('/api/v1/configs/connections')).body
  await admin.post('/api/v1/configs/connections', { ...config, ENABLE_DIRECT_CONNECTIONS: true })
})

test('are asked by the browser, and answer in the chat', async () => {
  lines = [[line({ content: 'Hel' }), line({ content: 'lo.' }, 'stop'), 'data: [DONE]']]
  expect(await answered()).toMatchObject({ done: true, content: 'Hello.', model: 'mine' })
  expect(asked).toMatchObject([
    {
      model: item,
      session_id: admin.socket_!.id,
      channel: expect.stringMatching(new RegExp(`^${admin.user.id}:${admin.socket_!.id}:[^:]+$`)),
      form_data: { model: 'mine', stream: true, messages: [{ role: 'user', content: 'hello' }] },
    },
  ])
})

test('call tools, and are asked again with the result', async () => {
  const call = { index: 0, id: 'c1', function: { name: 'get_current_timestamp', arguments: '{}' } }
  lines = [
    [line({ tool_calls: [call] }, 'tool_calls'), 'data: [DONE]'],
    [line({ content: 'Late.' }, 'stop'), 'data: [DONE]'],
  ]
  expect(await answered()).toMatchObject({ content: 'Late.' })
  expect(asked[1]!['form_data'].messages.at(-1)).toMatchObject({ role: 'tool', tool_call_id: 'c1' })
})

test('tell what went wrong at the provider', async () => {
  answer = { error: { message: 'No such model' } }
  expect((await answered()).error.content).toContain('No such model')
  answer = { status: true }
  lines = [[line({ content: 'Half' })]]
  expect(await answered()).toMatchObject({ content: 'Half', error: { content: expect.any(String) } })
})

test('nobody else’s browser is asked, or heard', async () => {
  const { chatId, answerId } = await ask(eve, { session_id: admin.socket_!.id })
  await eve.idle(chatId)
  expect(asked).toEqual([])
  const message = (await eve.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
  expect(message.error.content).toContain('disconnected')
  // A stranger who guesses the channel says nothing into it.
  lines = [[]]
  const own = await ask()
  const channel = (await admin.heard((event) => event.data?.type === 'request:chat:completion')).data.data
    .channel
  eve.socket_!.emit(channel, line({ content: 'Lies' }, 'stop'))
  await admin.idle(own.chatId)
  const stored = (await admin.get(`/api/v1/chats/${own.chatId}`)).body.chat.history.messages[own.answerId]
  expect(stored.content).not.toContain('Lies')
})

test('a browser that goes ends the answer', async () => {
  const { chatId, answerId } = await ask(eve)
  await eve.heard((event) => event.data?.type === 'request:chat:completion')
  eve.close()
  let message: Json
  do message = (await eve.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
  while (!message.done)
  expect(message.error.content).toContain('disconnected')
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
