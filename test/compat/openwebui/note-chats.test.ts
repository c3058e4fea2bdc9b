// Goal: the chat beside a note knows what the note says, is its reader's own, and is in no list of chats.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

bothDialects('chats beside notes', (fixture) => {
  let server: TestServer
  let admin: Owui
  let bob: Owui
  let eve: Owui
  let note: string

  beforeAll(async () => {
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
    eve = await Owui.added(admin, 'eve')
    const grant = { principal_type: 'user', principal_id: bob.user.id, permission: 'read' }
    const made = await admin.post('/api/v1/notes/create', {
      title: 'Plan',
      data: { content: { md: 'Buy milk.' } },
      access_grants: [grant],
    })
    note = made.body.id
  })
  afterAll(() => server.stop())

  const systemOf = ({ body }: { body: Json }): string => body.chat.params.system

  test('opening it twice is one chat, told what the note says now', async () => {
    const first = await admin.get(`/api/v1/notes/${note}/chat`)
    expect([first.status, first.body.meta]).toEqual([200, { internal: true, type: 'note', note_id: note }])
    expect(systemOf(first)).toContain('Buy milk.')
    await admin.post(`/api/v1/notes/${note}/update`, {
      title: 'Plan',
      data: { content: { md: 'Buy bread.' } },
    })
    const again = await admin.get(`/api/v1/notes/${note}/chat`)
    expect(again.body.id).toBe(first.body.id)
    expect(systemOf(again)).toContain('Buy bread.')
    const another = await admin.post(`/api/v1/notes/${note}/chat`)
    const { body } = await admin.get(`/api/v1/notes/${note}/chats`)
    expect(body.map(({ id }: Json) => id).toSorted()).toEqual([first.body.id, another.body.id].toSorted())
  })

  test('it is in no list', async () => {
    const list = await admin.get('/api/v1/chats/?page=1')
    const all = await admin.get('/api/v1/chats/all/db')
    expect([list.body, all.body]).toEqual([[], []])
    const search = await admin.get('/api/v1/chats/search?text=Chat&page=1')
    expect(search.body).toEqual([])
  })

  test('each reader has their own, and who may not read the note has none', async () => {
    const own = await admin.get(`/api/v1/notes/${note}/chat`)
    const bobs = await bob.get(`/api/v1/notes/${note}/chat`)
    expect(bobs.status).toBe(200)
    expect(bobs.body.id).not.toBe(own.body.id)
    expect((await bob.get(`/api/v1/chats/${own.body.id}`)).status).toBe(401)
    for (const answer of [
      await eve.get(`/api/v1/notes/${note}/chat`),
      await eve.get(`/api/v1/notes/${note}/chats`),
      await eve.post(`/api/v1/notes/${note}/chat`),
    ])
      expect(answer.status).toBe(404)
  })
})
