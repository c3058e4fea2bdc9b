// Goal: programs written for model APIs work against a person's key: OpenAI's own client, and Anthropic's dialect.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import OpenAI from 'openai'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let client: OpenAI

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  const config = (await admin.get('/api/v1/auths/admin/config')).body
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_API_KEYS: true })
  const { body } = await admin.post('/api/v1/auths/api_key')
  expect(body.api_key).toMatch(/^sk-[0-9a-f]{32}$/)
  client = new OpenAI({ apiKey: body.api_key, baseURL: `${server.url}/api/v1`, maxRetries: 0 })
  admin.token = body.api_key
})

afterAll(async () => {
  await server.stop()
  await upstream.close()
})

const question = [{ role: 'user' as const, content: 'hello' }]

describe("OpenAI's client", () => {
  test('gets a whole answer', async () => {
    const answer = await client.chat.completions.create({ model: 'test-echo', messages: question })
    expect(answer.choices[0]?.message.content).toBe('You said: hello')
    expect(answer.usage?.total_tokens).toBeGreaterThan(0)
  })

  test('gets a stream', async () => {
    const stream = await client.chat.completions.create({
      model: 'test-echo',
      messages: question,
      stream: true,
    })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('You said: hello')
  })

  test('hangs up, and the provider is let go', async () => {
    const n = upstream.requests.length
    const stream = await client.chat.completions.create({
      model: 'test-slow',
      messages: question,
      stream: true,
    })
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break
    stream.controller.abort()
    expect(await (await upstream.request(n)).ended).toBe('aborted')
  })

  test('lists models, and is told of one that is not there', async () => {
    const ids = (await client.models.list()).data.map(({ id }) => id)
    expect(ids).toContain('test-echo')
    const asked = client.chat.completions.create({ model: 'no-such-model', messages: question })
    expect(
      await asked.catch((error: unknown) => (error as InstanceType<typeof OpenAI.APIError>).status),
    ).toBe(400)
  })

  test("a provider's refusal keeps its status", async () => {
    const asked = client.chat.completions.create({ model: 'fail-429', messages: question })
    expect(
      await asked.catch((error: unknown) => (error as InstanceType<typeof OpenAI.APIError>).status),
    ).toBe(429)
  })
})

describe("Anthropic's dialect", () => {
  const ask = {
    model: 'test-echo',
    max_tokens: 100,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  }

  test('whole', async () => {
    const { body } = await admin.post('/api/v1/messages', { ...ask, system: 'Be kind.' })
    expect(body).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'You said: hello' }],
      stop_reason: 'end_turn',
    })
    expect(upstream.requests.at(-1)?.body.messages[0]).toEqual({ role: 'system', content: 'Be kind.' })
  })

  test('as events', async () => {
    const { body } = await admin.post<string>('/api/v1/messages', { ...ask, stream: true })
    const names = [...body.matchAll(/^event: (\w+)$/gm)].map(([, name]) => name)
    expect(names[0]).toBe('message_start')
    expect(names.slice(-3)).toEqual(['content_block_stop', 'message_delta', 'message_stop'])
    const pieces = [...body.matchAll(/"type":"text_delta","text":"([^"]*)"/g)].map(([, text]) => text)
    expect(pieces.join('')).toBe('You said: hello')
  })
})

describe('a key', () => {
  test('works as x-api-key, ends with its switch, and opens no socket', async () => {
    const key = admin.token ?? ''
    const bare = new Owui(server.url)
    expect((await bare.call('GET', '/api/models', undefined, { 'x-api-key': key })).status).toBe(200)
    expect((await admin.get('/api/v1/auths/')).status).toBe(403)
    const config = (await admin.get('/api/v1/auths/admin/config')).body
    await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_API_KEYS: false })
    expect((await admin.get('/api/models')).status).toBe(403)
  })
})

test('questions a minute and tokens a day are limited, with the time to wait', async () => {
  const limited = await startTestServer({
    env: {
      OPENAI_API_BASE_URL: upstream.url,
      OPENAI_API_KEY: 'key',
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_AI_PER_MINUTE: '2',
    },
  })
  const person = await Owui.signUp(limited.url, 'carol')
  const ask = () => person.post('/api/chat/completions', { model: 'test-echo', messages: question })
  expect([(await ask()).status, (await ask()).status]).toEqual([200, 200])
  const third = await ask()
  expect([third.status, Number(third.headers.get('retry-after')) > 0]).toEqual([429, true])
  await limited.stop()
})
