// Goal: a message is found by its hash at any moment, though the index is written behind the posts; also after an
// upgrade, and not after it is gone. And what is asked of threads is answered from their indexes.
import { Database as Sqlite } from 'bun:sqlite'
import { afterAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'drizzle-orm'
import type { Database } from '../../src/db/conn.ts'
import { pgMigrations, sqliteMigrations } from '../../src/db/migrations/generated.ts'
import { openDatabase } from '../../src/db/open.ts'
import { messageRepository } from '../../src/db/repositories/rooms/messages.ts'
import { migrateFile } from '../../src/db/sqlite/migrate-file.ts'
import { openFixture } from '../support/database.ts'
import { bothDialects } from '../support/postgres.ts'
import { roomsCore } from '../support/rooms-core.ts'

const migration = '0006_post_indexes'

async function indexed(database: Database): Promise<{ prefix: number; seq: number }[]> {
  const rows = await database.read.sql.all<{ prefix: number; seq: number }>(
    sql`select prefix, seq from hb_message_by_hash order by seq`,
  )
  return rows.map(({ prefix, seq }) => ({ prefix: Number(prefix), seq: Number(seq) }))
}

const entryOf = ({ seq, hash }: { seq: number; hash: string }) => ({
  prefix: Number(`0x${hash.slice(0, 11)}`),
  seq,
})

bothDialects('messages by hash', (fixture) => {
  async function posted(count: number) {
    const server = await roomsCore({ database: await openFixture(fixture) })
    const owner = await server.person()
    const room = await server.core.rooms.create(owner, { kind: 'public', name: 'Chain' })
    for (let n = 0; n < count; n++)
      await server.core.messages.post(owner, room.id, { content: `walrus ${n}` })
    const { items } = await server.core.messages.history(owner, room.id, { limit: 100 })
    const find = async (hash: string) => (await server.core.messages.byHash(owner, hash)).id
    const feed = () => server.core.messages.search(owner, { q: 'walrus' })
    return { server, owner, room, items, find, feed }
  }

  test('are found before the index has them, and when it has', async () => {
    const { server, items, find, feed } = await posted(5)
    await using _ = server
    expect(await indexed(server.database)).toEqual([])
    for (const message of items) expect(await find(message.hash)).toBe(message.id)
    await feed()
    expect(await indexed(server.database)).toEqual(items.map(entryOf))
    // Nothing but the index may lead there now, also on PostgreSQL, which looks at the newest once more.
    await server.database.tx((tx) => tx.sql.run(sql`update hb_index_state set value = 100000`))
    for (const message of items) expect(await find(message.hash)).toBe(message.id)
  })

  test('are told apart when their hashes begin alike', async () => {
    const { server, items, find, feed } = await posted(2)
    await using _ = server
    const [first, second] = items
    const alike = second!.hash.slice(0, 60) + (second!.hash.endsWith('0000') ? 'ffff' : '0000')
    await server.database.tx((tx) =>
      tx.sql.run(sql`update hb_message set hash = ${alike} where message_id = ${first!.id}`),
    )
    await feed()
    expect(await find(alike)).toBe(first!.id)
    expect(await find(second!.hash)).toBe(second!.id)
    await expect(find(`${alike.slice(0, 60)}1111`)).rejects.toThrow()
  })

  test('are out of the index when their room was cleared', async () => {
    const { server, owner, room, items, find, feed } = await posted(3)
    await using _ = server
    await feed()
    await server.core.rooms.clear(owner, room.id)
    expect((await indexed(server.database)).filter(({ seq }) => seq <= items.at(-1)!.seq)).toEqual([])
    await expect(find(items[0]!.hash)).rejects.toThrow()
  })

  test('that were there before the upgrade are indexed by it as they would be after it', async () => {
    const { server, items, feed } = await posted(40)
    await using _ = server
    await feed()
    const before = await indexed(server.database)
    expect(before).toHaveLength(items.length)
    const list = server.database.dialect === 'pg' ? pgMigrations : sqliteMigrations
    const text = list.find(({ name }) => name === migration)?.sql ?? ''
    const fill = text.split('--> statement-breakpoint').at(-1) ?? ''
    await server.database.tx(async (tx) => {
      await tx.sql.run(sql`delete from hb_message_by_hash`)
      await tx.sql.run(sql.raw(fill))
    })
    expect(await indexed(server.database)).toEqual(before)
  })
})

describe('a SQLite file from before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hubbub-hashes-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is upgraded with its messages, which are found', async () => {
    const path = join(folder, 'old.db')
    const at = sqliteMigrations.findIndex(({ name }) => name === migration)
    migrateFile(path, { nowMs: 1, migrations: sqliteMigrations.slice(0, at) })
    const hash = 'fedcba98765'.padEnd(64, '4')
    const raw = new Sqlite(path)
    raw.exec(`insert into channel (id, name, user_id, created_at, updated_at) values ('r', 'r', 'u', 1, 1);
      insert into message (id, user_id, channel_id, content, created_at, updated_at, is_pinned) values ('m', 'u', 'r', 'old', 1, 1, 0);
      insert into hb_message (message_id, room_id, sender_id, ordinal, root_ordinal, hash, created_at, updated_at)
        values ('m', 'r', 'u', 1, 1, '${hash}', 1, 1);
      insert into hb_index_state (name, value) values ('message_fts', 1)`)
    raw.close()
    const database = await openDatabase({ dialect: 'sqlite', path })
    expect(await indexed(database)).toEqual([{ prefix: 0xfedcba98765, seq: 1 }])
    const found = await messageRepository(database.read).byHash(hash)
    expect(found.map(({ id, content }) => [id, content])).toEqual([['m', 'old']])
    await database.close()
  })

  test.each([
    ['hb_owui_message_parent', "select id from message where parent_id = 'x' order by created_at, id"],
    ['hb_message_thread_seq', "select count(*) from hb_message where thread_id = 'x' and deleted_at is null"],
    [
      'hb_message_thread_seq',
      "select count(*) from hb_message where message_id in ('x', 'y') or thread_id in ('x', 'y')",
    ],
  ])('%s serves %s', async (index, query) => {
    const database = await openDatabase({ dialect: 'sqlite', path: join(folder, 'plans.db') })
    const plan = await database.read.sql.all<{ detail: string }>(sql.raw(`explain query plan ${query}`))
    await database.close()
    expect(plan.map(({ detail }) => detail).join('\n')).toContain(index)
  })
})
