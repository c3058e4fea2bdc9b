/** What a migration is, and how its SQL splits into statements and is summed up. */

export interface Migration {
  /** File name without `.sql`; the order of names is the order of application. */
  readonly name: string
  readonly sql: string
}

/** drizzle-kit separates statements by this mark; a migration by hand does the same. */
export function statementsOf(migration: Migration): string[] {
  return migration.sql
    .split('--> statement-breakpoint')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** SHA-256 in hex. Line ends are made the same first, since Git may change them. */
export function checksumOf(migration: Migration): string {
  return new Bun.CryptoHasher('sha256').update(migration.sql.replaceAll('\r\n', '\n')).digest('hex')
}
