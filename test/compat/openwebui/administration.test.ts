// Goal: what administrators do in bulk does what it says and nothing more: models synchronised, groups given out, ratings deleted.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

bothDialects('administration', (fixture) => {
  let server: TestServer
  let admin: Owui
  let bob: Owui

  beforeAll(async () => {
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
  })

  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
  })

  test('what is synchronised is all there is', async () => {
    const model = (id: string, name: string): Json => ({
      id,
      name,
      base_model_id: null,
      params: {},
      meta: {},
    })
    const sync = (who: Owui, models: Json[]) => who.post('/api/v1/models/sync', { models })
    const ids = (answer: { body: Json[] }) => answer.body.map(({ id, name }) => `${id} ${name}`).toSorted()
    expect(ids(await sync(admin, [model('a', 'A'), model('b', 'B')]))).toEqual(['a A', 'b B'])
    expect(ids(await sync(admin, [model('b', 'Bee'), model('c', 'C')]))).toEqual(['b Bee', 'c C'])
    expect((await admin.get('/api/v1/models/model?id=a')).status).toBe(404)
    expect((await admin.get('/api/v1/models/model?id=b')).body.name).toBe('Bee')
    expect((await sync(bob, [])).status).toBe(401)
    expect((await sync(admin, [{ name: 'nameless' }])).status).toBe(422)
    expect((await admin.get('/api/v1/models/model?id=b')).status).toBe(200)
    expect(ids(await sync(admin, []))).toEqual([])
  })

  test('a status is read as it was set, where the server has them', async () => {
    await bob.post('/api/v1/users/user/status/update', { status_emoji: 'tea', status_message: 'Out' })
    const own = await bob.get('/api/v1/users/user/status')
    expect(own.body).toMatchObject({ id: bob.user.id, status_emoji: 'tea', status_message: 'Out' })
    const config = (await admin.get('/api/v1/auths/admin/config')).body
    await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_USER_STATUS: false })
    expect((await bob.get('/api/v1/users/user/status')).status).toBe(403)
  })

  test('a group is given out with its members', async () => {
    const group = (await admin.post('/api/v1/groups/create', { name: 'Team', description: 'All' })).body
    const at = (path: string) => `/api/v1/groups/id/${group.id}${path}`
    await admin.post(at('/users/add'), { user_ids: [bob.user.id] })
    const out = await admin.get(at('/export'))
    expect(out.body).toMatchObject({ id: group.id, name: 'Team', member_count: 1, user_ids: [bob.user.id] })
    const people = await admin.post(at('/users'))
    expect(people.body).toMatchObject([{ id: bob.user.id, name: 'bob', role: 'user' }])
    expect((await bob.get(at('/export'))).status).toBe(401)
    expect((await bob.post(at('/users'))).status).toBe(401)
    expect((await admin.get('/api/v1/groups/id/none/export')).status).toBe(404)
  })

  test('ratings are deleted by who gave them, or all by an administrator', async () => {
    const rate = async (who: Owui) =>
      (await who.post('/api/v1/evaluations/feedback', { type: 'rating', data: { rating: 1 } })).body
        .id as string
    const [first, his] = [await rate(admin), await rate(bob)]
    const ids = async () =>
      ((await admin.get('/api/v1/evaluations/feedbacks/all/ids')).body as Json[])
        .map(({ id }) => id)
        .toSorted()
    expect(await ids()).toEqual([first, his].toSorted())
    expect((await bob.delete('/api/v1/evaluations/feedbacks/all')).status).toBe(401)
    expect((await bob.delete('/api/v1/evaluations/feedbacks')).body).toBe(true)
    expect((await bob.delete('/api/v1/evaluations/feedbacks')).body).toBe(false)
    expect(await ids()).toEqual([first])
    expect((await admin.delete('/api/v1/evaluations/feedbacks/all')).body).toBe(true)
    expect(await ids()).toEqual([])
  })

  test('settings are read by the beginning of their names, by administrators', async () => {
    const { body } = await admin.get('/api/v1/configs/namespace/rag.ollama')
    expect(Object.keys(body).length).toBeGreaterThan(0)
    expect(Object.keys(body).every((key) => key.startsWith('rag.ollama.'))).toBe(true)
    expect((await admin.get('/api/v1/configs/namespace/hubbub')).body).toEqual({})
    expect((await bob.get('/api/v1/configs/namespace/rag')).status).toBe(401)
  })

  test('a gravatar is an address, and asks nobody', async () => {
    const { body } = await bob.get('/api/v1/utils/gravatar?email=%20Bob@Example.com')
    expect(body).toBe(
      'https://www.gravatar.com/avatar/5ff860bf1190596c7188ab851db691f0f3169c453936e9e1eba2f9a47f7a0018?d=mp',
    )
  })
})
