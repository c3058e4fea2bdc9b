import { expect, test } from 'bun:test'
import { accountsCore } from '../../../test/support/accounts-core.ts'
import { person, signIn } from '../../../test/support/factories.ts'

const entry = {
  actorId: null,
  action: 'test',
  targetType: 'user',
  targetId: 'u',
  ip: null,
  details: { n: 1 },
}

test('entries are written together, newest first, in pages', async () => {
  await using here = await accountsCore()
  const { actor } = await signIn(here.core, await person(here.core))
  for (let n = 0; n < 5; n += 1) {
    here.clock.advance(1_000)
    here.core.audit.record({ ...entry, targetId: `u${n}` })
  }
  const first = await here.core.audit.list(actor, { limit: 3 })
  expect(first.map(({ targetId }) => targetId)).toEqual(['u4', 'u3', 'u2'])
  expect(first[0]).toMatchObject({ ...entry, targetId: 'u4' })
  const next = await here.core.audit.list(actor, { limit: 2, before: first[2]?.at })
  expect(next.map(({ targetId }) => targetId)).toEqual(['u1', 'u0'])
})

test('a database that is down costs nobody an answer, and what waited is written later', async () => {
  await using here = await accountsCore()
  const { actor } = await signIn(here.core, await person(here.core))
  await here.core.accounts.flush()
  const { tx } = here.deps.store
  here.deps.store.tx = () => Promise.reject(new Error('the disk is full'))
  here.core.audit.record({ ...entry, action: 'kept' })
  here.clock.advance(1_000)
  await here.core.accounts.flush()
  expect(here.logged.some((line) => line.includes('the disk is full'))).toBe(true)
  here.deps.store.tx = tx
  const actions = (await here.core.audit.list(actor, { limit: 50 })).map(({ action }) => action)
  expect(actions).toContain('kept')
})
