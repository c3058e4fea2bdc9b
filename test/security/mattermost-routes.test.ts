// Every route of the Mattermost face, read off its router: without a token, by somebody else who knows every id, and with
// what is no sensible JSON. What is seen where, in words, is in test/compat/mattermost/privacy.test.ts.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import type { Core } from '../../src/core/core.ts'
import type { MattermostCore } from '../../src/core/mattermost/create-mattermost.ts'
import type { Logger } from '../../src/core/ports.ts'
import { toWire } from '../../src/faces/mattermost/ids.ts'
import { Face, mattermostFace } from '../../src/faces/mattermost/index.ts'
import { Api, type Json } from '../support/api.ts'
import { startTestServer, type TestServer } from '../support/server.ts'
import { oddBodies, oddValues } from './support/odd-values.ts'
import { ask, fill, sweepable } from './support/sweep.ts'

const SECRET = 'xylophone'

// Routes are only listed, never called: no core is needed.
const routes = sweepable(
  mattermostFace(
    new Face({
      core: {} as Core,
      mattermost: {} as MattermostCore,
      log: {} as Logger,
      siteUrl: '',
      build: '',
    }),
  ).routes,
).map((route) => ({ ...route, name: `${route.method} ${route.path}` }))

/** Answered to anybody. A new route is not on this list. */
const OPEN = new Set([
  'GET /api/v4/system/ping',
  'GET /api/v4/config/client',
  'GET /api/v4/license/client',
  'GET /api/v4/brand/image',
  'POST /api/v4/users',
  'POST /api/v4/users/login',
  'POST /api/v4/users/logout',
  'POST /api/v4/users/password/reset',
  'POST /api/v4/users/password/reset/send',
  'POST /api/v4/users/email/verify',
  'POST /api/v4/users/email/verify/send',
  'POST /api/v4/users/login/type',
  'POST /api/v4/users/login/switch',
  'POST /api/v4/users/login/desktop_token',
  'POST /api/v4/users/mfa',
  'GET /api/v4/teams/invite/:invite_id',
  'POST /api/v4/logs',
  'POST /api/v4/client_perf',
  'GET /api/v4/plugins/webapp',
  // What it needs to know is in the path, or in the body.
  'POST /api/v4/actions/dialogs/open',
  'POST /hooks/:hook_id',
  'POST /hooks/commands/:hook_id',
  'GET /files/:file_id/public',
])
/** Answers with what was sent. */
const ECHO = new Set(['POST /api/v4/logs', 'POST /api/v4/permissions/ancillary'])
/** Who is in a team may bring others in, who then are in its two first channels as well. */
const INVITES = new Set(['POST /api/v4/teams/:team_id/members', 'POST /api/v4/teams/:team_id/members/batch'])
/** These end what the sweep goes on with. */
const ENDS =
  /^(POST|DELETE|PUT) .*(logout|sessions\/revoke|users\/:user_id\/(password|active|demote|promote|convert)|users\/:user_id$)/

let server: TestServer
let root: Api
let ann: Api
let eve: Api
const hers: Record<string, string> = {}

