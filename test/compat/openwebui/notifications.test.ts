// Goal: a person who is away is told by their webhook that an answer is there or that somebody wrote, and by nobody's else.
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { eventually, type Json } from '../../support/api.ts'
import { bothDialects } from '../../support/postgres.ts'
import { startTestServer, type TestServer } from '../../support/server.ts'
import { startUpstream, type Upstream } from '../../support/upstream.ts'
import { Owui } from './person.ts'

bothDialects('notifications', (fixture) => {
  let upstream: Upstream
  let hook: ReturnType<typeof Bun.serve>
  let server: TestServer
  let admin: Owui
  let bob: Owui
  const heard: { path: string; body: Json }[] = []

  const url = (path: string) => `http://127.0.0.1:${hook.port}${path}`
  const targets = (path = '') => `/api/v1/notifications/targets${path}`
  const told = (path: string) =>
    eventually(() => Promise.resolve(heard.find((one) => one.path === path && one.body !== null)))

  beforeAll(async () => {
    upstream = await startUpstream()
    hook = Bun.serve({
      port: 0,
      hostname: '127.0.0.1',
      async fetch(request) {
        heard.push({ path: new URL(request.url).pathname, body: await request.json() })
        return new Response(null, { status: request.url.endsWith('/broken') ? 500 : 204 })
      },
    })
    server = await startTestServer({
      env: {
        DATABASE_URL: await fixture.database(),
        OPENAI_API_BASE_URL: upstream.url,
        OPENAI_API_KEY: 'key',
        FETCH_ALLOW_HOSTS: `127.0.0.1:${hook.port}`,
      },
    })
    admin = await Owui.signUp(server.url, 'admin')
    bob = await Owui.added(admin, 'bob')
  })

  afterAll(async () => {
    admin.close()
    bob.close()
    expect(server.errors).toEqual([])
    await server.stop()
    await hook.stop(true)
    await upstream.close()
  })

  test('are not there until the server and the person may', async () => {
    expect((await admin.get(targets())).status).toBe(404)
    const config = (await admin.get('/api/v1/auths/admin/config')).body
    await admin.post('/api/v1/auths/admin/config', {
      ...config,
      ENABLE_USER_WEBHOOKS: true,
      ENABLE_CHANNELS: true,
    })
    expect((await admin.get(targets())).body).toEqual({ targets: [] })
    expect((await bob.get(targets())).status).toBe(403)
    expect((await bob.post(targets(), { config: { url: url('/x') } })).status).toBe(403)
    const permissions = (await admin.get('/api/v1/users/default/permissions')).body
    const features = { ...permissions.features, webhooks: true, channels: true }
    await admin.post('/api/v1/users/default/permissions', { ...permissions, features })
    expect((await bob.get(targets())).status).toBe(200)
    const events = (await bob.get('/api/v1/notifications/events')).body.events
    expect(events.map(({ event }: Json) => event)).toEqual([
      'chat.finished',
      'chat.failed',
      'channel.message',
    ])
  })

  test('are made, changed and deleted; the address is shown to nobody', async () => {
    const input = { config: { url: url('/secret/abcd') }, events: ['chat.finished'] }
    const made = (await admin.post(targets(), input)).body
    expect(made).toMatchObject({
      id: '127-0-0-1',
      type: 'webhook',
      enabled: true,
      delivery: 'away',
      events: ['chat.finished'],
      config: { url_masked: 'http://127.0.0.1/...abcd' },
      is_default: true,
    })
    const second = (await admin.post(targets(), input)).body
    expect(second).toMatchObject({ id: '127-0-0-1-2', is_default: false })
    expect((await admin.put(targets('/127-0-0-1-2/default'))).body.is_default).toBe(true)
    // The masked address comes back as it was shown, and means the one that is stored.
    const kept = { id: 'mine', delivery: 'always', config: { url: made.config.url_masked } }
    const changed = await admin.put(targets('/127-0-0-1'), kept)
    expect(changed.body).toMatchObject({ id: 'mine', delivery: 'always', config: made.config })
    expect(JSON.stringify((await admin.get(targets())).body)).not.toContain('secret')
    expect((await admin.post(targets('/mine/test'))).body).toEqual({ ok: true })
    expect((await told('/secret/abcd')).body).toMatchObject({ action: 'test', user_id: admin.user.id })
    expect((await admin.delete(targets('/127-0-0-1-2'))).body).toEqual({ ok: true })
    expect((await admin.get(targets())).body.targets).toMatchObject([{ id: 'mine', is_default: true }])
    expect((await admin.delete(targets('/mine'))).body).toEqual({ ok: true })
  })

  test('refuse what is no target', async () => {
    const config = { url: url('/x') }
    const bad: Json[] = [
      {},
      { config: { url: 'file:///etc/passwd' } },
      { config, type: 'mail' },
      { config, events: ['nothing'] },
      { config, delivery: 'never' },
    ]
    for (const input of bad) expect((await admin.post(targets(), input)).status).toBe(400)
    expect((await admin.put(targets('/none'), { config })).status).toBe(400)
    expect((await admin.delete(targets('/none'))).status).toBe(404)
  })

  test('reach no inner address that the server was not told of', async () => {
    const inner = await admin.post(targets(), { id: 'inner', config: { url: 'http://127.0.0.1:1/x' } })
    expect(inner.status).toBe(200)
    const failed = await admin.post(targets('/inner/test'))
    expect(failed).toMatchObject({ status: 400, body: { detail: 'Webhook delivery failed' } })
    await admin.delete(targets('/inner'))
    const broken = await admin.post(targets(), { id: 'broken', config: { url: url('/broken') } })
    expect(broken.status).toBe(200)
    expect((await admin.post(targets('/broken/test'))).status).toBe(400)
    await admin.delete(targets('/broken'))
  })

  test('tell of answers: always, or only to who has no window open', async () => {
    await admin.connect()
    const add = (id: string, more: Json) =>
      admin.post(targets(), {
        id,
        config: { url: url(`/${id}`) },
        events: ['chat.finished', 'chat.failed'],
        ...more,
      })
    await add('always', { delivery: 'always' })
    await add('away', { delivery: 'away' })
    await add('off', { delivery: 'always', enabled: false })
    const { chatId } = await admin.ask('hello')
    const done = await told('/always')
    expect(done.body).toMatchObject({
      action: 'chat',
      message: 'You said: hello',
      url: expect.stringContaining(chatId),
    })
    expect(heard.map(({ path }) => path)).not.toContain('/away')
    heard.length = 0
    upstream.queue({ failure: { status: 400, message: 'no' } })
    await admin.ask('once more')
    expect((await told('/always')).body).toMatchObject({ action: 'chat_failed', title: 'Chat failed' })
    expect(heard.map(({ path }) => path)).toEqual(['/always'])
  })

  test('tell of messages in a channel to those who are away, and not to who wrote', async () => {
    heard.length = 0
    for (const who of [admin, bob]) {
      const id = who === bob ? 'bob' : 'self'
      const config = { url: url(`/${id}`) }
      await who.post(targets(), { id, config, events: ['channel.message'], delivery: 'always' })
    }
    const channel = await admin.post('/api/v1/channels/create', {
      type: 'group',
      name: 'team',
      user_ids: [bob.user.id],
    })
    await admin.post(`/api/v1/channels/${channel.body.id}/messages/post`, { content: 'Lunch?' })
    expect((await told('/bob')).body).toMatchObject({ action: 'channel', title: 'team', message: 'Lunch?' })
    expect(heard.map(({ path }) => path)).toEqual(['/bob'])
  })
})
