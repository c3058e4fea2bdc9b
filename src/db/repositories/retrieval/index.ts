/** Collections, pieces and vectors over one connection; how words are found differs by dialect. */
import { and, asc, eq, gt, gte, inArray } from 'drizzle-orm'
import type { RetrievalRepositories, RetrievalRepository } from '../../../core/retrieval/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import type { Factories } from '../factories.ts'
import { pgWords } from './words-pg.ts'
import { sqliteWords } from './words-sqlite.ts'

export const retrievalRepositories: Factories<RetrievalRepositories> = { retrieval: retrievalRepository }

const insertChunk = stmt(
  'chunk.insert',
  (db, t, p: Placeholders<{ collection: string; at: number; text: string; meta: Record<string, unknown> }>) =>
    db
      .insert(t.hbChunk)
      .values({ collection: p('collection'), at: p('at'), text: p('text'), meta: p('meta') })
      .returning({ id: t.hbChunk.id }),
)
const insertVector = stmt(
  'chunk.vector',
  (db, t, p: Placeholders<{ chunkId: number; collection: string; bits: Uint8Array; vector: Uint8Array }>) =>
    db.insert(t.hbChunkVector).values({
      chunkId: p('chunkId'),
      collection: p('collection'),
      bits: p('bits'),
      vector: p('vector'),
    }),
)

function retrievalRepository(conn: Conn): RetrievalRepository {
  const { hbCollection, hbChunk, hbChunkVector } = conn.tables
  const words = conn.dialect === 'pg' ? pgWords(conn) : sqliteWords(conn)
  return {
    byWords: (collections, terms, limit) => words.find(collections, terms, limit),

    async collections(names) {
      if (names.length === 0) return []
      return conn.db
        .select()
        .from(hbCollection)
        .where(inArray(hbCollection.name, [...names]))
    },
    async putCollection(row) {
      const { name: _, ...set } = row
      await conn.db.insert(hbCollection).values(row).onConflictDoUpdate({ target: hbCollection.name, set })
    },
    async removeCollection(name) {
      await conn.db.delete(hbCollection).where(eq(hbCollection.name, name))
    },
    async names(after, limit) {
      const rows = await conn.db
        .select({ name: hbCollection.name })
        .from(hbCollection)
        .where(gt(hbCollection.name, after))
        .orderBy(asc(hbCollection.name))
        .limit(limit)
      return rows.map(({ name }) => name)
    },
    async insertChunks(chunks) {
      for (const { words: text, ...chunk } of chunks) {
        const row = await conn.get(insertChunk, chunk)
        if (row) await words.add(row.id, chunk.collection, text)
      }
    },
    async insertVectors(collection, rows) {
      for (const row of rows) await conn.run(insertVector, { ...row, collection })
    },
    async removeChunks(collection, limit) {
      const rows = await conn.db
        .select({ id: hbChunk.id })
        .from(hbChunk)
        .where(eq(hbChunk.collection, collection))
        .limit(limit)
      const ids = rows.map(({ id }) => id)
      if (ids.length === 0) return 0
      await words.remove(ids)
      await conn.db.delete(hbChunkVector).where(inArray(hbChunkVector.chunkId, ids))
      await conn.db.delete(hbChunk).where(inArray(hbChunk.id, ids))
      return ids.length
    },
    async removeVectors(collection) {
      await conn.db.delete(hbChunkVector).where(eq(hbChunkVector.collection, collection))
    },
    async chunks(collection, from, limit) {
      return conn.db
        .select()
        .from(hbChunk)
        .where(and(eq(hbChunk.collection, collection), gte(hbChunk.at, from)))
        .orderBy(asc(hbChunk.at))
        .limit(limit)
    },
    async chunksById(ids) {
      if (ids.length === 0) return []
      return conn.db
        .select()
        .from(hbChunk)
        .where(inArray(hbChunk.id, [...ids]))
    },
    async bits(collections, afterId, limit) {
      return conn.db
        .select({ id: hbChunkVector.chunkId, bits: hbChunkVector.bits })
        .from(hbChunkVector)
        .where(and(inArray(hbChunkVector.collection, [...collections]), gt(hbChunkVector.chunkId, afterId)))
        .orderBy(asc(hbChunkVector.chunkId))
        .limit(limit)
    },
    async vectors(ids) {
      if (ids.length === 0) return []
      return conn.db
        .select({ id: hbChunkVector.chunkId, vector: hbChunkVector.vector })
        .from(hbChunkVector)
        .where(inArray(hbChunkVector.chunkId, [...ids]))
    },
  }
}
