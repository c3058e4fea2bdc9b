// For those who run the server: the first administrator, health, metrics and who may read them.
import { afterEach, describe, expect, test } from 'bun:test'
import { Api } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer | undefined
afterEach(async () => {
  await server?.stop()
  server = undefined
})

const ADMIN = {
  WEBUI_ADMIN_EMAIL: 'root@example.com',
  WEBUI_ADMIN_PASSWORD: 'correct horse 9',
  WEBUI_ADMIN_NAME: 'The Root',
}

test('the environment makes the first administrator, once, and whoever signs up later is none', async () => {
  server = await startTestServer({ env: ADMIN })
  const root = new Api(server.url)
  const login = { username: 'root@example.com', password: 'correct horse 9' }
  const { body } = await root.post('/api/auth/login', login)
  expect(body.user).toMatchObject({ username: 'root', display_name: 'The Root', role: 'admin' })
  const ann = await Api.register(server.url, 'ann')
  expect(ann.user.role).toBe('user')
  await server.stop(true)
  const { dataDir } = server

  // Another password in the environment changes nothing: there are people now.
  server = await startTestServer({ dataDir, env: { ...ADMIN, WEBUI_ADMIN_PASSWORD: 'another horse 9' } })
  expect((await new Api(server.url).post('/api/auth/login', login)).status).toBe(200)
  const other = { ...login, password: 'another horse 9' }
  expect((await new Api(server.url).post('/api/auth/login', other)).status).toBe(401)
})

test('the same address signs in on the other faces', async () => {
  server = await startTestServer({ env: ADMIN })
  const api = new Api(server.url)
  const openwebui = await api.post('/api/v1/auths/signin', {
    email: 'root@example.com',
    password: 'correct horse 9',
  })
  expect([openwebui.status, openwebui.body.role]).toEqual([200, 'admin'])
  const mattermost = await api.post('/api/v4/users/login', { login_id: 'root', password: 'correct horse 9' })
  expect(mattermost.status).toBe(200)
})

test('health tells the parts', async () => {
  server = await startTestServer()
  const { status, body } = await new Api(server.url).get('/health')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    status: true,
    database: { ok: true, dialect: 'sqlite' },
    ai: { enabled: false },
    realtime: { ok: true, sockets: 0 },
  })
})

describe('metrics', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9' }

  test('are for this machine and administrators', async () => {
    server = await startTestServer()
    const admin = await Api.register(server.url, 'admin')
    const ann = await Api.register(server.url, 'ann')
    const local = await new Api(server.url).get<string>('/metrics')
    expect(local.status).toBe(200)
    for (const name of [
      'hubbub_http_requests_total',
      'hubbub_sockets',
      'hubbub_ai_runs',
      'hubbub_nodejs_eventloop',
    ])
      expect(local.body).toContain(name)
    expect(local.body).toMatch(/hubbub_http_requests_total\{face="native",method="POST",status="201"\} 2/)
    const elsewhere = (api: Api) => api.call('GET', '/metrics', undefined, forwarded)
    expect((await elsewhere(new Api(server.url))).status).toBe(401)
    expect((await elsewhere(ann)).status).toBe(401)
    expect((await elsewhere(admin)).status).toBe(200)
  })

  test('need the token where there is one, and can be off', async () => {
    server = await startTestServer({ env: { METRICS_TOKEN: 'a token for metrics' } })
    const api = new Api(server.url)
    expect((await api.get('/metrics')).status).toBe(401)
    api.token = 'a token for metrics'
    expect((await api.get('/metrics')).status).toBe(200)
    await server.stop()
    server = await startTestServer({ env: { ENABLE_METRICS: 'false' } })
    expect((await new Api(server.url).get('/metrics')).status).toBe(404)
  })
})
