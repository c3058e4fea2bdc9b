// Goal: an administrator's OpenAPI tool server is listed for those it is open to, and its operations are called for them
// by the model, with the connection's auth, the arguments where they belong, and bounds.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import type { TestServer } from '../../support/server.ts'
import { startToolServer, TOOL_DOCUMENT } from '../../support/tool-server.ts'
import type { Upstream } from '../../support/upstream.ts'
import { everyone, startPair } from './pair.ts'
import type { Owui } from './person.ts'

bothDialects('tool servers', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let admin: Owui
  let bob: Owui
  const tools = startToolServer()
  const locked = startToolServer({ key: 'open sesame' })

  function connection(id: string, more: Json = {}): Json {
    const { config, info, ...rest } = more
    return {
      url: tools.url,
      path: 'openapi.json',
      type: 'openapi',
      auth_type: 'none',
      key: '',
      config: { enable: true, access_grants: everyone, ...config },
      info: { id, name: `Server ${id}`, description: 'Mine', ...info },
      ...rest,
    }
  }

  const save = async (...connections: Json[]): Promise<void> => {
    const saved = await admin.post('/api/v1/configs/tool_servers', { TOOL_SERVER_CONNECTIONS: connections })
    expect(saved.status).toBe(200)
  }

  const listed = async (person: Owui): Promise<string[]> =>
    (await person.get('/api/v1/tools/')).body.map(({ id }: Json) => id)

  /** Asks with the tool chosen; the model calls it with these arguments. Gives back the answer's items. */
  async function called(person: Owui, toolId: string, name: string, args: Json): Promise<Json[]> {
    upstream.queue({ toolCalls: [{ name, arguments: args }] }, { chunks: ['Done.'] })
    const { answer, chatId, answerId } = await person.ask('please', { body: { tool_ids: [toolId] } })
    expect(answer.status).toBe(200)
    await person.idle(chatId)
    return (await person.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId].output
  }

  const offered = (): string[] => upstream.requests.at(-1)!.body.tools!.map(({ function: { name } }) => name)

  beforeAll(async () => {
    ;({ upstream, server, admin, bob } = await startPair(fixture, () => everyone))
    await Promise.all([admin.connect(), bob.connect()])
  })

  afterAll(async () => {
    admin.close()
    bob.close()
    await Promise.all([server.stop(), upstream.close(), tools.stop(), locked.stop()])
  })

  beforeEach(() => {
    tools.requests.length = 0
    locked.requests.length = 0
    admin.events.length = 0
    bob.events.length = 0
  })

  describe('the list of tools', () => {
    test('names servers by their id, with the name of the connection', async () => {
      await save(connection('weather'))
      const { body } = await bob.get('/api/v1/tools/')
      expect(body).toMatchObject([
        {
          id: 'server:weather',
          user_id: 'server:weather',
          name: 'Server weather',
          meta: { description: 'Mine' },
        },
      ])
    })

    test('leaves out what is off, dead, or not open to the person', async () => {
      await save(
        connection('open'),
        connection('off', { config: { enable: false } }),
        connection('dead', { url: 'http://127.0.0.1:9' }),
        connection('nobody', { config: { access_grants: [] } }),
        connection('mine', {
          config: {
            access_grants: [{ principal_type: 'user', principal_id: bob.user.id, permission: 'read' }],
          },
        }),
      )
      expect(await listed(bob)).toEqual(['server:open', 'server:mine'])
      expect(await listed(admin)).toEqual(['server:open', 'server:nobody', 'server:mine'])
    })

    test('a document may be YAML, pasted, or behind a key; without an id the place counts', async () => {
      await save(
        connection('', { path: '/openapi.yaml' }),
        connection('pasted', {
          spec_type: 'json',
          spec: JSON.stringify(TOOL_DOCUMENT),
          url: 'http://127.0.0.1:9',
        }),
        connection('locked', { url: locked.url, auth_type: 'bearer', key: 'open sesame' }),
        connection('wrong', { url: locked.url, auth_type: 'bearer', key: 'guess' }),
      )
      expect(await listed(bob)).toEqual(['server:0', 'server:pasted', 'server:locked'])
    })
  })

  describe('a call', () => {
    test('puts arguments into path and query, and its result into the answer and the next question', async () => {
      await save(connection('weather'))
      const output = await called(bob, 'server:weather', 'get_weather', {
        city: 'São Tomé/..',
        days: 2,
        parts: ['am', 'pm'],
        'x-secret': 'no',
      })
      expect(tools.calls()).toMatchObject([
        {
          method: 'GET',
          path: `/weather/${encodeURIComponent('São Tomé/..')}`,
          query: { days: ['2'], parts: ['am', 'pm'] },
        },
      ])
      expect(tools.calls()[0]!.headers['x-secret']).toBeUndefined()
      expect(output).toMatchObject([
        { type: 'function_call', name: 'get_weather', status: 'completed' },
        { type: 'function_call_output', status: 'completed', output: [{ type: 'input_text' }] },
        { type: 'message', content: [{ text: 'Done.' }] },
      ])
      expect(JSON.parse(output[1]!['output'][0].text)).toEqual({ city: 'São Tomé/..', sky: 'clear' })
      expect(upstream.requests.at(-1)!.body.messages.at(-1)).toMatchObject({ role: 'tool' })
      expect(offered()).toEqual(expect.arrayContaining(['get_weather', 'write_note', 'drop_note']))
    })

    test('puts the rest into the body', async () => {
      await called(bob, 'server:weather', 'write_note', { id: 'a b', title: 'T', parent: { title: 'P' } })
      expect(tools.calls()).toMatchObject([
        { method: 'PUT', path: '/notes/a%20b', body: { title: 'T', parent: { title: 'P' } } },
      ])
    })

    test.each([
      ['a refusal', 'drop_note', { id: 'none' }, 'HTTP error 404'],
      ['a path that walks out', 'drop_note', { id: '..' }, 'is no name'],
      ['a missing path parameter', 'drop_note', {}, 'is missing'],
      ['a redirect', 'moved', {}, 'redirect'],
      ['an answer without end', 'huge', {}, ''],
    ])('%s is told to the model as an error', async (_what, name, args, said) => {
      const output = await called(bob, 'server:weather', name, args)
      expect(output).toMatchObject([
        { type: 'function_call', status: 'failed' },
        { type: 'function_call_output', status: 'failed' },
        { type: 'message' },
      ])
      expect(JSON.parse(output[1]!['output'][0].text).error).toContain(said)
    })

    test('only of servers that are open to the person, and of operations that the filter lets through', async () => {
      await save(
        connection('nobody', { config: { access_grants: [] } }),
        connection('weather', { config: { function_name_filter_list: 'weather,!note' } }),
      )
      await called(bob, 'server:nobody', 'get_weather', { city: 'x' })
      expect(offered()).not.toContain('get_weather')
      await called(bob, 'server:weather', 'drop_note', { id: 'x' })
      expect(offered()).toContain('get_weather')
      expect(offered()).not.toContain('drop_note')
      expect(tools.calls()).toEqual([])
    })

    test('carries the auth of its connection and the headers that name the person', async () => {
      await save(
        connection('locked', { url: locked.url, auth_type: 'bearer', key: 'open sesame' }),
        connection('session', {
          auth_type: 'session',
          headers: { 'X-Who': '{{USER_NAME}} {{USER_ROLE}} {{CHAT_ID}}' },
        }),
        connection('oauth', { auth_type: 'system_oauth' }),
      )
      const ok = await called(bob, 'server:locked', 'get_weather', { city: 'x' })
      expect(ok[1]).toMatchObject({ status: 'completed' })
      await called(bob, 'server:session', 'get_weather', { city: 'x' })
      const { headers } = tools.calls()[0]!
      expect(headers['authorization']).toBe(`Bearer ${bob.token}`)
      expect(headers['x-who']).toMatch(/^bob user [0-9a-f-]{36}$/)
      const refused = await called(bob, 'server:oauth', 'get_weather', { city: 'x' })
      expect(refused[1]!['output'][0].text).toContain('system_oauth')
      expect(JSON.stringify(server.errors)).not.toContain('sesame')
    })
  })

  describe('setting servers up', () => {
    const verify = (body: Json) => admin.post('/api/v1/configs/tool_servers/verify', body)

    test('verify gives the document, or says that there is none', async () => {
      expect(await verify(connection('x'))).toMatchObject({ status: 200, body: TOOL_DOCUMENT })
      expect(await verify(connection('x', { url: locked.url }))).toMatchObject({
        status: 400,
        body: { detail: 'Failed to connect to the tool server' },
      })
      expect(
        (await verify(connection('x', { url: locked.url, auth_type: 'bearer', key: 'open sesame' }))).status,
      ).toBe(200)
    })

    test('terminal servers: kind, policy, lifecycle, refresh', async () => {
      const at = (path: string, body: Json) =>
        admin.post(`/api/v1/configs/terminal_servers/${path}`, { url: tools.url, key: 'k', ...body })
      expect((await at('verify', {})).body).toEqual({ status: true, type: 'orchestrator' })
      expect(tools.requests[0]!.headers['authorization']).toBe('Bearer k')
      expect((await at('verify', { url: 'http://127.0.0.1:9' })).body).toEqual({
        detail: 'Failed to connect to the terminal server',
      })
      expect((await at('verify', { url: '' })).body).toEqual({ detail: 'Terminal server URL is required' })
      expect((await at('policy', { policy_id: 'a/b' })).body).toMatchObject({
        method: 'GET',
        path: '/api/v1/policies/a%2Fb',
      })
      expect((await at('policy', { policy_id: 'p', policy_data: { cpu: 1 } })).body).toMatchObject({
        method: 'PUT',
        body: { cpu: 1 },
      })
      expect(await at('policy', { policy_id: 'none' })).toMatchObject({
        status: 404,
        body: { detail: 'Policy not found' },
      })
      expect((await at('lifecycle', { policy_id: 'p', lifecycle_data: {} })).body).toMatchObject({
        method: 'PUT',
        path: '/api/v1/policies/p/lifecycle',
      })
      expect((await at('refresh', { user_id: 'u', reset: true })).body).toEqual({
        refreshed: { only_idle: true, reset: true, user_id: 'u' },
      })
    })

    test('are an administrator’s', async () => {
      for (const path of ['tool_servers/verify', 'terminal_servers/verify', 'terminal_servers/policy'])
        expect((await bob.post(`/api/v1/configs/${path}`, connection('x'))).status).toBe(401)
      expect(tools.requests).toEqual([])
    })
  })

  describe('tools of one’s own servers', () => {
    const specs = [{ name: 'my_tool', description: 'Mine', parameters: { type: 'object', properties: {} } }]
    const own = [{ url: 'http://mine.local', specs, info: { title: 'Mine' }, system_prompt: 'Mine is best.' }]

    /** What the tab was asked; it answers with what the tool said and its headers. */
    async function asked(person: Owui, result: unknown): Promise<{ calls: Json[]; output: Json[] }> {
      const calls: Json[] = []
      const answer = (event: Json, ack?: (value: unknown) => void) => {
        if (event.data.type !== 'execute:tool') return
        calls.push(event.data.data)
        ack?.(result)
      }
      person.socket_!.on('events', answer)
      upstream.queue({ toolCalls: [{ name: 'my_tool', arguments: { a: 1 } }] }, { chunks: ['Done.'] })
      const { chatId, answerId } = await person.ask('please', { body: { tool_servers: own } })
      await person.idle(chatId)
      person.socket_!.off('events', answer)
      const { output } = (await person.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
      return { calls, output }
    }

    test('are called by the open tab, where the server and the person’s permissions allow them', async () => {
      expect((await asked(admin, 1)).calls).toEqual([])
      const config = (await admin.get('/api/v1/configs/connections')).body
      await admin.post('/api/v1/configs/connections', { ...config, ENABLE_DIRECT_INTEGRATIONS: true })
      const { calls, output } = await asked(admin, [
        { said: 'hello' },
        { 'content-type': 'application/json' },
      ])
      expect(calls).toMatchObject([
        {
          name: 'my_tool',
          params: { a: 1 },
          server: { url: 'http://mine.local' },
          session_id: admin.socket_!.id,
        },
      ])
      expect(upstream.requests.at(-1)!.body.messages[0]!.content).toContain('Mine is best.')
      expect(calls[0]!['server'].specs).toBeUndefined()
      expect(output[1]).toMatchObject({ status: 'completed', output: [{ text: '{"said":"hello"}' }] })
      expect((await asked(admin, { error: 'No such tool' })).output[1]).toMatchObject({ status: 'failed' })
      expect((await asked(bob, 1)).calls).toEqual([])
    })

    test('nobody else’s tab is asked', async () => {
      upstream.queue({ toolCalls: [{ name: 'my_tool', arguments: {} }] }, { chunks: ['Done.'] })
      const { chatId, answerId } = await admin.ask('please', {
        body: { tool_servers: own, session_id: bob.socket_!.id },
      })
      await admin.idle(chatId)
      expect(bob.events.filter(bob.typed('execute:tool'))).toEqual([])
      const { output } = (await admin.get(`/api/v1/chats/${chatId}`)).body.chat.history.messages[answerId]
      expect(output[1].output[0].text).toContain('disconnected')
    })
  })

  test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
})
