/**
 * Message search on PostgreSQL: `hb_message_text` with a trigram index (pg_trgm) when the extension is
 * permitted; without it the same statements run, slower.
 */
import { type SQL, sql } from 'drizzle-orm'
import type { SearchRepository, SearchScope, SearchSlice } from '../../../core/search/search-repository.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { applyHashes, indexState } from './search-state.ts'
import { inRange, inScope, scanSql, type SliceRow, toSlice } from './search-scope.ts'

const drop = stmt(
  'text.drop',
  (_db, _t, p: Placeholders<{ seq: number }>) => sql`delete from hb_message_text where seq = ${p('seq')}`,
)
const put = stmt(
  'text.put',
  (_db, _t, p: Placeholders<{ seq: number; roomId: string; text: string; grams: string }>) => sql`
    insert into hb_message_text (seq, room_id, text, grams)
    values (${p('seq')}, ${p('roomId')}, ${p('text')}, string_to_array(${p('grams')}, ' '))
    on conflict (seq) do update set text = excluded.text, grams = excluded.grams`,
)

const pattern = (term: string) => `%${term.replace(/[\\%_]/g, '\\$&')}%`

export function pgSearch(conn: Conn): SearchRepository {
  async function matching(match: SQL, scope: SearchScope, budget: number): Promise<SearchSlice> {
    const rows = await conn.sql.all<SliceRow>(sql`
      with hits as materialized (
        select t.seq from hb_message_text t
        where ${match} and ${inRange(scope, sql`t.seq`)} and t.room_id in ${scope.roomIds}
        order by t.seq desc limit ${budget}
      )
      select hits.seq as seq, m.id as id, m.content as content from hits
      left join hb_message h on h.seq = hits.seq and ${inScope(scope)}
      left join message m on m.id = h.message_id
      order by hits.seq desc`)
    return toSlice(rows, budget)
  }

  return {
    ...indexState(conn),
    async apply(entries, indexedSeq) {
      for (const { seq, roomId, text, grams } of entries) {
        if (text) await conn.run(put, { seq, roomId, text, grams: grams.join(' ') })
        else await conn.run(drop, { seq })
      }
      await applyHashes(conn, entries, indexedSeq !== null)
      if (indexedSeq !== null) await this.setIndexedSeq(indexedSeq)
    },
    byTerms(terms, scope, budget) {
      const like = terms.map((term) => sql`t.text like ${pattern(term)}`)
      return matching(sql.join(like, sql` and `), scope, budget)
    },
    byShort: (term, scope, budget) => matching(sql`t.grams @> array[${term}]::text[]`, scope, budget),
    async scan(scope, budget, few) {
      return toSlice(await conn.sql.all<SliceRow>(scanSql(scope, budget, few)), budget)
    },
  }
}
