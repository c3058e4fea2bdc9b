// Goal: a chat as the front end runs it, from the request to both stores, with the events of the contract in their order.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../support/api.ts'
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
  await admin.connect()
})

afterAll(async () => {
  admin.close()
  await server.stop()
  await upstream.close()
})

/** The one database file in the server's folder. */
function databaseOf({ dataDir }: TestServer): string {
  const name = readdirSync(dataDir).find((file) => file.endsWith('.db'))
  return join(dataDir, name ?? 'no database')
}

const messageOf = (chat: Json, id: string): Json => chat.chat.history.messages[id]
const typesFor = (person: Owui, chatId: string): string[] =>
  person.events
    .filter((event) => event.chat_id === chatId)
    .map((event) => event.data.data?.type ?? event.data.type)

describe('a new chat', () => {
  test('is answered by events, and stored as the Python server stores it', async () => {
    const { chatId, questionId, answerId, answer } = await admin.ask('hello', {
      body: {
        background_tasks: { title_generation: true, tags_generation: true, follow_up_generation: true },
      },
    })
    expect(answer.body).toEqual({ status: true, task_ids: [expect.any(String)], chat_id: expect.any(String) })
    await admin.idle(chatId)
    const types = typesFor(admin, chatId)
    const order = [
      'chat:list',
      'chat:active',
      'response.output_text.delta',
      'chat:message:follow_ups',
      'chat:tags',
    ]
    expect(order.map((type) => types.indexOf(type)).toSorted((a, b) => a - b)).toEqual(
      order.map((type) => types.indexOf(type)),
    )
    expect(types.at(-1)).toBe('chat:active')
    const final = admin.events.find((event) => event.chat_id === chatId && event.data.data?.done === true)
    expect(final.data.data.output[0]).toMatchObject({
      type: 'message',
      status: 'completed',
      content: [{ type: 'output_text', text: 'You said: hello' }],
    })

    const { body: chat } = await admin.get(`/api/v1/chats/${chatId}`)
    expect(chat.title).not.toBe('New Chat')
    expect(messageOf(chat, questionId)).toMatchObject({
      role: 'user',
      content: 'hello',
      childrenIds: [answerId],
    })
    expect(messageOf(chat, answerId)).toMatchObject({
      role: 'assistant',
      done: true,
      content: 'You said: hello',
      parentId: questionId,
      followUps: expect.any(Array),
    })
    const db = new Database(databaseOf(server), { readonly: true })
    const rows = db
      .prepare('SELECT id, role, parent_id, content, done, model_id FROM chat_message WHERE chat_id = ?')
      .all(chatId)
    db.close()
    expect(rows).toContainEqual({
      id: `${chatId}-${answerId}`,
      role: 'assistant',
      parent_id: questionId,
      content: '"You said: hello"',
      done: 1,
      model_id: 'test-echo',
    })
    expect((await admin.get(`/api/v1/chats/${chatId}/tags`)).body.length).toBeGreaterThan(0)
  })

  test('goes on with the history of its branch', async () => {
    const first = await admin.ask('one')
    await admin.idle(first.chatId)
    admin.events.length = 0
    await admin.ask('two', { chatId: first.chatId, parentId: first.answerId })
    await admin.idle(first.chatId)
    const asked = upstream.requests.at(-1)?.body.messages.filter(({ role }) => role !== 'system')
    expect(asked?.map(({ content }) => content)).toEqual(['one', 'You said: one', 'two'])
  })

  test('asked in while it is deleted, it is refused or goes, and nothing goes on running', async () => {
    for (let turn = 0; turn < 8; turn++) {
      const first = await admin.ask('one')
      await admin.idle(first.chatId)
      admin.events.length = 0
      const [asked] = await Promise.all([
        admin.ask('two', { chatId: first.chatId, parentId: first.answerId, model: 'test-stepped' }),
        admin.delete(`/api/v1/chats/${first.chatId}`),
      ])
      expect([200, 401, 404]).toContain(asked.answer.status)
      const on = admin.typed('chat:active', first.chatId)
      if (admin.events.some((event) => on(event) && event.data.data.active)) await admin.idle(first.chatId)
      else expect(typesFor(admin, first.chatId)).not.toContain('response:completion')
      expect((await admin.get('/api/tasks')).body.tasks).toEqual([])
    }
  })

  test('without a session it is an OpenAI endpoint, streamed and whole', async () => {
    const ask = { model: 'test-echo', messages: [{ role: 'user', content: 'plain' }] }
    const whole = await admin.post('/api/chat/completions', ask)
    expect(whole.body.choices[0].message).toMatchObject({ role: 'assistant', content: 'You said: plain' })
    const streamed = await admin.post<string>('/api/v1/chat/completions', { ...ask, stream: true })
    expect(streamed.headers.get('content-type')).toBe('text/event-stream')
    const chunks = streamed.body.split('\n\n').filter((line) => line.startsWith('data: {'))
    const text = chunks.map((line) => JSON.parse(line.slice(6)).choices[0]?.delta.content ?? '').join('')
    expect(text).toBe('You said: plain')
    expect(streamed.body.trimEnd().endsWith('data: [DONE]')).toBe(true)
  })
})

