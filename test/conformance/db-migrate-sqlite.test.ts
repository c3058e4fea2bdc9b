// Goal: a SQLite file is refused untouched, or opened with nothing lost; a migration that fails leaves what was there.
import { afterAll, describe, expect, test } from 'bun:test'
import { Database as Sqlite } from 'bun:sqlite'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { backupsOf } from '../../src/db/backup.ts'
import { sqliteMigrations } from '../../src/db/migrations/generated.ts'
import type { Migration } from '../../src/db/migrations/migration.ts'
import { DatabaseRefused } from '../../src/db/migrations/plan.ts'
import { openDatabase, planDatabase } from '../../src/db/open.ts'
import { MigrationFailed, migrateFile } from '../../src/db/sqlite/migrate-file.ts'
import { createOpenWebuiDatabase, openWebuiObjects, rowCounts } from '../support/openwebui-database.ts'

const folder = mkdtempSync(join(tmpdir(), 'hubbub-migrate-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let made = 0
const newPath = () => join(folder, `db${++made}.db`)
const target = (path: string) => ({ dialect: 'sqlite' as const, path })
const noonMs = Date.UTC(2026, 10, 21, 12)

function run(path: string, ...statements: string[]): void {
  const raw = new Sqlite(path, { create: true, readwrite: true })
  for (const statement of statements) raw.exec(statement)
  raw.close()
}

async function failureOf(work: () => unknown): Promise<Error> {
  try {
    await work()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('It did not fail.')
}

async function openAndClose(path: string): Promise<void> {
  const db = await openDatabase(target(path))
  await db.close()
}

describe('a new file', () => {
  test('gets the very tables and indexes that Open WebUI makes, and ours beside them', async () => {
    const [ours, theirs] = [newPath(), newPath()]
    createOpenWebuiDatabase(theirs)
    await openAndClose(ours)
    const own = [...openWebuiObjects(ours)].filter(([name]) => !name.startsWith('index hb_owui_'))
    expect(own).toEqual([...openWebuiObjects(theirs)])
  })

  test('is not backed up, and needs nothing the next time', async () => {
    const path = newPath()
    expect((await planDatabase(target(path))).createsTables).toBe(true)
    await openAndClose(path)
    expect(await planDatabase(target(path))).toEqual({ createsTables: false, migrations: [] })
    const before = readFileSync(path)
    await openAndClose(path)
    expect(Buffer.compare(readFileSync(path), before)).toBe(0)
    expect(backupsOf(path)).toEqual([])
  })

  test('is one file again after closing', async () => {
    const path = newPath()
    await openAndClose(path)
    const beside = readdirSync(folder).filter((name) => name.startsWith(path.slice(folder.length + 1)))
    expect(beside.toSorted()).toEqual([`db${made}.db`, `db${made}.db.lock`])
  })
})

describe('a database of Open WebUI', () => {
  test('opens with every row it had, and a backup from before', async () => {
    const path = newPath()
    createOpenWebuiDatabase(path)
    const [objects, counts] = [openWebuiObjects(path), rowCounts(path)]
    const notes: string[] = []
    const db = await openDatabase(target(path), { now: () => noonMs, note: (text) => notes.push(text) })
    const { message, user } = db.read.tables
    const [post] = await db.read.db
      .select()
      .from(message)
      .where(eq(message.content, 'channel post one (edited text)'))
    expect(post?.createdAt).toBe(1_795_226_390_396_549_567n)
    expect(await db.read.db.$count(user)).toBe(2)
    await db.close()
    expect(rowCounts(path)).toEqual(counts)
    const after = [...openWebuiObjects(path)].filter(([name]) => !name.startsWith('index hb_owui_'))
    expect(after).toEqual([...objects])
    const [backup] = backupsOf(path)
    expect(backup).toBe(`${path}.2026-11-21T12-00-00-000Z.backup`)
    expect(notes).toEqual([expect.stringContaining(backup ?? 'no backup')])
    expect(rowCounts(backup ?? '')).toEqual(counts)
  })

  test('opens although it has rows that refer to nothing, as Open WebUI leaves them', async () => {
    const path = newPath()
    createOpenWebuiDatabase(path)
    run(path, "INSERT INTO chat_message (id, chat_id, role) VALUES ('orphan', 'gone', 'user')")
    await openAndClose(path)
    expect(rowCounts(path)['chat_message']).toBe(29)
  })

  test('is told apart without a write by `planDatabase`', async () => {
    const path = newPath()
    createOpenWebuiDatabase(path)
    const before = readFileSync(path)
    const plan = await planDatabase(target(path))
    expect(plan).toEqual({ createsTables: false, migrations: sqliteMigrations.map(({ name }) => name) })
    expect(Buffer.compare(readFileSync(path), before)).toBe(0)
  })
})

describe('is refused, untouched:', () => {
  test.each<[string, string[], RegExp]>([
    [
      'an older or unknown revision',
      [
        'CREATE TABLE alembic_version (version_num TEXT)',
        "INSERT INTO alembic_version VALUES ('7e5b5dc7342b')",
      ],
      /revision 7e5b5dc7342b.*start Open WebUI 0\.12\.4 on it once/,
    ],
    ['an Open WebUI from before revisions', ['CREATE TABLE auth (id)', 'CREATE TABLE chat (id)'], /too old/],
    ['a revision table without a row', ['CREATE TABLE alembic_version (version_num TEXT)'], /interrupted/],
    [
      'the database of another program',
      ['CREATE TABLE rooms (id)', 'CREATE TABLE people (id)'],
      /another program \(rooms, people\)/,
    ],
  ])('%s', async (_what, statements, message) => {
    const path = newPath()
    run(path, ...statements)
    const before = readFileSync(path)
    const error = await failureOf(() => openAndClose(path))
    expect(error).toBeInstanceOf(DatabaseRefused)
    expect(error.message).toMatch(message)
    expect(Buffer.compare(readFileSync(path), before)).toBe(0)
    expect(backupsOf(path)).toEqual([])
  })

  test('one that a later version has migrated', async () => {
    const path = newPath()
    await openAndClose(path)
    run(path, "INSERT INTO hb_migration VALUES ('9999_future', 'x', 1)")
    expect((await failureOf(() => openAndClose(path))).message).toContain(
      'later Hubbub has used this database (migration 9999_future)',
    )
  })

  test('one whose migrations are not ours', async () => {
    const path = newPath()
    await openAndClose(path)
    run(path, "UPDATE hb_migration SET checksum = 'x' WHERE name = '0000_hubbub'")
    expect((await failureOf(() => openAndClose(path))).message).toContain(
      'Migration 0000_hubbub is not the one that was applied',
    )
  })

  test('a file that is no database', async () => {
    const path = newPath()
    await Bun.write(path, 'this is not a database, but long enough to be looked at as one. '.repeat(20))
    expect((await failureOf(() => openAndClose(path))).message).toMatch(/not a database/)
  })
})

describe('a migration', () => {
  const later = (sql: string): readonly Migration[] => [...sqliteMigrations, { name: '9000_later', sql }]
  const migrate = (path: string, sql: string) =>
    failureOf(() => migrateFile(path, { nowMs: noonMs, migrations: later(sql) }))

  async function seeded(): Promise<string> {
    const path = newPath()
    await openAndClose(path)
    run(
      path,
      "INSERT INTO chat (id, title) VALUES ('c', 'kept')",
      "INSERT INTO chat_message (id, chat_id, role) VALUES ('m', 'c', 'user')",
      "INSERT INTO hb_setting (key, value, updated_at) VALUES ('k', '1', 1)",
    )
    return path
  }

  const titles = (path: string): unknown[] => {
    const raw = new Sqlite(path, { readonly: true })
    const rows = raw.prepare('SELECT title FROM chat').values()
    raw.close()
    return rows
  }

  test('that rebuilds a table keeps the rows that refer to it', async () => {
    const path = await seeded()
    const before = rowCounts(path)
    const rebuild = `CREATE TABLE chat_new AS SELECT * FROM chat;
--> statement-breakpoint
DROP TABLE chat;
--> statement-breakpoint
CREATE TABLE chat (id VARCHAR NOT NULL PRIMARY KEY, title TEXT);
--> statement-breakpoint
INSERT INTO chat (id, title) SELECT id, title FROM chat_new;
--> statement-breakpoint
DROP TABLE chat_new;`
    migrateFile(path, { nowMs: noonMs, migrations: later(rebuild) })
    expect(rowCounts(path)).toEqual(before)
    expect(backupsOf(path)).toHaveLength(1)
  })

  test('that fails in its middle leaves the database as it was', async () => {
    const path = await seeded()
    const error = await migrate(path, "UPDATE chat SET title = 'lost';\n--> statement-breakpoint\nNONSENSE;")
    expect(error).toBeInstanceOf(MigrationFailed)
    expect(error.message).toContain('Migration 9000_later failed: near "NONSENSE"')
    expect(error.message).toContain('as it was before; its backup is')
    expect(titles(path)).toEqual([['kept']])
    await openAndClose(path)
  })

  test('that leaves rows which refer to nothing is undone', async () => {
    const path = await seeded()
    const error = await migrate(path, 'DELETE FROM chat;')
    expect(error.message).toContain('left 1 rows that refer to nothing')
    expect(titles(path)).toEqual([['kept']])
  })

  test('that commits half of its work is undone from the backup', async () => {
    const path = await seeded()
    const error = await migrate(
      path,
      "UPDATE chat SET title = 'lost'; COMMIT;\n--> statement-breakpoint\nNONSENSE;",
    )
    expect(error.message).toContain('was put back from')
    expect(titles(path)).toEqual([['kept']])
    expect(titles(`${path}.before-restore`)).toEqual([['lost']])
    await openAndClose(path)
  })
})
