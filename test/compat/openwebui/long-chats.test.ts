// Goal: long chats are summed up as Open WebUI does it, are counted without their words, and models are managed where a provider can.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { type Asked, Owui } from './person.ts'

bothDialects('long chats', (fixture) => {
  let upstream: Upstream
  let server: TestServer
  let admin: Owui
  let bob: Owui

  beforeAll(async () => {
    upstream = await startUpstream()
    server = await startTestServer({
      env: {
        DATABASE_URL: await fixture.database(),
        OPENAI_API_BASE_URL: upstream.url,
        OPENAI_API_KEY: 'key',
      },
    })
    admin = await Owui.signUp(server.url, 'admin')
    await admin.connect()
    bob = await Owui.added(admin, 'bob')
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

  async function setRules(change: Json): Promise<void> {
    const { body } = await admin.get('/api/v1/chats/config')
    const saved = await admin.post('/api/v1/chats/config', { ...body, ...change })
    expect(saved.status).toBe(200)
  }

  const chat = async (id: string): Promise<Json> => (await admin.get(`/api/v1/chats/${id}`)).body
  const lastTold = (): [string, string][] =>
    upstream.requests.at(-1)!.body.messages.map(({ role, content }) => [role, String(content)])

  test('is off until it is switched on', async () => {
    const { chatId } = await answered(await admin.ask('hello'))
    expect((await chat(chatId))['context_usage']).toBeNull()
    const { status, body } = await admin.post(`/api/v1/chats/${chatId}/compact`, {})
    expect([status, body]).toEqual([
      200,
      { ok: true, compacted: false, reason: 'disabled', context_usage: null },
    ])
  })

  test('a chat is summed up when asked, and the model is told the summary from then on', async () => {
    await setRules({ ENABLE_CONTEXT_COMPACTION: true, CONTEXT_COMPACTION_TOKEN_THRESHOLD: 80_000 })
    const { chatId, answerId } = await answered(await admin.ask('the colour is teal'))
    const before = await chat(chatId)
    expect(before['context_usage']).toMatchObject({ threshold: 80_000, percent: 0, source: 'estimated' })
    upstream.queue({ chunks: ['They like teal.'] })
    const { status, body } = await admin.post(`/api/v1/chats/${chatId}/compact`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      ok: true,
      compacted: true,
      dropped_messages: 1,
      kept_messages: 1,
      summary_chars: 15,
    })
    const asked = lastTold()
    expect(asked).toHaveLength(1)
    expect(asked[0]![1]).toContain('USER: the colour is teal')
    const after = await chat(chatId)
    expect(after['chat'].history.messages[answerId].contextSummary).toBe('They like teal.')
    expect(after['updated_at']).toBe(before['updated_at'])

    await answered(await admin.ask('which colour?', { chatId, parentId: answerId }))
    expect(lastTold()).toEqual([
      ['system', '[CONVERSATION SUMMARY]\nThey like teal.'],
      ['assistant', 'You said: the colour is teal'],
      ['user', 'which colour?'],
    ])
  })

  test('nobody else may', async () => {
    const { chatId } = await answered(await admin.ask('hello'))
    expect((await bob.post(`/api/v1/chats/${chatId}/compact`, {})).status).toBe(401)
    expect((await bob.get(`/api/v1/chats/stats/export/${chatId}`)).status).toBe(401)
    expect((await bob.get(`/api/v1/chats/stats/export/${crypto.randomUUID()}`)).status).toBe(404)
  })

  test('not while an answer is written', async () => {
    upstream.queue({ chunks: ['one ', 'two'], stepped: true })
    const { chatId } = await admin.ask('slowly')
    expect((await admin.post(`/api/v1/chats/${chatId}/compact`, {})).status).toBe(409)
    await upstream.requests.at(-1)!.finish()
    await admin.idle(chatId)
    admin.events.length = 0
  })

  test('a chat that outgrows its model is summed up before it is answered', async () => {
    await setRules({ ENABLE_CONTEXT_COMPACTION: true, CONTEXT_COMPACTION_TOKEN_THRESHOLD: 1000 })
    upstream.queue({ chunks: ['x'.repeat(8000)], usage: null })
    const first = await answered(await admin.ask('much'))
    upstream.queue({ chunks: ['Much was said.'] })
    const { answer, chatId, questionId } = await admin.ask('and now?', {
      chatId: first.chatId,
      parentId: first.answerId,
    })
    expect(answer.status).toBe(200)
    const done = await admin.heard(
      (event) => event.data?.type === 'context_compaction' && event.data.data.done === true,
    )
    expect(done.data.data).toMatchObject({
      description: 'Context compacted',
      checkpoint_message_id: questionId,
      context_summary: 'Much was said.',
    })
    await admin.idle(chatId)
    expect(lastTold()).toEqual([
      ['system', '[CONVERSATION SUMMARY]\nMuch was said.'],
      ['user', 'and now?'],
    ])
    expect((await chat(chatId))['chat'].history.messages[questionId].contextSummary).toBe('Much was said.')
    await setRules({ ENABLE_CONTEXT_COMPACTION: false })
  })

  test('chats are counted without their words', async () => {
    const { chatId, questionId, answerId } = await answered(await admin.ask('count me'))
    const { status, body } = await admin.get(`/api/v1/chats/stats/export/${chatId}`)
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: chatId,
      user_id: admin.user.id,
      tags: [],
      stats: {
        average_user_message_content_length: 8,
        average_assistant_message_content_length: 'You said: count me'.length,
        models: { 'test-echo': 1 },
        message_count: 2,
        history_models: { 'test-echo': 1 },
        history_message_count: 2,
        history_user_message_count: 1,
        history_assistant_message_count: 1,
      },
      chat: { history: { currentId: answerId } },
    })
    expect(Object.keys(body.chat.history.messages).toSorted()).toEqual([questionId, answerId].toSorted())
    expect(JSON.stringify(body)).not.toContain('count me')

    const page = await admin.get('/api/v1/chats/stats/export?page=1')
    expect(page.body).toMatchObject({ type: 'chats', page: 1 })
    expect(page.body.items).toHaveLength(page.body.total)
    const lines = await fetch(`${server.url}/api/v1/chats/stats/export?stream=true`, {
      headers: { authorization: `Bearer ${admin.token}` },
    })
    expect(lines.headers.get('content-type')).toBe('application/x-ndjson')
    const items = (await lines.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(items).toEqual(page.body.items)
    expect((await bob.get('/api/v1/chats/stats/export')).body).toMatchObject({ items: [], total: 0 })
  })
})

