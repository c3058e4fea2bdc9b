// What a bearer token may be: forged, foreign, expired and revoked ones; and tokens that Open WebUI's server made.
import { afterAll, beforeAll, describe, expect, spyOn, test } from 'bun:test'
import { SignJWT } from 'jose'
import { sql } from 'drizzle-orm'
import { type AccountsCore, accountsCore, TEST_SECRET } from '../support/accounts-core.ts'
import { apiWith, PASSWORD, person, signIn } from '../support/factories.ts'
import type { User } from '../../src/core/types.ts'

const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jwt = (claims: Record<string, unknown>, secret = TEST_SECRET, alg = 'HS256') =>
  new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(secret))

describe('a token', () => {
  let here: AccountsCore
  let user: User
  let claims: Record<string, unknown>

  beforeAll(async () => {
    here = await accountsCore()
    user = await person(here.core)
    const credential = await here.deps.store.read.credentials.byUserId(user.id)
    const nowS = Math.floor(here.clock.now() / 1_000)
    claims = {
      id: user.id,
      typ: 'session',
      auth_method: 'password',
      auth_time: nowS,
      session_stamp: credential?.sessionStamp,
      mfa_verified: false,
      jti: '5c3a1f7e-0a34-4f0e-9d6a-0d5d3c1b2a10',
      iat: nowS,
      exp: nowS + 3_600,
    }
  })
  afterAll(() => here[Symbol.asyncDispose]())

  const status = async (token: string) => (await apiWith(here.url, token).get('/api/auth/me')).status

  test('that Open WebUI made is good, as long as its stamp is', async () => {
    expect(await status(await jwt(claims))).toBe(200)
    expect(await status(await jwt({ ...claims, session_stamp: 'an older stamp' }))).toBe(401)
    expect(await status(await jwt({ ...claims, session_stamp: undefined }))).toBe(401)
    expect(await status(await jwt({ ...claims, session_stamp: null }))).toBe(401)
  })

  test.each([
    ['signed with another key', () => jwt(claims, 'another secret')],
    ['signed with the empty key', async () => `${(await jwt(claims)).split('.').slice(0, 2).join('.')}.`],
    ['alg none', async () => `${base64({ alg: 'none', typ: 'JWT' })}.${base64(claims)}.`],
    ['alg None', async () => `${base64({ alg: 'None' })}.${base64(claims)}.AAAA`],
    ['of another algorithm', () => jwt(claims, TEST_SECRET, 'HS512')],
    ['over', () => jwt({ ...claims, exp: Math.floor(here.clock.now() / 1_000) - 1 })],
    ['of another kind', () => jwt({ ...claims, typ: 'automation' })],
    ['of no kind', () => jwt({ ...claims, typ: undefined })],
    ['a Nostr challenge', async () => (await here.core.accounts.nostrChallenge(null)).challenge],
    ['for nobody', () => jwt({ ...claims, id: '00000000-0000-7000-8000-000000000000' })],
    ['for an object', () => jwt({ ...claims, id: { length: 36 } })],
    ['without a name', () => jwt({ ...claims, jti: undefined })],
    [
      'with a changed body',
      async () => {
        const [head, , signature] = (await jwt(claims)).split('.')
        return `${head}.${base64({ ...claims, id: 'someone-else' })}.${signature}`
      },
    ],
    ['too long', async () => 'a'.repeat(8_300)],
    ['no token at all', async () => 'x'],
    ['two dots', async () => '..'],
    ['a key that is none', async () => `hb_${'0'.repeat(40)}`],
    ['an opaque token that is none', async () => 'y'.repeat(26)],
    ['an Open WebUI key that is none', async () => `sk-${'0'.repeat(32)}`],
  ])('is refused: %s', async (_what, make) => {
    expect(await status(await make())).toBe(401)
  })

  test('in other places or schemes is not looked at', async () => {
    const token = await jwt(claims)
    const ask = (headers: Record<string, string>, query = '') =>
      fetch(`${here.url}/api/auth/me${query}`, { headers }).then((answer) => answer.status)
    expect(await ask({ authorization: token })).toBe(401)
    expect(await ask({ authorization: `Basic ${token}` })).toBe(401)
    expect(await ask({ cookie: `token=${token}` })).toBe(401)
    expect(await ask({}, `?token=${token}`)).toBe(401)
    expect(await ask({ authorization: `bearer ${token}` })).toBe(200)
  })

  test('without a session row is remembered when it is logged out', async () => {
    const token = await jwt({ ...claims, jti: 'e4b7dc5e-9b51-4a3c-8c55-6f0a5c3f8d11' })
    const api = apiWith(here.url, token)
    expect((await api.get('/api/auth/me')).status).toBe(200)
    expect((await api.post('/api/auth/logout')).status).toBe(204)
    expect((await api.get('/api/auth/me')).status).toBe(401)
    // Another of the same person goes on.
    expect(await status(await jwt(claims))).toBe(200)
  })

  test('of Open WebUI goes on after its own password change, and all others end', async () => {
    const current = await jwt({ ...claims, jti: '0e8f6f8e-5ad0-4d53-9c7c-5f7c7d6f0a12' })
    const other = await jwt({ ...claims, jti: '0e8f6f8e-5ad0-4d53-9c7c-5f7c7d6f0a13' })
    expect(await status(other)).toBe(200)
    const changed = await apiWith(here.url, current).patch('/api/auth/profile', {
      current_password: PASSWORD,
      new_password: 'another horse 2',
    })
    expect(changed.status).toBe(200)
    expect([await status(current), await status(other)]).toEqual([200, 401])
    // And the one that goes on can be logged out.
    expect((await apiWith(here.url, current).post('/api/auth/logout')).status).toBe(204)
    expect(await status(current)).toBe(401)
  })

  test('of ours ends when Open WebUI changes the stamp', async () => {
    const { token, user } = await signIn(here.core, await person(here.core))
    await here.deps.store.tx((repos) => repos.credentials.setStamp(user.id, 'set by the Python server'))
    here.core.accounts.heard({ type: 'user.updated', user })
    expect(await status(token)).toBe(401)
  })

  test('costs no query after the first request', async () => {
    const { token } = await here.core.sessions.open(await person(here.core), 'native', { ip: null })
    const spies = [spyOn(here.database.read, 'get'), spyOn(here.database.read, 'all')] as const
    const queries = () => spies[0].mock.calls.length + spies[1].mock.calls.length
    expect(await status(token)).toBe(200)
    const first = queries()
    expect(first).toBeGreaterThan(0)
    for (let n = 0; n < 10; n += 1) expect(await status(token)).toBe(200)
    expect(queries()).toBe(first)
    for (const spy of spies) spy.mockRestore()
  })

  test('is never stored as it is', async () => {
    const someone = await person(here.core)
    const native = await signIn(here.core, someone)
    const phone = await signIn(here.core, someone, 'mattermost')
    const { secret } = await here.core.apiKeys.create(native.actor, { name: 'key' })
    const rows = await here.database.read.sql.all(
      sql`select * from hb_session union all select id, user_id, kind, token_hash, name, null, null, scopes, created_at, expires_at, 0, null from hb_api_key`,
    )
    const stored = Bun.inspect(rows)
    for (const token of [native.token, phone.token, secret]) expect(stored).not.toContain(token)
    expect(here.logged.join('\n')).not.toContain(secret)
  })

  test('Mattermost’s are opaque, with a token against cross-site requests', async () => {
    const phone = await signIn(here.core, await person(here.core), 'mattermost')
    expect(phone.token).toMatch(/^[ybndrfg8ejkmcpqxot1uwisza345h769]{26}$/)
    expect(await here.core.sessions.csrf(phone.actor.sessionId ?? '')).toMatch(/^[a-z0-9]{26}$/)
  })
})

describe('another node', () => {
  test('is told what ended, and forgets it', async () => {
    await using one = await accountsCore()
    const { token, user, actor } = await signIn(one.core, await person(one.core))
    expect(one.core.sessions.cachedActor(token)?.user.id).toBe(user.id)
    one.core.accounts.heard({
      type: 'sessions.revoked',
      userId: user.id,
      sessionIds: [actor.sessionId ?? ''],
      except: null,
    })
    expect(one.core.sessions.cachedActor(token)).toBeUndefined()
  })
})
