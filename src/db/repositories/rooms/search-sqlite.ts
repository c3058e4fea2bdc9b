/** Message search on SQLite: FTS5 with trigrams, contentless (the text lies in `message`). */
import { sql } from 'drizzle-orm'
import type { SearchRepository, SearchScope, SearchSlice } from '../../../core/search/search-repository.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { applyHashes, indexState } from './search-state.ts'
import { inRange, inScope, scanSql, type SliceRow, toSlice } from './search-scope.ts'

const drop = stmt(
  'fts.drop',
  (_db, _t, p: Placeholders<{ seq: number }>) => sql`delete from hb_message_fts where rowid = ${p('seq')}`,
)
const add = stmt(
  'fts.add',
  (_db, _t, p: Placeholders<{ seq: number; text: string }>) =>
    sql`insert into hb_message_fts (rowid, text) values (${p('seq')}, ${p('text')})`,
)

const dropShort = stmt(
  'fts.dropShort',
  (_db, _t, p: Placeholders<{ seq: number }>) => sql`delete from hb_message_short where rowid = ${p('seq')}`,
)
const addShort = stmt(
  'fts.addShort',
  (_db, _t, p: Placeholders<{ seq: number; grams: string }>) =>
    sql`insert into hb_message_short (rowid, grams) values (${p('seq')}, ${p('grams')})`,
)

/** As FTS5 wants a string: everything in it is text. */
const quoted = (term: string) => `"${term.replaceAll('"', '""')}"`

export function sqliteSearch(conn: Conn): SearchRepository {
  async function matching(
    index: 'hb_message_fts' | 'hb_message_short',
    match: string,
    scope: SearchScope,
    budget: number,
  ): Promise<SearchSlice> {
    const table = sql.identifier(index)
    const rows = await conn.sql.all<SliceRow>(sql`
      with hits as materialized (
        select rowid as seq from ${table} where ${table} match ${match} and ${inRange(scope, sql`rowid`)}
        order by rowid desc limit ${budget}
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
      for (const { seq, text, grams } of entries) {
        await conn.run(drop, { seq })
        await conn.run(dropShort, { seq })
        if (text) await conn.run(add, { seq, text })
        if (grams.length > 0) await conn.run(addShort, { seq, grams: grams.join(' ') })
      }
      await applyHashes(conn, entries, indexedSeq !== null)
      if (indexedSeq !== null) await this.setIndexedSeq(indexedSeq)
    },
    byTerms: (terms, scope, budget) =>
      matching('hb_message_fts', terms.map(quoted).join(' AND '), scope, budget),
    byShort: (term, scope, budget) => matching('hb_message_short', quoted(term), scope, budget),
    async scan(scope, budget, few) {
      return toSlice(await conn.sql.all<SliceRow>(scanSql(scope, budget, few)), budget)
    },
  }
}