async function mm(api: Api, method: string, path: string, body?: Json): Promise<Json> {
  const { status, body: answer } = await api.call(method, `/api/v4${path}`, body)
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`)
  return answer
}

beforeAll(async () => {
  server = await startTestServer()
  root = await Api.register(server.url, 'root')
  ann = await Api.register(server.url, 'ann')
  eve = await Api.register(server.url, 'eve')
  await ann.patch('/api/auth/profile', { email: `ann@${SECRET}.example` })
  const [team] = await mm(ann, 'GET', '/users/me/teams')
  const channel = await mm(ann, 'POST', '/channels', {
    team_id: team.id,
    name: 'hidden',
    display_name: SECRET,
    header: SECRET,
    type: 'P',
  })
  const form = new FormData()
  form.set('channel_id', channel.id)
  form.set('files', new File([SECRET], `${SECRET}.txt`, { type: 'text/plain' }))
  const { file_infos } = await mm(ann, 'POST', '/files', form)
  const post = await mm(ann, 'POST', '/posts', {
    channel_id: channel.id,
    message: `${SECRET} @eve`,
    file_ids: [file_infos[0].id],
  })
  const reply = await mm(ann, 'POST', '/posts', { channel_id: channel.id, root_id: post.id, message: SECRET })
  await mm(ann, 'POST', `/posts/${post.id}/pin`)
  const direct = await mm(ann, 'POST', '/channels/direct', [toWire(ann.user.id), toWire(root.user.id)])
  const whisper = await mm(ann, 'POST', '/posts', { channel_id: direct.id, message: SECRET })
  const draft = { channel_id: channel.id, root_id: '', message: SECRET, user_id: toWire(ann.user.id) }
  await mm(ann, 'POST', '/drafts', draft)
  Object.assign(hers, {
    team: team.id,
    channel: channel.id,
    direct: direct.id,
    file: file_infos[0].id,
    post: post.id,
    reply: reply.id,
    whisper: whisper.id,
    user: toWire(ann.user.id),
  })
})
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

type Aim = 'room' | 'conversation'

function hersFor(aim: Aim): (name: string) => string {
  const inRoom = aim === 'room'
  const values: Record<string, string | undefined> = {
    team_id: hers['team'],
    channel_id: inRoom ? hers['channel'] : hers['direct'],
    post_id: inRoom ? hers['post'] : hers['whisper'],
    thread_id: hers['post'],
    file_id: hers['file'],
    user_id: hers['user'],
    username: 'ann',
    email: `ann@${SECRET}.example`,
    channel_name: 'hidden',
    team_name: 'main',
    emoji_name: 'smile',
    category_id: hers['user'],
    timestamp: '1',
  }
  return (name) => values[name] ?? hers['reply'] ?? ''
}

/** A body in which every field that could name something names something of ann's. */
function greedyBody(aim: Aim): Record<string, unknown> {
  const of = hersFor(aim)
  return {
    id: of('post_id'),
    channel_id: of('channel_id'),
    channel_ids: [hers['channel'], hers['direct']],
    post_id: of('post_id'),
    post_ids: [hers['post'], hers['reply'], hers['whisper']],
    root_id: of('post_id'),
    parent_id: of('post_id'),
    file_ids: [hers['file']],
    team_id: hers['team'],
    user_id: hers['user'],
    user_ids: [hers['user'], toWire(eve.user.id)],
    prev_channel_id: of('channel_id'),
    message: 'stolen',
    terms: SECRET,
    term: SECRET.slice(0, 5),
    name: 'stolen',
    display_name: 'stolen',
    header: 'stolen',
    emoji_name: 'smile',
    command: '/ai respond always',
    type: 'O',
    privacy: 'O',
    roles: 'system_admin system_user',
    scheme_roles: 'channel_admin',
    scheme_admin: true,
    is_pinned: true,
    action_id: 'stop',
    url: 'http://127.0.0.1:1/',
    trigger_words: ['x'],
    callback_urls: ['http://127.0.0.1:1/'],
    filename: 'x.txt',
    file_size: 4,
  }
}

async function annsThings(): Promise<string> {
  const paths = [
    `/channels/${hers['channel']}`,
    `/channels/${hers['channel']}/members`,
    `/channels/${hers['channel']}/posts`,
    `/channels/${hers['channel']}/pinned`,
    `/channels/${hers['direct']}/posts`,
    `/channels/${hers['direct']}/members`,
    `/posts/${hers['post']}/thread`,
    `/posts/${hers['post']}/reactions`,
    `/files/${hers['file']}/info`,
    `/users/me/teams/${hers['team']}/drafts`,
    `/users/me/preferences`,
    `/users/me`,
    `/users/me/teams/${hers['team']}/channels/categories`,
  ]
  const seen = await Promise.all(paths.map(async (path) => (await ann.get(`/api/v4${path}`)).body))
  const role = (await eve.get('/api/auth/me')).body.role
  return JSON.stringify([...seen, role], (key, value) =>
    /^(last_activity_at|last_viewed_at|last_update_at|update_at|last_picture_update)$/.test(key) ? 0 : value,
  )
}

test('the router is what is swept', () => expect(routes.length).toBeGreaterThan(200))

function expectAppError(status: number, text: string, about: string): void {
  expect(status, about).toBeLessThan(502)
  const error = JSON.parse(text)
  expect(typeof error.id, about).toBe('string')
  expect(error.status_code, about).toBe(status)
}

describe('without a token', () => {
  test.each(routes.filter(({ name }) => !OPEN.has(name)))('$name is 401', async (route) => {
    const path = fill(route.path, hersFor('room'))
    const carriers: Record<string, string>[] = [
      {},
      { authorization: 'Bearer none' },
      { authorization: 'BEARER' },
      { cookie: 'MMAUTHTOKEN=none' },
      { cookie: 'MMAUTHTOKEN=%E0%A4%A; MMAUTHTOKEN=' },
    ]
    for (const headers of carriers) {
      const { status, text } = await ask(server.url, { ...route, path }, headers, '{"')
      expect([401, 501]).toContain(status)
      expectAppError(status, text, route.name)
    }
  })
})

describe('a stranger with every id', () => {
  test.each(routes.filter(({ name }) => !ENDS.test(name)))(
    '$name tells and changes nothing of hers',
    async (route) => {
      const before = await annsThings()
      const headers = { authorization: `Bearer ${eve.token}`, 'x-requested-with': 'XMLHttpRequest' }
      for (const aim of ['room', 'conversation'] as const) {
        const of = hersFor(aim)
        const query = `?channel_id=${of('channel_id')}&team_id=${hers['team']}&in_channel=${of('channel_id')}&in_team=${hers['team']}&user_id=${hers['user']}&q=xylo&name=xylo&term=xylo&terms=xylo&since=1&post_id=${of('post_id')}&before=${of('post_id')}`
        const bodies = [
          greedyBody(aim),
          [of('channel_id'), of('post_id'), hers['user'], hers['file']],
          [greedyBody(aim)],
        ]
        for (const body of route.method === 'GET' ? [undefined] : bodies) {
          const { status, text } = await ask(
            server.url,
            { ...route, path: fill(route.path, of) + query },
            headers,
            body,
          )
          expect(status).not.toBe(500)
          if (!ECHO.has(route.name)) expect(text).not.toContain(SECRET)
        }
      }
      if (!INVITES.has(route.name)) expect(await annsThings()).toBe(before)
    },
  )
})

describe('odd JSON', () => {
  const writes = routes.filter(({ method, name }) => method !== 'GET' && !ENDS.test(name))
  test.each(writes)('$name survives it', async (route) => {
    const me: Record<string, string | undefined> = { user_id: 'me', team_id: hers['team'] }
    const path = fill(route.path, (name) => me[name] ?? toWire(crypto.randomUUID()))
    const headers = { authorization: `Bearer ${eve.token}` }
    for (const [name, text] of oddBodies) {
      const answer = await ask(server.url, { ...route, path }, headers, text)
      expect(answer.status, name).not.toBe(500)
      if (answer.status >= 400) expectAppError(answer.status, answer.text, name)
    }
    const body = greedyBody('room')
    for (const [name, value] of oddValues) {
      const odd = Object.fromEntries(Object.keys(body).map((key) => [key, value]))
      const answer = await ask(server.url, { ...route, path }, headers, odd)
      expect(answer.status, name).not.toBe(500)
    }
  })

  const reads = routes.filter(({ method }) => method === 'GET')
  test.each(reads)('$name survives odd ids and queries', async (route) => {
    const headers = { authorization: `Bearer ${eve.token}` }
    for (const odd of [
      'null',
      '-1',
      '%00',
      '%ff',
      '..%2f..%2fetc%2fpasswd',
      '__proto__',
      'constructor',
      'x'.repeat(2_000),
    ]) {
      for (const path of [fill(route.path, () => odd), fill(route.path, hersFor('room'))]) {
        const query = `?page=${odd}&per_page=${odd}&since=${odd}&before=${odd}&after=${odd}&name=${odd}&term=${odd}&in_channel=${odd}&channel_id=${odd}&sort=${odd}`
        const answer = await ask(server.url, { ...route, path: path + query }, headers)
        expect(answer.status, odd).not.toBe(500)
        expect(answer.text).not.toContain('root:x:0')
        expect(answer.text).not.toContain(SECRET)
      }
    }
  })
})

test('who waits for approval, and keys of few scopes, are as good as signed out', async () => {
  const made = await new Api(server.url).post('/api/auth/register', {
    username: 'waiting',
    password: 'correct horse 1',
  })
  await root.patch(`/api/admin/users/${made.body.user.id}`, { role: 'pending' })
  const { body } = await new Api(server.url).post('/api/auth/login', {
    username: 'waiting',
    password: 'correct horse 1',
  })
  const few = (
    await root.post('/api/auth/keys', {
      name: 'few',
      scopes: ['rooms:read', 'messages:read', 'messages:write', 'account:read', 'admin'],
    })
  ).body.key
  const whole = (await root.post('/api/auth/keys', { name: 'whole', scopes: ['*'] })).body.key
  for (const path of [
    '/api/v4/users/me',
    '/api/v4/users',
    '/api/v4/config',
    `/api/v4/teams/${hers['team']}/channels`,
  ]) {
    const get = (token: string) =>
      ask(server.url, { method: 'GET', path }, { authorization: `Bearer ${token}` })
    expect((await get(body.token)).status).toBe(401)
    expect((await get(few)).status).toBe(401)
    expect((await get(whole)).status).toBe(200)
  }
})
