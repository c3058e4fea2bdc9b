// Invites by link and by Nostr key over HTTP.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

let server: TestServer
let ann: Api
let bob: Api

beforeAll(async () => {
  server = await startTestServer()
  ann = await Api.register(server.url, 'ann')
  bob = await Api.register(server.url, 'bob')
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

const invite = async (roomId: string, more: Record<string, unknown> = {}): Promise<Json> => {
  const { status, body } = await ann.post('/api/invites', { room_id: roomId, ...more })
  expect(status).toBe(201)
  return body
}

test('an invite lets into a private room, and says first what it is for', async () => {
  const room = await ann.room({ name: 'Club', kind: 'private' })
  const { token, url } = await invite(room.id)
  expect(token).toMatch(/^[0-9a-f]{32}$/)
  expect(url).toBe(`${server.url}/invite/${token}`)
  const preview = await new Api(server.url).get(`/api/invites/${token}`)
  expect(preview).toMatchObject({
    status: 200,
    body: { room: { name: 'Club', member_count: 1 }, inviter: { username: 'ann' } },
  })
  expect(JSON.stringify(preview.body)).not.toContain('email')
  expect((await bob.post(`/api/invites/${token}/accept`)).body).toMatchObject({ id: room.id, role: 'member' })
  expect((await bob.get(`/api/rooms/${room.id}/messages`)).status).toBe(200)
})

test('twenty at once on a one-use invite: exactly one wins', async () => {
  const people = await Promise.all(
    Array.from({ length: 20 }, (_, n) => Api.register(server.url, `racer-${n}`)),
  )
  const room = await ann.room({ name: 'Race', kind: 'private' })
  const { token } = await invite(room.id, { max_uses: 1 })
  const answers = await Promise.all(people.map((person) => person.post(`/api/invites/${token}/accept`)))
  const statuses = answers.map(({ status }) => status).sort()
  expect(statuses).toEqual([200, ...Array(19).fill(410)])
  const { body } = await ann.get(`/api/rooms/${room.id}/members`)
  expect(body.members).toHaveLength(2)
  expect((await ann.get('/api/invites')).body.invites[0]).toMatchObject({ token, uses: 1, max_uses: 1 })
})

test('the winner may knock again without using anything up', async () => {
  const room = await ann.room({ name: 'Twice', kind: 'private' })
  const { token } = await invite(room.id, { max_uses: 2 })
  for (let n = 0; n < 3; n++) expect((await bob.post(`/api/invites/${token}/accept`)).status).toBe(200)
  expect((await ann.get('/api/invites')).body.invites[0]).toMatchObject({ uses: 1 })
})

test('revoked, expired and unknown invites', async () => {
  const room = await ann.room({ name: 'Closed', kind: 'private' })
  const revoked = await invite(room.id)
  expect((await bob.delete(`/api/invites/${revoked.token}`)).status).toBe(404)
  expect((await ann.delete(`/api/invites/${revoked.token}`)).status).toBe(204)
  const expired = await invite(room.id, { expires_in: 0.05 })
  while (Date.now() <= Date.parse(expired.expires_at)) await new Promise((resume) => setImmediate(resume))
  for (const { token } of [revoked, expired]) {
    expect((await bob.get(`/api/invites/${token}`)).status).toBe(410)
    expect((await bob.post(`/api/invites/${token}/accept`)).status).toBe(410)
  }
  expect((await bob.get(`/api/invites/${'0'.repeat(32)}`)).status).toBe(404)
  expect((await bob.post(`/api/invites/${'0'.repeat(32)}/accept`)).status).toBe(404)
  expect((await ann.post('/api/invites', { room_id: room.id, max_uses: 0 })).status).toBe(400)
  expect((await ann.post('/api/invites', { room_id: room.id, expires_in: -1 })).status).toBe(400)
})

test('members of a private room cannot hand out its key', async () => {
  const room = await ann.room({ name: 'Inner', kind: 'private', member_ids: [bob.user.id] })
  expect((await bob.post('/api/invites', { room_id: room.id })).status).toBe(403)
})

test('an invite into an archived room is gone', async () => {
  const room = await ann.room({ name: 'Ended', kind: 'private' })
  const { token } = await invite(room.id)
  await ann.delete(`/api/rooms/${room.id}`)
  expect((await bob.get(`/api/invites/${token}`)).status).toBe(410)
  expect((await bob.post(`/api/invites/${token}/accept`)).status).toBe(410)
})

test('a Nostr key is noted; what is none is refused', async () => {
  const room = await ann.room({ name: 'Keys', kind: 'private' })
  const pubkey = '7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e'
  expect((await ann.post('/api/invites/nostr', { room_id: room.id, pubkey })).body).toEqual({
    room_id: room.id,
    pubkey,
  })
  const npub = 'npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg'
  expect((await ann.post('/api/invites/nostr', { room_id: room.id, npub })).body).toEqual({
    room_id: room.id,
    pubkey,
  })
  expect((await ann.post('/api/invites/nostr', { room_id: room.id, pubkey: 'nope' })).status).toBe(400)
  expect((await ann.post('/api/invites/nostr', { room_id: room.id })).status).toBe(400)
})