describe('files of the Python server', () => {
  test('are served to whoever is signed in, and nothing outside their folder', async () => {
    const server = await startTestServer()
    try {
      const admin = await Owui.signUp(server.url, 'admin')
      mkdirSync(join(server.dataDir, 'cache/image/generations'), { recursive: true })
      writeFileSync(join(server.dataDir, 'cache/image/generations/a.png'), 'png')
      writeFileSync(join(server.dataDir, 'cache/page.html'), '<script>alert(1)</script>')
      const get = (path: string, token = admin.token) =>
        fetch(server.url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} })
      const picture = await get('/cache/image/generations/a.png')
      expect([picture.status, picture.headers.get('content-type'), await picture.text()]).toEqual([
        200,
        'image/png',
        'png',
      ])
      expect(picture.headers.get('content-disposition')).toStartWith('inline')
      expect((await get('/cache/page.html')).headers.get('content-disposition')).toStartWith('attachment')
      expect((await get('/cache/image/generations/a.png', '')).status).toBe(401)
      for (const path of [
        '/cache/none.png',
        '/cache/..%2fhubbub.db',
        '/cache/%2e%2e/hubbub.db',
        '/cache/image',
      ])
        expect((await get(path)).status).toBe(404)
    } finally {
      await server.stop()
    }
  })
})

