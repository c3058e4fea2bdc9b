// Goal: what the model is told, and what is kept, when an answer is gone on with, written anew, merged out of several or forked.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { type Asked, Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  await admin.connect()
})

afterAll(async () => {
  admin.close()
  await server.stop()
  await upstream.close()
})

async function answered(asked: Asked): Promise<Asked> {
  expect(asked.answer.status).toBe(200)
  await admin.idle(asked.chatId)
  admin.events.length = 0
  return asked
}

/** What the provider was told last: role and text. */
const told = (): unknown[] =>
  upstream.requests.at(-1)!.body.messages.map(({ role, content }) => [role, content])

const messageIn = async (chatId: string, id: string): Promise<Json> =>
  (await admin.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[id]

test('an answer that is gone on with keeps what it had', async () => {
  const { chatId, questionId, answerId } = await answered(await admin.ask('hello'))
  const asked = await admin.post('/api/chat/completions', {
    model: 'test-echo',
    session_id: admin.socket_?.id,
    chat_id: chatId,
    id: answerId,
    message_ids: [{ model_id: 'test-echo', message_id: answerId, modelIdx: 0 }],
    assistant_message_id: answerId,
    parent_id: questionId,
    user_message: { id: questionId, role: 'user', content: 'hello' },
  })
  expect(asked.status).toBe(200)
  const before = await admin.heard(admin.typed('chat:completion', chatId))
  expect(before.data.data.output[0].content[0].text).toBe('You said: hello')
  await admin.idle(chatId)
  expect(told()).toEqual([
    ['user', 'hello'],
    ['assistant', 'You said: hello'],
  ])
  const message = await messageIn(chatId, answerId)
  expect(message['content']).toBe('You said: helloYou said: hello')
  expect(message['output']).toHaveLength(1)
})

test('an answer that is to be written anew is shown to the model', async () => {
  const { chatId, questionId, answerId } = await answered(await admin.ask('hello'))
  const anew = crypto.randomUUID()
  await answered({
    chatId,
    questionId,
    answerId: anew,
    answer: await admin.post('/api/chat/completions', {
      model: 'test-echo',
      session_id: admin.socket_?.id,
      chat_id: chatId,
      id: anew,
      message_ids: [{ model_id: 'test-echo', message_id: anew, modelIdx: 0 }],
      regeneration_prompt: 'Add details',
      regeneration_message_id: answerId,
      parent_id: null,
      user_message: { id: questionId, role: 'user', content: 'hello' },
    }),
  })
  expect(told()).toEqual([
    ['user', 'hello'],
    ['assistant', 'You said: hello'],
    ['user', 'Add details'],
  ])
})

test('a system prompt that comes twice is told once', async () => {
  const system = 'Cost: $& for {{WHO}}'
  await answered(
    await admin.ask('hello', {
      body: {
        messages: [{ role: 'system', content: system }],
        params: { system },
        variables: { '{{WHO}}': '$1' },
      },
    }),
  )
  expect(told()[0]).toEqual(['system', 'Cost: $& for $1'])
})

test('answers of several models become one', async () => {
  const { status, body } = await admin.post('/api/v1/tasks/moa/completions', {
    model: 'test-echo',
    prompt: 'Which?',
    responses: ['This.', 'That.'],
  })
  expect([status, body.choices[0].message.role]).toEqual([200, 'assistant'])
  for (const part of ['Which?', 'This.', 'That.']) expect(String(told()[0])).toContain(part)
})

test('a fork is filed, tagged and named after its chat', async () => {
  const { chatId, answerId } = await answered(await admin.ask('hello'))
  await admin.post(`/api/v1/chats/${chatId}/tags`, { name: 'Mine' })
  const { body } = await admin.post(`/api/v1/chats/${chatId}/fork`, { message_id: answerId })
  expect(body.title).toBe('New Chat (fork)')
  expect((await admin.get(`/api/v1/chats/${body.id}/tags`)).body).toMatchObject([{ name: 'Mine' }])
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
