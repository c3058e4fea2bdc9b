// Goal: a unit of work means the same on SQLite and on PostgreSQL: isolation, all or nothing, order, callbacks
// after commit, and errors in neutral words. Each test has its own rows in one database per dialect.
import { expect, test } from 'bun:test'
import { eq, like, sql } from 'drizzle-orm'
import { type Database, type Placeholders, stmt } from '../../src/db/conn.ts'
import { ForeignKeyViolation, isTaken, UniqueViolation, UnitOver } from '../../src/db/errors.ts'
import { sharedDatabase } from '../support/database.ts'
import { bothDialects } from '../support/postgres.ts'

const insert = stmt('test.insert', (db, t, p: Placeholders<{ key: string; value: unknown }>) =>
  db.insert(t.hbSetting).values({ key: p('key'), value: p('value'), updatedAt: 1 }),
)
const byKey = stmt('test.byKey', (db, t, p: Placeholders<{ key: string }>) =>
  db
    .select({ value: t.hbSetting.value })
    .from(t.hbSetting)
    .where(eq(t.hbSetting.key, p('key')))
    .limit(1),
)
const startingWith = stmt('test.startingWith', (db, t, p: Placeholders<{ pattern: string }>) =>
  db
    .select({ key: t.hbSetting.key })
    .from(t.hbSetting)
    .where(like(t.hbSetting.key, p('pattern')))
    .orderBy(t.hbSetting.updatedAt, t.hbSetting.key),
)

async function keys(db: Database, prefix: string): Promise<string[]> {
  const rows = await db.read.all(startingWith, { pattern: `${prefix}%` })
  return rows.map(({ key }) => key.slice(prefix.length))
}

let made = 0
const prefix = () => `unit${++made}.`

