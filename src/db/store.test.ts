import { expect, test } from 'bun:test'
import type { Database } from './conn.ts'
import { DatabaseBusy, DatabaseFull } from './errors.ts'
import { createStore } from './store.ts'

const failing = (error: Error) =>
  createStore(
    {
      dialect: 'sqlite',
      read: { tables: {}, db: {} },
      tx: () => Promise.reject(error),
    } as unknown as Database,
    {
      emit: () => {},
    },
  )

test.each([
  [new DatabaseFull(null), 'storage.full'],
  [new DatabaseBusy('held', null), 'storage.busy'],
])('an outage of the database is a fault that clients understand', async (error, code) => {
  const failure = await failing(error)
    .tx(async () => {})
    .catch((caught: unknown) => caught)
  expect(failure).toMatchObject({ name: 'AppFault', kind: 'unavailable', code })
})

test('other errors stay what they are', async () => {
  const error = new Error('bug')
  const failure = await failing(error)
    .tx(async () => {})
    .catch((caught: unknown) => caught)
  expect(failure).toBe(error)
})
