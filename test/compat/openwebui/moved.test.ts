// Goal: what a person sees who moves from Open WebUI: their settings count from the first request on, saved forms keep
// their meaning, lists and figures are those of its own server.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Api, type Json } from '../../support/api.ts'
import { createOpenWebuiDatabase } from '../../support/openwebui-database.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'

let upstream: Upstream
let server: TestServer
let admin: Api
let first: Json
const dataDir = mkdtempSync(join(tmpdir(), 'hubbub-moved-'))

beforeAll(async () => {
  mkdirSync(dataDir, { recursive: true })
  createOpenWebuiDatabase(join(dataDir, 'webui.db'))
  upstream = await startUpstream()
  const env = { OPENAI_API_BASE_URL: upstream.url, OPENAI_API_KEY: 'key' }
  server = await startTestServer({ dataDir, env })
  admin = new Api(server.url)
  first = (await admin.get('/api/config')).body
  const { body } = await admin.post('/api/v1/auths/signin', {
    email: 'admin@example.com',
    password: 'Passw0rd!',
  })
  admin.token = body.token
})

afterAll(async () => {
  await server.stop()
  await upstream.close()
  rmSync(dataDir, { recursive: true, force: true })
})

test('the settings count before anybody has signed in', () => {
  expect(first['features'].enable_signup).toBe(false)
  expect(first['oauth'].auto_redirect).toBe(false)
})

describe('a saved form', () => {
  test('of documents: emptied limits are no limits, numbers stay numbers', async () => {
    const { body } = await admin.get('/api/v1/retrieval/config')
    const emptied = { ...body, FILE_MAX_SIZE: '', FILE_MAX_COUNT: '', FILE_IMAGE_COMPRESSION_WIDTH: '' }
    const saved = await admin.post('/api/v1/retrieval/config/update', {
      ...emptied,
      web: { ...body.web, PLAYWRIGHT_TIMEOUT: '10000' },
    })
    expect(saved.body.web.PLAYWRIGHT_TIMEOUT).toBe(10_000)
    const { file } = (await admin.get('/api/config')).body
    expect([file.max_size, file.max_count, file.image_compression.width]).toEqual([null, null, null])
  })

  test('of the interface shows the cap that holds', async () =>
    expect((await admin.get('/api/v1/chats/config')).body.CONTEXT_COMPACTION_TOKEN_CAP).toBe(80_000))

  test('of single sign-on has all its fields', async () => {
    const { body } = await admin.get('/api/v1/auths/admin/config/oauth')
    expect(body).toMatchObject({ OAUTH_ALLOWED_ROLES: 'user,admin', OAUTH_PROVIDER_NAME: 'SSO' })
  })
})

describe('figures', () => {
  test('have every bucket of a bounded span, and the one before beside it', async () => {
    const span = 'start_date=1795132800&end_date=1795391999'
    const { body } = await admin.get(
      `/api/v1/analytics/daily?${span}&granularity=6h&metric=messages&compare=true`,
    )
    expect(body.data).toHaveLength(12)
    expect(body.data[0]).toMatchObject({ date: '2026-11-20 00:00', start: '2026-11-20T00:00:00' })
    expect(body.data[0].previous.start).toBe('2026-11-17T00:00:00')
    expect(body.data.filter((bucket: Json) => Object.keys(bucket.models).length > 0)).toHaveLength(1)
  })

  test('of oneself fill two years, in percent', async () => {
    const { body } = await admin.get('/api/v1/users/usage?end_date=1795391999')
    expect([body.heatmap.length, body.weekly_heatmap.length]).toEqual([730, 105])
    const { user_message_share: asked, assistant_message_share: answered } = body.insights
    expect(asked + answered).toBeCloseTo(100)
    expect(body.cumulative_heatmap.at(-1).messages).toBe(body.totals.messages)
  })

  test('a rating without a rival moves nobody', async () => {
    const { body } = await admin.get('/api/v1/evaluations/leaderboard')
    for (const entry of body.entries) expect(entry.count).toBe(entry.won + entry.lost)
  })
})

describe('lists', () => {
  test('notes show how they begin', async () => {
    const { body } = await admin.get('/api/v1/notes/search?page=1&order_by=name&direction=asc')
    expect(Object.keys(body.items[0].data.content)).toEqual(['md'])
  })

  test('of external knowledge have none of the local', async () => {
    const total = async (source: string) =>
      (await admin.get(`/api/v1/knowledge/search?source=${source}`)).body.total
    expect([await total('external'), await total('local')]).toEqual([0, 1])
  })

  test('nobody else shared a model', async () => {
    const total = async (view: string) =>
      (await admin.get(`/api/v1/models/list?view_option=${view}`)).body.total
    expect([await total('shared'), await total('created')]).toEqual([0, 1])
  })

  test('without a provider there is no model at all', async () => {
    const config = (await admin.get('/openai/config')).body
    await admin.post('/openai/config/update', { ...config, ENABLE_OPENAI_API: false })
    expect((await admin.get('/api/models')).body.data).toEqual([])
    await admin.post('/openai/config/update', { ...config, OPENAI_API_BASE_URLS: [upstream.url] })
    expect((await admin.get('/api/models')).body.data.length).toBeGreaterThan(1)
  })
})

test('nothing was logged as an error', () => expect(server.errors).toEqual([]))
