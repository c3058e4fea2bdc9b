// One account on a whole server: its token on every face, and its sockets when it ends.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Api } from '../support/api.ts'
import { apiWith, PASSWORD } from '../support/factories.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let admin: Api

beforeAll(async () => {
  server = await startTestServer()
  admin = await Api.register(server.url, 'boss')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

async function signedIn(username: string): Promise<Api> {
  const { body } = await new Api(server.url).post('/api/auth/login', { username, password: PASSWORD })
  return apiWith(server.url, body.token)
}

test('a token of this face opens Open WebUI’s and Mattermost’s, and theirs open this one', async () => {
  const api = await Api.register(server.url, 'everywhere')
  const bearer = (token: string | null) => ({ headers: { authorization: `Bearer ${token}` } })
  expect((await fetch(`${server.url}/api/v1/auths/`, bearer(api.token))).status).toBe(200)
  expect((await fetch(`${server.url}/api/v4/users/me`, bearer(api.token))).status).toBe(200)
  const login = { login_id: 'everywhere', password: PASSWORD }
  const phone = await fetch(`${server.url}/api/v4/users/login`, {
    method: 'POST',
    body: JSON.stringify(login),
  })
  const mobile = apiWith(server.url, phone.headers.get('token'))
  expect((await mobile.get('/api/auth/me')).body.id).toBe(api.user.id)
})

test('logging out closes the sockets of that session at once, and no others', async () => {
  await Api.register(server.url, 'leaver')
  const [one, two] = [await signedIn('leaver'), await signedIn('leaver')]
  const [first, second] = [await one.socket(), await two.socket()]
  await one.post('/api/auth/logout')
  expect(await first.untilClosed()).toBe(4401)
  await second.settle()
  expect(second.closed).toBeNull()
  second.close()
  await expect(one.socket().then((frames) => frames.untilClosed())).resolves.toBe(4401)
})

test('a new password closes the sockets of all other sessions, and keeps one’s own', async () => {
  await Api.register(server.url, 'changer')
  const [one, two] = [await signedIn('changer'), await signedIn('changer')]
  const [own, other] = [await one.socket(), await two.socket()]
  const change = { current_password: PASSWORD, new_password: 'another horse 2' }
  expect((await one.patch('/api/auth/profile', change)).status).toBe(200)
  expect(await other.untilClosed()).toBe(4401)
  await own.settle()
  expect(own.closed).toBeNull()
  own.close()
})

test('deactivation, and having to wait for approval again, close every socket', async () => {
  for (const [name, change] of [
    ['inactive', { active: false }],
    ['waiting', { role: 'pending' }],
  ] as const) {
    const api = await Api.register(server.url, name)
    const { body: key } = await api.post('/api/auth/keys', { name: 'bot', scopes: ['*'] })
    const sockets = [await api.socket(), await apiWith(server.url, key.key).socket()]
    expect((await admin.patch(`/api/admin/users/${api.user.id}`, change)).status).toBe(200)
    for (const socket of sockets) expect(await socket.untilClosed()).toBe(4401)
    expect((await api.get('/api/auth/me')).status).toBe(401)
  }
})

test('a revoked key closes the sockets it opened', async () => {
  const api = await Api.register(server.url, 'keyholder')
  const { body: key } = await api.post('/api/auth/keys', { name: 'bot' })
  const [bot, own] = [await apiWith(server.url, key.key).socket(), await api.socket()]
  await api.delete(`/api/auth/keys/${key.id}`)
  expect(await bot.untilClosed()).toBe(4401)
  await own.settle()
  expect(own.closed).toBeNull()
  own.close()
})

test('a picture is re-encoded to a small square, and what only claims to be one is refused', async () => {
  const api = await Api.register(server.url, 'painter')
  const form = (bytes: Uint8Array<ArrayBuffer>) => {
    const data = new FormData()
    data.set('file', new File([bytes], 'me.png', { type: 'image/png' }))
    return data
  }
  const pixels = await Bun.file(new URL('../../public/icon.svg', import.meta.url)).bytes()
  expect((await api.call('POST', '/api/auth/avatar', form(pixels))).status).toBe(415)
  const broken = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1, 2, 3])
  expect([400, 415]).toContain((await api.call('POST', '/api/auth/avatar', form(broken))).status)
})

test('accounts survive a restart, with their sessions', async () => {
  const first = await startTestServer()
  const api = await Api.register(first.url, 'stayer')
  await first.stop(true)
  const second = await startTestServer({ dataDir: first.dataDir })
  const again = apiWith(second.url, api.token)
  expect((await again.get('/api/auth/me')).body).toEqual(api.user)
  const other = await Api.register(second.url, 'second')
  expect(other.user.role).toBe('user')
  await second.stop()
})