describe('a provider that manages its models', () => {
  let server: TestServer
  let admin: Owui
  let provider: ReturnType<typeof Bun.serve>
  const asked: [method: string, path: string, body: Json, credential: string | null][] = []

  beforeAll(async () => {
    provider = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(request) {
        const url = new URL(request.url)
        const text = await request.text()
        const credential = request.headers.get('authorization')
        asked.push([request.method, url.pathname + url.search, text ? JSON.parse(text) : null, credential])
        if (url.pathname === '/v1/models') return Response.json({ data: [{ id: 'tiny' }] })
        if (url.pathname === '/models/load') return new Response('')
        if (url.pathname === '/models/unload') return Response.json({ error: 'not loaded' }, { status: 409 })
        if (url.pathname === '/models/sse')
          return new Response('data: {"n":1}\n\n', { headers: { 'content-type': 'text/event-stream' } })
        return Response.json({ path: url.pathname })
      },
    })
    server = await startTestServer()
    admin = await Owui.signUp(server.url, 'admin')
    const connection = (provider: string) => ({ enable: true, prefix_id: 'own', provider })
    const saved = await admin.post('/openai/config/update', {
      ENABLE_OPENAI_API: true,
      OPENAI_API_BASE_URLS: Array.from({ length: 3 }, () => `http://127.0.0.1:${provider.port}/v1`),
      OPENAI_API_KEYS: ['secret', 'secret', ''],
      OPENAI_API_CONFIGS: { 0: connection('llama.cpp'), 1: connection('lmstudio'), 2: {} },
    })
    expect(saved.status).toBe(200)
  })

  afterAll(async () => {
    await server.stop()
    await provider.stop(true)
  })

  const last = () => asked.findLast(([, path]) => path !== '/v1/models')

  test('is told below its root, with its key and without the prefix', async () => {
    expect((await admin.get('/openai/models/0/catalog')).body).toEqual({ path: '/models' })
    expect(last()).toEqual(['GET', '/models', null, 'Bearer secret'])
    const load = await admin.post('/openai/models/0/load', { model: 'own.tiny', threads: 2 })
    expect([load.status, load.body]).toEqual([200, { success: true }])
    expect(last()).toEqual(['POST', '/models/load', { model: 'tiny', threads: 2 }, 'Bearer secret'])
    await admin.delete('/openai/models/0?model=own.tiny')
    expect(last()).toEqual(['DELETE', '/models?model=tiny', null, 'Bearer secret'])
    await admin.get('/openai/models/1/download/status/a%2Fb')
    expect(last()?.[1]).toBe('/api/v1/models/download/status/a%2Fb')
    await admin.post('/openai/models/1/unload', { model: 'tiny' })
    expect(last()).toEqual(['POST', '/api/v1/models/unload', { instance_id: 'tiny' }, 'Bearer secret'])
    const events = await fetch(`${server.url}/openai/models/0/sse`, {
      headers: { authorization: `Bearer ${admin.token}` },
    })
    expect([events.headers.get('content-type'), await events.text()]).toEqual([
      'text/event-stream',
      'data: {"n":1}\n\n',
    ])
  })

  test('refuses in its own words, and so do connections without such routes', async () => {
    const refused = await admin.post('/openai/models/0/unload', { model: 'tiny' })
    expect([refused.status, refused.body]).toEqual([409, { detail: { error: 'not loaded' } }])
    expect((await admin.get('/openai/models/0/download/status/x')).status).toBe(400)
    expect((await admin.get('/openai/models/2/catalog')).body.detail).toContain(
      'does not support model management',
    )
    expect((await admin.get('/openai/models/7/catalog')).status).toBe(404)
    const bob = await Owui.added(admin, 'bob')
    expect((await bob.post('/openai/models/0/load', { model: 'tiny' })).status).toBe(401)
  })
})
