import { afterAll, beforeAll, expect, test } from 'bun:test'
import { type AccountsCore, accountsCore } from '../../../test/support/accounts-core.ts'
import { openFixture } from '../../../test/support/database.ts'
import { person, signIn, type SignedIn } from '../../../test/support/factories.ts'
import { bothDialects } from '../../../test/support/postgres.ts'

bothDialects('people', (fixture) => {
  let here: AccountsCore
  let admin: SignedIn

  beforeAll(async () => {
    here = await accountsCore({ database: await openFixture(fixture) })
    admin = await signIn(here.core, await person(here.core, { username: 'anna' }))
    await person(here.core, { username: 'bert', displayName: 'Bertram' })
    await person(here.core, { username: 'cleo' })
    await here.core.accounts.create({
      username: 'gpt',
      password: null,
      isBot: true,
      botModel: 'open/gpt',
      displayName: 'GPT',
    })
  }, 60_000)
  afterAll(() => here[Symbol.asyncDispose]())

  const names = async (query: Parameters<AccountsCore['core']['users']['search']>[1]) =>
    (await here.core.users.search(admin.actor, query)).users.map(({ username }) => username)

  test('are found, sorted and counted, bots with them', async () => {
    expect(await names({})).toEqual(['anna', 'bert', 'cleo', 'gpt'])
    expect(await names({ q: 'RTR' })).toEqual(['bert'])
    expect(await names({ q: '@cle' })).toEqual(['cleo'])
    expect(await names({ role: 'admin' })).toEqual(['anna'])
    expect(await here.core.users.search(admin.actor, { limit: 1, offset: 1 })).toMatchObject({
      users: [{ username: 'bert' }],
      total: 4,
    })
    expect(await here.core.users.count()).toEqual({ people: 3, bots: 1, active: 3 })
  })

  test('who are deactivated are only found when asked for', async () => {
    const cleo = await here.core.users.byUsername('cleo')
    await here.core.accounts.setActive(admin.actor, cleo?.id ?? '', false)
    expect(await names({ q: 'cleo' })).toEqual([])
    expect(await names({ q: 'cleo', includeInactive: true })).toEqual(['cleo'])
    expect((await here.core.users.count()).active).toBe(2)
    await here.core.accounts.setActive(admin.actor, cleo?.id ?? '', true)
  })

  test('of a room are for those who may see the room', async () => {
    const { hbMember } = here.database.read.tables
    const now = here.clock.now()
    await here.database.tx((tx) =>
      tx.db
        .insert(hbMember)
        .values({ roomId: 'r', userId: admin.user.id, role: 'owner', joinedAt: now, updatedAt: now }),
    )
    here.core.rooms = { get: async () => ({}) } as unknown as typeof here.core.rooms
    expect(await names({ roomId: 'r' })).toEqual(['anna'])
    expect(await names({ notInRoomId: 'r' })).toEqual(['bert', 'cleo', 'gpt'])
    here.core.rooms = {
      get: () => Promise.reject(new Error('not yours')),
    } as unknown as typeof here.core.rooms
    await expect(names({ roomId: 'r' })).rejects.toThrow('not yours')
  })

  test('who are bots have one account a model, no password, and never count as first', async () => {
    const again = here.core.accounts.create({
      username: 'gpt-2',
      password: null,
      isBot: true,
      botModel: 'open/gpt',
    })
    await expect(again).rejects.toMatchObject({ kind: 'conflict' })
    const bot = await here.core.users.byUsername('gpt')
    expect(bot).toMatchObject({ isBot: true, botModel: 'open/gpt', email: null })
    expect(await here.deps.store.read.credentials.byUserId(bot?.id ?? '')).toBeNull()
    await expect(here.core.accounts.verifyPassword('gpt', '', null)).rejects.toMatchObject({
      kind: 'unauthenticated',
    })
  })

  test('are read from memory, and anew after a change', async () => {
    const bert = await here.core.users.byUsername('bert')
    const id = bert?.id ?? ''
    expect((await here.core.users.byId(id))?.displayName).toBe('Bertram')
    await here.core.accounts.updateProfile(admin.actor, id, { displayName: 'Bert B.' })
    expect(
      (await here.core.users.byIds([id, 'nobody', admin.user.id])).map((user) => user.displayName),
    ).toEqual(['Bert B.', 'anna'])
  })

  test('two administrators who remove each other at once leave one', async () => {
    const other = await person(here.core, { username: 'dora' })
    await here.core.accounts.setRole(admin.actor, other.id, 'admin')
    const second = await signIn(here.core, (await here.core.users.byId(other.id))!)
    const results = await Promise.allSettled([
      here.core.accounts.setRole(admin.actor, second.user.id, 'user'),
      here.core.accounts.setRole(second.actor, admin.user.id, 'user'),
    ])
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(await here.deps.store.read.users.adminIds()).toHaveLength(1)
  })
})

test('a bot that was made first leaves the first person to become administrator', async () => {
  await using here = await accountsCore()
  await here.core.accounts.create({ username: 'system-bot', password: null, isBot: true })
  expect(await here.core.accounts.isEmpty()).toBe(true)
  expect((await person(here.core)).role).toBe('admin')
  expect(await here.core.accounts.isEmpty()).toBe(false)
})
