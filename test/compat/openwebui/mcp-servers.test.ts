// Goal: the tools of an MCP server are called for whom it is open to, in one session a chat, whichever way it answers.
import { afterAll, beforeAll, beforeEach, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { startMcpServer } from '../../support/mcp-server.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let bob: Owui
const plain = startMcpServer()
const streaming = startMcpServer({ stream: true, key: 'open sesame' })

const connection = (id: string, more: Json = {}): Json => ({
  url: plain.url,
  path: '',
  type: 'mcp',
  auth_type: 'none',
  key: '',
  config: {
    enable: true,
    access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
  },
  info: { id, name: `Server ${id}`, description: '' },
  ...more,
})
const locked = { url: streaming.url, auth_type: 'bearer', key: 'open sesame' }

async function called(name: string, args: Json, toolId: string, more: Json = {}): Promise<Json> {
  upstream.queue({ toolCalls: [{ name, arguments: args }] }, { chunks: ['Done.'] })
  const asked = await bob.ask('please', { ...more, body: { tool_ids: [toolId] } })
  await bob.idle(asked.chatId)
  bob.events.length = 0
  const { messages } = (await bob.get(`/api/v1/chats/${asked.chatId}`)).body.chat.history
  return { ...asked, message: messages[asked.answerId], result: messages[asked.answerId].output[1] }
}

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  bob = await Owui.added(admin, 'bob')
  const { config } = connection('')
  await admin.post('/api/v1/models/create', {
    id: 'test-echo',
    name: 'Echo',
    meta: {},
    params: {},
    access_grants: config.access_grants,
  })
  const saved = await admin.post('/api/v1/configs/tool_servers', {
    TOOL_SERVER_CONNECTIONS: [
      connection('calc'),
      connection('stream', locked),
      connection('dead', { url: 'http://127.0.0.1:9/mcp' }),
      connection('oauth', { auth_type: 'oauth_2.1' }),
      connection('closed', { config: { enable: true, access_grants: [] } }),
    ],
  })
  expect(saved.status).toBe(200)
  await bob.connect()
})

afterAll(async () => {
  bob.close()
  await Promise.all([server.stop(), upstream.close(), plain.stop(), streaming.stop()])
})

beforeEach(() => {
  plain.methods.length = 0
})

test('servers are listed without being asked', async () => {
  const ids = (await bob.get('/api/v1/tools/')).body.map(({ id }: Json) => id)
  expect(ids).toEqual(['server:mcp:calc', 'server:mcp:stream', 'server:mcp:dead', 'server:mcp:oauth'])
  expect(plain.methods).toEqual([])
})

test('their tools are shown on demand, to whom they are open to', async () => {
  expect((await bob.get('/api/v1/tools/id/server:mcp:calc/specs')).body.specs).toEqual([
    { name: 'add', description: 'Adds two numbers' },
    { name: 'fail', description: 'Fails' },
  ])
  expect((await bob.get('/api/v1/tools/id/server:mcp:closed/specs')).status).toBe(404)
  expect((await bob.get('/api/v1/tools/id/server:mcp:dead/specs')).status).toBe(502)
  expect((await bob.get('/api/v1/tools/id/some-tool/specs')).status).toBe(404)
})

test('verify shows what a server offers, and leaves no session behind', async () => {
  const verify = (body: Json) => admin.post('/api/v1/configs/tool_servers/verify', body)
  const { status, body } = await verify(connection('x'))
  expect([status, body.status, body.specs[0].parameters.type]).toEqual([200, true, 'object'])
  expect(plain.methods.at(-1)).toBe('DELETE')
  expect((await verify(connection('x', { url: streaming.url }))).body.detail).toBe(
    'Failed to create MCP client',
  )
})

test.each([
  ['JSON', 'calc'],
  ['events', 'stream'],
])('a call is answered in %s', async (_how, id) => {
  const { result } = await called(`${id}_add`, { a: 1, b: 2 }, `server:mcp:${id}`)
  expect(result).toMatchObject({ status: 'completed' })
  const { messages } = upstream.requests.at(-1)!.body
  expect(messages[0]).toMatchObject({
    role: 'system',
    content: expect.stringContaining('{{USER_NAME}} never'),
  })
  expect(result.output[0].text).toBe('3 (call 1)\n(image/png; it is not shown)')
})

test('calls of one chat share a session, which is begun anew when the server forgot it', async () => {
  const first = await called('calc_add', {}, 'server:mcp:calc')
  const at = { chatId: first.chatId, parentId: first.answerId }
  const second = await called('calc_add', {}, 'server:mcp:calc', at)
  expect(second.result.output[0].text).toContain('(call 2)')
  plain.forget()
  const third = await called('calc_add', {}, 'server:mcp:calc', {
    chatId: first.chatId,
    parentId: second.answerId,
  })
  expect(third.result.output[0].text).toContain('(call 1)')
})

test('a tool that fails is told to the model, a server that cannot be had to the person', async () => {
  const { result } = await called('calc_fail', {}, 'server:mcp:calc')
  expect(result).toMatchObject({ status: 'failed', output: [{ text: '{"error":"It broke"}' }] })
  for (const id of ['dead', 'oauth']) {
    const { message } = await called(`${id}_add`, {}, `server:mcp:${id}`)
    expect(message.statusHistory).toMatchObject([{ action: 'tool_connection', error: true }])
  }
  const closed = await called('closed_add', {}, 'server:mcp:closed')
  expect(closed.result.output[0].text).toContain('no tool')
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
