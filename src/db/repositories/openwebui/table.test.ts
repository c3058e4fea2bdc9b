import { beforeAll, expect, test } from 'bun:test'
import { openFixture } from '../../../../test/support/database.ts'
import { bothDialects } from '../../../../test/support/postgres.ts'
import type { OpenwebuiTables } from '../../../core/chats/repositories.ts'
import type { Database } from '../../conn.ts'
import { repositoriesOf } from '../../store.ts'

bothDialects('rows of Open WebUI', (fixture) => {
  let database: Database
  let read: OpenwebuiTables
  const at = 1_700_000_000
  const chat = (id: string, title: string, pinned: boolean, folderId: string | null = null) => ({
    id,
    userId: 'u',
    title,
    chat: { messages: [title] },
    createdAt: at,
    updatedAt: at + title.length,
    archived: false,
    pinned,
    folderId,
  })

  beforeAll(async () => {
    database = await openFixture(fixture)
    read = repositoriesOf(database.read).openwebui
    await database.tx((tx) =>
      repositoriesOf(tx).openwebui.chats.insert([
        chat('1', 'a', true),
        chat('2', 'bb', false, 'f'),
        chat('3', 'ccc', false),
      ] as never),
    )
    return () => database.close()
  }, 60_000)

  const ids = async (query: Parameters<OpenwebuiTables['chats']['pick']>[1]) =>
    (await read.chats.pick(['id'], query)).map((row) => row.id)
  const newest = [['updatedAt', 'desc']] as const

  test('are found by conditions of each kind, and again with other values', async () => {
    for (const [pinned, expected] of [
      [true, ['1']],
      [false, ['3', '2']],
    ] as const)
      expect(await ids({ where: { userId: 'u', pinned }, order: newest })).toEqual([...expected])
    expect(await ids({ where: { folderId: null }, order: newest })).toEqual(['3', '1'])
    expect(await ids({ where: { folderId: { not: null } } })).toEqual(['2'])
    expect(await ids({ where: { id: { in: ['1', '3'] } }, order: newest })).toEqual(['3', '1'])
    expect(await ids({ where: { id: { in: ['2', '9'] } }, order: newest })).toEqual(['2'])
    expect(await ids({ where: { id: { in: [] } } })).toEqual([])
    for (const length of [3, 5, 64, 65]) {
      const list = Array.from({ length }, (_, n) => `${n + 1}`)
      expect(await ids({ where: { id: { in: list } }, order: newest })).toEqual(['3', '2', '1'])
    }
    expect(await ids({ where: { updatedAt: { gt: at + 1 } }, order: newest })).toEqual(['3', '2'])
    expect(await ids({ where: { updatedAt: { lt: at + 3 } }, order: newest })).toEqual(['2', '1'])
    expect(await ids({ where: { userId: undefined, id: '2' } })).toEqual(['2'])
    expect(await ids({ where: { any: [{ id: '1' }, { title: 'bb' }] }, order: newest })).toEqual(['2', '1'])
  })

  test('come page by page, whatever the page', async () => {
    for (const [limit, offset, expected] of [
      [2, 0, ['3', '2']],
      [2, 2, ['1']],
      [1, 1, ['2']],
      [5, 3, []],
    ] as const)
      expect(await ids({ order: newest, limit, offset })).toEqual([...expected])
  })

  test('keep the types of their columns', async () => {
    expect(await read.chats.get({ id: '2' })).toMatchObject({
      title: 'bb',
      pinned: false,
      folderId: 'f',
      updatedAt: at + 2,
      chat: { messages: ['bb'] },
    })
    expect(await read.chats.get({ id: 'none' })).toBeNull()
    await expect(read.chats.find({ where: { nothing: 1 } as never })).rejects.toThrow('no column')
  })

  test('are inserted, replaced and changed, with nulls and without', async () => {
    const write = <T>(work: (tables: OpenwebuiTables) => Promise<T>) =>
      database.tx((tx) => work(repositoriesOf(tx).openwebui))
    const few = [chat('4', 'four', false), { ...chat('5', 'five', false), shareId: 'share-5' }]
    await write((tables) => tables.chats.insert(few as never))
    const many = Array.from({ length: 7 }, (_, n) => chat(`many-${n}`, 'many', false, 'm'))
    await write((tables) => tables.chats.insert(many as never))
    expect(await read.chats.get({ id: '5' })).toMatchObject({ shareId: 'share-5', folderId: null })
    expect(await ids({ where: { folderId: 'm' } })).toHaveLength(7)

    for (const title of ['once', 'twice']) {
      const changed = await write((tables) =>
        tables.chats.update({ id: '4', userId: 'u' }, { title, shareId: undefined as never, folderId: null }),
      )
      expect(changed).toBe(1)
      expect(await read.chats.get({ id: '4' })).toMatchObject({ title, shareId: null, updatedAt: at + 4 })
    }
    expect(await write((tables) => tables.chats.update({ id: '4', userId: 'other' }, { title: 'no' }))).toBe(
      0,
    )
    expect(await write((tables) => tables.chats.update({ id: '4' }, {}))).toBe(0)
    const both = await write((tables) => tables.chats.update({ id: { in: ['4', '5'] } }, { pinned: true }))
    expect(both).toBe(2)
    await expect(
      write((tables) => tables.chats.update({ nothing: 1 } as never, { title: 'x' })),
    ).rejects.toThrow('no column')

    for (const value of [{ on: true }, null, [1, 2], 'text'])
      await write((tables) => tables.config.put({ key: 'a.key', value, updatedAt: at }))
    expect(await read.config.get({ key: 'a.key' })).toMatchObject({ value: 'text', updatedAt: at })
    await write((tables) => tables.config.put({ key: 'a.key', value: null, updatedAt: at + 1 }))
    expect(await read.config.get({ key: 'a.key' })).toMatchObject({ value: null, updatedAt: at + 1 })
    // Other tests look at all rows.
    const made = ['4', '5', ...many.map(({ id }) => id)]
    expect(await write((tables) => tables.chats.remove({ id: { in: made } }))).toBe(made.length)
  })
})
