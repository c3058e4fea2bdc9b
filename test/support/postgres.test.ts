import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import postgres from 'postgres'
import { bothDialects, type DialectFixture } from './postgres.ts'

/** The tables of a database after making one called `mark`. */
async function markAndCount({ dialect }: DialectFixture, url: string): Promise<number> {
  if (dialect === 'sqlite') {
    using db = new Database(url.slice('sqlite:'.length))
    db.run('CREATE TABLE mark (id integer)')
    return db.query("SELECT name FROM sqlite_master WHERE type = 'table'").all().length
  }
  const sql = postgres(url, { max: 1 })
  await sql`CREATE TABLE mark (id integer)`
  const tables = await sql`SELECT tablename FROM pg_tables WHERE schemaname = 'public'`
  await sql.end()
  return tables.length
}

bothDialects('databases for tests', (fixture) => {
  test('each is empty and its own', async () => {
    const urls = await Promise.all([fixture.database(), fixture.database()])
    for (const url of urls) expect(await markAndCount(fixture, url)).toBe(1)
  })
})
