// Failed log-ins: an account waits after so many, longer each time, and nobody learns who exists by it.
import { expect, test } from 'bun:test'
import { accountsCore } from '../support/accounts-core.ts'
import { Api } from '../support/api.ts'
import { PASSWORD, person } from '../support/factories.ts'

const settings = { loginMaxFailures: 3 }

test('after three failures the account waits, though the password be right, and twice as long each time', async () => {
  await using here = await accountsCore({ settings })
  await person(here.core, { username: 'victim' })
  const login = (password: string) =>
    new Api(here.url).post('/api/auth/login', { username: 'victim', password })
  for (let n = 0; n < 3; n += 1) expect((await login('not it')).status).toBe(401)
  const blocked = await login(PASSWORD)
  expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '5'])
  here.clock.advance(5_001)
  expect((await login('not it')).status).toBe(401)
  expect((await login(PASSWORD)).headers.get('retry-after')).toBe('10')
  here.clock.advance(10_001)
  expect((await login(PASSWORD)).status).toBe(200)
  // A success forgives: the count starts again.
  expect((await login('not it')).status).toBe(401)
  expect((await login(PASSWORD)).status).toBe(200)
})

test('a name that does not exist waits as one that does', async () => {
  await using here = await accountsCore({ settings })
  await person(here.core)
  const login = () => new Api(here.url).post('/api/auth/login', { username: 'nobody', password: 'not it' })
  for (let n = 0; n < 3; n += 1) expect((await login()).status).toBe(401)
  const blocked = await login()
  expect([blocked.status, blocked.headers.get('retry-after')]).toEqual([429, '5'])
})

test('name and e-mail address count together', async () => {
  await using here = await accountsCore({ settings })
  await person(here.core, { username: 'victim', email: 'victim@example.com' })
  const login = (username: string) => new Api(here.url).post('/api/auth/login', { username, password: 'no' })
  const names = ['victim', 'Victim', 'victim@example.com', 'VICTIM@example.com']
  const answers = []
  for (const name of names) answers.push((await login(name)).status)
  expect(answers).toEqual([401, 401, 401, 429])
})

test('forty guesses at once are no more than three', async () => {
  await using here = await accountsCore({ settings })
  await person(here.core, { username: 'victim' })
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      new Api(here.url).post('/api/auth/login', { username: 'victim', password: `guess ${n}` }),
    ),
  )
  expect(answers.filter(({ status }) => status === 401)).toHaveLength(3)
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(37)
})

test('forty right log-ins of one person at once all succeed', async () => {
  await using here = await accountsCore({ settings })
  await person(here.core, { username: 'busy' })
  const answers = await Promise.all(
    Array.from({ length: 40 }, () =>
      new Api(here.url).post('/api/auth/login', { username: 'busy', password: PASSWORD }),
    ),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array(40).fill(200))
}, 20_000)

test('an address that fails at many accounts waits for all of them', async () => {
  await using here = await accountsCore({ settings: { loginMaxFailures: 2 } })
  await person(here.core, { username: 'other' })
  // 20 = ten times as many as one account may have.
  for (let n = 0; n < 20; n += 1) {
    const answer = await new Api(here.url).post('/api/auth/login', { username: `no-${n}`, password: 'guess' })
    expect(answer.status).toBe(401)
  }
  const answer = await new Api(here.url).post('/api/auth/login', { username: 'other', password: PASSWORD })
  expect(answer.status).toBe(429)
}, 20_000)

test('guessing the current password in the profile counts as well', async () => {
  await using here = await accountsCore({ settings })
  const api = await Api.register(here.url, 'victim')
  const change = (current_password: string) =>
    api.patch('/api/auth/profile', { current_password, new_password: 'another horse 2' })
  for (let n = 0; n < 3; n += 1) expect((await change(`guess ${n}`)).status).toBe(403)
  expect((await change(PASSWORD)).status).toBe(429)
})

test('sign-ups from one address are limited, except on an empty server', async () => {
  await using here = await accountsCore({ settings: { authPerMinute: 2 } })
  const signUp = (n: number) =>
    new Api(here.url).post('/api/auth/register', { username: `new-${n}`, password: PASSWORD })
  const first = []
  for (let n = 0; n < 4; n += 1) first.push(await signUp(n))
  expect(first.map(({ status }) => status)).toEqual([201, 201, 201, 429])
  expect(Number(first[3]?.headers.get('retry-after'))).toBeGreaterThan(0)
  here.clock.advance(61_000)
  expect((await signUp(5)).status).toBe(201)
})
