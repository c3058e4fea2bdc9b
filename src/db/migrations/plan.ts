/**
 * Decides what has to be done to a database before it can be used, from what lies in it; writes nothing.
 * Both dialects look into their catalogue and ask here.
 */
import { checksumOf, type Migration } from './migration.ts'

/** The revision of Open WebUI's tables that we create and open, and the version that has it. */
export const OPEN_WEBUI_REVISION = '0bd252b206fb'
export const OPEN_WEBUI_VERSION = '0.12.4'

/** What lies in a database. */
export interface Found {
  /** Ordinary tables, without the database's own. */
  tables: readonly string[]
  /** `alembic_version.version_num`; null when there is no such table or row. */
  revision: string | null
  applied: readonly { name: string; checksum: string }[]
}

export interface MigrationPlan {
  /** The database is empty: Open WebUI's tables are created first. */
  createsOpenWebui: boolean
  pending: readonly Migration[]
}

/** The database is not one that this version can use. The message says what to do; nothing was written. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused'
}

export function makeMigrationPlan(found: Found, migrations: readonly Migration[]): MigrationPlan {
  if (found.tables.length === 0) return { createsOpenWebui: true, pending: migrations }
  checkRevision(found)
  return { createsOpenWebui: false, pending: pendingOf(found, migrations) }
}

function checkRevision({ tables, revision }: Found): void {
  if (revision === OPEN_WEBUI_REVISION) return
  if (revision !== null)
    throw new DatabaseRefused(
      `This database is at Open WebUI's revision ${revision}; Hubbub opens revision ${OPEN_WEBUI_REVISION}. ` +
        `If it is older, start Open WebUI ${OPEN_WEBUI_VERSION} on it once, which brings it there, and then ` +
        `Hubbub again. If a later Open WebUI made it, use a later Hubbub. Nothing was changed.`,
    )
  if (tables.includes('alembic_version') || (tables.includes('auth') && tables.includes('chat')))
    throw new DatabaseRefused(
      `This database was made by an Open WebUI that is too old, or its first start was interrupted. Start ` +
        `Open WebUI ${OPEN_WEBUI_VERSION} on it once, and then Hubbub again. Nothing was changed.`,
    )
  throw new DatabaseRefused(
    `This database holds tables of another program (${tables.slice(0, 5).join(', ')}${tables.length > 5 ? ', …' : ''}). ` +
      `Choose an empty one, or one of Open WebUI ${OPEN_WEBUI_VERSION} or Hubbub. Nothing was changed.`,
  )
}

function pendingOf(found: Found, migrations: readonly Migration[]): Migration[] {
  const applied = new Map(found.applied.map(({ name, checksum }) => [name, checksum]))
  for (const migration of migrations) checkChecksum(migration, applied.get(migration.name))
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = found.applied.find(({ name }) => !known.has(name))
  if (unknown)
    throw new DatabaseRefused(
      `A later Hubbub has used this database (migration ${unknown.name}). Use that version, or restore the ` +
        `backup it made beside the database before migrating. Nothing was changed.`,
    )
  return migrations.filter(({ name }) => !applied.has(name))
}

function checkChecksum(migration: Migration, applied: string | undefined): void {
  if (applied === undefined || applied === checksumOf(migration)) return
  throw new DatabaseRefused(
    `Migration ${migration.name} is not the one that was applied to this database: its text was changed ` +
      `afterwards. Use the version that applied it. Nothing was changed.`,
  )
}
