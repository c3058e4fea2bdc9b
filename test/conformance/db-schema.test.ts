// Goal: the tables that we define, generate and create are the same thing, on both dialects, and Open WebUI's are exactly
// those of its own server.
import { describe, expect, test } from 'bun:test'
import { getTableColumns, getTableName, sql } from 'drizzle-orm'
import {
  generateDrizzleJson,
  generateMigration,
  generateSQLiteDrizzleJson,
  generateSQLiteMigration,
} from 'drizzle-kit/api'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { migrationsModule } from '../../scripts/generate-migrations.ts'
import { openWebuiDdl } from '../../src/db/ddl/index.ts'
import { pgHubbub, pgTables, sqliteHubbub, sqliteTables } from '../../src/db/schema/index.ts'
import * as kitPg from '../../src/db/schema/kit.pg.ts'
import * as kitSqlite from '../../src/db/schema/kit.sqlite.ts'
import { exactTimes, sameBuilders, sameReads, sameWrites } from '../../src/db/schema/proof.ts'
import { sharedDatabase } from '../support/database.ts'
import { bothDialects } from '../support/postgres.ts'

const root = join(import.meta.dir, '..', '..')
const contracts = join(root, '..', 'shared', 'contracts')

interface CatalogueColumn {
  table: string
  name: string
  type: string
  required: boolean
}

const CATALOGUE = {
  sqlite: sql<CatalogueColumn>`select m.name as "table", c.name as name, lower(c.type) as type, c."notnull" <> 0 or c.pk > 0 as required
    from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`,
  pg: sql<CatalogueColumn>`select table_name as "table", column_name as name, data_type as type, is_nullable = 'NO' as required
    from information_schema.columns where table_schema = current_schema()`,
}

/** What a column of ours may be declared as, by the name of its Drizzle type. */
const DECLARED: Record<string, RegExp> = {
  text: /^(text|varchar(\(\d+\))?|date|datetime|character varying)$/,
  integer: /^(integer|bigint|boolean)$/,
  bigint: /^(bigint|integer)$/,
  bigserial: /^bigint$/,
  boolean: /^boolean$/,
  json: /^json$/,
  real: /^real$/,
  blob: /^blob$/,
  bytea: /^bytea$/,
  'double precision': /^double precision$/,
  date: /^date$/,
  timestamp: /^timestamp without time zone$/,
}

bothDialects('the definition of each table', (fixture) => {
  const database = sharedDatabase(fixture)

  test('has just the columns that the database has, required where they are', async () => {
    const db = await database()
    const found = await db.read.sql.all<CatalogueColumn>(CATALOGUE[db.dialect])
    for (const table of Object.values(db.dialect === 'pg' ? pgTables : sqliteTables)) {
      const name = getTableName(table)
      const there = new Map(
        found.filter((column) => column.table === name).map((column) => [column.name, column]),
      )
      const columns = Object.values(getTableColumns(table))
      expect([name, ...columns.map((column) => String(column.name))].toSorted()).toEqual(
        [name, ...there.keys()].toSorted(),
      )
      for (const column of columns) {
        const real = there.get(column.name)
        const label = `${name}.${column.name}`
        expect([label, Boolean(real?.required)]).toEqual([label, column.notNull || column.primary])
        expect([label, real?.type]).toEqual([
          label,
          expect.stringMatching(DECLARED[column.getSQLType().toLowerCase()] ?? /$never/),
        ])
      }
    }
  })
})

describe('what is generated and checked in', () => {
  test('is what the definitions give: no migration is missing', async () => {
    const sqlite = await generateSQLiteMigration(
      latest('sqlite') as never,
      (await generateSQLiteDrizzleJson({ ...kitSqlite })) as never,
    )
    const pg = await generateMigration(latest('pg') as never, generateDrizzleJson({ ...kitPg }) as never)
    expect({ sqlite, pg }).toEqual({ sqlite: [], pg: [] })
  })

  test('embeds every migration', async () => {
    expect(await Bun.file(join(root, 'src/db/migrations/generated.ts')).text()).toBe(await migrationsModule())
  })

  test('hands drizzle-kit all of our tables and no others', () => {
    expect(Object.keys(kitSqlite).toSorted()).toEqual(Object.keys(sqliteHubbub).toSorted())
    expect(Object.keys(kitPg).toSorted()).toEqual(Object.keys(pgHubbub).toSorted())
  })

  test('has the same migrations for both dialects', () => {
    const names = (dialect: string) =>
      readdirSync(join(root, 'drizzle', dialect)).filter((name) => name.endsWith('.sql'))
    expect(names('pg').toSorted()).toEqual(names('sqlite').toSorted())
  })

  test('is typed the same on both dialects', () => {
    expect([sameBuilders, sameReads, sameWrites, exactTimes]).toEqual([true, true, true, true])
  })

  function latest(dialect: string): unknown {
    const folder = join(root, 'drizzle', dialect, 'meta')
    const last = readdirSync(folder)
      .filter((name) => name.endsWith('_snapshot.json'))
      .toSorted()
      .at(-1)
    return JSON.parse(readFileSync(join(folder, last ?? ''), 'utf8'))
  }
})

// The contracts lie beside the project where it is developed, and nowhere else.
const contract = (name: string) => Bun.file(join(contracts, name))
const hasContracts = await contract('openwebui-schema.sql').exists()

describe.if(hasContracts)('the DDL of Open WebUI', () => {
  /** Statements, without comments and blanks around them. */
  const statements = (text: string) =>
    text
      .split('\n')
      .filter((line) => !line.startsWith('--'))
      .join('\n')
      .split(/;\n/)
      .map((statement) => statement.trim())
      .filter((statement) => statement !== '')

  test('is that of the contract, word for word', async () => {
    expect(statements(openWebuiDdl.sqlite)).toEqual(statements(await contract('openwebui-schema.sql').text()))
  })

  test('is that of the contract on PostgreSQL, in whichever schema is current, with the revision', async () => {
    const theirs = statements(
      (await contract('openwebui-schema.postgres.sql').text()).replaceAll('public.', ''),
    )
    expect(statements(openWebuiDdl.pg)).toEqual([
      ...theirs,
      "INSERT INTO alembic_version (version_num) VALUES ('0bd252b206fb')",
    ])
  })
})
