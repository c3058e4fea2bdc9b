// Accounts over HTTP, on both databases: signing up, in and out, the profile, and who may not.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { type AccountsCore, accountsCore } from '../support/accounts-core.ts'
import { Api } from '../support/api.ts'
import { openFixture } from '../support/database.ts'
import { apiWith, PASSWORD, person, signIn } from '../support/factories.ts'
import { bothDialects } from '../support/postgres.ts'
import { TINY_PNG } from '../support/test-images.ts'

bothDialects('accounts', (fixture) => {
  let here: AccountsCore
  let admin: Api
  let bob: Api

  beforeAll(async () => {
    here = await accountsCore({ database: await openFixture(fixture) })
    admin = await Api.register(here.url, 'Admin')
    bob = await Api.register(here.url, 'bob')
  }, 60_000)
  afterAll(async () => {
    expect(here.logged.filter((line) => line.startsWith('error'))).toEqual([])
    await here[Symbol.asyncDispose]()
  })

  test('the first is administrator, the next are users, and names are lower case', () => {
    expect(admin.user).toMatchObject({ username: 'admin', role: 'admin', email: null, is_bot: false })
    expect(bob.user).toMatchObject({ username: 'bob', display_name: 'bob', role: 'user' })
    expect(here.calls).toContain(`teams.addMember ${bob.user.id}`)
  })

  test('signs in by username or e-mail in any case, and says who I am', async () => {
    const carol = new Api(here.url)
    const body = {
      username: 'carol',
      password: PASSWORD,
      email: 'Carol@Example.COM',
      display_name: ' Carol ',
    }
    const made = await carol.post('/api/auth/register', body)
    expect(made.status).toBe(201)
    expect(made.body.user).toMatchObject({ email: 'carol@example.com', display_name: 'Carol' })
    for (const username of ['carol', 'CAROL', 'carol@example.com', 'Carol@EXAMPLE.com']) {
      const { status, body } = await carol.post('/api/auth/login', { username, password: PASSWORD })
      expect(status).toBe(200)
      const me = await apiWith(here.url, body.token).get('/api/auth/me')
      expect(me.body).toEqual(made.body.user)
    }
  })

  test('answers wrong password and unknown person alike', async () => {
    const api = new Api(here.url)
    const wrong = await api.post('/api/auth/login', { username: 'bob', password: 'not the password' })
    const nobody = await api.post('/api/auth/login', {
      username: 'nobody-here',
      password: 'not the password',
    })
    expect(wrong.status).toBe(401)
    expect(wrong.body.error.code).toBe('auth.invalid_credentials')
    expect(nobody.body).toEqual(wrong.body)
  })

  test('takes a name or an address once, in any case', async () => {
    const api = new Api(here.url)
    const name = await api.post('/api/auth/register', { username: 'BOB', password: PASSWORD })
    expect([name.status, name.body.error.code]).toEqual([409, 'account.username_taken'])
    await api.post('/api/auth/register', { username: 'mail1', password: PASSWORD, email: 'x@y.example' })
    const mail = await api.post('/api/auth/register', {
      username: 'mail2',
      password: PASSWORD,
      email: 'X@Y.example',
    })
    expect([mail.status, mail.body.error.code]).toEqual([409, 'account.email_taken'])
  })

  test('of ten who want one name at once, one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        new Api(here.url).post('/api/auth/register', { username: 'wanted', password: PASSWORD }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(9).fill(409)])
  })

  test.each([
    ['too short', { username: 'p1', password: 'short' }, 400],
    ['a million characters', { username: 'p1', password: 'x'.repeat(1_000_000) }, 400],
    ['blank in the name', { username: 'two words', password: PASSWORD }, 400],
    ['slash in the name', { username: '../etc', password: PASSWORD }, 400],
    ['one character', { username: 'p', password: PASSWORD }, 400],
    ['a name of 33', { username: 'p'.repeat(33), password: PASSWORD }, 400],
    ['reserved', { username: 'Everyone', password: PASSWORD }, 400],
    ['no address', { username: 'p1', password: PASSWORD, email: 'not an address' }, 400],
    ['our placeholder', { username: 'p1', password: PASSWORD, email: 'bob@users.hubbub.invalid' }, 400],
    ['a long display name', { username: 'p1', password: PASSWORD, display_name: 'd'.repeat(81) }, 400],
    ['hidden direction marks', { username: 'p1', password: PASSWORD, display_name: 'a\u202eb' }, 400],
    ['password as array', { username: 'p1', password: [PASSWORD] }, 422],
    ['password as object', { username: 'p1', password: { length: 10 } }, 422],
    ['password as number', { username: 'p1', password: 12345678 }, 422],
    ['username as object', { username: { name: 'p1' }, password: PASSWORD }, 422],
    ['nothing', {}, 422],
    ['null', null, 422],
    ['an array', [{ username: 'p1', password: PASSWORD }], 422],
    ['prototype keys', '{"__proto__":{"username":"p1","password":"correct horse 1"}}', 422],
    ['no JSON', '{"username": "p1",', 400],
  ])('refuses to sign up with %s', async (_what, body, status) => {
    const api = new Api(here.url)
    const answer = await api.call('POST', '/api/auth/register', body === null ? 'null' : body)
    expect(answer.status).toBe(status)
    expect(typeof answer.body.error.code).toBe('string')
    expect(JSON.stringify(answer.body)).not.toContain(PASSWORD)
    expect(await here.core.users.byUsername('p1')).toBeNull()
  })

  test.each([
    ['password as array', { username: 'bob', password: [PASSWORD] }],
    ['password as true', { username: 'bob', password: true }],
    ['username as array', { username: ['bob'], password: PASSWORD }],
    ['operators', { username: { $ne: null }, password: { $ne: null } }],
  ])('refuses to sign in with %s', async (_what, body) => {
    const { status } = await new Api(here.url).post('/api/auth/login', body)
    expect(status).toBe(422)
  })

  test('a password of a million characters is refused at once at sign-in too', async () => {
    const before = performance.now()
    const answer = await new Api(here.url).post('/api/auth/login', {
      username: 'bob',
      password: 'x'.repeat(1_000_000),
    })
    expect(answer.status).toBe(400)
    expect(performance.now() - before).toBeLessThan(1_000)
  })

  test('what is not asked for is not taken: role, id, active', async () => {
    const api = new Api(here.url)
    const sneaky = { role: 'admin', is_bot: true, id: admin.user.id, active: false, deactivated_at: 1 }
    const made = await api.post('/api/auth/register', { username: 'mallory', password: PASSWORD, ...sneaky })
    expect(made.body.user).toMatchObject({ username: 'mallory', role: 'user', is_bot: false })
    expect(made.body.user.id).not.toBe(admin.user.id)
    api.token = made.body.token
    const saved = await api.patch('/api/auth/profile', { bio: 'hello', username: 'root', ...sneaky })
    expect(saved.body).toMatchObject({ username: 'mallory', role: 'user', bio: 'hello', is_bot: false })
    expect((await here.core.users.byId(made.body.user.id))?.role).toBe('user')
  })

  test('the profile changes what is given and leaves the rest, by PATCH and by PUT', async () => {
    const dora = await Api.register(here.url, 'dora')
    const first = await dora.patch('/api/auth/profile', {
      display_name: 'Dora D.',
      email: 'dora@example.com',
    })
    expect(first.body).toMatchObject({ display_name: 'Dora D.', email: 'dora@example.com', bio: '' })
    const second = await dora.put('/api/auth/profile', { bio: 'likes maps' })
    expect(second.body).toMatchObject({
      display_name: 'Dora D.',
      email: 'dora@example.com',
      bio: 'likes maps',
    })
    const cleared = await dora.patch('/api/auth/profile', { email: null })
    expect(cleared.body.email).toBeNull()
    const taken = await dora.patch('/api/auth/profile', { email: 'carol@example.com' })
    expect(taken.status).toBe(409)
    expect((await dora.get('/api/auth/me')).body).toEqual(cleared.body)
    const long = await dora.patch('/api/auth/profile', { bio: 'x'.repeat(501) })
    expect([long.status, Object.keys(long.body.error.fields)]).toEqual([400, ['bio']])
  })

  test('others are seen without their address, oneself with it', async () => {
    const bobSeesCarol = await bob.get('/api/users?q=carol')
    expect(bobSeesCarol.body.users).toHaveLength(1)
    expect(bobSeesCarol.body.users[0]).toMatchObject({ username: 'carol', email: null })
    const { id } = bobSeesCarol.body.users[0]
    expect((await bob.get(`/api/users/${id}`)).body.email).toBeNull()
    // Nor can addresses be felt out by searching for them.
    expect((await bob.get('/api/users?q=carol%40example')).body.users).toEqual([])
    expect((await admin.get('/api/users?q=carol%40example')).body.users).toHaveLength(1)
    expect((await bob.get('/api/users/00000000-0000-7000-8000-000000000000')).status).toBe(404)
  })

  test('search finds parts of names, in letters beyond ASCII, and takes % and _ as they are', async () => {
    await person(here.core, { username: 'zoe', displayName: 'Zoë Ünal' })
    const found = async (q: string) =>
      (await bob.get(`/api/users?q=${encodeURIComponent(q)}`)).body.users.map(
        (user: { username: string }) => user.username,
      )
    expect(await found('ünal')).toEqual(['zoe'])
    expect(await found('Ünal')).toEqual(['zoe'])
    expect(await found('oe')).toContain('zoe')
    expect(await found('%')).toEqual([])
    expect(await found('_')).toEqual([])
  })

  describe('a session', () => {
    test('ends at log-out, this one alone', async () => {
      const user = await person(here.core)
      const [one, two] = [await signIn(here.core, user), await signIn(here.core, user)]
      const api = apiWith(here.url, one.token)
      const before = here.events.length
      expect((await api.post('/api/auth/logout')).status).toBe(204)
      expect((await api.get('/api/auth/me')).status).toBe(401)
      expect((await apiWith(here.url, two.token).get('/api/auth/me')).status).toBe(200)
      expect(here.events.slice(before)).toEqual([
        {
          type: 'sessions.revoked',
          userId: user.id,
          sessionIds: [one.actor.sessionId ?? ''],
          except: null,
        },
      ])
    })

    test('of others ends with a new password, the current one goes on', async () => {
      const user = await person(here.core)
      const [current, other] = [await signIn(here.core, user), await signIn(here.core, user)]
      const phone = await signIn(here.core, user, 'mattermost')
      const api = apiWith(here.url, current.token)
      const wrong = await api.patch('/api/auth/profile', {
        current_password: 'not the password',
        new_password: 'another horse 2',
      })
      expect(wrong.status).toBe(403)
      const missing = await api.patch('/api/auth/profile', { new_password: 'another horse 2' })
      expect(missing.status).toBe(400)
      const changed = await api.patch('/api/auth/profile', {
        current_password: PASSWORD,
        new_password: 'another horse 2',
      })
      expect(changed.status).toBe(200)
      expect((await api.get('/api/auth/me')).status).toBe(200)
      for (const { token } of [other, phone]) {
        expect((await apiWith(here.url, token).get('/api/auth/me')).status).toBe(401)
      }
      const login = (password: string) => api.post('/api/auth/login', { username: user.username, password })
      expect((await login(PASSWORD)).status).toBe(401)
      const fresh = await login('another horse 2')
      expect((await apiWith(here.url, fresh.body.token).get('/api/auth/me')).status).toBe(200)
      expect(here.events.findLast((event) => event.type === 'sessions.revoked')).toEqual({
        type: 'sessions.revoked',
        userId: user.id,
        sessionIds: null,
        except: current.actor.sessionId,
      })
    })

    test('ends when its time is over', async () => {
      const user = await person(here.core)
      const { token } = await here.core.sessions.open(user, 'native', { ip: null, ttlS: 60 })
      const phone = await here.core.sessions.open(user, 'mattermost', { ip: null, ttlS: 60 })
      const [api, mobile] = [apiWith(here.url, token), apiWith(here.url, phone.token)]
      expect((await api.get('/api/auth/me')).status).toBe(200)
      expect((await mobile.get('/api/auth/me')).status).toBe(200)
      here.clock.advance(61_000)
      expect((await api.get('/api/auth/me')).status).toBe(401)
      expect((await mobile.get('/api/auth/me')).status).toBe(401)
    })

    test('is listed, and ended by its owner only', async () => {
      const user = await person(here.core)
      const [one, two] = [await signIn(here.core, user), await signIn(here.core, user, 'mattermost')]
      const listed = await here.core.sessions.list(one.actor, user.id)
      expect(listed.map(({ kind }) => kind).toSorted()).toEqual(['mattermost', 'native'])
      const stranger = await signIn(here.core, await person(here.core))
      const sessionId = two.actor.sessionId ?? ''
      await expect(here.core.sessions.revoke(stranger.actor, user.id, sessionId)).rejects.toThrow()
      await expect(here.core.sessions.revoke(stranger.actor, stranger.user.id, sessionId)).rejects.toThrow()
      await here.core.sessions.revoke(one.actor, user.id, sessionId)
      expect(await here.core.sessions.actorByToken(two.token, null)).toBeNull()
    })

    test('is answered from memory after the first time', async () => {
      const { token, user } = await signIn(here.core, await person(here.core))
      expect(here.core.sessions.cachedActor(token)?.user.id).toBe(user.id)
      expect(here.core.sessions.cachedActor('no such token')).toBeUndefined()
    })
  })

  describe('an administrator', () => {
    test('deactivates: all sessions and keys end at once, and no one signs in', async () => {
      const user = await person(here.core)
      const { token, actor } = await signIn(here.core, user)
      const { secret } = await here.core.apiKeys.create(actor, { name: 'bot' })
      expect((await apiWith(here.url, secret).get('/api/auth/me')).status).toBe(200)
      const answer = await admin.patch(`/api/admin/users/${user.id}`, { active: false })
      expect(answer.body).toMatchObject({ id: user.id, active: false })
      for (const ended of [token, secret]) {
        expect((await apiWith(here.url, ended).get('/api/auth/me')).status).toBe(401)
      }
      const login = { username: user.username, password: PASSWORD }
      expect((await new Api(here.url).post('/api/auth/login', login)).status).toBe(403)
      const back = await admin.patch(`/api/admin/users/${user.id}`, { active: true })
      expect(back.body.active).toBe(true)
      expect((await new Api(here.url).post('/api/auth/login', login)).status).toBe(200)
      expect((await apiWith(here.url, token).get('/api/auth/me')).status).toBe(401)
    })

    test('changes roles, which count from the next request on', async () => {
      const user = await person(here.core)
      const api = apiWith(here.url, (await signIn(here.core, user)).token)
      expect((await api.get('/api/admin/users')).status).toBe(403)
      await admin.patch(`/api/admin/users/${user.id}`, { role: 'admin' })
      expect((await api.get('/api/admin/users')).status).toBe(200)
      await admin.patch(`/api/admin/users/${user.id}`, { role: 'user' })
      expect((await api.get('/api/admin/users')).status).toBe(403)
      const bad = await admin.patch(`/api/admin/users/${user.id}`, { role: 'owner' })
      expect(bad.status).toBe(422)
    })

    test('cannot be the last one to go', async () => {
      const path = `/api/admin/users/${admin.user.id}`
      expect((await admin.patch(path, { role: 'user' })).status).toBe(409)
      expect((await admin.patch(path, { active: false })).status).toBe(409)
      expect((await admin.get('/api/auth/me')).body.role).toBe('admin')
    })

    test('closes the sign-up for all but those already in', async () => {
      await admin.patch('/api/admin/settings', { signup_enabled: false })
      const closed = await new Api(here.url).post('/api/auth/register', {
        username: 'late',
        password: PASSWORD,
      })
      expect([closed.status, closed.body.error.code]).toEqual([403, 'auth.signup_disabled'])
      const opened = await admin.patch('/api/admin/settings', { signup_enabled: true })
      expect(opened.body.settings).toMatchObject({ signup_enabled: true, default_role: 'user' })
      expect((await bob.patch('/api/admin/settings', { signup_enabled: false })).status).toBe(403)
    })

    test('lets those in who wait for approval', async () => {
      await admin.patch('/api/admin/settings', { default_role: 'pending' })
      const eve = await Api.register(here.url, 'eve')
      expect(eve.user.role).toBe('pending')
      expect(here.calls).not.toContain(`teams.addMember ${eve.user.id}`)
      expect((await eve.get('/api/auth/me')).body.role).toBe('pending')
      const refused = await eve.get('/api/users')
      expect([refused.status, refused.body.error.code]).toEqual([403, 'account.pending'])
      expect((await eve.patch('/api/auth/profile', { bio: 'x' })).status).toBe(403)
      await admin.patch(`/api/admin/users/${eve.user.id}`, { role: 'user' })
      expect((await eve.get('/api/users')).status).toBe(200)
      expect(here.calls).toContain(`teams.addMember ${eve.user.id}`)
      await admin.patch('/api/admin/settings', { default_role: 'user' })
    })

    test('sees the audit log, and nobody else does', async () => {
      const { status, body } = await admin.get('/api/admin/audit?limit=200')
      expect(status).toBe(200)
      const actions = body.entries.map((entry: { action: string }) => entry.action)
      for (const action of ['account.register_first', 'account.change_password', 'account.set_role']) {
        expect(actions).toContain(action)
      }
      expect(JSON.stringify(body)).not.toContain('horse')
      expect((await bob.get('/api/admin/audit')).status).toBe(403)
      expect((await bob.get('/api/admin/usage')).status).toBe(403)
      expect((await admin.get('/api/admin/usage')).body).toEqual({ rows: [] })
    })
  })

  describe('a deleted person', () => {
    test('is gone everywhere but in what they wrote', async () => {
      const user = await person(here.core, { username: 'leaver', email: 'leaver@example.com' })
      const { token } = await signIn(here.core, user)
      const boss = await signIn(here.core, (await here.core.users.byUsername('admin'))!)
      await here.core.accounts.remove(boss.actor, user.id)
      expect(here.calls).toContain(`members.remove room-1 ${user.id}`)
      expect((await apiWith(here.url, token).get('/api/auth/me')).status).toBe(401)
      expect(await here.core.users.byUsername('leaver')).toBeNull()
      expect(await here.core.users.byEmail('leaver@example.com')).toBeNull()
      const left = await here.core.users.byId(user.id)
      expect(left).toMatchObject({ displayName: 'Deleted user', email: null, role: 'pending' })
      expect(left?.deactivatedAt).not.toBeNull()
      const again = await person(here.core, { username: 'leaver', email: 'leaver@example.com' })
      expect(again.id).not.toBe(user.id)
    })
  })

  describe('an avatar', () => {
    const form = (bytes: Uint8Array<ArrayBuffer>, name = 'me.png') => {
      const data = new FormData()
      data.set('file', new File([bytes], name, { type: 'image/png' }))
      return data
    }

    test('is set, shown to everyone, replaced and removed', async () => {
      const set = await bob.call('POST', '/api/auth/avatar', form(TINY_PNG))
      expect(set.body.avatar_url).toMatch(/^\/uploads\/avatars\/[\w-]+\.png$/)
      const shown = await fetch(here.url + set.body.avatar_url)
      expect([shown.status, shown.headers.get('content-type')]).toEqual([200, 'image/png'])
      expect(shown.headers.get('x-content-type-options')).toBe('nosniff')
      const second = await bob.call('POST', '/api/auth/avatar', form(TINY_PNG))
      expect(second.body.avatar_url).not.toBe(set.body.avatar_url)
      expect((await fetch(here.url + set.body.avatar_url)).status).toBe(404)
      expect((await bob.delete('/api/auth/avatar')).body.avatar_url).toBeNull()
      expect((await fetch(here.url + second.body.avatar_url)).status).toBe(404)
    })

    test('must be a picture of at most 2 MB', async () => {
      const html = new TextEncoder().encode('<script>alert(1)</script>')
      expect((await bob.call('POST', '/api/auth/avatar', form(html))).status).toBe(415)
      const big = new Uint8Array(2_000_001)
      big.set(TINY_PNG)
      expect((await bob.call('POST', '/api/auth/avatar', form(big))).status).toBe(413)
      const text = new FormData()
      text.set('file', 'text')
      expect((await bob.call('POST', '/api/auth/avatar', text)).status).toBe(422)
      expect((await bob.post('/api/auth/avatar', { file: 'text' })).status).toBe(422)
      expect((await fetch(`${here.url}/uploads/avatars/..%2f..%2fchat.db`)).status).toBe(404)
    })
  })
})

bothDialects('fifty sign-ups at once on an empty server', (fixture) => {
  test('make exactly one administrator', async () => {
    await using here = await accountsCore({ database: await openFixture(fixture) })
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) =>
        new Api(here.url).post('/api/auth/register', { username: `first-${n}`, password: PASSWORD }),
      ),
    )
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(201))
    const roles = answers.map(({ body }) => body.user.role)
    expect(roles.filter((role) => role === 'admin')).toHaveLength(1)
    expect(roles.filter((role) => role === 'user')).toHaveLength(49)
  }, 60_000)

  test('when sign-up is closed, let exactly one in', async () => {
    await using here = await accountsCore({
      database: await openFixture(fixture),
      settings: { signupEnabled: false },
    })
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        new Api(here.url).post('/api/auth/register', { username: `first-${n}`, password: PASSWORD }),
      ),
    )
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array(7).fill(403)])
  }, 60_000)
})
