/** Message search on SQLite: FTS5 with trigrams, contentless (the text lies in `message`). */
import { sql } from 'drizzle-orm'
import type { SearchRepository } from '../../../core/search/search-repository.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { indexState } from './search-state.ts'
import { beforeSeq, inScope, scanSql, type SliceRow, toSlice } from './search-scope.ts'

const drop = stmt(
  'fts.drop',
  (_db, _t, p: Placeholders<{ seq: number }>) => sql`delete from hb_message_fts where rowid = ${p('seq')}`,
)
const add = stmt(
  'fts.add',
  (_db, _t, p: Placeholders<{ seq: number; text: string }>) =>
    sql`insert into hb_message_fts (rowid, text) values (${p('seq')}, ${p('text')})`,
)

/** As FTS5 wants a string: everything in it is text. */
const quoted = (term: string) => `"${term.replaceAll('"', '""')}"`

export function sqliteSearch(conn: Conn): SearchRepository {
  return {
    ...indexState(conn),
    async apply(entries, indexedSeq) {
      for (const { seq, text } of entries) {
        await conn.run(drop, { seq })
        if (text) await conn.run(add, { seq, text })
      }
      if (indexedSeq !== null) await this.setIndexedSeq(indexedSeq)
    },
    async byTerms(terms, scope, budget) {
      const rows = await conn.sql.all<SliceRow>(sql`
        with hits as materialized (
          select rowid as seq from hb_message_fts
          where hb_message_fts match ${terms.map(quoted).join(' AND ')} and rowid < ${beforeSeq(scope)}
          order by rowid desc limit ${budget}
        )
        select hits.seq as seq, m.id as id, m.content as content from hits
        left join hb_message h on h.seq = hits.seq and ${inScope(scope)}
        left join message m on m.id = h.message_id
        order by hits.seq desc`)
      return toSlice(rows, budget)
    },
    async byShort(_term, scope, budget) {
      return this.scan(scope, budget, false)
    },
    async scan(scope, budget, few) {
      return toSlice(await conn.sql.all<SliceRow>(scanSql(scope, budget, few)), budget)
    },
  }
}
