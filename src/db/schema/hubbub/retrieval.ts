/**
 * Texts as they are searched for models: collections (a file, or what was put together from elsewhere), their
 * pieces, and the pieces' vectors where an embedding engine is set up. Times are epoch milliseconds.
 */
import type { Columns } from '../../columns/sqlite.ts'

export function defineHbRetrieval(c: Columns) {
  const hbCollection = c.table('hb_collection', {
    /** As Open WebUI names it: `file-<id>`, `web-search-<user>-<hash>`, or a hash. */
    name: c.text('name').primaryKey(),
    /** Who made it; only they may read what is no file's. */
    ownerId: c.text('owner_id').notNull(),
    /** Of what it was made; other content is indexed anew. */
    fingerprint: c.text('fingerprint').notNull(),
    /** `engine/model` of the vectors; null = found by words only. */
    model: c.text('model'),
    chunks: c.int('chunks').notNull(),
    chars: c.int('chars').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const hbChunk = c.table(
    'hb_chunk',
    {
      id: c.serial('id'),
      collection: c.text('collection').notNull(),
      /** Its place in the collection, from 0. */
      at: c.int('at').notNull(),
      text: c.text('text').notNull(),
      /** Page, place and source, as citations show them. */
      meta: c.jsonText('meta').$type<Record<string, unknown>>().notNull(),
    },
    (t) => [c.index('hb_chunk_collection').on(t.collection, t.at)],
  )

  const hbChunkVector = c.table(
    'hb_chunk_vector',
    {
      chunkId: c.int('chunk_id').primaryKey(),
      collection: c.text('collection').notNull(),
      /** The signs of the vector, a bit each: enough to find the few whose vectors are compared. */
      bits: c.blob('bits').notNull(),
      /** Of length 1; 32-bit floats, little-endian. */
      vector: c.blob('vector').notNull(),
    },
    (t) => [c.index('hb_chunk_vector_collection').on(t.collection, t.chunkId)],
  )

  return { hbCollection, hbChunk, hbChunkVector }
}
