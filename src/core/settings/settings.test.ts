import { expect, test } from 'bun:test'
import { accountsCore } from '../../../test/support/accounts-core.ts'
import { openFixture } from '../../../test/support/database.ts'
import { person, signIn } from '../../../test/support/factories.ts'
import { bothDialects } from '../../../test/support/postgres.ts'

bothDialects('settings', (fixture) => {
  test('are kept as they were given, of any JSON kind, and survive a restart', async () => {
    await using here = await accountsCore({ database: await openFixture(fixture) })
    const { actor } = await signIn(here.core, await person(here.core))
    const values = {
      'hubbub.default_model': 'some/model',
      'ui.banners': [{ text: 'hi', n: 1 }],
      'ui.enable_signup': false,
      'rag.top_k': 3,
      'rag.weight': 0.5,
      'ui.watermark': '7',
      'ui.default_models': null,
    }
    await here.core.settings.set(actor, values)
    const { values: stored } = await here.deps.store.read.settings.all()
    expect(stored).toMatchObject(values)
    expect(here.core.settings.get('rag.top_k', 0)).toBe(3)
    expect(here.core.settings.get('ui.default_models', 'none')).toBe('none')
    expect(here.core.settings.get('never.set', 'fallback')).toBe('fallback')
    expect(here.events.at(-1)).toEqual({ type: 'settings.changed', keys: Object.keys(values) })
  }, 60_000)
})

test('what the environment says wins, and cannot be changed', async () => {
  await using here = await accountsCore({ settings: { fixed: { 'hubbub.enable_signup': false } } })
  const { actor } = await signIn(here.core, await person(here.core))
  await expect(here.core.settings.set(actor, { 'hubbub.enable_signup': true })).rejects.toMatchObject({
    kind: 'conflict',
    code: 'settings.fixed',
  })
  expect(here.core.settings.get('hubbub.enable_signup', true)).toBe(false)
  // A form that repeats it beside a change of something else is taken.
  await here.core.settings.set(actor, { 'hubbub.enable_signup': false, 'ui.name': 'x' })
  expect((await here.deps.store.read.settings.all()).values).toEqual({ 'ui.name': 'x' })
  await expect(person(here.core)).rejects.toMatchObject({ code: 'auth.signup_disabled' })
})

test('are an administrator’s business, and names are checked', async () => {
  await using here = await accountsCore()
  const admin = await signIn(here.core, await person(here.core))
  const user = await signIn(here.core, await person(here.core))
  await expect(here.core.settings.set(user.actor, { 'ui.name': 'x' })).rejects.toMatchObject({
    kind: 'forbidden',
  })
  await expect(here.core.settings.all(user.actor)).rejects.toMatchObject({ kind: 'forbidden' })
  for (const key of ['__proto__', 'a b', '', 'x'.repeat(300)]) {
    const values = Object.fromEntries([[key, 1]])
    await expect(here.core.settings.set(admin.actor, values)).rejects.toMatchObject({
      code: 'settings.bad_key',
    })
  }
})

test('another node’s change is read when it is heard of', async () => {
  await using here = await accountsCore()
  await person(here.core)
  await here.deps.store.tx((repos) => repos.settings.put({ 'ui.name': 'there' }, here.clock.now()))
  expect(here.core.settings.get('ui.name', 'here')).toBe('here')
  here.core.accounts.heard({ type: 'settings.changed', keys: ['ui.name'] })
  await here.deps.store.tx(async () => {})
  expect(here.core.settings.get('ui.name', 'here')).toBe('there')
})
