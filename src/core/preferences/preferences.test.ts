import { expect, test } from 'bun:test'
import { accountsCore } from '../../../test/support/accounts-core.ts'
import { openFixture } from '../../../test/support/database.ts'
import { person, signIn } from '../../../test/support/factories.ts'
import { bothDialects } from '../../../test/support/postgres.ts'

const pref = (userId: string, category: string, name: string, value: string) => ({
  userId,
  category,
  name,
  value,
})

bothDialects('preferences', (fixture) => {
  test('are set, changed, listed and removed, and tell the person’s other clients', async () => {
    await using here = await accountsCore({ database: await openFixture(fixture) })
    const { actor, user } = await signIn(here.core, await person(here.core))
    const { preferences } = here.core
    const [a, b] = [pref(user.id, 'display', 'theme', 'dark'), pref(user.id, 'sidebar', 'width', '240')]
    await preferences.set(actor, user.id, [a, b])
    await preferences.set(actor, user.id, [{ ...a, value: 'light' }])
    expect(await preferences.list(actor, user.id)).toEqual([{ ...a, value: 'light' }, b])
    expect(await preferences.list(actor, user.id, 'sidebar')).toEqual([b])
    expect(await preferences.get(actor, user.id, 'display', 'theme')).toEqual({ ...a, value: 'light' })
    await preferences.remove(actor, user.id, [b])
    expect(await preferences.get(actor, user.id, 'sidebar', 'width')).toBeNull()
    expect(here.events.at(-1)).toEqual({ type: 'preferences.deleted', userId: user.id, preferences: [b] })
  }, 60_000)
})

test('of others are neither read nor written, whatever user id the record names', async () => {
  await using here = await accountsCore()
  await person(here.core)
  const alice = await signIn(here.core, await person(here.core))
  const bob = await signIn(here.core, await person(here.core))
  const { preferences } = here.core
  await expect(preferences.set(bob.actor, alice.user.id, [])).rejects.toMatchObject({ kind: 'forbidden' })
  expect(async () => preferences.list(bob.actor, alice.user.id)).toThrow()
  await preferences.set(bob.actor, bob.user.id, [pref(alice.user.id, 'display', 'theme', 'dark')])
  expect(await preferences.list(alice.actor, alice.user.id)).toEqual([])
  expect(await preferences.list(bob.actor, bob.user.id)).toEqual([
    pref(bob.user.id, 'display', 'theme', 'dark'),
  ])
})

test('have bounds', async () => {
  await using here = await accountsCore()
  const { actor, user } = await signIn(here.core, await person(here.core))
  for (const list of [
    [pref(user.id, '', 'x', '')],
    [pref(user.id, 'x'.repeat(33), 'x', '')],
    [pref(user.id, 'x', 'x', 'v'.repeat(20_001))],
    Array.from({ length: 101 }, (_, n) => pref(user.id, 'x', `${n}`, '')),
  ]) {
    await expect(here.core.preferences.set(actor, user.id, list)).rejects.toMatchObject({ kind: 'invalid' })
  }
})
