/** How far the search index has come, and what is next; the same on both dialects. */
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import type { SearchRepository } from '../../../core/search/search-repository.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

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
