// An open database on what `bothDialects` made: migrated, closed after the test file.
import { afterAll, beforeAll } from 'bun:test'
import { parseDatabaseUrl } from '../../src/config/database.ts'
import type { Database } from '../../src/db/conn.ts'
import { type OpenOptions, openDatabase } from '../../src/db/open.ts'
import type { DialectFixture } from './postgres.ts'

/** Opens a database of its own for each call; call it inside the suite, in a hook or a test. */
export async function openFixture(fixture: DialectFixture, options?: OpenOptions): Promise<Database> {
  return openUrl(await fixture.database(), options)
}

export function openUrl(url: string, options?: OpenOptions): Promise<Database> {
  const target = parseDatabaseUrl(url, '/')
  if (typeof target === 'string') throw new Error(`The address of a test database ${target}.`)
  return openDatabase(target, options)
}

/** Starting a PostgreSQL server of one's own takes a while on a busy machine. */
const OPEN_MS = 60_000

/** One database for all tests of a suite. */
export function sharedDatabase(fixture: DialectFixture, options?: OpenOptions): () => Promise<Database> {
  let opened: Promise<Database> | undefined
  const open = () => (opened ??= openFixture(fixture, options))
  beforeAll(async () => void (await open()), OPEN_MS)
  afterAll(async () => (await opened)?.close())
  return open
}
