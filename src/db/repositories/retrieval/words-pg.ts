/**
 * Words on PostgreSQL: an inverted index finds the pieces with most of the sought words, and BM25 over these ranks
 * them, since the database's own ranks do not know how rare a word is.
 */
import { sql } from 'drizzle-orm'
import { rankByWords } from '../../../core/retrieval/rank.ts'
import type { Conn } from '../../conn.ts'
import type { ChunkWords } from './words.ts'

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
      const sought = sql`string_to_array(${terms.join(' ')}::text, ' ')`
      const rows = await conn.sql.all<{ id: number; words: string }>(sql`
        select chunk_id as id, words from hb_chunk_words
        where terms && ${sought} and collection in ${[...collections]}
        order by (select count(*) from unnest(${sought}) w where w = any(terms)) desc, chunk_id
        limit ${CANDIDATES}`)
      return rankByWords(rows, terms).slice(0, limit)
    },
  }
}