describe('a running answer', () => {
  test('survives its browser: a read in mid-stream has the text so far, and the end is stored', async () => {
    const n = upstream.requests.length
    const asked = await admin.ask('a b c d e', { model: 'test-stepped' })
    const request = await upstream.request(n)
    await request.step(3)
    await admin.heard(
      (event) => event.chat_id === asked.chatId && event.data.data?.type === 'response.output_text.delta',
    )
    admin.close()
    const { body: chat } = await admin.get(`/api/v1/chats/${asked.chatId}`)
    expect(messageOf(chat, asked.answerId)).toMatchObject({
      done: false,
      content: expect.stringMatching(/^You/),
    })
    expect((await admin.get(`/api/tasks/chat/${asked.chatId}`)).body.task_ids).toHaveLength(1)
    admin.events.length = 0
    await admin.connect()
    await request.finish()
    await admin.idle(asked.chatId)
    const { body: after } = await admin.get(`/api/v1/chats/${asked.chatId}`)
    expect(messageOf(after, asked.answerId)).toMatchObject({ done: true, content: 'You said: a b c d e' })
  })

  test('stops at the provider and keeps what came', async () => {
    const n = upstream.requests.length
    const asked = await admin.ask('one two three', { model: 'test-stepped' })
    const request = await upstream.request(n)
    await request.step(2)
    await admin.heard(
      (event) => event.chat_id === asked.chatId && event.data.data?.type === 'response.output_text.delta',
    )
    const { body } = await admin.post(`/api/tasks/chat/${asked.chatId}/stop`)
    expect(body.status).toBe(true)
    expect(await request.ended).toBe('aborted')
    await admin.heard(admin.typed('chat:tasks:cancel', asked.chatId))
    const { body: chat } = await admin.get(`/api/v1/chats/${asked.chatId}`)
    const message = messageOf(chat, asked.answerId)
    expect(message).toMatchObject({ done: true, output: [{ status: 'incomplete' }] })
    expect('You said: one two three'.startsWith(message.content)).toBe(true)
  })

  test('says what went wrong upstream, in the chat', async () => {
    const { chatId, answerId } = await admin.ask('fail', { model: 'fail-500' })
    const event = await admin.heard(admin.typed('chat:message:error', chatId))
    expect(event.data.data).toEqual({ error: { content: expect.stringContaining('provider') }, done: true })
    const { body: chat } = await admin.get(`/api/v1/chats/${chatId}`)
    expect(messageOf(chat, answerId)).toMatchObject({ done: true, error: { content: expect.any(String) } })
  })

  test('calls a tool and answers with its result', async () => {
    const { chatId, answerId } = await admin.ask('use a tool', { model: 'test-tools' })
    await admin.idle(chatId)
    const { body: chat } = await admin.get(`/api/v1/chats/${chatId}`)
    const types = messageOf(chat, answerId).output.map((item: Json) => item.type)
    expect(types).toEqual(['function_call', 'function_call_output', 'message'])
  })

  test('costs a fixed number of writes, whatever its length', async () => {
    const writes = async (model: string): Promise<number> => {
      const db = new Database(databaseOf(server), { readonly: true })
      const version = () =>
        Number((db.prepare('PRAGMA data_version').get() as { data_version: number }).data_version)
      const seen = new Set<number>([version()])
      const watching = setInterval(() => seen.add(version()), 1)
      const { chatId } = await admin.ask('count', { model })
      await admin.idle(chatId)
      clearInterval(watching)
      seen.add(version())
      db.close()
      return seen.size
    }
    // 200 chunks write no more often than three do.
    expect(await writes('test-long')).toBeLessThanOrEqual((await writes('test-echo')) + 2)
  })
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
