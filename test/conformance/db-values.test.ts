// Goal: what is written comes back the same on both dialects, to the last nanosecond and the last blank, and what
// Python wrote is read as it meant it.
import { expect, test } from 'bun:test'
import { eq, sql } from 'drizzle-orm'
import { JSON_NULL } from '../../src/db/columns/json.ts'
import { type Placeholders, stmt } from '../../src/db/conn.ts'
import { sharedDatabase } from '../support/database.ts'
import { bothDialects } from '../support/postgres.ts'

type Message = { id: string; at: bigint | null; data: unknown; pinned: boolean; content: string | null }

const insertMessage = stmt('test.insertMessage', (db, t, p: Placeholders<Message>) =>
  db.insert(t.message).values({
    id: p('id'),
    createdAt: p('at'),
    data: p('data'),
    isPinned: p('pinned'),
    content: p('content'),
  }),
)
const messageById = stmt('test.messageById', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.message)
    .where(eq(t.message.id, p('id')))
    .limit(1),
)
const withReaction = stmt('test.withReaction', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.message)
    .leftJoin(t.messageReaction, eq(t.messageReaction.messageId, t.message.id))
    .where(eq(t.message.id, p('id'))),
)

let made = 0
const message = (over: Partial<Message> = {}): Message => ({
  id: `value-${++made}`,
  at: 1n,
  data: null,
  pinned: false,
  content: null,
  ...over,
})

/** What JSON text lies in the database, whatever type the column gives it. */
const rawData = (id: string) =>
  sql<{ text: string }>`select cast(data as text) as text from message where id = ${id}`

