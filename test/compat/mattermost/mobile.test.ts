import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, type Json } from '../../support/api.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { PASSWORD, signUp } from './rig.ts'

// Goal: the mobile app's sequence (mattermost-boot.md F), with its headers, against the whole server.
// Method: the requests in its order; its data sync begins with the websocket's hello.

let server: TestServer
let token = ''
let me = ''
const cookies: string[] = []

beforeAll(async () => {
  server = await startTestServer()
  await signUp(server, 'maria')
}, 60_000)
afterAll(async () => {
  expect(server.errors).toEqual([])
  await server.stop()
})

async function ask(
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; headers: Headers; json: Json }> {
  const answer = await fetch(`${server.url}/api/v4${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      'Accept-Language': 'en',
      'User-Agent': 'Mattermost Mobile/2.40.0+799 (Android; 15; Pixel 8)',
      'X-Requested-With': 'XMLHttpRequest',
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...(cookies.length > 0 ? { Cookie: cookies.join('; ') } : {}),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, json: text === '' ? null : JSON.parse(text) }
}

async function good(method: string, path: string, body?: unknown): Promise<Json> {
  const { status, json } = await ask(method, path, body)
  expect([path, status]).toEqual([
    path,
    method === 'POST' && (path === '/posts' || path === '/reactions') ? status : 200,
  ])
  return json
}

test('the server is found and asked who it is', async () => {
  const head = await fetch(server.url, { method: 'HEAD' })
  expect(head.status).toBeLessThan(500)
  const ping = await ask('GET', `/system/ping?time=${Date.now()}&device_id=android_rn-v2:x`)
  expect(ping.json).toMatchObject({ status: 'OK', CanReceiveNotifications: expect.any(String) })
  const config = await good('GET', '/config/client?format=old')
  expect(config.DiagnosticId).toHaveLength(26)
  expect(Bun.semver.order(config.Version, '10.11.0')).toBe(1)
  expect(config.EnableSignInWithUsername).toBe('true')
  expect(await good('GET', '/license/client?format=old')).toEqual({ IsLicensed: 'false' })
})

test('log-in gives the token by header, and cookies too', async () => {
  const answer = await ask('POST', '/users/login', {
    login_id: 'maria',
    password: PASSWORD,
    token: '',
    device_id: 'android_rn-v2:abc',
    voip_device_id: '',
  })
  expect(answer.status).toBe(200)
  token = answer.headers.get('token') ?? ''
  expect(token).toHaveLength(26)
  me = answer.json.id
  for (const line of answer.headers.getSetCookie()) cookies.push(line.split(';', 1)[0]!)
  expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['MMAUTHTOKEN', 'MMUSERID', 'MMCSRF'])
  expect(answer.headers.get('x-version-id')).toStartWith('11.6.0.')
})

test('hello begins the sync, and every group of it succeeds', async () => {
  const frames: Json[] = []
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/api/v4/websocket?connection_id=&sequence_number=0`,
    {
      headers: { Authorization: `Bearer ${token}`, Origin: server.url },
    } as unknown as string[],
  )
  socket.onmessage = ({ data }) => void frames.push(JSON.parse(String(data)))
  socket.onopen = () =>
    socket.send(JSON.stringify({ seq: 1, action: 'authentication_challenge', data: { token } }))
  const hello = await eventually(async () => frames.find((frame) => frame.event === 'hello'))
  expect(hello).toMatchObject({ seq: 0, data: { connection_id: expect.any(String) } })
  socket.send(JSON.stringify({ seq: 2, action: 'ping' }))
  const pong = await eventually(async () => frames.find((frame) => frame.seq_reply === 2))
  expect(pong.data.text).toBe('pong')

  const [, , , teams] = await Promise.all([
    good('GET', '/config/client?format=old'),
    good('GET', '/license/client?format=old'),
    good('GET', '/users/me/preferences'),
    good('GET', '/users/me/teams'),
    good('GET', '/users/me/teams/members'),
    good('GET', '/users/me'),
  ])
  const team = teams[0].id
  const [channels, members, categories] = await Promise.all([
    good('GET', `/users/me/teams/${team}/channels?include_deleted=false&last_delete_at=0`),
    good('GET', `/users/me/teams/${team}/channels/members`),
    good('GET', `/users/me/teams/${team}/channels/categories`),
  ])
  expect(members.map((one: Json) => one.channel_id).toSorted()).toEqual(
    channels.map((one: Json) => one.id).toSorted(),
  )
  expect(categories.order).toHaveLength(3)
  await good('POST', '/roles/names', [
    'system_user',
    'team_user',
    'channel_user',
    'system_admin',
    'team_admin',
  ])
  await good('PUT', '/users/sessions/device', {
    device_id: 'android_rn-v2:abc',
    device_notification_disabled: 'false',
    mobile_version: '2.40.0',
  })
  await good('PUT', '/users/me/patch', {
    timezone: { useAutomaticTimezone: 'true', automaticTimezone: 'Europe/Rome', manualTimezone: '' },
  })
  await good('POST', '/users/ids?since=1', [me])
  await good('GET', '/teams?page=0&per_page=60')
  await good('GET', `/users/${me}/teams/${team}/threads?per_page=60&extended=true&threadsOnly=true&since=0`)
  await good('GET', `/users/${me}/teams/${team}/threads?per_page=60&totalsOnly=true`)
  expect(await good('GET', '/agents')).toEqual([])
  const sessions = await good('GET', '/users/me/sessions')
  expect(sessions.some((one: Json) => one.device_id === 'android_rn-v2:abc')).toBe(true)

  const channel = channels.find((one: Json) => one.name === 'town-square').id
  await good(
    'GET',
    `/channels/${channel}/posts?page=0&per_page=60&collapsedThreads=true&collapsedThreadsExtended=true`,
  )
  const viewed = await good('POST', '/channels/members/me/view', {
    channel_id: channel,
    prev_channel_id: '',
    collapsed_threads_supported: true,
  })
  expect(viewed).toMatchObject({ status: 'OK', last_viewed_at_times: { [channel]: expect.any(Number) } })
  await good('GET', `/channels/${channel}/stats`)
  const post = await good('POST', '/posts', {
    channel_id: channel,
    message: 'from my phone',
    pending_post_id: `${me}:${Date.now()}`,
  })
  expect(post.message).toBe('from my phone')
  await good(
    'GET',
    `/posts/${post.id}/thread?skipFetchThreads=false&collapsedThreads=true&collapsedThreadsExtended=true&perPage=60&direction=up`,
  )
  await good('POST', `/teams/${team}/posts/search`, { terms: 'phone', is_or_search: true })
  await good('POST', '/notifications/ack', {
    id: 'x',
    received_at: Date.now(),
    platform: 'android',
    type: 'message',
  })
  expect(await good('POST', '/users/logout')).toEqual({ status: 'OK' })
  expect((await ask('GET', '/users/me')).json).toMatchObject({
    status_code: 401,
    id: 'api.context.session_expired.app_error',
  })
  socket.close()
})

