// Goal: the admin's page of Ollama models works, and programs that speak Ollama's dialects reach the models they may use, no others.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startOllama, type FakeOllama } from '../../support/ollama-server.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

bothDialects('Ollama', (fixture) => {
  let first: FakeOllama
  let second: FakeOllama
  let server: TestServer
  let admin: Owui
  let bob: Owui

  beforeAll(async () => {
    first = startOllama()
    second = startOllama(['llama3:8b', 'qwen:4b'])
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
    const saved = await admin.post('/ollama/config/update', {
      ENABLE_OLLAMA_API: true,
      OLLAMA_BASE_URLS: [first.url, second.url],
      OLLAMA_API_CONFIGS: { '1': { enable: true, prefix_id: 'box', key: 'box-key' } },
    })
    expect(saved.status).toBe(200)
    await admin.get('/api/models?refresh=true')
    const shared = await admin.post('/api/v1/models/create', {
      id: 'box.qwen:4b',
      base_model_id: null,
      name: 'Qwen',
      params: {},
      meta: {},
      access_grants: [{ principal_type: 'user', principal_id: '*', permission: 'read' }],
    })
    expect(shared.status).toBe(200)
  })

  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
    await first.stop()
    await second.stop()
  })

  describe('what is asked of a model', () => {
    test('goes to the server that has it, under the name it has there, with its key', async () => {
      const shown = await bob.post('/ollama/api/show', { name: 'box.qwen:4b' })
      expect(shown).toMatchObject({ status: 200, body: { model: 'qwen:4b', details: { family: 'llama' } } })
      const asked = second.requests.findLast(({ path }) => path === '/api/show')
      expect(asked?.headers.get('authorization')).toBe('Bearer box-key')
      expect(first.requests.some(({ path }) => path === '/api/show')).toBe(false)
    })

    test.each([
      '/api/embed',
      '/api/embeddings',
      '/api/generate',
      '/api/chat',
      '/v1/completions',
      '/v1/embeddings',
      '/v1/chat/completions',
      '/v1/messages',
      '/v1/responses',
    ])('%s, also at a named server', async (path) => {
      for (const suffix of ['', '/1']) {
        const { status, body } = await bob.post(`/ollama${path}${suffix}`, {
          model: 'box.qwen:4b',
          input: 'a',
        })
        expect({ status, model: body.model }).toEqual({ status: 200, model: 'qwen:4b' })
        expect(second.requests.at(-1)?.path).toBe(path)
      }
    })

    test('is refused for models that are not open to the person, and at servers that have it not', async () => {
      const n = first.requests.length + second.requests.length
      const hidden = await bob.post('/ollama/api/generate', { model: 'llama3:8b', prompt: 'a' })
      expect(hidden).toMatchObject({ status: 403, body: { detail: 'Model not found' } })
      const elsewhere = await bob.post('/ollama/api/generate/0', { model: 'box.qwen:4b', prompt: 'a' })
      expect(elsewhere.status).toBe(403)
      expect(first.requests.length + second.requests.length).toBe(n)
    })

    test('is refused in words when Ollama refuses, or has no such model', async () => {
      const unknown = await admin.post('/ollama/api/show', { model: 'nobody' })
      expect(unknown).toMatchObject({ status: 400, body: { detail: "Model 'nobody' was not found" } })
      const gone = await admin.post('/ollama/api/generate/1', { model: 'nomic-embed:latest' })
      expect(gone).toMatchObject({ status: 404, body: { detail: 'model "nomic-embed:latest" not found' } })
    })

    test('is a list that holds what the person may use', async () => {
      const ids = async (who: Owui, path = '/ollama/v1/models') =>
        ((await who.get(path)).body.data as { id: string }[]).map(({ id }) => id)
      expect(await ids(bob)).toEqual(['box.qwen:4b'])
      expect(await ids(admin, '/ollama/v1/models/1')).toEqual(['box.llama3:8b', 'box.qwen:4b'])
      expect((await bob.get('/ollama/v1/models/1')).status).toBe(401)
    })
  })

  describe('the care of models', () => {
    test('shows what is in memory, with the places of its servers', async () => {
      const { body } = await admin.get('/ollama/api/ps')
      const found = body.models.map(({ model, urls }: { model: string; urls: number[] }) => [model, urls])
      expect(found).toEqual([
        ['llama3:8b', [0]],
        ['box.llama3:8b', [1]],
      ])
    })

    test('pulls with its progress as it comes', async () => {
      const answer = await admin.post('/ollama/api/pull/1', { name: 'mistral' })
      expect(answer.headers.get('content-type')).toContain('ndjson')
      expect(String(answer.body).trim().split('\n')).toHaveLength(3)
      expect(second.requests.at(-1)).toMatchObject({
        path: '/api/pull',
        body: { model: 'mistral', insecure: true },
      })
    })

    test('creates, pushes, copies, unloads and deletes', async () => {
      expect((await admin.post('/ollama/api/create', { model: 'mine', from: 'llama3:8b' })).status).toBe(200)
      expect(first.requests.at(-1)).toMatchObject({
        path: '/api/create',
        body: { model: 'mine', from: 'llama3:8b' },
      })
      expect((await admin.call('DELETE', '/ollama/api/push', { model: 'box.qwen:4b' })).status).toBe(200)
      expect(second.requests.at(-1)).toMatchObject({
        method: 'POST',
        path: '/api/push',
        body: { model: 'qwen:4b' },
      })
      const copied = await admin.post('/ollama/api/copy', { source: 'llama3:8b', destination: 'copy:1' })
      expect(copied).toMatchObject({ status: 200, body: true })
      const unloaded = await admin.post('/ollama/api/unload', { model: 'copy:1' })
      expect(unloaded).toMatchObject({ status: 200, body: { status: true } })
      expect(first.requests.findLast(({ path }) => path === '/api/generate')?.body).toEqual({
        model: 'copy:1',
        keep_alive: 0,
        prompt: '',
      })
      const removed = await admin.call('DELETE', '/ollama/api/delete', { name: 'copy:1' })
      expect(removed).toMatchObject({ status: 200, body: true })
      expect(first.models).toEqual(['llama3:8b', 'nomic-embed:latest'])
    })

    test('is for administrators, and for servers there are', async () => {
      for (const path of ['/api/pull', '/api/create', '/api/copy', '/api/unload'])
        expect((await bob.post(`/ollama${path}`, { model: 'x', source: 'x', destination: 'y' })).status).toBe(
          401,
        )
      expect((await bob.call('DELETE', '/ollama/api/delete', { model: 'box.qwen:4b' })).status).toBe(401)
      expect((await admin.post('/ollama/api/pull/7', { model: 'x' })).status).toBe(404)
    })
  })

  test('is off when the settings say so', async () => {
    const config = (await admin.get('/ollama/config')).body
    await admin.post('/ollama/config/update', { ...config, ENABLE_OLLAMA_API: false })
    const answer = await admin.post('/ollama/api/show', { model: 'llama3:8b' })
    expect(answer).toMatchObject({
      status: 503,
      body: { detail: 'The Ollama API is disabled. Please enable it to use this feature.' },
    })
    expect((await admin.get('/ollama/api/ps')).body).toEqual({ models: [] })
    await admin.post('/ollama/config/update', config)
  })
})
