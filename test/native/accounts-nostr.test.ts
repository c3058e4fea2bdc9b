// Signing in by Nostr with real signatures: both kinds of event, replays, and events meant for someone else.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { finalizeEvent, generateSecretKey, getPublicKey } from 'nostr-tools/pure'
import { npubEncode } from 'nostr-tools/nip19'
import { type AccountsCore, accountsCore } from '../support/accounts-core.ts'
import { Api } from '../support/api.ts'
import { openFixture } from '../support/database.ts'
import { apiWith, person } from '../support/factories.ts'
import { bothDialects } from '../support/postgres.ts'

const VERIFY = '/api/auth/nostr/verify'

bothDialects('Nostr', (fixture) => {
  let here: AccountsCore
  let api: Api
  const secret = generateSecretKey()
  const pubkey = getPublicKey(secret)

  beforeAll(async () => {
    here = await accountsCore({ database: await openFixture(fixture) })
    await person(here.core, { username: 'first' })
    api = new Api(here.url)
  }, 60_000)
  afterAll(async () => {
    expect(here.logged.filter((line) => line.startsWith('error'))).toEqual([])
    await here[Symbol.asyncDispose]()
  })

  const nowS = () => Math.floor(here.clock.now() / 1_000)
  const host = () => new URL(here.url).host

  /** An answer to a new challenge; `change` spoils it. */
  async function answer(change: {
    key?: Uint8Array
    bound?: string | null
    relay?: string
    challenge?: string
    kind?: number
    at?: number
    extra?: string[][]
  }) {
    const { body } = await api.post('/api/auth/nostr/challenge', { pubkey: change.bound ?? null })
    const tags = [
      ['relay', change.relay ?? `wss://${host()}/`],
      ['challenge', change.challenge ?? body.challenge],
      ...(change.extra ?? []),
    ]
    const template = { kind: change.kind ?? 22_242, created_at: change.at ?? nowS(), tags, content: '' }
    return finalizeEvent(template, change.key ?? secret)
  }

  function httpAuth(change: { url?: string; method?: string; key?: Uint8Array; at?: number }) {
    const tags = [
      ['u', change.url ?? here.url + VERIFY],
      ['method', change.method ?? 'POST'],
    ]
    const template = { kind: 27_235, created_at: change.at ?? nowS(), tags, content: '' }
    return finalizeEvent(template, change.key ?? secret)
  }

  const verify = (event: unknown) => api.post(VERIFY, { event })

  test('makes the account the first time and finds it again', async () => {
    const first = await verify(await answer({}))
    expect(first.status).toBe(200)
    const npub = npubEncode(pubkey)
    expect(first.body.user).toMatchObject({ npub, username: npub.slice(0, 13), role: 'user', email: null })
    expect((await apiWith(here.url, first.body.token).get('/api/auth/me')).body.npub).toBe(npub)
    const second = await verify(httpAuth({}))
    expect(second.body.user.id).toBe(first.body.user.id)
    const bound = await verify(await answer({ bound: npub }))
    expect(bound.body.user.id).toBe(first.body.user.id)
    expect(here.calls.filter((call) => call.endsWith(first.body.user.id))).toHaveLength(1)
  })

  test('takes an event once, of ten at once too', async () => {
    for (const event of [await answer({}), httpAuth({ at: nowS() - 5 })]) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => verify(event)))
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(401)])
      expect((await verify(event)).status).toBe(401)
    }
  })

  test('takes a challenge once, also in another event', async () => {
    const event = await answer({})
    const challenge = event.tags.find(([name]) => name === 'challenge')?.[1]
    expect((await verify(event)).status).toBe(200)
    expect((await verify(await answer({ challenge, at: nowS() - 1 }))).status).toBe(401)
  })

  test('ten first sign-ins of one key at once make one account', async () => {
    const key = generateSecretKey()
    const events = await Promise.all(Array.from({ length: 10 }, () => answer({ key })))
    const answers = await Promise.all(events.map(verify))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1)
  })

  test.each([
    ['for another server', () => answer({ relay: 'wss://evil.example/' })],
    ['for a host that only begins like ours', () => answer({ relay: `wss://${host()}.evil.example/` })],
    ['with our host as user name', () => answer({ relay: `wss://${host()}@evil.example/` })],
    ['with two relays', () => answer({ extra: [['relay', 'wss://evil.example/']] })],
    ['with two challenges', () => answer({ extra: [['challenge', 'x']] })],
    ['for a challenge that we never gave', () => answer({ challenge: 'made up' })],
    ['for another key’s challenge', () => answer({ bound: getPublicKey(generateSecretKey()) })],
    ['of another kind', () => answer({ kind: 1 })],
    ['made too long ago', () => answer({ at: nowS() - 62 })],
    ['made in the future', () => answer({ at: nowS() + 62 })],
    ['for another path', async () => httpAuth({ url: `${here.url}/api/auth/me` })],
    ['for another address', async () => httpAuth({ url: `https://evil.example${VERIFY}` })],
    ['with a query', async () => httpAuth({ url: `${here.url}${VERIFY}?x=1` })],
    ['for another method', async () => httpAuth({ method: 'GET' })],
    ['for no address', async () => httpAuth({ url: '' })],
    ['with a changed text', async () => ({ ...(await answer({})), content: 'changed' })],
    ['with another key', async () => ({ ...(await answer({})), pubkey: getPublicKey(generateSecretKey()) })],
    ['with a broken signature', async () => ({ ...(await answer({})), sig: '0'.repeat(128) })],
  ])('refuses an event %s', async (_what, make) => {
    const { status, body } = await verify(await make())
    expect([status, body.error.code]).toEqual([401, 'auth.nostr_refused'])
  })

  test('a challenge is over after five minutes', async () => {
    const { body } = await api.post('/api/auth/nostr/challenge', {})
    expect(Date.parse(body.expires_at)).toBe(here.clock.now() + 300_000)
    here.clock.advance(301_000)
    expect((await verify(await answer({ challenge: body.challenge }))).status).toBe(401)
  })

  test.each([
    ['no event', { event: null }],
    ['an array', { event: [] }],
    ['tags that are no lists', { event: { tags: 'x' } }],
    ['nothing', {}],
  ])('answers 422 to %s', async (_what, body) => {
    expect((await api.post(VERIFY, body)).status).toBe(422)
  })

  test('refuses a key that is none when asking for a challenge', async () => {
    expect((await api.post('/api/auth/nostr/challenge', { pubkey: 'npub1nonsense' })).status).toBe(400)
  })

  test('lets an invited key in though sign-up is closed, and into its room', async () => {
    const [invited, stranger] = [generateSecretKey(), generateSecretKey()]
    const { hbNostrInvite } = here.database.read.tables
    const first = await here.core.users.byUsername('first')
    await here.database.tx((tx) =>
      tx.db.insert(hbNostrInvite).values({
        roomId: 'room-1',
        pubkey: getPublicKey(invited),
        invitedBy: first?.id ?? '',
        createdAt: here.clock.now(),
      }),
    )
    const admin = await here.core.sessions.open(first!, 'native', { ip: null })
    await apiWith(here.url, admin.token).patch('/api/admin/settings', { signup_enabled: false })
    const refused = await verify(await answer({ key: stranger }))
    expect([refused.status, refused.body.error.code]).toEqual([403, 'auth.signup_disabled'])
    const welcome = await verify(await answer({ key: invited }))
    expect(welcome.status).toBe(200)
    expect(here.calls).toContain(`members.add room-1 ${welcome.body.user.id}`)
    const known = await verify(await answer({}))
    expect(known.status).toBe(200)
    const again = await verify(await answer({ key: invited }))
    expect(here.calls.filter((call) => call.startsWith('members.add'))).toHaveLength(1)
    expect(again.body.user.id).toBe(welcome.body.user.id)
  })

  test('opens no account by password, until one is set', async () => {
    const key = generateSecretKey()
    const first = await here.core.users.byUsername('first')
    const admin = await here.core.sessions.open(first!, 'native', { ip: null })
    await apiWith(here.url, admin.token).patch('/api/admin/settings', { signup_enabled: true })
    const { body } = await verify(await answer({ key }))
    const login = (password: string) =>
      api.post('/api/auth/login', { username: body.user.username, password })
    expect((await login('')).status).toBe(401)
    const mine = apiWith(here.url, body.token)
    expect((await mine.patch('/api/auth/profile', { new_password: 'a new horse 3' })).status).toBe(200)
    expect((await login('a new horse 3')).status).toBe(200)
  })
})

describe('with PUBLIC_URL', () => {
  test('only that address counts, whatever the Host header says', async () => {
    await using here = await accountsCore({ publicUrl: 'https://chat.example' })
    const secret = generateSecretKey()
    const verify = async (relay: string) => {
      const { challenge } = await here.core.accounts.nostrChallenge(null)
      const event = finalizeEvent(
        {
          kind: 22_242,
          created_at: Math.floor(here.clock.now() / 1_000),
          tags: [
            ['relay', relay],
            ['challenge', challenge],
          ],
          content: '',
        },
        secret,
      )
      const answer = await fetch(here.url + VERIFY, {
        method: 'POST',
        headers: { 'content-type': 'application/json', host: 'evil.example' },
        body: JSON.stringify({ event }),
      })
      return answer.status
    }
    expect(await verify('wss://evil.example/')).toBe(401)
    expect(await verify('wss://chat.example/')).toBe(200)
    expect(await verify('https://CHAT.example:443')).toBe(200)
  })
})
