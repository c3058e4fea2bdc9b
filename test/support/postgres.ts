// A fresh database for a test file, and suites that run on both dialects.
import { afterAll, describe } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { startPostgres } from './postgres-cluster.ts'

export interface TestDatabase {
  readonly url: string
  drop(): Promise<void>
}

let ownCluster: Promise<string> | undefined

/** The server that test/run.ts started, or one for this process when a test is run alone. */
function serverUrl(): Promise<string> {
  const shared = process.env['TEST_POSTGRES_URL']
  if (shared !== undefined && shared !== '') return Promise.resolve(shared)
  ownCluster ??= startPostgres().then(({ url }) => url)
  return ownCluster
}

/** An empty PostgreSQL database that nobody else uses. */
export async function createPostgresDatabase(): Promise<TestDatabase> {
  const server = await serverUrl()
  const name = `test_${Bun.randomUUIDv7().replaceAll('-', '')}`
  // template0 and not the default: nobody can be connected to it, so that databases can be made at the same time.
  await asSuperuser(server, `CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => asSuperuser(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) }
}

async function asSuperuser(server: string, statement: string): Promise<void> {
  const sql = postgres(server, { max: 1, onnotice: () => {} })
  try {
    await sql.unsafe(statement)
  } finally {
    await sql.end()
  }
}

/** An empty SQLite file in a folder of its own. */
export function createSqliteDatabase(): TestDatabase {
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-sqlite-'))
  return {
    url: `sqlite:${join(dir, 'test.db')}`,
    drop: () => Promise.resolve(rmSync(dir, { recursive: true, force: true })),
  }
}

export interface DialectFixture {
  readonly dialect: 'sqlite' | 'postgres'
  /** URL of a new empty database, dropped after the suite. Close what you open on it yourself. */
  database(): Promise<string>
}

/** Describes one suite twice, on SQLite and on PostgreSQL. */
export function bothDialects(name: string, suite: (fixture: DialectFixture) => void): void {
  for (const dialect of ['sqlite', 'postgres'] as const) {
    describe(`${name} (${dialect})`, () => {
      const made: TestDatabase[] = []
      suite({
        dialect,
        async database() {
          const database = dialect === 'sqlite' ? createSqliteDatabase() : await createPostgresDatabase()
          made.push(database)
          return database.url
        },
      })
      afterAll(async () => {
        for (const database of made) await database.drop()
      })
    })
  }
}
