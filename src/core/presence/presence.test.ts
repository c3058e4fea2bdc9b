import { expect, test } from 'bun:test'
import { accountsCore } from '../../../test/support/accounts-core.ts'
import { eventually } from '../../../test/support/api.ts'
import { person, signIn } from '../../../test/support/factories.ts'

async function scene() {
  const here = await accountsCore()
  const { user, actor } = await signIn(here.core, await person(here.core))
  const state = async () => (await here.core.presence.of([user.id])).get(user.id)?.state
  const told = () => here.events.flatMap((event) => (event.type === 'presence.changed' ? [event.state] : []))
  const connect = async () => {
    const before = told().length
    here.connected.add(user.id)
    here.core.presence.connected(user.id)
    await eventually(async () => told().length > before)
  }
  return { here, user, actor, state, told, connect }
}

test('online while connected, away when idle, back when something is done, offline a little after leaving', async () => {
  const { here, user, state, told, connect } = await scene()
  await using _ = here
  expect(await state()).toBe('offline')
  await connect()
  expect([await state(), told()]).toEqual(['online', ['online']])
  for (let minute = 0; minute < 6; minute += 1) here.clock.advance(60_000)
  expect([await state(), told()]).toEqual(['away', ['online', 'away']])
  here.core.presence.touch(user.id)
  expect([await state(), told()]).toEqual(['online', ['online', 'away', 'online']])
  here.connected.delete(user.id)
  here.core.presence.disconnected(user.id)
  expect(told()).toHaveLength(3)
  here.clock.advance(5_000)
  expect([await state(), told().at(-1)]).toEqual(['offline', 'offline'])
})

test('a page loaded anew tells nobody', async () => {
  const { here, user, state, told, connect } = await scene()
  await using _ = here
  await connect()
  here.connected.delete(user.id)
  here.core.presence.disconnected(user.id)
  here.clock.advance(2_000)
  // Nor does anybody who asks meanwhile hear otherwise: nothing would put it right for them.
  expect(await state()).toBe('online')
  here.connected.add(user.id)
  here.core.presence.connected(user.id)
  here.clock.advance(10_000)
  expect(told()).toEqual(['online'])
})

test('what a person chose stays, also after another start, until they take it back or it ends', async () => {
  const { here, user, actor, state, told, connect } = await scene()
  await using _ = here
  await connect()
  await here.core.presence.set(actor, 'dnd', here.clock.now() + 3_600_000)
  expect(await state()).toBe('dnd')
  // The hub tells this part its own news as well.
  here.core.accounts.heard({ type: 'presence.changed', userId: user.id, state: 'dnd', at: 0 })
  here.clock.advance(60_000)
  expect([await state(), told().at(-1)]).toEqual(['dnd', 'dnd'])
  expect((await here.deps.store.read.statuses.byIds([user.id]))[0]).toMatchObject({
    state: 'dnd',
    manual: true,
  })
  here.core.presence.touch(user.id)
  here.clock.advance(3_600_000)
  here.core.presence.touch(user.id)
  expect(await state()).toBe('online')
  await here.core.presence.set(actor, 'offline')
  expect(await state()).toBe('offline')
  await here.core.presence.set(actor, null)
  expect(await state()).toBe('online')
})

test('heartbeats are not written one by one', async () => {
  const { here, user, connect } = await scene()
  await using _ = here
  await connect()
  await here.core.accounts.flush()
  let writes = 0
  const { tx } = here.deps.store
  here.deps.store.tx = (work) => {
    writes += 1
    return tx(work)
  }
  for (let n = 0; n < 1_000; n += 1) {
    here.core.presence.touch(user.id)
    here.clock.advance(100)
  }
  await here.core.accounts.flush()
  expect(writes).toBeLessThanOrEqual(3)
  expect((await here.deps.store.read.users.byId(user.id))?.lastActiveAt).toBeGreaterThan(
    here.clock.now() - 2_000,
  )
})
