// A database as Open WebUI's Python server left it, from test/fixtures/openwebui-used.sql.
import { Database as Sqlite } from 'bun:sqlite'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const DUMP = join(import.meta.dir, '..', 'fixtures', 'openwebui-used.sql')

/** Writes it to a new file. */
export function createOpenWebuiDatabase(path: string): void {
  const raw = new Sqlite(path, { create: true, readwrite: true })
  raw.run('PRAGMA journal_mode = WAL')
  raw.exec(readFileSync(DUMP, 'utf8'))
  raw.close()
}

/** Open WebUI's tables and indexes in a file: name to DDL. */
export function openWebuiObjects(path: string): Map<string, string> {
  const raw = new Sqlite(path, { readonly: true })
  const rows = raw
    .prepare(
      "SELECT type || ' ' || name AS name, sql FROM sqlite_master WHERE name NOT LIKE 'hb\\_%' ESCAPE '\\' AND tbl_name NOT LIKE 'hb\\_%' ESCAPE '\\' AND name <> 'sqlite_stat1' AND name <> 'sqlite_sequence' AND name <> 'sqlite_stat4' ORDER BY name",
    )
    .all() as { name: string; sql: string | null }[]
  raw.close()
  return new Map(rows.map(({ name, sql }) => [name, sql ?? '']))
}

/** Rows of each of Open WebUI's tables. */
export function rowCounts(path: string): Record<string, number> {
  const raw = new Sqlite(path, { readonly: true })
  const tables = [...openWebuiObjects(path).keys()].filter((name) => name.startsWith('table '))
  const counts = tables.map((table) => {
    const name = table.slice('table '.length)
    return [name, (raw.prepare(`SELECT count(*) AS n FROM "${name}"`).get() as { n: number }).n]
  })
  raw.close()
  return Object.fromEntries(counts)
}
