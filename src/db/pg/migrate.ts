/** Migrations on PostgreSQL: what is there, what is missing, and all of that in one transaction under a lock. */
import type postgres from 'postgres'
import { openWebuiDdl } from '../ddl/index.ts'
import { pgMigrations } from '../migrations/generated.ts'
import { checksumOf, type Migration, statementsOf } from '../migrations/migration.ts'
import { type Found, makeMigrationPlan, type MigrationPlan } from '../migrations/plan.ts'
import type { PgClient } from './client.ts'
import { reasonOf } from '../errors.ts'

type Target = PgClient | postgres.TransactionSql<{ bigint: bigint }>

/** Of several nodes that start at once, one migrates and the others wait for it. The number is only ours. */
const LOCK = '4850714207'

/** Reads the catalogue only. */
export async function planPostgres(
  sql: Target,
  migrations: readonly Migration[] = pgMigrations,
): Promise<MigrationPlan> {
  return makeMigrationPlan(await look(sql), migrations)
}

async function look(sql: Target): Promise<Found> {
  // Tables of extensions (PostGIS has some) are nobody's data.
  const rows = await sql.unsafe<{ name: string }[]>(
    `SELECT c.relname AS name FROM pg_class c
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`,
  )
  const tables = rows.map(({ name }) => name)
  const [alembic] = tables.includes('alembic_version')
    ? await sql.unsafe<{ version_num: string }[]>('SELECT version_num FROM alembic_version LIMIT 1')
    : []
  const applied = tables.includes('hb_migration')
    ? await sql.unsafe<Found['applied'][number][]>('SELECT name, checksum FROM hb_migration')
    : []
  return { tables, revision: alembic?.version_num ?? null, applied: [...applied] }
}

/** Looks, decides and applies while holding the lock; hands back what it did. */
export async function migratePostgres(
  client: PgClient,
  nowMs: number,
  migrations: readonly Migration[] = pgMigrations,
): Promise<MigrationPlan> {
  return (await client.begin(async (sql) => {
    await sql.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`)
    const plan = await planPostgres(sql, migrations)
    if (plan.createsOpenWebui) await sql.unsafe(openWebuiDdl.pg)
    if (plan.pending.length > 0 || plan.createsOpenWebui) await sql.unsafe(BOOK)
    for (const migration of plan.pending) await applyOne(sql, migration, nowMs)
    return plan
  })) as MigrationPlan
}

const BOOK = `CREATE TABLE IF NOT EXISTS hb_migration (
	name text PRIMARY KEY NOT NULL,
	checksum text NOT NULL,
	applied_at bigint NOT NULL
)`

async function applyOne(sql: Target, migration: Migration, nowMs: number): Promise<void> {
  for (const statement of statementsOf(migration)) {
    try {
      await sql.unsafe(statement)
    } catch (error) {
      throw new Error(`Migration ${migration.name} failed: ${reasonOf(error)}`, { cause: error })
    }
  }
  await sql.unsafe('INSERT INTO hb_migration (name, checksum, applied_at) VALUES ($1, $2, $3)', [
    migration.name,
    checksumOf(migration),
    nowMs,
  ])
}

const TRIGRAM_INDEX = 'hb_message_text_trigram'

/**
 * Makes the trigram index that search wants, at each start until it is there. The extension may not be permitted
 * or not be installed; then search still finds everything, reading all text.
 * @returns what to tell the operator, or null.
 */
export async function ensureTrigram(client: PgClient): Promise<string | null> {
  const [index] = await client.unsafe(`SELECT to_regclass('${TRIGRAM_INDEX}') IS NOT NULL AS there`)
  if (index?.['there'] === true) return null
  try {
    await client.begin(async (sql) => {
      await sql.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`)
      await sql.unsafe('CREATE EXTENSION IF NOT EXISTS pg_trgm')
      await sql.unsafe(
        `CREATE INDEX IF NOT EXISTS ${TRIGRAM_INDEX} ON hb_message_text USING gin (text gin_trgm_ops)`,
      )
    })
    return null
  } catch (error) {
    const reason = reasonOf(error)
    return (
      `Search is slow: PostgreSQL's extension pg_trgm is missing (${reason}). ` +
      'Let an administrator run: CREATE EXTENSION pg_trgm; and start again.'
    )
  }
}
