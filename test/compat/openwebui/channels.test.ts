// Goal: what the page of a channel shows: attachments for who posted them and who reads them, a model's answer in the thread, people without models.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { Database } from 'bun:sqlite'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { eventually, type Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { TINY_PNG } from '../../support/test-images.ts'
import { Owui } from './person.ts'

let upstream: Upstream
let server: TestServer
let admin: Owui
let bob: Owui
let channel: Json

beforeAll(async () => {
  upstream = await startUpstream()
  server = await startTestServer({ env: { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' } })
  admin = await Owui.signUp(server.url, 'admin')
  bob = await Owui.added(admin, 'bob')
  const config = (await admin.get('/api/v1/auths/admin/config')).body
  await admin.post('/api/v1/auths/admin/config', { ...config, ENABLE_CHANNELS: true })
  channel = (
    await admin.post('/api/v1/channels/create', {
      name: 'pictures',
      type: '',
      access_grants: [
        { principal_type: 'user', principal_id: '*', permission: 'read' },
        { principal_type: 'user', principal_id: '*', permission: 'write' },
      ],
    })
  ).body
})

afterAll(async () => {
  await server.stop()
  await upstream.close()
})

async function attached(name: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<string> {
  const body = new FormData()
  body.set('file', new File([bytes], name, { type }))
  body.set('metadata', JSON.stringify({ channel_id: channel.id }))
  const answer = await fetch(`${server.url}/api/v1/files/?process=false`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin.token}` },
    body,
  })
  const { id } = (await answer.json()) as { id: string }
  const data = { files: [{ type: 'file', id, url: id, name, content_type: type }] }
  await admin.post(`/api/v1/channels/${channel.id}/messages/post`, { content: `see ${name}`, data })
  return id
}

const contentFor = async (person: Owui, id: string): Promise<[number, number]> => {
  const answer = await fetch(`${server.url}/api/v1/files/${id}/content`, {
    headers: { authorization: `Bearer ${person.token}` },
  })
  return [answer.status, (await answer.arrayBuffer()).byteLength]
}

test('an attachment opens for who posted it and who reads the channel', async () => {
  const picture = await attached('dot.png', TINY_PNG, 'image/png')
  const text = await attached('note.txt', new TextEncoder().encode('hello'), 'text/plain')
  await bob.get(`/api/v1/channels/${channel.id}`)
  for (const person of [admin, bob]) {
    expect(await contentFor(person, picture)).toEqual([200, TINY_PNG.byteLength])
    expect(await contentFor(person, text)).toEqual([200, 5])
  }
})

async function answerTo(content: string): Promise<{ question: Json; answer: Json }> {
  const question = (await admin.post(`/api/v1/channels/${channel.id}/messages/post`, { content })).body
  const place = `/api/v1/channels/${channel.id}/messages`
  const find = async (path: string) =>
    ((await admin.get(path)).body as Json[]).find(({ content: text }) => text.includes(`You said`))
  const answer = await eventually(
    async () => (await find(`${place}/${question.id}/thread?limit=50`)) ?? (await find(`${place}?limit=3`)),
    5_000,
  )
  return { question, answer: answer as Json }
}

test('a model that is mentioned answers in the thread, or beside it when the settings say so', async () => {
  const first = await answerTo('<@M:test-echo|test-echo> in a thread?')
  expect(first.answer['parent_id']).toBe(first.question['id'])
  const config = (await admin.get('/api/v1/auths/admin/config')).body
  await admin.post('/api/v1/auths/admin/config', { ...config, CHANNEL_MODEL_RESPONSE_MODE: 'channel' })
  const second = await answerTo('<@M:test-echo|test-echo> beside it?')
  expect(second.answer['parent_id']).toBeNull()
})

test('who is looked for is a person, not a model', async () => {
  for (const path of ['/api/v1/users/search?page=1', '/api/v1/users/all', '/api/v1/users/?page=1']) {
    const names = (await admin.get(path)).body.users.map(({ name }: Json) => name)
    expect(names.sort()).toEqual(['admin', 'bob'])
  }
})

describe('a channel that all may read', () => {
  const grants = (...permissions: string[]) =>
    permissions.map((permission) => ({ principal_type: 'user', principal_id: '*', permission }))
  const posted = async (person: Owui, id: string): Promise<number> =>
    (await person.post(`/api/v1/channels/${id}/messages/post`, { content: 'hello' })).status
  let id = ''

  test('is written in by who runs it, until its grants say more', async () => {
    const news = { name: 'news', type: '', access_grants: grants('read') }
    const made = (await admin.post('/api/v1/channels/create', news)).body
    id = made.id
    expect(made.access_grants.map(({ permission }: Json) => permission)).toEqual(['read'])
    expect((await bob.get(`/api/v1/channels/${id}`)).body.write_access).toBe(false)
    expect([await posted(admin, id), await posted(bob, id)]).toEqual([200, 403])
    await admin.post(`/api/v1/channels/${id}/update`, { name: 'news', access_grants: grants('read', 'write') })
    expect((await bob.get(`/api/v1/channels/${id}`)).body.write_access).toBe(true)
    expect(await posted(bob, id)).toBe(200)
  })

  test('is so too when Open WebUI made it so', async () => {
    await server.stop(true)
    const file = readdirSync(server.dataDir).find((name) => name.endsWith('.db')) ?? ''
    const raw = new Database(join(server.dataDir, file))
    raw.run("DELETE FROM access_grant WHERE resource_id = ? AND permission = 'write'", [id])
    raw.close()
    server = await startTestServer({ dataDir: server.dataDir, env: { OPENAI_API_BASE_URL: upstream.url } })
    for (const person of [admin, bob]) Object.assign(person, { url: server.url })
    // What changed meanwhile is taken over beside the first requests.
    await eventually(async () => (await posted(bob, id)) === 403, 5_000)
    expect(await posted(admin, id)).toBe(200)
  })
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
