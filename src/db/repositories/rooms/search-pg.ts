/**
 * Message search on PostgreSQL: `hb_message_text` with a trigram index (pg_trgm) when the extension is
 * permitted; without it the same statements run, slower.
 */
import { sql } from 'drizzle-orm'
import type { SearchRepository } from '../../../core/search/search-repository.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { indexState } from './search-state.ts'
import { beforeSeq, inScope, scanSql, type SliceRow, toSlice } from './search-scope.ts'

const drop = stmt(
  'text.drop',
  (_db, _t, p: Placeholders<{ seq: number }>) => sql`delete from hb_message_text where seq = ${p('seq')}`,
)
const put = stmt(
  'text.put',
  (_db, _t, p: Placeholders<{ seq: number; roomId: string; text: string }>) => sql`
    insert into hb_message_text (seq, room_id, text) values (${p('seq')}, ${p('roomId')}, ${p('text')})
    on conflict (seq) do update set text = excluded.text`,
)

const pattern = (term: string) => `%${term.replace(/[\\%_]/g, '\\$&')}%`

export function pgSearch(conn: Conn): SearchRepository {
  async function byTerms(
    terms: readonly string[],
    scope: Parameters<SearchRepository['byTerms']>[1],
    budget: number,
  ) {
    const like = sql.join(
      terms.map((term) => sql`t.text like ${pattern(term)}`),
      sql` and `,
    )
    const rows = await conn.sql.all<SliceRow>(sql`
      with hits as materialized (
        select t.seq from hb_message_text t
        where ${like} and t.seq < ${beforeSeq(scope)} and t.room_id in ${scope.roomIds}
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
      for (const { seq, roomId, text } of entries) {
        if (text) await conn.run(put, { seq, roomId, text })
        else await conn.run(drop, { seq })
      }
      if (indexedSeq !== null) await this.setIndexedSeq(indexedSeq)
    },
    byTerms,
    async byShort(term, scope, budget) {
      return byTerms([term], scope, budget)
    },
    async scan(scope, budget, few) {
      return toSlice(await conn.sql.all<SliceRow>(scanSql(scope, budget, few)), budget)
    },
  }
}