bothDialects('a unit of work', (fixture) => {
  const reported: unknown[] = []
  const database = sharedDatabase(fixture, { report: (error) => void reported.push(error) })

  test('keeps what it wrote, and hands back its result', async () => {
    const db = await database()
    const own = prefix()
    expect(await db.tx(async (tx) => (await tx.run(insert, { key: `${own}a`, value: 1 })).changes)).toBe(1)
    expect(await db.read.get(byKey, { key: `${own}a` })).toEqual({ value: 1 })
    expect(await db.read.get(byKey, { key: `${own}none` })).toBeNull()
  })

  test('undoes everything when it throws, and rejects with just that', async () => {
    const db = await database()
    const own = prefix()
    const reason = new Error('changed my mind')
    const unit = db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}a`, value: 1 })
      throw reason
    })
    expect(await unit.catch((error: unknown) => error)).toBe(reason)
    expect(await keys(db, own)).toEqual([])
  })

  test('undoes everything when it throws before its first await', async () => {
    const db = await database()
    const unit = db.tx(() => {
      throw new TypeError('not even a promise')
    })
    await expect(unit).rejects.toThrow('not even a promise')
  })

  test('is not seen by readers before it is committed, and sees itself', async () => {
    const db = await database()
    const own = prefix()
    await db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}a`, value: 1 })
      expect(await tx.get(byKey, { key: `${own}a` })).toEqual({ value: 1 })
      expect(await keys(db, own)).toEqual([])
    })
    expect(await keys(db, own)).toEqual(['a'])
  })

  test('fails alone among many that run at once', async () => {
    const db = await database()
    const own = prefix()
    const units = Array.from({ length: 40 }, (_, at) =>
      db.tx(async (tx) => {
        await tx.run(insert, { key: `${own}${String(at).padStart(2, '0')}`, value: at })
        if (at % 10 === 0) throw new Error(`unit ${at}`)
        return at
      }),
    )
    const results = await Promise.allSettled(units)
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(4)
    const expected = Array.from({ length: 40 }, (_, at) => at).filter((at) => at % 10 !== 0)
    expect(await keys(db, own)).toEqual(expected.map((at) => String(at).padStart(2, '0')))
  })

  test('calls back after the commit, before its caller goes on, and not at all when it failed', async () => {
    const db = await database()
    const own = prefix()
    const seen: string[] = []
    const good = db
      .tx(async (tx) => {
        tx.afterCommit(() => seen.push('first'))
        await tx.run(insert, { key: `${own}a`, value: 1 })
        tx.afterCommit(() => seen.push('second'))
        seen.push('work')
      })
      .then(() => seen.push('caller'))
    const bad = db
      .tx(async (tx) => {
        tx.afterCommit(() => seen.push('never'))
        throw new Error('no')
      })
      .catch(() => undefined)
    await Promise.all([good, bad])
    expect(seen).toEqual(['work', 'first', 'second', 'caller'])
  })

  test('shares its commit with those that wait with it, on SQLite, in the order of arrival', async () => {
    const db = await database()
    if (db.dialect !== 'sqlite') return
    const own = prefix()
    const seen: string[] = []
    const units = [0, 1, 2, 3].map((n) =>
      db.tx(async (tx) => {
        tx.afterCommit(() => seen.push(`committed ${n}`))
        await tx.run(insert, { key: `${own}${n}`, value: n })
        // Nobody sees a unit of the batch before all of it is committed.
        expect(await keys(db, own)).toEqual([])
        seen.push(`worked ${n}`)
      }),
    )
    await Promise.all(units)
    expect(seen).toEqual(
      [0, 1, 2, 3].map((n) => `worked ${n}`).concat([0, 1, 2, 3].map((n) => `committed ${n}`)),
    )
  })

  test('reports a callback that throws, and still counts as done', async () => {
    const db = await database()
    const own = prefix()
    const failure = new Error('the hub is gone')
    const seen: string[] = []
    await db.tx(async (tx) => {
      tx.afterCommit(() => {
        throw failure
      })
      tx.afterCommit(() => seen.push('still called'))
      await tx.run(insert, { key: `${own}a`, value: 1 })
    })
    expect(reported).toContain(failure)
    expect(seen).toEqual(['still called'])
    expect(await keys(db, own)).toEqual(['a'])
  })

  test('refuses another unit inside it, and one begun after it is welcome', async () => {
    const db = await database()
    const own = prefix()
    const nested = db.tx(async () => db.tx(async () => 1))
    expect(await nested.catch((error: unknown) => error)).toBeInstanceOf(UnitOver)
    let later: Promise<unknown> | undefined
    await db.tx(async (tx) => {
      tx.afterCommit(() => {
        later = db.tx((next) => next.run(insert, { key: `${own}later`, value: 1 }))
      })
    })
    await later
    expect(await keys(db, own)).toEqual(['later'])
  })

  test('refuses calls that come after its end', async () => {
    const db = await database()
    const escaped = await db.tx(async (tx) => ({ tx, builder: tx.db }))
    expect(await escaped.tx.get(byKey, { key: 'x' }).catch((error: unknown) => error)).toBeInstanceOf(
      UnitOver,
    )
    const late = Promise.resolve(escaped.builder.select().from(escaped.tx.tables.hbSetting))
    expect(await late.catch((error: unknown) => error)).toBeInstanceOf(UnitOver)
  })

  test('ends with a failed statement, even one whose error was caught', async () => {
    const db = await database()
    const own = prefix()
    await db.tx((tx) => tx.run(insert, { key: `${own}taken`, value: 1 }))
    const unit = db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}before`, value: 1 })
      await tx.run(insert, { key: `${own}taken`, value: 2 }).catch(() => undefined)
      return 'looks fine'
    })
    expect(await unit.catch((error: unknown) => error)).toBeInstanceOf(UniqueViolation)
    const goesOn = db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}taken`, value: 2 }).catch(() => undefined)
      await tx.run(insert, { key: `${own}after`, value: 1 })
    })
    expect(await goesOn.catch((error: unknown) => error)).toBeInstanceOf(UnitOver)
    expect(await keys(db, own)).toEqual(['taken'])
  })

  test('goes on after a failure inside a savepoint, which undoes only that part', async () => {
    const db = await database()
    const own = prefix()
    const seen: string[] = []
    await db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}a`, value: 1 })
      const inner = tx.savepoint(async () => {
        tx.afterCommit(() => seen.push('undone'))
        await tx.run(insert, { key: `${own}b`, value: 1 })
        await tx.run(insert, { key: `${own}a`, value: 2 })
      })
      expect(await inner.catch((error: unknown) => error)).toBeInstanceOf(UniqueViolation)
      await tx.savepoint(async () => {
        await tx.run(insert, { key: `${own}c`, value: 1 })
        await tx.savepoint(() => tx.run(insert, { key: `${own}a`, value: 3 })).catch(() => undefined)
        tx.afterCommit(() => seen.push('kept'))
      })
    })
    expect(await keys(db, own)).toEqual(['a', 'c'])
    expect(seen).toEqual(['kept'])
  })

  test('loses no update when many count the same row up', async () => {
    const db = await database()
    const own = prefix()
    await db.tx((tx) => tx.run(insert, { key: `${own}n`, value: 0 }))
    const units = Array.from({ length: 30 }, () =>
      db.tx(async (tx) => {
        const { hbSetting } = tx.tables
        await tx.db
          .update(hbSetting)
          .set({ updatedAt: sql`${hbSetting.updatedAt} + 1` })
          .where(eq(hbSetting.key, `${own}n`))
      }),
    )
    await Promise.all(units)
    const { hbSetting } = db.read.tables
    const [row] = await db.read.db
      .select()
      .from(hbSetting)
      .where(eq(hbSetting.key, `${own}n`))
    expect(row?.updatedAt).toBe(31)
  })

  test('may wait for something else without letting others in between on SQLite', async () => {
    const db = await database()
    const own = prefix()
    const order: string[] = []
    const slow = db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}a`, value: 1 })
      await new Promise<void>((resume) => setImmediate(resume))
      order.push('slow')
      await tx.run(insert, { key: `${own}b`, value: 1 })
    })
    const quick = db.tx(async (tx) => {
      await tx.run(insert, { key: `${own}c`, value: 1 })
      order.push('quick')
    })
    await Promise.all([slow, quick])
    expect(await keys(db, own)).toEqual(['a', 'b', 'c'])
    if (db.dialect === 'sqlite') expect(order).toEqual(['slow', 'quick'])
  })
})

