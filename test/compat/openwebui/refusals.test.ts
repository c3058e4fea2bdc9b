// Recorded of Open WebUI 0.12.4 by both.test.ts and held here without it: who may see and change what.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let ann: Owui
let ben: Owui

const everyone = (...permissions: string[]) =>
  permissions.map((permission) => ({ principal_type: 'user', principal_id: '*', permission }))

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  ann = await Owui.added(admin, 'ann')
  ben = await Owui.added(admin, 'ben')
  const config = (await admin.get('/api/v1/auths/admin/config')).body
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true, JWT_EXPIRES_IN: '2d' })
})
afterAll(async () => {
  await server.stop()
  await upstream.close()
})

test('whoever uses a model sees neither its system prompt nor its history', async () => {
  const model = { id: 'm', base_model_id: 'test-echo', name: 'M', meta: {}, params: { system: 'hush' } }
  await admin.post('/api/v1/models/create', { ...model, access_grants: everyone('read') })
  for (const path of ['/api/models', '/api/v1/models/model?id=m', '/api/v1/models/list']) {
    const { status, body } = await ann.get(path)
    expect({ path, status, text: JSON.stringify(body).includes('hush') }).toEqual({ path, status: 200, text: false })
  }
  expect((await ann.get('/api/v1/models/model/history?id=m')).status).toBe(403)
  expect((await admin.get('/api/v1/models/model?id=m')).body.params).toEqual({ system: 'hush' })
})

test('the first administrator is changed and removed by nobody else', async () => {
  const other = await Owui.added(admin, 'eve', 'admin')
  const path = `/api/v1/users/${admin.user.id}`
  expect((await other.post(`${path}/update`, { role: 'user' })).status).toBe(403)
  expect((await other.call('DELETE', path)).status).toBe(403)
  expect((await admin.post(`${path}/update`, { role: 'user' })).status).toBe(403)
})

test('a settings page takes whole forms in the right types, and says what is wrong with others', async () => {
  const path = '/api/v1/configs/connections'
  const before = (await admin.get(path)).body
  const { status, body } = await admin.post(path, { ENABLE_DIRECT_CONNECTIONS: 'perhaps' })
  expect({ status, detail: body.detail }).toEqual({
    status: 422,
    detail: [
      {
        type: 'bool_parsing',
        loc: ['body', 'ENABLE_DIRECT_CONNECTIONS'],
        msg: 'Input should be a valid boolean, unable to interpret input',
        input: 'perhaps',
      },
      {
        type: 'missing',
        loc: ['body', 'ENABLE_BASE_MODELS_CACHE'],
        msg: 'Field required',
        input: { ENABLE_DIRECT_CONNECTIONS: 'perhaps' },
      },
    ],
  })
  expect((await admin.get(path)).body).toEqual(before)
  // Forms with passwords in them are told nothing.
  expect((await ann.post('/api/v1/auths/update/password', {})).body).toEqual({
    detail: 'Invalid authentication request.',
  })
})

test('what a share shows is without its owner’s settings', async () => {
  const history = { currentId: 'm1', messages: { m1: { id: 'm1', role: 'user', content: 'hi', parentId: null } } }
  const chat = { title: 'T', params: { system: 'hush' }, history }
  const { id } = (await ann.post('/api/v1/chats/new', { chat, variables: { secret: 'hush' } })).body
  const shared = (await ann.post(`/api/v1/chats/${id}/share`, {})).body.share_id
  const grants = [{ principal_type: 'user', principal_id: ben.user.id, permission: 'read' }]
  await ann.post(`/api/v1/chats/shared/${id}/access/update`, { access_grants: grants })
  const seen = (await ben.get(`/api/v1/chats/share/${shared}`)).body
  expect(JSON.stringify(seen)).not.toContain('hush')
  // The server says who wrote, not the client.
  expect(seen.chat.history.messages.m1.user).toEqual({ id: ann.user.id, name: 'ann' })
})

test('a folder takes no file of somebody else', async () => {
  const form = new FormData()
  form.set('file', new File(['text'], 'a.txt', { type: 'text/plain' }))
  const file = (await ann.call('POST', '/api/v1/files/', form)).body.id
  const data = { files: [{ type: 'file', id: file, name: 'a.txt' }] }
  expect((await ben.post('/api/v1/folders/', { name: 'F', data })).status).toBe(403)
  const own = (await ben.post('/api/v1/folders/', { name: 'G' })).body.id
  expect((await ben.post(`/api/v1/folders/${own}/update`, { data })).status).toBe(403)
})

test('members of a group below are members, and get what the group above was granted', async () => {
  const above = (await admin.post('/api/v1/groups/create', { name: 'Above', description: '' })).body.id
  const child = { name: 'Below', description: '', parent_group_id: above }
  const below = (await admin.post('/api/v1/groups/create', child)).body.id
  await admin.post(`/api/v1/groups/id/${below}/users/add`, { user_ids: [ben.user.id] })
  const { body } = await admin.get(`/api/v1/groups/id/${above}/members`)
  expect(body).toMatchObject({ total: 1, counts: { direct: 0, effective: 1, inherited: 1 } })
  expect(body.items[0]).toMatchObject({ membership_type: 'inherited', via_group_ids: [below] })
  const lost = { name: 'X', description: '', parent_group_id: 'nothing' }
  expect((await admin.post('/api/v1/groups/create', lost)).body).toEqual({ detail: 'Parent group not found.' })
})

test('a log-in lasts as long as the settings say, and a new password ends it', async () => {
  const cat = await Owui.added(admin, 'cat')
  const session = (await cat.get('/api/v1/auths/')).body
  expect(Math.abs(session.expires_at - Date.now() / 1000 - 2 * 86_400)).toBeLessThan(60)
  const body = { password: 'cat Passw0rd!', new_password: 'An0therOne!' }
  expect((await cat.post('/api/v1/auths/update/password', body)).status).toBe(200)
  expect((await cat.get('/api/v1/auths/')).status).toBe(401)
})
