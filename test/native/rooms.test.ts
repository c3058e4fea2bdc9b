// Rooms over HTTP as contracts/native.md has them.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

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

const codeOf = (answer: { status: number; body: Json }) => [answer.status, answer.body?.error?.code]

describe('rooms', () => {
  test('a public room is listed, joined, talked in and left', async () => {
    const room = await ann.room({ name: 'Lobby', description: 'for all', kind: 'public' })
    expect(room).toMatchObject({
      name: 'Lobby',
      slug: 'lobby',
      description: 'for all',
      kind: 'public',
      role: 'owner',
    })

    const open = await bob.get('/api/rooms?scope=public')
    expect(open.body.rooms.map((each: Json) => each.id)).toContain(room.id)
    expect(codeOf(await bob.get(`/api/rooms/${room.id}/messages`))).toEqual([403, 'room.not_member'])
    expect(codeOf(await bob.post(`/api/rooms/${room.id}/messages`, { content: 'x' }))).toEqual([
      403,
      'room.not_member',
    ])

    const joined = await bob.post(`/api/rooms/${room.id}/join`)
    expect(joined).toMatchObject({ status: 200, body: { id: room.id, role: 'member', unread_count: 0 } })
    await ann.say(room.id, 'hello @bob')
    const { body } = await bob.get('/api/rooms')
    expect(body.rooms.find((each: Json) => each.id === room.id)).toMatchObject({
      unread_count: 1,
      mention_count: 1,
      last_message: { content: 'hello @bob', sender: { username: 'ann' } },
    })
    expect(
      (await bob.get(`/api/rooms/${room.id}`)).body.members.map((each: Json) => [each.username, each.role]),
    ).toEqual([
      ['ann', 'owner'],
      ['bob', 'member'],
    ])
    expect((await bob.post(`/api/rooms/${room.id}/leave`)).status).toBe(204)
    expect(codeOf(await bob.get(`/api/rooms/${room.id}/messages`))).toEqual([403, 'room.not_member'])
  })

  test('a private room does not exist for others, by any way', async () => {
    const room = await ann.room({ name: 'Secret', kind: 'private' })
    const message = await ann.say(room.id, 'the plan')
    const path = `/api/rooms/${room.id}`
    for (const [method, at, body] of [
      ['GET', path],
      ['PATCH', path, { name: 'mine' }],
      ['DELETE', path],
      ['GET', `${path}/messages`],
      ['POST', `${path}/messages`, { content: 'x' }],
      ['GET', `${path}/messages/${message.id}`],
      ['PATCH', `${path}/messages/${message.id}`, { content: 'x' }],
      ['DELETE', `${path}/messages/${message.id}`],
      ['PUT', `${path}/messages/${message.id}/reactions/👍`],
      ['PUT', `${path}/messages/${message.id}/pin`],
      ['GET', `${path}/messages/${message.id}/edits`],
      ['GET', `${path}/pins`],
      ['GET', `${path}/members`],
      ['POST', `${path}/members`, { username: 'eve' }],
      ['PATCH', `${path}/members/${ann.user.id}`, { role: 'member' }],
      ['DELETE', `${path}/members/${ann.user.id}`],
      ['POST', `${path}/leave`],
      ['POST', `${path}/clear`],
      ['POST', `${path}/read`, { message_id: message.id }],
      ['GET', `/api/messages/hash/${message.hash}`],
      ['GET', `/api/search?q=plan&room_id=${room.id}`],
      ['POST', '/api/invites', { room_id: room.id }],
      ['POST', '/api/invites/nostr', { room_id: room.id, pubkey: 'a'.repeat(64) }],
    ] as const) {
      expect([method, at, (await eve.call(method, at, body)).status]).toEqual([method, at, 404])
    }
    expect(codeOf(await eve.post(`${path}/join`))).toEqual([403, 'room.invite_needed'])
    expect((await eve.get('/api/search?q=plan')).body.hits).toEqual([])
    expect((await eve.get('/api/search?q=plan in:secret')).body.hits).toEqual([])
  })

  test('nothing of a foreign room comes in by reference', async () => {
    const secret = await ann.room({ name: 'Hidden', kind: 'private' })
    const foreign = await ann.say(secret.id, 'hidden words')
    const own = await eve.room({ name: 'Mine', kind: 'private' })
    const mine = await eve.say(own.id, 'mine')
    const at = `/api/rooms/${own.id}/messages`
    for (const answer of [
      await eve.post(at, { content: 'x', reply_to: foreign.id }),
      await eve.post(at, { content: 'x', thread: foreign.id }),
      await eve.get(`${at}?before=${foreign.id}`),
      await eve.get(`${at}?around=${foreign.id}`),
      await eve.get(`${at}?thread=${foreign.id}`),
      await eve.get(`${at}/${foreign.id}`),
      await eve.patch(`${at}/${foreign.id}`, { content: 'mine' }),
      await eve.put(`${at}/${foreign.id}/pin`),
      await eve.post(`/api/rooms/${own.id}/read`, { message_id: foreign.id }),
      // One's own message under another room's path.
      await eve.get(`/api/rooms/${secret.id}/messages/${mine.id}`),
    ]) {
      expect(answer.status).toBe(404)
      expect(JSON.stringify(answer.body)).not.toContain('hidden words')
    }
  })

  test('a direct room is one for the two, and nobody else comes in', async () => {
    const first = await ann.post('/api/rooms', { kind: 'direct', member_ids: [bob.user.id] })
    const second = await bob.post('/api/rooms', { kind: 'direct', member_ids: [ann.user.id] })
    expect(first.status).toBe(201)
    expect(second.body.id).toBe(first.body.id)
    const path = `/api/rooms/${first.body.id}`
    expect(codeOf(await ann.post(`${path}/members`, { username: 'eve' }))).toEqual([403, 'room.conversation'])
    expect(codeOf(await ann.post('/api/invites', { room_id: first.body.id }))).toEqual([
      403,
      'room.conversation',
    ])
    expect((await eve.get(path)).status).toBe(404)
    await bob.say(first.body.id, 'psst')
    const { body } = await ann.get('/api/rooms')
    expect(body.rooms.find((each: Json) => each.id === first.body.id)).toMatchObject({
      unread_count: 1,
      mention_count: 1,
    })
  })

  test('roles: what members, moderators and owners may', async () => {
    const room = await ann.room({ name: 'Ranks', kind: 'public' })
    const path = `/api/rooms/${room.id}`
    await bob.post(`${path}/join`)
    await eve.post(`${path}/join`)
    const said = await eve.say(room.id, 'spam')
    expect(codeOf(await bob.patch(path, { name: 'Bobs' }))).toEqual([403, 'room.not_allowed'])
    expect(codeOf(await bob.delete(`${path}/messages/${said.id}`))).toEqual([403, 'message.not_yours'])
    expect(codeOf(await bob.patch(`${path}/messages/${said.id}`, { content: 'x' }))).toEqual([
      403,
      'message.not_yours',
    ])
    expect(codeOf(await bob.patch(`${path}/members/${bob.user.id}`, { role: 'owner' }))).toEqual([
      403,
      'room.not_allowed',
    ])

    expect((await ann.patch(`${path}/members/${bob.user.id}`, { role: 'moderator' })).body.role).toBe(
      'moderator',
    )
    expect((await bob.patch(path, { name: 'Bobs' })).body.name).toBe('Bobs')
    expect((await bob.delete(`${path}/messages/${said.id}`)).status).toBe(204)
    expect(codeOf(await bob.delete(`${path}/members/${ann.user.id}`))).toEqual([403, 'room.not_allowed'])
    expect(codeOf(await bob.post(`${path}/clear`))).toEqual([403, 'room.not_allowed'])
    expect((await bob.delete(`${path}/members/${eve.user.id}`)).status).toBe(204)
    expect((await eve.get('/api/rooms')).body.rooms.map((each: Json) => each.id)).not.toContain(room.id)

    for (const answer of [
      await ann.post(`${path}/leave`),
      await ann.delete(`${path}/members/${ann.user.id}`),
      await ann.patch(`${path}/members/${ann.user.id}`, { role: 'member' }),
    ]) {
      expect(codeOf(answer)).toEqual([409, 'room.last_owner'])
    }
    await ann.patch(`${path}/members/${bob.user.id}`, { role: 'owner' })
    const both = await Promise.all([ann.post(`${path}/leave`), bob.post(`${path}/leave`)])
    expect(both.map(({ status }) => status).sort()).toEqual([204, 409])
  })

  test('who was taken out of a private room needs a new invite', async () => {
    const room = await ann.room({ name: 'Club', kind: 'private', member_ids: [bob.user.id] })
    const path = `/api/rooms/${room.id}`
    expect((await bob.get(path)).status).toBe(200)
    await ann.delete(`${path}/members/${bob.user.id}`)
    expect((await bob.get(path)).status).toBe(404)
    expect((await bob.get(`${path}/messages`)).status).toBe(404)
    expect(codeOf(await bob.post(`${path}/join`))).toEqual([403, 'room.invite_needed'])
  })

  test('a deleted room is gone from lists and cannot be written to', async () => {
    const room = await ann.room({ name: 'Old', kind: 'public' })
    expect((await ann.delete(`/api/rooms/${room.id}`)).status).toBe(204)
    expect((await ann.get(`/api/rooms/${room.id}`)).status).toBe(404)
    expect((await ann.get('/api/rooms')).body.rooms.map((each: Json) => each.id)).not.toContain(room.id)
    expect(codeOf(await ann.post(`/api/rooms/${room.id}/messages`, { content: 'x' }))).toEqual([
      403,
      'room.archived',
    ])
    expect(codeOf(await bob.post(`/api/rooms/${room.id}/join`))).toEqual([403, 'room.archived'])
  })

  test('clear removes the history for all and begins a new chain', async () => {
    const room = await ann.room({ name: 'Board', kind: 'public' })
    await bob.post(`/api/rooms/${room.id}/join`)
    for (const text of ['one', 'two', 'three']) await ann.say(room.id, text)
    expect((await ann.post(`/api/rooms/${room.id}/clear`)).status).toBe(204)
    expect((await bob.get(`/api/rooms/${room.id}/messages`)).body).toEqual({
      messages: [],
      has_more: false,
      next_cursor: null,
    })
    const { body } = await bob.get('/api/rooms')
    expect(body.rooms.find((each: Json) => each.id === room.id)).toMatchObject({
      unread_count: 0,
      last_message: null,
    })
    expect((await ann.say(room.id, 'fresh')).previous).toBeNull()
    expect((await bob.get('/api/search?q=three')).body.hits).toEqual([])
  })

  test('bad input is refused in words', async () => {
    for (const [body, status] of [
      [{ name: '' }, 400],
      [{ name: 'x'.repeat(129) }, 400],
      [{ name: 'Fine', kind: 'group' }, 422],
      [{ name: 7 }, 422],
      [{ name: 'Fine', ai: { temperature: 9 } }, 400],
      [{ name: 'Fine', member_ids: ['00000000-0000-7000-8000-000000000000'] }, 404],
      [{ kind: 'direct' }, 400],
    ] as const) {
      const answer = await ann.post('/api/rooms', body)
      expect([body, answer.status]).toEqual([body, status])
      expect(answer.body.error.message).toBeString()
    }
    expect((await ann.get('/api/rooms/not-a-uuid')).status).toBe(404)
    expect((await ann.call('POST', '/api/rooms', '{"name":')).status).toBe(400)
    expect((await new Api(server.url).get('/api/rooms')).status).toBe(401)
  })

  test('AI settings are kept, and only those named change', async () => {
    const room = await ann.room({ name: 'Lab', kind: 'public', ai: { respond: 'never' } })
    expect(room.ai).toMatchObject({
      respond: 'never',
      model: null,
      budget: { tokens_per_day: null, per: 'room' },
    })
    const { body } = await ann.patch(`/api/rooms/${room.id}`, {
      ai: { budget: { tokens_per_day: 9 }, temperature: 0.5 },
    })
    expect(body.ai).toMatchObject({
      respond: 'never',
      temperature: 0.5,
      budget: { tokens_per_day: 9, per: 'room' },
    })
  })
})
