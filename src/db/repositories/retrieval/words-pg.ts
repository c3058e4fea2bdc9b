/**
 * Words on PostgreSQL: an inverted index finds the pieces with most of the sought words, and BM25 over these ranks
 * them, since the database's own ranks do not know how rare a word is.
 */
import { sql } from 'drizzle-orm'
import { rankByWords } from '../../../core/retrieval/rank.ts'
import type { Conn } from '../../conn.ts'
import { RANKED_MAX, tellingTerms, type ChunkWords } from './words.ts'

const CANDIDATES = 400

export function pgWords(conn: Conn): ChunkWords {
  return {
    async add(id, collection, words) {
      await conn.sql.run(sql`
        insert into hb_chunk_words (chunk_id, collection, words, terms) values
        (${id}, ${collection}, ${words}, (select coalesce(array_agg(distinct w), '{}') from unnest(string_to_array(${words}::text, ' ')) w))`)
    },
    async remove(ids) {
      await conn.sql.run(sql`delete from hb_chunk_words where chunk_id in ${[...ids]}`)
    },
    async find(collections, terms, limit) {
      if (collections.length === 0 || terms.length === 0) return []
      const scope = sql`collection in ${[...collections]}`
      const telling = await tellingTerms(terms, async (term) => {
        const row = await conn.sql.get<{ n: number }>(sql`
          select count(*)::int as n from
          (select 1 from hb_chunk_words where terms @> array[${term}]::text[] and ${scope} limit ${RANKED_MAX + 1}) t`)
        return row?.n ?? 0
      })
      if (telling.terms.length === 0) return []
      const sought = sql`string_to_array(${telling.terms.join(' ')}::text, ' ')`
      const has = telling.every ? sql`terms @> ${sought}` : sql`terms && ${sought}`
      const rows = await conn.sql.all<{ id: number; words: string }>(sql`
        with hits as materialized (
          select chunk_id, words, terms from hb_chunk_words where ${has} and ${scope} limit ${RANKED_MAX}
        )
        select chunk_id as id, words from hits
        order by (select count(*) from unnest(${sought}) w where w = any(terms)) desc, chunk_id
        limit ${CANDIDATES}`)
      return rankByWords(rows, telling.terms).slice(0, limit)
    },
  }
}
