// Goal: nothing is called before the person has allowed it, however long that takes, and exactly once afterwards.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Answer, Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import type { TestServer } from '../../support/server.ts'
import { startToolServer } from '../../support/tool-server.ts'
import type { Upstream } from '../../support/upstream.ts'
import { everyone, startPair } from './pair.ts'
import type { Owui } from './person.ts'

const weather = (city: string) => ({ name: 'get_weather', arguments: { city } })

bothDialects('tool approval', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let admin: Owui
  let bob: Owui
  const tools = startToolServer()

  beforeAll(async () => {
    ;({ upstream, server, admin, bob } = await startPair(fixture, () => everyone))
    const added = await admin.post('/api/v1/configs/tool_servers', {
      TOOL_SERVER_CONNECTIONS: [
        {
          url: tools.url,
          path: 'openapi.json',
          auth_type: 'session',
          key: '',
          config: { enable: true, access_grants: everyone },
          info: { id: 'weather', name: 'Weather' },
        },
      ],
    })
    expect(added.status).toBe(200)
    const config = (await admin.get('/api/v1/chats/config')).body
    const saved = await admin.post('/api/v1/chats/config', { ...config, ENABLE_TOOL_PERMISSIONS: true })
    expect(saved.body.ENABLE_TOOL_PERMISSIONS).toBe(true)
    await Promise.all([admin.connect(), bob.connect()])
  })

  afterAll(async () => {
    bob.close()
    admin.close()
    await Promise.all([server.stop(), upstream.close(), tools.stop()])
  })

  beforeEach(() => {
    tools.requests.length = 0
    bob.events.length = 0
  })

  interface Waiting {
    chatId: string
    answerId: string
    resolve(callId: string, action: string, who?: Owui): Promise<Answer>
    message(): Promise<Json>
  }

  /** The model has called the tool for each city, and waits. */
  async function waiting(...cities: string[]): Promise<Waiting> {
    upstream.queue({ toolCalls: cities.map(weather), usage: { prompt: 10, completion: 5 } })
    const { chatId, answerId } = await bob.ask('please', {
      body: {
        tool_ids: ['server:weather'],
        params: { tool_approval_mode: 'ask' },
        messages: [{ role: 'system', content: 'Be brief.' }],
      },
    })
    await bob.idle(chatId)
    bob.events.length = 0
    return {
      chatId,
      answerId,
      resolve: (call_id, action, who = bob) =>
        who.post(`/api/v1/chats/${chatId}/messages/${answerId}/resolve`, { call_id, action }),
      message: async () => (await bob.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId],
    }
  }

  const statuses = (message: Json): string[] => message.output.map(({ status }: Json) => status)

  test('a call waits in the chat, and nothing secret with it', async () => {
    const { message } = await waiting('here')
    const stored = await message()
    expect(stored.done).toBe(false)
    expect(stored.output).toMatchObject([{ type: 'function_call', status: 'pending', call_id: 'call_0' }])
    expect(stored.meta).toMatchObject({ tool_ids: ['server:weather'], params: { tool_approval_mode: 'ask' } })
    expect(JSON.stringify(stored)).not.toContain(bob.token!)
    expect(tools.calls()).toEqual([])
  })

  test('allowed, it is run and the answer goes on', async () => {
    const { chatId, resolve, message } = await waiting('here')
    upstream.queue({ chunks: ['Clear.'], usage: { prompt: 20, completion: 1 } })
    const { status, body } = await resolve('call_0', 'approve')
    expect([status, body.status, body.task_ids.length]).toEqual([200, true, 1])
    await bob.idle(chatId)
    expect(tools.calls()).toMatchObject([
      { path: '/weather/here', headers: { authorization: `Bearer ${bob.token}` } },
    ])
    const stored = await message()
    expect(stored).toMatchObject({
      done: true,
      content: 'Clear.',
      usage: { prompt_tokens: 30, completion_tokens: 6 },
    })
    expect(stored.output.map(({ type, status: at }: Json) => [type, at])).toEqual([
      ['function_call', 'completed'],
      ['function_call_output', 'completed'],
      ['message', 'completed'],
    ])
    const told = upstream.requests.at(-1)!.body.messages
    expect(told.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(told[0]!.content).toContain('Be brief.')
    const events = bob.events.filter(bob.typed('chat:completion', chatId)).map(({ data }) => data.data)
    expect(events[0].output[0]).toMatchObject({ status: 'queued', approved: true })
    expect(events.at(-1)).toMatchObject({ done: true })
  })

  test('refused, it is not run, and the model is told', async () => {
    const { chatId, resolve, message } = await waiting('here')
    upstream.queue({ chunks: ['As you wish.'] })
    expect((await resolve('call_0', 'reject')).body.task_ids).toHaveLength(1)
    await bob.idle(chatId)
    expect(tools.calls()).toEqual([])
    expect(statuses(await message())).toEqual(['rejected', 'rejected', 'completed'])
    expect(String(upstream.requests.at(-1)!.body.messages.at(-1)!.content)).toContain('rejected by user')
  })

  test('of several calls, one is asked for at a time', async () => {
    const { chatId, resolve, message } = await waiting('a', 'b', 'c')
    expect(statuses(await message())).toEqual(['pending', 'queued', 'queued'])
    await resolve('call_0', 'approve')
    await bob.idle(chatId)
    expect(statuses(await message())).toEqual(['completed', 'pending', 'queued', 'completed'])
    bob.events.length = 0
    expect((await resolve('call_1', 'reject')).body.task_ids).toEqual([])
    expect(statuses(await message())).toEqual(['completed', 'rejected', 'pending', 'completed', 'rejected'])
    upstream.queue({ chunks: ['Done.'] })
    await resolve('call_2', 'approve')
    await bob.idle(chatId)
    expect(await message()).toMatchObject({ done: true, content: 'Done.' })
    expect(tools.calls().map(({ path }) => path)).toEqual(['/weather/a', '/weather/c'])
  })

  test('allowed at once from everywhere, each is run exactly once', async () => {
    const { chatId, resolve, message } = await waiting('a', 'b', 'c')
    upstream.queue({ chunks: ['Done.'] })
    const answers = await Promise.all(
      ['call_0', 'call_1', 'call_2', 'call_0', 'call_1'].map((id) => resolve(id, 'approve')),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 200, 200, 409, 409])
    await bob.heard((event) => event.chat_id === chatId && event.data?.data?.done === true)
    expect(
      tools
        .calls()
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['/weather/a', '/weather/b', '/weather/c'])
    expect((await message()).done).toBe(true)
  })

  test('a call of the next round waits again', async () => {
    const { chatId, resolve, message } = await waiting('a')
    upstream.queue({ toolCalls: [weather('b')] })
    await resolve('call_0', 'approve')
    await bob.idle(chatId)
    expect(statuses(await message())).toEqual(['completed', 'completed', 'pending'])
    expect(tools.calls()).toHaveLength(1)
  })

  describe('a verdict', () => {
    test.each([
      ['of somebody else', 401, (w: Waiting) => w.resolve('call_0', 'approve', admin)],
      ['on a call that is none', 404, (w: Waiting) => w.resolve('call_9', 'approve')],
      ['that is an answer', 400, (w: Waiting) => w.resolve('call_0', 'answer')],
      ['that is no word', 422, (w: Waiting) => w.resolve('call_0', 'maybe')],
      [
        'on a turn that is none',
        404,
        (w: Waiting) =>
          bob.post(`/api/v1/chats/${w.chatId}/messages/x/resolve`, { call_id: 'call_0', action: 'approve' }),
      ],
    ])('%s is refused with %p', async (_what, status, send) => {
      const asked = await waiting('here')
      expect((await send(asked)).status).toBe(status)
      expect(statuses(await asked.message())).toEqual(['pending'])
      expect(tools.calls()).toEqual([])
    })

    test('comes once', async () => {
      const { resolve } = await waiting('here')
      upstream.queue({ chunks: ['.'] })
      expect((await resolve('call_0', 'reject')).status).toBe(200)
      expect((await resolve('call_0', 'approve')).status).toBe(409)
    })
  })

  test('in a temporary chat the open tab is asked', async () => {
    const asked: Json[] = []
    const answer = { allow: true }
    bob.socket_!.on('events', (event: Json, ack?: (value: unknown) => void) => {
      if (event.data.type !== 'confirmation') return
      asked.push(event.data.data.tool_call)
      ack?.(answer.allow)
    })
    for (const allow of [true, false]) {
      answer.allow = allow
      upstream.queue({ toolCalls: [weather('here')] }, { chunks: ['Done.'] })
      const chatId = `temporary:${bob.socket_!.id}`
      await bob.ask('please', {
        chatId,
        body: {
          tool_ids: ['server:weather'],
          params: { tool_approval_mode: 'ask' },
          messages: [{ role: 'user', content: 'please' }],
        },
      })
      await bob.idle(chatId)
      bob.events.length = 0
      expect(tools.calls()).toHaveLength(1)
    }
    expect(asked).toMatchObject([{ name: 'get_weather', arguments: { city: 'here' } }, {}])
    expect(String(upstream.requests.at(-1)!.body.messages.at(-1)!.content)).toContain('not approved')
  })

  test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
})
