// Goal: what only PostgreSQL can do to a unit of work (deadlocks, lost connections, a server that is not there) ends in a
// retry or in a clear error, and never in half a unit.
import { afterAll, expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import type { Database, Tx } from '../../src/db/conn.ts'
import { DatabaseBusy, UnitOver } from '../../src/db/errors.ts'
import { openDatabase } from '../../src/db/open.ts'
import { createPostgresDatabase } from '../support/postgres.ts'

const made = await createPostgresDatabase()
const db: Database = await openDatabase({ dialect: 'postgres', url: made.url })
afterAll(async () => {
  await db.close()
  await made.drop()
})

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error as Error,
  )

async function bump(tx: Tx, key: string): Promise<void> {
  const { hbSetting } = tx.tables
  await tx.db
    .update(hbSetting)
    .set({ updatedAt: sql`${hbSetting.updatedAt} + 1` })
    .where(eq(hbSetting.key, key))
}

async function value(key: string): Promise<number | undefined> {
  const { hbSetting } = db.read.tables
  const [row] = await db.read.db.select().from(hbSetting).where(eq(hbSetting.key, key))
  return row?.updatedAt
}

const seed = (...keys: string[]) =>
  db.tx(async (tx) => {
    await tx.db.insert(tx.tables.hbSetting).values(keys.map((key) => ({ key, value: 0, updatedAt: 0 })))
  })

test('two units that lock each other out both get done, with their callbacks once', async () => {
  await seed('a', 'b')
  const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const seen: string[] = []
  let runs = 0
  const unit = (first: string, second: string, own: 0 | 1) =>
    db.tx(async (tx) => {
      runs++
      tx.afterCommit(() => seen.push(first))
      await bump(tx, first)
      started[own].resolve()
      await started[own === 0 ? 1 : 0].promise
      await bump(tx, second)
    })
  await Promise.all([unit('a', 'b', 0), unit('b', 'a', 1)])
  expect([await value('a'), await value('b')]).toEqual([2, 2])
  expect(runs).toBe(3)
  expect(seen.toSorted()).toEqual(['a', 'b'])
})

test('a unit whose connection is lost fails whole, and the next one gets another', async () => {
  await seed('lost')
  const error = await failureOf(
    db.tx(async (tx) => {
      await bump(tx, 'lost')
      const self = await tx.sql.get<{ pid: number }>(sql`select pg_backend_pid() as pid`)
      await db.read.sql.all(sql`select pg_terminate_backend(${self?.pid}::int)`)
      await bump(tx, 'lost')
    }),
  )
  expect(error).toBeInstanceOf(DatabaseBusy)
  expect(await value('lost')).toBe(0)
  await db.tx((tx) => bump(tx, 'lost'))
  expect(await value('lost')).toBe(1)
})

test('a unit that waits for something else ends with its connection', async () => {
  const pid = Promise.withResolvers<number | undefined>()
  const unit = failureOf(
    db.tx(async (tx) => {
      pid.resolve((await tx.sql.get<{ pid: number }>(sql`select pg_backend_pid() as pid`))?.pid)
      await new Promise(() => {})
    }),
  )
  await db.read.sql.all(sql`select pg_terminate_backend(${await pid.promise}::int)`)
  expect(await unit).toBeInstanceOf(DatabaseBusy)
})

test('readers get new connections after all of theirs were lost', async () => {
  await seed('read')
  await Promise.all(Array.from({ length: 20 }, () => value('read')))
  await db.tx(async (tx) => {
    await tx.sql.all(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hubbub-read' and datname = current_database()`,
    )
  })
  const deadline = Date.now() + 5000
  const answers: unknown[] = []
  while (answers.length < 20 && Date.now() < deadline)
    await value('read').then(
      (found) => answers.push(found),
      (error: unknown) => expect(error).toBeInstanceOf(DatabaseBusy),
    )
  expect(answers).toEqual(Array.from({ length: 20 }, () => 0))
})

test('more units than connections wait for their turn, and readers do not wait for them', async () => {
  await seed('many')
  const gate = Promise.withResolvers<void>()
  const units = Array.from({ length: 40 }, () =>
    db.tx(async (tx) => {
      await gate.promise
      await bump(tx, 'many')
    }),
  )
  expect(await value('many')).toBe(0)
  gate.resolve()
  await Promise.all(units)
  expect(await value('many')).toBe(40)
})

test('closing lets units end that run or wait, and refuses later ones', async () => {
  const own = await openDatabase({ dialect: 'postgres', url: made.url })
  const gate = Promise.withResolvers<void>()
  const units = Array.from({ length: 20 }, () => own.tx(async () => gate.promise))
  const closing = own.close()
  expect(await failureOf(own.tx(async () => 1))).toBeInstanceOf(UnitOver)
  gate.resolve()
  expect(await Promise.all(units)).toHaveLength(20)
  await closing
})

test('a server that is not there is said to be unreachable, without its password', async () => {
  const url = 'postgres://someone:hunter2@127.0.0.1:1/nothing'
  const error = await failureOf(openDatabase({ dialect: 'postgres', url }))
  expect(error).toBeInstanceOf(DatabaseBusy)
  expect(error.message).toBe('The database cannot be reached.')
  expect(Bun.inspect(error)).not.toContain('hunter2')
})
