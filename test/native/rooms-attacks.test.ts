// Ways in that must be closed: API keys beyond their scopes, memberships that have ended, accounts that may not yet.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { TINY_PNG } from '../support/test-images.ts'

let server: TestServer
let ann: Api
let bob: Api
let eve: Api

beforeAll(async () => {
  server = await startTestServer()
  ann = await Api.register(server.url, 'ann')
  bob = await Api.register(server.url, 'bob')
  eve = await Api.register(server.url, 'eve')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

async function keyed(owner: Api, scopes: string[]): Promise<Api> {
  const { status, body } = await owner.post('/api/auth/keys', { name: scopes.join(), scopes })
  expect(status).toBe(201)
  const api = new Api(server.url)
  api.token = body.key
  return api
}

test('an API key reaches as far as its scopes, on every route', async () => {
  const room = await ann.room({ name: 'Scoped', kind: 'private' })
  const message = await ann.say(room.id, 'scoped words')
  const { token } = (await ann.post('/api/invites', { room_id: room.id })).body
  const at = `/api/rooms/${room.id}`
  const form = () => {
    const data = new FormData()
    data.set('file', new File([TINY_PNG], 'x.png', { type: 'image/png' }))
    return data
  }
  const routes: [string, string, string, unknown?][] = [
    ['rooms:read', 'GET', '/api/rooms'],
    ['rooms:read', 'GET', '/api/rooms?scope=public'],
    ['rooms:read', 'GET', at],
    ['rooms:read', 'GET', `${at}/members`],
    ['rooms:read', 'GET', '/api/invites'],
    ['rooms:write', 'POST', '/api/rooms', { name: 'New' }],
    ['rooms:write', 'PATCH', at, { name: 'Renamed' }],
    ['rooms:write', 'DELETE', at],
    ['rooms:write', 'POST', `${at}/join`],
    ['rooms:write', 'POST', `${at}/leave`],
    ['rooms:write', 'POST', `${at}/clear`],
    ['rooms:write', 'PATCH', `${at}/members/${ann.user.id}`, { role: 'member' }],
    ['rooms:write', 'DELETE', `${at}/members/${ann.user.id}`],
    ['rooms:write', 'POST', '/api/invites', { room_id: room.id }],
    ['rooms:write', 'DELETE', `/api/invites/${token}`],
    ['rooms:write', 'POST', `/api/invites/${token}/accept`],
    ['rooms:write', 'POST', '/api/invites/nostr', { room_id: room.id, pubkey: 'a'.repeat(64) }],
    ['messages:read', 'GET', `${at}/messages`],
    ['messages:read', 'GET', `${at}/messages/${message.id}`],
    ['messages:read', 'GET', `${at}/messages/${message.id}/edits`],
    ['messages:read', 'GET', `${at}/pins`],
    ['messages:read', 'POST', `${at}/read`, {}],
    ['messages:read', 'GET', `/api/messages/hash/${message.hash}`],
    ['messages:read', 'GET', '/api/search?q=words'],
    ['messages:write', 'POST', `${at}/messages`, { content: 'x' }],
    ['messages:write', 'PATCH', `${at}/messages/${message.id}`, { content: 'x' }],
    ['messages:write', 'DELETE', `${at}/messages/${message.id}`],
    ['messages:write', 'PUT', `${at}/messages/${message.id}/reactions/tada`],
    ['messages:write', 'DELETE', `${at}/messages/${message.id}/reactions/tada`],
    ['messages:write', 'PUT', `${at}/messages/${message.id}/pin`],
    ['messages:write', 'DELETE', `${at}/messages/${message.id}/pin`],
    ['files:write', 'POST', '/api/upload', form()],
  ]
  const every = ['rooms:read', 'rooms:write', 'messages:read', 'messages:write', 'files:write']
  for (const needed of every) {
    const without = await keyed(
      ann,
      every.filter((scope) => scope !== needed),
    )
    for (const [scope, method, path, body] of routes.filter(([scope]) => scope === needed)) {
      const answer = await without.call(method, path, body)
      expect([scope, method, path, answer.status, answer.body?.error?.code]).toEqual([
        scope,
        method,
        path,
        403,
        'auth.scope_missing',
      ])
    }
  }
  const reader = await keyed(ann, ['messages:read'])
  expect((await reader.get(`${at}/messages`)).body.messages).toHaveLength(1)
})

test('an administrator sees no private room they are not in', async () => {
  const room = await bob.room({ name: 'Bobs', kind: 'private' })
  expect(ann.user.role).toBe('admin')
  expect((await ann.get(`/api/rooms/${room.id}/messages`)).status).toBe(404)
})

test('a membership that has ended ends everything that came with it', async () => {
  const room = await ann.room({ name: 'Once', kind: 'private', member_ids: [eve.user.id] })
  const at = `/api/rooms/${room.id}`
  const own = await eve.say(room.id, 'mine, once @ann')
  const { token } = (await ann.post('/api/invites', { room_id: room.id })).body
  await ann.delete(`${at}/members/${eve.user.id}`)
  const frames = await eve.socket()
  frames.send({ type: 'join_room', room_id: room.id })
  frames.send({ type: 'send_message', room_id: room.id, content: 'x', client_id: 'late' })
  frames.send({ type: 'typing', room_id: room.id })
  await frames.until<Json>((frame) => frame.type === 'error' && frame.client_id === 'late')
  for (const [method, path, body] of [
    ['GET', `${at}/messages`],
    ['POST', `${at}/messages`, { content: 'x' }],
    ['GET', `${at}/messages/${own.id}`],
    ['PATCH', `${at}/messages/${own.id}`, { content: 'x' }],
    ['DELETE', `${at}/messages/${own.id}`],
    ['GET', `${at}/messages/${own.id}/edits`],
    ['PUT', `${at}/messages/${own.id}/reactions/tada`],
    ['GET', `/api/messages/hash/${own.hash}`],
    ['POST', '/api/invites', { room_id: room.id }],
    ['GET', `/api/search?q=once&room_id=${room.id}`],
  ] as const) {
    expect([method, path, (await eve.call(method, path, body)).status]).toEqual([method, path, 404])
  }
  expect((await eve.get('/api/search?q=once')).body.hits).toEqual([])
  // A new invite lets them back in.
  expect((await eve.post(`/api/invites/${token}/accept`)).status).toBe(200)
  expect((await eve.get(`${at}/messages`)).body.messages).toHaveLength(1)
  frames.close()
})

test('leaving while posting: what was posted was posted by a member', async () => {
  const room = await ann.room({ name: 'Race', kind: 'public' })
  const at = `/api/rooms/${room.id}`
  for (let round = 0; round < 5; round++) {
    await bob.post(`${at}/join`)
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, (_, n) => bob.post(`${at}/messages`, { content: `r${round} ${n}` })),
      bob.post(`${at}/leave`),
      ...Array.from({ length: 5 }, (_, n) => bob.post(`${at}/messages`, { content: `r${round} late ${n}` })),
    ])
    const posted = answers.filter(({ status }) => status === 201).map(({ body }) => body.content)
    const { body } = await ann.get(`${at}/messages?limit=100`)
    const stored = body.messages
      .map((message: Json) => message.content)
      .filter((text: string) => text.startsWith(`r${round} `))
    expect(stored.sort()).toEqual(posted.sort())
    expect(answers.every(({ status }) => [201, 204, 403].includes(status))).toBe(true)
    expect((await bob.post(`${at}/messages`, { content: 'after' })).status).toBe(403)
  }
})
