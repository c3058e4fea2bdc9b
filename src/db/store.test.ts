import { afterAll, beforeAll, expect, test } from 'bun:test'
import type { Database } from './conn.ts'
import { DatabaseBusy, DatabaseFull } from './errors.ts'
import { openDatabase } from './open.ts'
import { createStore } from './store.ts'

let database: Database
beforeAll(async () => void (database = await openDatabase({ dialect: 'sqlite', path: ':memory:' })))
afterAll(() => database.close())

/** A store whose every unit of work ends in this error. */
async function failureOf(error: Error): Promise<unknown> {
  const failing: Database = {
    ...database,
    dialect: 'sqlite',
    read: database.read,
    tx: () => Promise.reject(error),
  }
  return createStore(failing, { emit: () => {} })
    .tx(async () => {})
    .catch((caught: unknown) => caught)
}

test.each([
  [new DatabaseFull(null), 'storage.full'],
  [new DatabaseBusy('held', null), 'storage.busy'],
])('an outage of the database is a fault that clients understand', async (error, code) => {
  expect(await failureOf(error)).toMatchObject({ name: 'AppFault', kind: 'unavailable', code })
})

test('other errors stay what they are', async () => {
  const error = new Error('bug')
  expect(await failureOf(error)).toBe(error)
})
