// API keys over HTTP: what they open, what they never open, and how they end.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type AccountsCore, accountsCore } from '../support/accounts-core.ts'
import { Api } from '../support/api.ts'
import { apiWith, PASSWORD } from '../support/factories.ts'

describe('API keys', () => {
  let here: AccountsCore
  let admin: Api
  let bob: Api

  beforeAll(async () => {
    here = await accountsCore()
    admin = await Api.register(here.url, 'boss')
    bob = await Api.register(here.url, 'bob')
  })
  afterAll(() => here[Symbol.asyncDispose]())

  const keyFor = async (api: Api, body: Record<string, unknown>) => {
    const { status, body: made } = await api.post('/api/auth/keys', { name: 'a bot', ...body })
    if (status !== 201) throw new Error(`no key: ${status} ${JSON.stringify(made)}`)
    return { id: made.id as string, api: apiWith(here.url, made.key), key: made.key as string }
  }

  test('are shown once, then only by their beginning', async () => {
    const { id, key } = await keyFor(bob, { name: ' my bot ' })
    expect(key).toMatch(/^hb_[0-9a-f]{40}$/)
    const { body } = await bob.get('/api/auth/keys')
    expect(body.keys.find((one: { id: string }) => one.id === id)).toMatchObject({
      name: 'my bot',
      prefix: key.slice(0, 7),
      expires_at: null,
      last_used_at: null,
    })
    expect(JSON.stringify(body)).not.toContain(key)
  })

  test('reach as far as their scopes', async () => {
    const reader = await keyFor(bob, { scopes: ['account:read'] })
    expect((await reader.api.get('/api/auth/me')).body.id).toBe(bob.user.id)
    expect((await reader.api.get('/api/users?q=boss')).status).toBe(200)
    const refused = await reader.api.patch('/api/auth/profile', { bio: 'by key' })
    expect([refused.status, refused.body.error.code]).toEqual([403, 'auth.scope_missing'])
    expect((await reader.api.delete('/api/auth/avatar')).status).toBe(403)
    const writer = await keyFor(bob, { scopes: ['account:write'] })
    expect((await writer.api.patch('/api/auth/profile', { bio: 'by key' })).status).toBe(200)
    expect((await writer.api.get('/api/users?q=boss')).status).toBe(403)
    const chatter = await keyFor(bob, { scopes: ['messages:write'] })
    expect((await chatter.api.get(`/api/users/${admin.user.id}`)).status).toBe(403)
  })

  test('never make, list or end keys, change the password, or log out — not even with *', async () => {
    const all = await keyFor(bob, { scopes: ['*'] })
    for (const [method, path, body] of [
      ['POST', '/api/auth/keys', { name: 'child', scopes: ['*'] }],
      ['GET', '/api/auth/keys', undefined],
      ['DELETE', `/api/auth/keys/${all.id}`, undefined],
      ['PATCH', '/api/auth/profile', { current_password: PASSWORD, new_password: 'another horse 2' }],
      ['POST', '/api/auth/logout', {}],
    ] as const) {
      const answer = await all.api.call(method, path, body)
      expect([method, path, answer.status, answer.body.error.code]).toEqual([
        method,
        path,
        403,
        'auth.session_required',
      ])
    }
    expect((await all.api.get('/api/auth/me')).status).toBe(200)
  })

  test('administrate only with the scope for it, and only for administrators', async () => {
    const plain = await keyFor(admin, { scopes: ['account:read', 'account:write', 'rooms:read'] })
    expect((await plain.api.get('/api/admin/users')).status).toBe(403)
    expect((await plain.api.patch(`/api/admin/users/${bob.user.id}`, { role: 'admin' })).status).toBe(403)
    expect((await plain.api.get('/api/admin/settings')).status).toBe(403)
    expect((await plain.api.patch('/api/admin/settings', { signup_enabled: false })).status).toBe(403)
    expect((await plain.api.get('/api/admin/audit')).status).toBe(403)
    expect((await plain.api.get('/api/admin/usage')).status).toBe(403)
    const full = await keyFor(admin, { scopes: ['admin'] })
    expect((await full.api.get('/api/admin/settings')).status).toBe(200)
    const notAdmin = await keyFor(bob, { scopes: ['admin', '*'] })
    expect((await notAdmin.api.get('/api/admin/settings')).status).toBe(403)
  })

  test('without scopes named get none over accounts or the server', async () => {
    const bot = await keyFor(bob, {})
    expect((await bot.api.get('/api/auth/me')).status).toBe(200)
    expect((await bot.api.patch('/api/auth/profile', { bio: 'x' })).status).toBe(403)
  })

  test.each([
    [{ scopes: ['rooms:delete'] }, 400],
    [{ scopes: [] }, 400],
    [{ scopes: 'admin' }, 422],
    [{ name: ' ' }, 400],
    [{ expires_at: 'tomorrow' }, 400],
    [{ expires_at: '2020-01-01T00:00:00Z' }, 400],
    [{ expires_in: -5 }, 422],
    [{ expires_in: 1e12 }, 400],
  ])('are not made of %j', async (body, status) => {
    const answer = await bob.post('/api/auth/keys', { name: 'x', ...body })
    expect(answer.status).toBe(status)
  })

  test('end when their time is over', async () => {
    const { api } = await keyFor(bob, { expires_at: new Date(here.clock.now() + 60_000).toISOString() })
    expect((await api.get('/api/auth/me')).status).toBe(200)
    here.clock.advance(61_000)
    expect((await api.get('/api/auth/me')).status).toBe(401)
  })

  test('end at once when revoked, by their owner or an administrator', async () => {
    const one = await keyFor(bob, {})
    expect((await one.api.get('/api/auth/me')).status).toBe(200)
    const stranger = await Api.register(here.url, 'stranger')
    expect((await stranger.delete(`/api/auth/keys/${one.id}`)).status).toBe(404)
    expect((await one.api.get('/api/auth/me')).status).toBe(200)
    expect((await bob.delete(`/api/auth/keys/${one.id}`)).status).toBe(204)
    expect((await one.api.get('/api/auth/me')).status).toBe(401)
    expect((await bob.delete(`/api/auth/keys/${one.id}`)).status).toBe(404)
    expect(here.events.at(-1)).toMatchObject({ type: 'sessions.revoked', sessionIds: [one.id] })
    const two = await keyFor(bob, {})
    expect((await admin.delete(`/api/auth/keys/${two.id}`)).status).toBe(204)
    expect((await two.api.get('/api/auth/me')).status).toBe(401)
  })

  test('say when they were last used', async () => {
    const { id, api } = await keyFor(bob, {})
    await api.get('/api/auth/me')
    await here.core.accounts.flush()
    const { body } = await bob.get('/api/auth/keys')
    const key = body.keys.find((one: { id: string }) => one.id === id)
    expect(key.last_used_at).toBe(new Date(here.clock.now()).toISOString())
  })

  test('of Mattermost’s kind are opaque and open everything of their owner', async () => {
    const actor = await here.core.sessions.actorByToken(bob.token ?? '', null)
    const { secret, key } = await here.core.apiKeys.create(actor!, { name: 'pat', kind: 'pat' })
    expect(secret).toMatch(/^[ybndrfg8ejkmcpqxot1uwisza345h769]{26}$/)
    expect(key.scopes).toEqual(['*'])
    expect((await apiWith(here.url, secret).patch('/api/auth/profile', { bio: 'pat' })).status).toBe(200)
  })
})
