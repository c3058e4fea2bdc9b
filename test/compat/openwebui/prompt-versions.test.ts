// Goal: earlier versions of a prompt are seen, compared, taken back into use and deleted by those who may, each in its own prompt only.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { Owui } from './person.ts'

bothDialects('versions of prompts', (fixture) => {
  let server: TestServer
  let admin: Owui
  let bob: Owui
  let prompt: Json
  let versions: Json[]

  const at = (path: string, id: string = prompt.id) => `/api/v1/prompts/id/${id}${path}`
  const grant = (permission: string) => ({ principal_type: 'user', principal_id: bob.user.id, permission })

  beforeAll(async () => {
    server = await startTestServer({ env: { DATABASE_URL: await fixture.database() } })
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
    const made = await admin.post('/api/v1/prompts/create', {
      command: 'greet',
      name: 'Greet',
      content: 'Hello\nyou',
    })
    expect(made.status).toBe(200)
    const change = {
      command: 'greet',
      name: 'Greet all',
      content: 'Hello\nall',
      tags: ['kind'],
      commit_message: 'all',
    }
    prompt = (await admin.post(`/api/v1/prompts/id/${made.body.id}/update`, change)).body
    versions = (await admin.get(at('/history'))).body
  })

  afterAll(async () => {
    expect(server.errors).toEqual([])
    await server.stop()
  })

  test('are listed with who made them, the newest first', async () => {
    expect(versions.map(({ commit_message }) => commit_message)).toEqual(['all', 'Initial version'])
    expect(versions[0]).toMatchObject({
      prompt_id: prompt.id,
      parent_id: versions[1]?.id,
      snapshot: {
        name: 'Greet all',
        content: 'Hello\nall',
        command: 'greet',
        tags: ['kind'],
        access_grants: [],
      },
      user: { id: admin.user.id, name: 'admin', role: 'admin' },
    })
    expect((await admin.get(at('/history?page=1'))).body).toEqual([])
    expect((await admin.get(at(`/history/${versions[1]?.id}`))).body.snapshot.content).toBe('Hello\nyou')
  })

  test('are compared by lines', async () => {
    const [to, from] = versions.map(({ id }) => id)
    const { body } = await admin.get(at(`/history/diff?from_id=${from}&to_id=${to}`))
    expect(body).toMatchObject({ from_id: from, to_id: to, name_changed: true, line_endings_only: false })
    const marks = [
      `--- v${from.slice(0, 8)}`,
      `+++ v${to.slice(0, 8)}`,
      '@@ -1,2 +1,2 @@',
      ' Hello',
      '-you',
      '+all',
    ]
    expect(body.content_diff).toEqual(marks)
  })

  test('are used again, and the one in use is not deleted', async () => {
    const first = versions[1]?.id
    const used = await admin.post(at('/update/version'), { version_id: first })
    expect(used.body).toMatchObject({ name: 'Greet', content: 'Hello\nyou', version_id: first, tags: [] })
    expect((await admin.get('/api/v1/prompts/command/greet')).body.content).toBe('Hello\nyou')
    const refused = await admin.delete(at(`/history/${first}`))
    expect(refused).toMatchObject({
      status: 400,
      body: { detail: 'Cannot delete the active production version' },
    })
    expect((await admin.delete(at(`/history/${versions[0]?.id}`))).body).toBe(true)
    expect((await admin.delete(at(`/history/${versions[0]?.id}`))).status).toBe(404)
  })

  test('of another prompt are not there', async () => {
    const other = (await admin.post('/api/v1/prompts/create', { command: 'other', name: 'O', content: 'o' }))
      .body
    const id = prompt.version_id
    const foreign = (await admin.get(at('/history', other.id))).body[0].id
    expect((await admin.get(at(`/history/${foreign}`))).status).toBe(404)
    expect((await admin.delete(at(`/history/${foreign}`))).status).toBe(404)
    expect((await admin.post(at('/update/version'), { version_id: foreign })).status).toBe(400)
    expect((await admin.get(at(`/history/diff?from_id=${foreign}&to_id=${id}`))).status).toBe(404)
  })

  test('name, command and grants change without a version', async () => {
    const n = (await admin.get(at('/history'))).body.length
    const renamed = await admin.post(at('/update/meta'), { name: 'New', command: 'new', tags: ['x'] })
    expect(renamed.body).toMatchObject({ name: 'New', command: 'new', tags: ['x'] })
    const taken = await admin.post(at('/update/meta'), { name: 'New', command: 'other' })
    expect(taken.status).toBe(400)
    expect((await admin.get(at('/history'))).body).toHaveLength(n)
  })

  test('follow the grants of the prompt', async () => {
    const id = (await admin.get(at('/history'))).body[0].id
    for (const path of ['/history', `/history/${id}`]) expect((await bob.get(at(path))).status).toBe(404)
    const opened = await admin.post(at('/access/update'), { access_grants: [grant('read')] })
    expect(opened.body.access_grants).toMatchObject([grant('read')])
    expect((await bob.get(at('/history'))).status).toBe(200)
    expect((await bob.delete(at(`/history/${id}`))).status).toBe(403)
    expect((await bob.post(at('/update/meta'), { name: 'His', command: 'his' })).status).toBe(403)
    expect((await bob.post(at('/update/version'), { version_id: id })).status).toBe(403)
    expect((await bob.post(at('/access/update'), { access_grants: [] })).status).toBe(403)
    await admin.post(at('/access/update'), { access_grants: [grant('read'), grant('write')] })
    expect((await bob.post(at('/update/meta'), { name: 'His', command: 'his' })).status).toBe(200)
  })
})