bothDialects('values', (fixture) => {
  const database = sharedDatabase(fixture)

  const roundTrip = async (over: Partial<Message>) => {
    const db = await database()
    const row = message(over)
    await db.tx((tx) => tx.run(insertMessage, row))
    const read = await db.read.get(messageById, { id: row.id })
    if (!read) throw new Error('The message is gone.')
    const { text } = (await db.read.sql.get<{ text: string | null }>(rawData(row.id))) ?? { text: null }
    return { read, text, row }
  }

  test.each([1_795_226_390_396_549_567n, 9_223_372_036_854_775_807n, 0n, -1n])(
    'keep %p nanoseconds to the last digit',
    async (at) => {
      const { read } = await roundTrip({ at })
      expect(read.createdAt).toBe(at)
    },
  )

  test('keep null apart from zero and false', async () => {
    const { read } = await roundTrip({ at: null })
    expect(read.createdAt).toBeNull()
    expect(read.isPinned).toBe(false)
    expect(read.content).toBeNull()
    const db = await database()
    await db.tx(async (tx) => {
      const { channel } = tx.tables
      await tx.db.insert(channel).values({ id: `c${read.id}`, isPrivate: null })
      const [row] = await tx.db
        .select()
        .from(channel)
        .where(eq(channel.id, `c${read.id}`))
      expect(row?.isPrivate).toBeNull()
    })
  })

  test('keep true', async () => {
    const { read } = await roundTrip({ pinned: true })
    expect(read.isPinned).toBe(true)
  })

  test.each<[string, unknown, string]>([
    ['an object', { b: 1, a: [true, null, 0.5] }, '{"b":1,"a":[true,null,0.5]}'],
    ['keys we do not know, in their order', { z: { y: 1 }, x: 'w' }, '{"z":{"y":1},"x":"w"}'],
    ['a whole number', 40, '40'],
    ['a fraction', 0.5, '0.5'],
    ['a text', 'hello', '"hello"'],
    ['a text of digits', '007', '"007"'],
    ['an empty text', '', '""'],
    ['a text that looks like JSON', '{"a":1}', '"{\\"a\\":1}"'],
    ['true', true, 'true'],
    ['a list', [], '[]'],
    ['other scripts, raw', { 語: 'テキスト 😀 é' }, '{"語":"テキスト 😀 é"}'],
    ['quotes and line ends', 'a"b\\c\n', '"a\\"b\\\\c\\n"'],
  ])('keep %s in a JSON column', async (_what, data, text) => {
    const stored = await roundTrip({ data })
    expect(stored.read.data).toEqual(data)
    expect(stored.text).toBe(text)
    if (data !== null && typeof data === 'object')
      expect(Object.keys(stored.read.data as object)).toEqual(Object.keys(data))
  })

  test('write SQL NULL for null and the text null when asked; both read as null', async () => {
    const plain = await roundTrip({ data: null })
    expect([plain.text, plain.read.data]).toEqual([null, null])
    const none = await roundTrip({ data: JSON_NULL })
    expect([none.text, none.read.data]).toEqual(['null', null])
  })

  test('strip U+0000 from text, and keep everything else of it', async () => {
    const { read } = await roundTrip({ content: 'a\0b 😀\r\n\t"\'\\ 語' })
    expect(read.content).toBe('ab 😀\r\n\t"\'\\ 語')
  })

  test('keep a million characters', async () => {
    const content = 'é語'.repeat(500_000)
    const { read } = await roundTrip({ content })
    expect(read.content).toBe(content)
  })

  test('are the same through a query built at run time', async () => {
    const db = await database()
    const row = message({ at: 1_795_226_390_396_549_567n, data: { n: 1 }, pinned: true, content: 'x' })
    const { message: t } = db.read.tables
    await db.tx(async (tx) => {
      const { changes } = await tx.db.insert(t).values({
        id: row.id,
        createdAt: row.at,
        data: row.data,
        isPinned: row.pinned,
        content: row.content,
      })
      expect(changes).toBe(1)
    })
    expect(await db.read.db.select().from(t).where(eq(t.id, row.id))).toEqual([
      expect.objectContaining({ createdAt: row.at, data: row.data, isPinned: true, content: 'x' }),
    ])
    expect(await db.read.db.$count(t, eq(t.id, row.id))).toBe(1)
  })

  test('come as number from an expression when they fit, else as bigint', async () => {
    const db = await database()
    const { row } = await roundTrip({ at: 1_795_226_390_396_549_567n })
    const raw = sql`select count(*) as n, max(created_at) as at from message where id = ${row.id}`
    expect(await db.read.sql.get<{ n: number; at: bigint }>(raw)).toEqual({
      n: 1,
      at: 1_795_226_390_396_549_567n,
    })
    const { message: t } = db.read.tables
    const [typed] = await db.read.db
      .select({ n: sql<number>`count(*)`, at: sql<bigint>`max(${t.createdAt})`.mapWith(t.createdAt) })
      .from(t)
      .where(eq(t.id, row.id))
    expect(typed).toEqual({ n: 1, at: 1_795_226_390_396_549_567n })
  })

  test('of a left join are null where nothing was found, else an object', async () => {
    const db = await database()
    const { row } = await roundTrip({})
    expect(await db.read.all(withReaction, { id: row.id })).toEqual([
      expect.objectContaining({ message: expect.objectContaining({ id: row.id }), message_reaction: null }),
    ])
    await db.tx((tx) =>
      Promise.resolve(
        tx.db
          .insert(tx.tables.messageReaction)
          .values({ id: `r${row.id}`, userId: 'u', messageId: row.id, name: '+1', createdAt: 5n }),
      ),
    )
    expect(await db.read.all(withReaction, { id: row.id })).toEqual([
      expect.objectContaining({ message_reaction: expect.objectContaining({ name: '+1', createdAt: 5n }) }),
    ])
  })

  test('have their defaults, whichever way they were inserted', async () => {
    const db = await database()
    await db.tx(async (tx) => {
      const { hbMessage } = tx.tables
      const row = {
        roomId: 'r',
        senderId: 's',
        ordinal: 1,
        rootOrdinal: 1,
        hash: 'h',
        createdAt: 1,
        updatedAt: 2,
      }
      const [first] = await tx.db
        .insert(hbMessage)
        .values({ ...row, messageId: 'd1' })
        .returning()
      await tx.sql.run(sql`insert into hb_message
        (message_id, room_id, sender_id, ordinal, root_ordinal, hash, created_at, updated_at)
        values ('d2', 'r', 's', 2, 2, 'h', 1, 2)`)
      const [second] = await tx.db.select().from(hbMessage).where(eq(hbMessage.messageId, 'd2'))
      expect(first).toMatchObject({
        kind: 'user',
        mentions: [],
        props: {},
        ai: null,
        replyCount: 0,
        clientId: null,
      })
      expect(second).toMatchObject({ kind: 'user', mentions: [], props: {}, ai: null, replyCount: 0 })
      expect(second?.seq).toBe((first?.seq ?? 0) + 1)
    })
  })

  test('of dates and fractions', async () => {
    const db = await database()
    await db.tx(async (tx) => {
      const { hbUsage, user } = tx.tables
      await tx.db.insert(user).values({ id: 'dated', dateOfBirth: '1999-12-31', lastActiveAt: 1_795_226_390 })
      const [person] = await tx.db.select().from(user).where(eq(user.id, 'dated'))
      expect(person).toMatchObject({ dateOfBirth: '1999-12-31', lastActiveAt: 1_795_226_390 })
      const usage = { day: '2026-01-01', roomId: 'r', userId: 'u', model: 'm' }
      await tx.db.insert(hbUsage).values({ ...usage, costUsd: 0.000125 })
      const [spent] = await tx.db.select().from(hbUsage).where(eq(hbUsage.roomId, 'r'))
      expect(spent?.costUsd).toBe(0.000125)
    })
  })
})
