/** How far the search index has come, and what is next; the same on both dialects. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { IndexEntry, SearchRepository } from '../../../core/search/search-repository.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { indexHashes } from './message-hashes.ts'

const name = 'message_fts'

const mark = stmt('search.mark', (db, t) =>
  db
    .select({ value: t.hbIndexState.value })
    .from(t.hbIndexState)
    .where(eq(t.hbIndexState.name, name))
    .limit(1),
)

// Of what is looked at again most is there; a text that changed was indexed with the change.
const notIndexed = sql`not exists (select 1 from hb_message_text x where x.seq = hb_message.seq)`

const pending = stmt('search.pending', (db, t, p: Placeholders<{ after: number; limit: number }>, dialect) =>
  db
    .select({ seq: t.hbMessage.seq, roomId: t.hbMessage.roomId, text: t.message.content })
    .from(t.hbMessage)
    .leftJoin(t.message, eq(t.message.id, t.hbMessage.messageId))
    .where(and(gt(t.hbMessage.seq, p('after')), dialect === 'pg' ? notIndexed : undefined))
    .orderBy(asc(t.hbMessage.seq))
    .limit(p('limit')),
)

/**
 * On PostgreSQL a lower `seq` may commit after a higher one; the room's lock orders one room only. So the
 * mark stays this far behind the newest, and what lies between is indexed again.
 */
const pgOverlap = 1_000

/** All that was committed up to here is in the index. */
export async function indexedUpTo(conn: Conn): Promise<number> {
  const marked = (await conn.get(mark))?.value ?? 0
  return conn.dialect === 'pg' ? marked - pgOverlap : marked
}

/**
 * What stands in the index beside the text, for a batch as it is applied. A batch of the feed has no gaps but
 * what is indexed already; other callers come with single messages, or with deleted ones.
 */
export async function applyHashes(
  conn: Conn,
  entries: readonly IndexEntry[],
  isBatch: boolean,
): Promise<void> {
  const seqs = entries.filter(({ text }) => text !== null).map(({ seq }) => seq)
  if (seqs.length === 0) return
  if (isBatch) await indexHashes(conn, Math.min(...seqs), Math.max(...seqs))
  else for (const seq of seqs) await indexHashes(conn, seq, seq)
}

export function indexState(
  conn: Conn,
): Pick<SearchRepository, 'indexedSeq' | 'pending' | 'setIndexedSeq' | 'lockIndex'> {
  return {
    async indexedSeq() {
      return (await conn.get(mark))?.value ?? 0
    },
    pending: (after, limit) => conn.all(pending, { after, limit }),
    async setIndexedSeq(value) {
      const { hbIndexState } = conn.tables
      await conn.db
        .insert(hbIndexState)
        .values({ name, value })
        .onConflictDoUpdate({ target: hbIndexState.name, set: { value } })
    },
    async lockIndex() {
      if (conn.dialect === 'pg')
        await conn.sql.run(sql`select pg_advisory_xact_lock(hashtext('hubbub.search'))`)
      return conn.dialect === 'pg' ? pgOverlap : 0
    },
  }
}