bothDialects('errors', (fixture) => {
  const database = sharedDatabase(fixture)

  const failure = async (work: Parameters<Database['tx']>[0]) => {
    const db = await database()
    return db.tx(work).catch((error: unknown) => error)
  }

  test('name the table and the columns of a key that is taken', async () => {
    const error = await failure(async (tx) => {
      const room = { kind: 'public' as const, createdAt: 1, updatedAt: 1, teamId: 't', slug: 's' }
      await tx.db.insert(tx.tables.hbRoom).values({ ...room, roomId: 'r1' })
      await tx.db.insert(tx.tables.hbRoom).values({ ...room, roomId: 'r2' })
    })
    expect(isTaken(error, 'hb_room', 'team_id', 'slug')).toBe(true)
    expect(isTaken(error, 'hb_room', 'slug')).toBe(false)
    expect(isTaken(error, 'hb_team', 'team_id', 'slug')).toBe(false)
  })

  test('name the index over an expression', async () => {
    const error = await failure(async (tx) => {
      await tx.db.insert(tx.tables.user).values({ id: 'u1', email: 'Ann@example.com' })
      await tx.db.insert(tx.tables.user).values({ id: 'u2', email: 'ann@EXAMPLE.com' })
    })
    expect(isTaken(error, 'user', 'uq_user_email_lower')).toBe(true)
  })

  test('say that what a row refers to is missing', async () => {
    const error = await failure((tx) =>
      Promise.resolve(
        tx.db.insert(tx.tables.chatMessage).values({ id: 'm', chatId: 'no such chat', role: 'user' }),
      ),
    )
    expect(error).toBeInstanceOf(ForeignKeyViolation)
  })

  test('come from a forgotten parameter before anything runs', async () => {
    const db = await database()
    await expect(db.read.get(byKey, {} as { key: string })).rejects.toThrow('Parameter "key" is missing.')
  })

  test('come from writing through a reader', async () => {
    const db = await database()
    await expect(db.read.run(insert, { key: 'k', value: 1 })).rejects.toThrow('Only a unit of work writes')
    const bare = Promise.resolve(
      db.read.db.insert(db.read.tables.hbSetting).values({ key: 'k', value: 1, updatedAt: 1 }),
    )
    await expect(bare).rejects.toThrow()
  })
})
