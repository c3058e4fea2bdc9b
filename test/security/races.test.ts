// Two at once: what may happen only once happens once, and rules that need a second look get it. On both databases.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { Api, type Answer, type Json } from '../support/api.ts'
import { bothDialects } from '../support/postgres.ts'
import { startTestServer, type TestServer } from '../support/server.ts'

const statuses = (answers: Answer[]) => answers.map(({ status }) => status).toSorted()
const all = <T>(n: number, run: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: n }, (_, i) => run(i)))

bothDialects('two at once', (fixture) => {
  let server: TestServer
  let people: Api[]

  beforeAll(async () => {
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    // The first thing that ever happens here: fifty people who all want to be the first.
    people = await all(50, (i) => Api.register(server.url, `person${i}`))
  }, 60_000)
  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
  })

  test('fifty first sign-ups make one administrator', () => {
    expect(people.filter(({ user }) => user.role === 'admin')).toHaveLength(1)
  })

  test('twenty accounts of one name are one', async () => {
    const answers = await all(20, () =>
      new Api(server.url).post('/api/auth/register', { username: 'twin', password: 'correct horse 1' }),
    )
    expect(statuses(answers).filter((status) => status === 201)).toHaveLength(1)
    expect(new Set(statuses(answers))).toEqual(new Set([201, 409]))
  })

  test('twenty who take an invite for one: one is in', async () => {
    const [owner, ...others] = people as [Api, ...Api[]]
    const room = await owner.room({ name: 'One', kind: 'private' })
    const { body } = await owner.post('/api/invites', { room_id: room.id, max_uses: 1 })
    const answers = await Promise.all(
      others.slice(0, 20).map((api) => api.post(`/api/invites/${body.token}/accept`)),
    )
    expect(statuses(answers)).toEqual([200, ...Array.from({ length: 19 }, () => 410)])
    expect((await owner.get(`/api/rooms/${room.id}/members`)).body.members).toHaveLength(2)
  })

  test('a message sent twenty times with one client id is one message', async () => {
    const [owner] = people as [Api]
    const room = await owner.room({ name: 'Once', kind: 'private' })
    const answers = await all(20, () =>
      owner.post(`/api/rooms/${room.id}/messages`, { content: 'once', client_id: 'the same' }),
    )
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect((await owner.get(`/api/rooms/${room.id}/messages`)).body.messages).toHaveLength(1)
    expect((await owner.get(`/api/rooms/${room.id}`)).body.message_count).toBe(1)
  })

  test('two owners who both go leave one behind', async () => {
    const [ann, bob] = people as [Api, Api]
    const goes: ((api: Api, roomId: string) => Promise<Answer>)[] = [
      (api, id) => api.post(`/api/rooms/${id}/leave`),
      (api, id) => api.patch(`/api/rooms/${id}/members/${api.user.id}`, { role: 'member' }),
      (api, id) =>
        api.patch(`/api/rooms/${id}/members/${(api === ann ? bob : ann).user.id}`, { role: 'member' }),
      (api, id) => api.delete(`/api/rooms/${id}/members/${(api === ann ? bob : ann).user.id}`),
    ]
    for (const go of goes) {
      const room = await ann.room({ name: 'Two', kind: 'private' })
      await ann.post(`/api/rooms/${room.id}/members`, { user_id: bob.user.id })
      await ann.patch(`/api/rooms/${room.id}/members/${bob.user.id}`, { role: 'owner' })
      const answers = await Promise.all([go(ann, room.id), go(bob, room.id)])
      expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
      const seen = await Promise.all([ann, bob].map((api) => api.get(`/api/rooms/${room.id}/members`)))
      const members: Json[] = seen.find(({ status }) => status === 200)?.body.members ?? []
      expect(members.filter(({ role }) => role === 'owner')).toHaveLength(1)
    }
  })

  test('the two last administrators cannot both step down', async () => {
    const root = people.find(({ user }) => user.role === 'admin') as Api
    const other = people.find((api) => api !== root) as Api
    await root.patch(`/api/admin/users/${other.user.id}`, { role: 'admin' })
    const answers = await Promise.all([
      root.patch(`/api/admin/users/${root.user.id}`, { role: 'user' }),
      other.patch(`/api/admin/users/${other.user.id}`, { active: false }),
    ])
    expect(answers.filter(({ status }) => status < 300)).toHaveLength(1)
    // Whoever is left puts it back, for the tests that come after.
    const [stepped] = answers
    const [left, gone] = stepped.status < 300 ? [other, root] : [root, other]
    expect(
      (await left.patch(`/api/admin/users/${gone.user.id}`, { role: 'admin', active: true })).status,
    ).toBe(200)
  })

  test('a message deleted twenty times and edited at the same time is gone', async () => {
    const [owner] = people as [Api]
    const room = await owner.room({ name: 'Gone', kind: 'private' })
    await owner.say(room.id, 'stays')
    const { id } = await owner.say(room.id, 'goes')
    const path = `/api/rooms/${room.id}/messages/${id}`
    const answers = await all(20, (i) =>
      i % 2 ? owner.patch(path, { content: `edit ${i}` }) : owner.delete(path),
    )
    expect(answers.every(({ status }) => [200, 204, 404].includes(status))).toBe(true)
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1)
    const { body } = await owner.get(`/api/rooms/${room.id}/messages`)
    expect(body.messages.map(({ content }: Json) => content)).toEqual(['stays'])
    expect((await owner.get('/api/search?q=edit')).body.hits).toEqual([])
  })

  test('who comes and is taken out at the same time is either in or out, and knows', async () => {
    const [ann, bob] = people as [Api, Api]
    const room = await ann.room({ name: 'Door', kind: 'public' })
    for (let round = 0; round < 10; round += 1) {
      await Promise.all([
        bob.post(`/api/rooms/${room.id}/join`),
        ann.delete(`/api/rooms/${room.id}/members/${bob.user.id}`),
        bob.post(`/api/rooms/${room.id}/messages`, { content: `round ${round}` }),
      ])
      const { body } = await ann.get(`/api/rooms/${room.id}/members`)
      const isIn = body.members.some(({ id }: Json) => id === bob.user.id)
      expect((await bob.get(`/api/rooms/${room.id}/messages`)).status).toBe(isIn ? 200 : 403)
    }
  })

  test('the same conversation begun by all at once is one', async () => {
    const group = people.slice(3, 6)
    const ids = group.map(({ user }) => user.id)
    const made = await all(15, (i) => {
      const api = group[i % 3] as Api
      return api.post('/api/rooms', { kind: 'direct', member_ids: ids.filter((id) => id !== api.user.id) })
    })
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(1)
    const pair = await all(10, (i) => {
      const [one, two] = i % 2 ? [group[0], group[1]] : [group[1], group[0]]
      return (one as Api).post('/api/rooms', { kind: 'direct', member_ids: [two?.user.id] })
    })
    expect(new Set(pair.map(({ body }) => body.id)).size).toBe(1)
  })

  test('twenty reactions of one person are one, and a hundred keys are the most', async () => {
    const [owner, , , keeper] = people as [Api, Api, Api, Api]
    const room = await owner.room({ name: 'Like', kind: 'private' })
    const { id } = await owner.say(room.id, 'like')
    await all(20, () => owner.put(`/api/rooms/${room.id}/messages/${id}/reactions/👍`))
    const { body } = await owner.get(`/api/rooms/${room.id}/messages/${id}`)
    expect(Object.values(body.reactions)).toEqual([[owner.user.id]])
    const keys = await all(120, () => keeper.post('/api/auth/keys', { name: 'k' }))
    expect(keys.filter(({ status }) => status === 201)).toHaveLength(100)
  }, 30_000)

  test('an invite dies with the rights of its maker', async () => {
    const [ann, bob, carl] = people as [Api, Api, Api]
    const room = await ann.room({ name: 'Back door', kind: 'private' })
    await ann.post(`/api/rooms/${room.id}/members`, { user_id: bob.user.id })
    await ann.patch(`/api/rooms/${room.id}/members/${bob.user.id}`, { role: 'moderator' })
    const { body } = await bob.post('/api/invites', { room_id: room.id })
    expect((await carl.get(`/api/invites/${body.token}`)).status).toBe(200)
    await ann.delete(`/api/rooms/${room.id}/members/${bob.user.id}`)
    expect((await bob.post(`/api/invites/${body.token}/accept`)).status).toBe(410)
    expect((await carl.post(`/api/invites/${body.token}/accept`)).status).toBe(410)
    expect((await carl.get(`/api/invites/${body.token}`)).status).toBe(410)
  })
})
