/** Words on SQLite: FTS5, which ranks by BM25 itself. */
import { sql } from 'drizzle-orm'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { RANKED_MAX, tellingTerms, type ChunkWords } from './words.ts'

const add = stmt(
  'chunkFts.add',
  (_db, _t, p: Placeholders<{ id: number; collection: string; words: string }>) =>
    sql`insert into hb_chunk_fts (rowid, collection, words) values (${p('id')}, ${p('collection')}, ${p('words')})`,
)
const drop = stmt(
  'chunkFts.drop',
  (_db, _t, p: Placeholders<{ id: number }>) => sql`delete from hb_chunk_fts where rowid = ${p('id')}`,
)

/** FTS5 takes time with the square of alternatives: more collections than this are told apart afterwards. */
const IN_QUERY_MAX = 100

/** One word for the tokenizer. */
const tokenOf = (collection: string): string => collection.toLowerCase().replace(/[^a-z0-9]/g, '')
const anyOf = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' OR ')

export function sqliteWords(conn: Conn): ChunkWords {
  return {
    async add(id, collection, words) {
      await conn.run(add, { id, collection: tokenOf(collection), words })
    },
    async remove(ids) {
      for (const id of ids) await conn.run(drop, { id })
    },
    async find(collections, terms, limit) {
      if (collections.length === 0 || terms.length === 0) return []
      const within =
        collections.length <= IN_QUERY_MAX ? `{collection} : (${anyOf(collections.map(tokenOf))}) AND ` : ''
      const telling = await tellingTerms(terms, (term) => count(`${within}{words} : "${term}"`))
      if (telling.terms.length === 0) return []
      const words = telling.terms.map((word) => `"${word}"`).join(telling.every ? ' AND ' : ' OR ')
      // Where each word is everywhere, the first pieces that have all of them have to do.
      return conn.sql.all<{ id: number; score: number }>(sql`
        with hits as materialized (
          select rowid as id, -bm25(hb_chunk_fts, 0.0, 1.0) as score from hb_chunk_fts
          where hb_chunk_fts match ${`${within}{words} : (${words})`} limit ${RANKED_MAX}
        )
        select hits.id as id, hits.score as score from hits join hb_chunk c on c.id = hits.id
        where c.collection in ${[...collections]}
        order by hits.score desc, hits.id limit ${limit}`)
    },
  }

  async function count(match: string): Promise<number> {
    const row = await conn.sql.get<{ n: number }>(
      sql`select count(*) as n from (select 1 from hb_chunk_fts where hb_chunk_fts match ${match} limit ${RANKED_MAX + 1})`,
    )
    return row?.n ?? 0
  }
}