test('a built web app is served as its own server serves it', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-mm-web-'))
  await Bun.write(join(dir, 'root.html'), '<!doctype html><title>Mattermost</title>')
  await Bun.write(join(dir, 'main.abc.js'), `console.log(${JSON.stringify('x'.repeat(5000))})`)
  await Bun.write(join(dir, 'i18n', 'en.json'), '{}')
  const own = await startTestServer({ env: { STATIC_DIR: dir } })
  try {
    for (const path of [
      '/',
      '/login',
      '/signup_user_complete/?id=x',
      '/main/channels/town-square',
      '/_redirect/pl/abc',
    ]) {
      const page = await fetch(own.url + path)
      expect([path, page.status, await page.text()]).toEqual([
        path,
        200,
        expect.stringContaining('Mattermost'),
      ])
      expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'self'; script-src 'self'")
      expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN')
    }
    const script = await fetch(`${own.url}/static/main.abc.js`)
    expect(script.headers.get('content-type')).toContain('javascript')
    expect(script.headers.get('cache-control')).toContain('max-age=31536000')
    const words = await fetch(`${own.url}/static/i18n/en.json`)
    // Exactly this: the app takes no translations from anything else.
    expect([words.status, words.headers.get('content-type')]).toEqual([200, 'application/json'])
    expect((await fetch(`${own.url}/static/missing.js`)).status).toBe(404)
    expect((await fetch(`${own.url}/static/..%2f..%2fetc%2fpasswd`)).status).toBe(404)
    const unknown = await fetch(`${own.url}/api/v4/unknown`)
    expect([unknown.status, unknown.headers.get('content-type')]).toEqual([404, 'application/json'])
    expect((await fetch(`${own.url}/robots.txt`)).status).toBe(200)
  } finally {
    await own.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}, 30_000)

test('below a path the web app, its API and its socket are there, and the root still answers', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-mm-web-'))
  const policy = `<meta http-equiv="Content-Security-Policy" content="script-src 'self' js.example.com">`
  const place = '<script id="publicPathInWindowScript"></script>'
  await Bun.write(join(dir, 'root.html'), `${policy}${place}<script src="/static/main.abc.js"></script>`)
  await Bun.write(join(dir, 'main.abc.css'), 'a { background: url(/static/files/x.png) }')
  const own = await startTestServer({
    env: { STATIC_DIR: dir, PUBLIC_URL: 'https://chat.example.com/company/chat' },
  })
  const below = `${own.url}/company/chat`
  try {
    for (const address of [below, `${below}/`, `${below}/login`]) {
      const page = await fetch(address)
      const text = await page.text()
      expect(text).toContain(`src="/company/chat/static/main.abc.js"`)
      const script = "window.publicPath='/company/chat/static/'"
      expect(text).toContain(`<script id="publicPathInWindowScript">${script}</script>`)
      const hash = `'sha256-${new Bun.CryptoHasher('sha256').update(script).digest('base64')}'`
      expect(text).toContain(`content="script-src 'self' ${hash}"`)
      expect(page.headers.get('content-security-policy')).toContain(hash)
    }
    const style = await fetch(`${below}/static/main.abc.css`)
    expect(await style.text()).toContain('url(/company/chat/static/files/x.png)')
    expect((await fetch(`${below}/api/v4/system/ping`)).status).toBe(200)
    expect((await fetch(`${own.url}/api/v4/system/ping`)).status).toBe(200)
    expect(
      (await fetch(`${own.url}/company/chatter/api/v4/system/ping`)).headers.get('content-type'),
    ).toContain('html')
    const made = await fetch(`${below}/api/v4/users`, {
      method: 'POST',
      body: JSON.stringify({ username: 'below', email: 'below@example.com', password: 'correct horse 1' }),
    })
    expect(made.status).toBe(201)
    const socket = new WebSocket(`${below.replace('http', 'ws')}/api/v4/websocket`)
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve)
      socket.addEventListener('error', reject)
    })
    socket.close()
  } finally {
    await own.stop()
    rmSync(dir, { recursive: true, force: true })
  }
})
