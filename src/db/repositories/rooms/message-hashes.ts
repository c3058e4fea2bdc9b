/**
 * Messages by hash: `hb_message_by_hash`, a few bytes a message, written with the search index (`apply`) behind
 * the posts. What it does not hold yet lies behind the search index's mark and is read itself.
 */
import { type SQL, sql } from 'drizzle-orm'
import { type Conn, type Dialect, type Placeholders, stmt } from '../../conn.ts'

/** Hexadecimal digits of a hash that are its key: SQLite keeps 44 bits in six bytes. */
const digits = 11

const startOf = (hash: string) => Number.parseInt(hash.slice(0, digits), 16)

/** The same number in SQL; SQLite has no function that reads hexadecimal. */
function startSql(dialect: Dialect): SQL {
  if (dialect === 'pg') return sql`('x' || substr(hash, 1, ${sql.raw(`${digits}`)}))::bit(44)::bigint`
  const places = Array.from(
    { length: digits },
    (_, at) => `((instr('0123456789abcdef', substr(hash, ${at + 1}, 1)) - 1) << ${4 * (digits - 1 - at)})`,
  )
  return sql.raw(`(${places.join(' | ')})`)
}

// The reply of a model has no hash before it ends.
const add = stmt(
  'hashes.add',
  (_db, _t, p: Placeholders<{ from: number; to: number }>, dialect) => sql`
    insert into hb_message_by_hash (prefix, seq)
    select ${startSql(dialect)}, seq from hb_message
    where seq >= ${p('from')} and seq <= ${p('to')} and hash <> '' order by 1, 2
    on conflict do nothing`,
)

/** Of the messages from one `seq` to another; those that are there already stay. */
export async function indexHashes(conn: Conn, from: number, to: number): Promise<void> {
  await conn.run(add, { from, to })
}

/** The `seq` of all that may have this hash, as a subquery; `indexed` is how far the index is complete. */
export function seqsByHash(hash: string, indexed: number): SQL {
  return sql`(select seq from hb_message_by_hash where prefix = ${startOf(hash)}
    union all select seq from hb_message where seq > ${indexed} and hash = ${hash})`
}

/** Of messages that are deleted for good. */
export async function forgetHashes(
  conn: Conn,
  gone: readonly { seq: number; hash: string }[],
): Promise<void> {
  const hashed = gone.filter(({ hash }) => hash !== '')
  if (hashed.length === 0) return
  const [starts, seqs] = [hashed.map(({ hash }) => startOf(hash)), hashed.map(({ seq }) => seq)]
  await conn.sql.run(sql`delete from hb_message_by_hash where prefix in ${starts} and seq in ${seqs}`)
}
