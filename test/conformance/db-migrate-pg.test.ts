// Goal: a PostgreSQL database is refused untouched, or migrated once however many nodes start at the same time.
import { afterAll, expect, test } from 'bun:test'
import postgres from 'postgres'
import { pgMigrations } from '../../src/db/migrations/generated.ts'
import { DatabaseRefused } from '../../src/db/migrations/plan.ts'
import { openDatabase, planDatabase } from '../../src/db/open.ts'
import { connectPostgres } from '../../src/db/pg/client.ts'
import { ensureTrigram, migratePostgres } from '../../src/db/pg/migrate.ts'
import { createPostgresDatabase, type TestDatabase } from '../support/postgres.ts'

const databases: TestDatabase[] = []
afterAll(async () => {
  for (const database of databases) await database.drop()
})

async function newDatabase(...statements: string[]): Promise<string> {
  const database = await createPostgresDatabase()
  databases.push(database)
  await run(database.url, ...statements)
  return database.url
}

async function run(url: string, ...statements: string[]): Promise<unknown[]> {
  const client = postgres(url, { max: 1, onnotice: () => {} })
  try {
    let rows: unknown[] = []
    for (const statement of statements) rows = [...(await client.unsafe(statement))]
    return rows
  } finally {
    await client.end()
  }
}

const target = (url: string) => ({ dialect: 'postgres' as const, url })
const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('It did not fail.')
    },
    (error: unknown) => error as Error,
  )

test('nodes that start at once on an empty database migrate it once', async () => {
  const url = await newDatabase()
  expect((await planDatabase(target(url))).createsTables).toBe(true)
  const nodes = await Promise.all([1, 2, 3].map(() => openDatabase(target(url))))
  for (const node of nodes) expect(await node.read.db.$count(node.read.tables.user)).toBe(0)
  await Promise.all(nodes.map((node) => node.close()))
  expect(await planDatabase(target(url))).toEqual({ createsTables: false, migrations: [] })
  expect(
    await run(url, "SELECT indexname FROM pg_indexes WHERE indexname = 'hb_message_text_trigram'"),
  ).toHaveLength(1)
})

test.each<[string, string[], RegExp]>([
  [
    'an older or unknown revision',
    [
      'CREATE TABLE alembic_version (version_num text)',
      "INSERT INTO alembic_version VALUES ('7e5b5dc7342b')",
    ],
    /revision 7e5b5dc7342b.*start Open WebUI 0\.12\.4/,
  ],
  ['the database of another program', ['CREATE TABLE rooms (id text)'], /another program \(rooms\)/],
])('refuses %s and leaves it alone', async (_what, statements, message) => {
  const url = await newDatabase(...statements)
  const tables = 'SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()'
  const before = await run(url, tables)
  const error = await failureOf(openDatabase(target(url)))
  expect(error).toBeInstanceOf(DatabaseRefused)
  expect(error.message).toMatch(message)
  expect(await run(url, tables)).toEqual(before)
})

test('undoes all of a run in which one migration fails', async () => {
  const url = await newDatabase()
  const client = connectPostgres(url, { name: 'test' })
  const broken = [...pgMigrations, { name: '9000_later', sql: 'NONSENSE;' }]
  const error = await failureOf(migratePostgres(client, 1, broken))
  await client.end()
  expect(error.message).toContain('Migration 9000_later failed')
  expect((await planDatabase(target(url))).createsTables).toBe(true)
})

test('says what to do when the trigram extension is not permitted, and opens all the same', async () => {
  const url = await newDatabase()
  const owner = `plain_${Bun.randomUUIDv7().replaceAll('-', '')}`
  await run(
    url,
    `CREATE ROLE ${owner} LOGIN PASSWORD 'x'`,
    `GRANT CREATE, USAGE ON SCHEMA public TO ${owner}`,
  )
  const asOwner = new URL(url)
  asOwner.username = owner
  asOwner.password = 'x'
  const notes: string[] = []
  const db = await openDatabase(target(asOwner.href), { note: (text) => notes.push(text) })
  expect(await db.read.db.$count(db.read.tables.user)).toBe(0)
  await db.close()
  expect(notes).toEqual([expect.stringContaining('CREATE EXTENSION pg_trgm')])
  await run(url, 'CREATE EXTENSION pg_trgm')
  const client = connectPostgres(asOwner.href, { name: 'test' })
  expect(await ensureTrigram(client)).toBeNull()
  await client.end()
  await run(url, `DROP OWNED BY ${owner}`, `DROP ROLE ${owner}`)
})
