// Goal: requests in OpenAI's dialect reach the provider of their model with its key, and the rest of its API only where the environment says so.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startMediaServer, type MediaServer } from '../../support/media-server.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

bothDialects('the OpenAI passage', (fixture) => {
  let provider: MediaServer
  let closed: TestServer
  let open: TestServer
  let admin: Owui
  let bob: Owui
  let opened: { admin: Owui; bob: Owui }

  const start = async (env: Record<string, string>) =>
    startTestServer({ env: { DATABASE_URL: await fixture.database(), ...env } })

  async function people(server: TestServer) {
    const root = await Owui.signUp(server.url, 'admin')
    const guest = await Owui.added(root, 'bob')
    const config = (await root.get('/openai/config')).body
    const saved = await root.post('/openai/config/update', {
      ...config,
      OPENAI_API_BASE_URLS: [provider.url],
      OPENAI_API_KEYS: ['secret-key'],
      OPENAI_API_CONFIGS: { '0': { enable: true, prefix_id: 'pre', model_ids: ['shared', 'hidden'] } },
    })
    expect(saved.status).toBe(200)
    const model = { id: 'pre.shared', base_model_id: null, name: 'Shared', params: {}, meta: {} }
    const access_grants = [{ principal_type: 'user', principal_id: '*', permission: 'read' }]
    expect((await root.post('/api/v1/models/create', { ...model, access_grants })).status).toBe(200)
    return { admin: root, bob: guest }
  }

  beforeAll(async () => {
    provider = startMediaServer()
    closed = await start({})
    open = await start({ ENABLE_OPENAI_API_PASSTHROUGH: 'True' })
    ;({ admin, bob } = await people(closed))
    opened = await people(open)
  })

  afterAll(async () => {
    expect([...closed.errors, ...open.errors]).toEqual([])
    await closed.stop()
    await open.stop()
    await provider.stop()
  })

  test('responses go to the provider of the model, under its name there', async () => {
    const answer = await bob.post('/openai/responses', { model: 'pre.shared', input: 'hello' })
    expect(answer).toMatchObject({ status: 200, body: { path: '/v1/responses', model: 'shared' } })
    expect(provider.requests.at(-1)).toMatchObject({
      authorization: 'Bearer secret-key',
      body: { model: 'shared', input: 'hello' },
    })
    provider.refuse(400)
    const refused = await bob.post('/openai/responses', { model: 'pre.shared', input: 'hello' })
    provider.refuse(null)
    expect(refused).toMatchObject({ status: 400, body: { error: { message: 'Not today.' } } })
    const hidden = await bob.post('/openai/responses', { model: 'pre.hidden', input: 'hello' })
    expect(hidden).toMatchObject({ status: 403, body: { detail: 'Model not found' } })
  })

  test('speech needs a connection to OpenAI itself', async () => {
    const answer = await bob.post('/openai/audio/speech', { input: 'a' })
    expect(answer).toMatchObject({ status: 401, body: { detail: 'OpenAI API was not found' } })
  })

  test('everything else is closed unless the environment opens it', async () => {
    const n = provider.requests.length
    for (const method of ['GET', 'POST', 'PUT', 'DELETE'])
      expect((await admin.call(method, '/openai/files', method === 'GET' ? undefined : {})).status).toBe(403)
    expect(provider.requests).toHaveLength(n)
  })

  test('once open, people reach models that are open to them, administrators everything', async () => {
    const asked = await opened.bob.post('/openai/moderations?a=1', { model: 'pre.shared', input: 'x' })
    expect(asked.body).toEqual({ path: '/v1/moderations', search: '?a=1', model: 'shared' })
    expect((await opened.bob.post('/openai/moderations', { model: 'pre.hidden' })).status).toBe(403)
    expect((await opened.bob.get('/openai/files')).status).toBe(403)
    const listed = await opened.admin.get('/openai/files?limit=2')
    expect(listed.body).toEqual({ path: '/v1/files', search: '?limit=2', model: null })
    expect((await opened.admin.delete('/openai/files/f1')).body.path).toBe('/v1/files/f1')
  })

  test('no path leads out of the provider', async () => {
    const n = provider.requests.length
    for (const path of [
      '/openai/%2e%2e/secret',
      '/openai/a/..%2f..%2f..%2fsecret',
      '/openai/..\\..\\secret',
    ]) {
      const answer = await opened.admin.call('GET', path)
      const reached = provider.requests.slice(n).map((request) => request.path)
      expect({ path, reached: reached.filter((one) => !one.startsWith('/v1/')) }).toEqual({
        path,
        reached: [],
      })
      expect(answer.status).toBeLessThan(500 + 3)
    }
  })
})
