/** Storage of what is searched for models: what src/db must offer. */
import type { Json } from '../chats/rows.ts'
import type { Uuid } from '../types.ts'

export interface RetrievalRepositories {
  retrieval: RetrievalRepository
}

export interface CollectionRow {
  name: string
  ownerId: Uuid
  fingerprint: string
  model: string | null
  chunks: number
  chars: number
  updatedAt: number
}

export interface ChunkRow {
  id: number
  collection: string
  at: number
  text: string
  meta: Json
}

export interface NewChunk extends Omit<ChunkRow, 'id'> {
  /** Separated by blanks. */
  words: string
}

export interface VectorRow {
  chunkId: number
  bits: Uint8Array
  vector: Uint8Array
}

export interface RetrievalRepository {
  collections(names: readonly string[]): Promise<CollectionRow[]>
  putCollection(row: CollectionRow): Promise<void>
  /** Its row only: pieces go by `removeChunks`. */
  removeCollection(name: string): Promise<void>
  /** All names, for administrators' resets; `after` is the last one of the page before. */
  names(after: string, limit: number): Promise<string[]>
  insertChunks(chunks: readonly NewChunk[]): Promise<void>
  insertVectors(collection: string, rows: readonly VectorRow[]): Promise<void>
  /** Removes at most `limit` pieces with their words and vectors; how many there were. */
  removeChunks(collection: string, limit: number): Promise<number>
  removeVectors(collection: string): Promise<void>
  /** In the order of the collection. */
  chunks(collection: string, from: number, limit: number): Promise<ChunkRow[]>
  chunksById(ids: readonly number[]): Promise<ChunkRow[]>
  /** Best first by BM25; a higher score is better. */
  byWords(
    collections: readonly string[],
    words: readonly string[],
    limit: number,
  ): Promise<{ id: number; score: number }[]>
  /** Signs of vectors, in the order of their pieces' ids. */
  bits(
    collections: readonly string[],
    afterId: number,
    limit: number,
  ): Promise<{ id: number; bits: Uint8Array }[]>
  vectors(ids: readonly number[]): Promise<{ id: number; vector: Uint8Array }[]>
}
