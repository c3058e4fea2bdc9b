/**
 * Collections of pieces: made of texts, found by words and by vectors. One write a batch, so that nobody waits long
 * for the writer; a collection counts only once its row says of what it was made.
 */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import type { DocumentPart, EmbeddingSource } from '../ports.ts'
import type { Uuid } from '../types.ts'
import type { CollectionRow } from './repositories.ts'
import { chunkRules, embeddingPace, embeddingSource, modelName } from './settings.ts'
import { signsOf, toBytes, unitVector } from './vectors.ts'

export type TextIndex = ReturnType<typeof createTextIndex>

/** A part, with what citations of its pieces show. */
export type IndexedPart = DocumentPart & { meta: Json }

export interface IndexInput {
  name: string
  ownerId: Uuid
  fingerprint: string
  parts: readonly IndexedPart[]
}

/** Rows of one unit of work: a few milliseconds on SQLite, where everybody's writes wait meanwhile. */
const BATCH = 32

export function createTextIndex(context: OpenwebuiContext) {
  const { deps } = context
  const { store } = deps
  const turns = new Map<string, Promise<unknown>>()

  /** One after another for each collection. */
  function inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (turns.get(name) ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => {})
    turns.set(name, settled)
    void settled.then(() => {
      if (turns.get(name) === settled) turns.delete(name)
    })
    return turn
  }

  const rowOf = async (name: string): Promise<CollectionRow | null> =>
    (await store.read.retrieval.collections([name]))[0] ?? null

  /** Timers run between two batches, and with them everybody's requests. */
  const breathe = (): Promise<void> => new Promise((resolve) => void deps.clock.after(0, resolve))

  async function clear(name: string): Promise<void> {
    await store.tx(({ retrieval }) => retrieval.removeCollection(name))
    while ((await store.tx(({ retrieval }) => retrieval.removeChunks(name, BATCH))) > 0) await breathe()
  }

  /** Replaces what the collection holds. Vectors that cannot be had reject, after the words are there. */
  async function make({ name, ownerId, fingerprint, parts }: IndexInput): Promise<CollectionRow> {
    const chunks = await deps.documents.chunk(
      parts.map(({ text, page }) => ({ text, page })),
      chunkRules(context),
    )
    await clear(name)
    for (let from = 0; from < chunks.length; from += BATCH) {
      const batch = chunks.slice(from, from + BATCH).map((chunk, at) => ({
        collection: name,
        at: from + at,
        text: chunk.text,
        words: chunk.words,
        meta: {
          ...parts[chunk.part]?.meta,
          ...(chunk.page === null ? {} : { page: chunk.page }),
          start_index: chunk.start,
        },
      }))
      await store.tx(({ retrieval }) => retrieval.insertChunks(batch))
      await breathe()
    }
    const row: CollectionRow = {
      name,
      ownerId,
      fingerprint,
      model: null,
      chunks: chunks.length,
      chars: parts.reduce((sum, { text }) => sum + text.length, 0),
      updatedAt: context.now().ms,
    }
    await store.tx(({ retrieval }) => retrieval.putCollection(row))
    const source = embeddingSource(context)
    return source ? embedAll(row, source) : row
  }

  /** Vectors of the engine that is set up now for all pieces of a collection. */
  async function embedAll(row: CollectionRow, source: EmbeddingSource): Promise<CollectionRow> {
    const { batch, atOnce } = embeddingPace(context)
    await store.tx(({ retrieval }) => retrieval.removeVectors(row.name))
    for (let from = 0; from < row.chunks; from += batch * atOnce) {
      const pieces = await store.read.retrieval.chunks(row.name, from, batch * atOnce)
      const groups = Array.from({ length: Math.ceil(pieces.length / batch) }, (_, at) =>
        pieces.slice(at * batch, (at + 1) * batch),
      )
      const vectors = await Promise.all(
        groups.map((group) =>
          vectorsOf(
            source,
            group.map(({ text }) => text),
          ),
        ),
      )
      const rows = vectors.flat().map((vector, at) => ({
        chunkId: pieces[at]?.id ?? 0,
        bits: signsOf(vector),
        vector: toBytes(vector),
      }))
      for (let at = 0; at < rows.length; at += BATCH) {
        await store.tx(({ retrieval }) => retrieval.insertVectors(row.name, rows.slice(at, at + BATCH)))
        await breathe()
      }
    }
    const embedded = { ...row, model: modelName(source), updatedAt: context.now().ms }
    await store.tx(({ retrieval }) => retrieval.putCollection(embedded))
    return embedded
  }

  async function vectorsOf(source: EmbeddingSource, texts: readonly string[]) {
    const flat = texts.map((text) => text.replaceAll('\n', ' '))
    const found = await deps.embedder.embed(source, flat, new AbortController().signal)
    return found.map(unitVector)
  }

  return {
    rowOf,
    breathe,
    /** Makes it anew. */
    make: (input: IndexInput) => inTurn(input.name, () => make(input)),

    /** Makes it unless it is there already, of the same content; `parts` is asked only then. */
    ensure(
      input: Omit<IndexInput, 'parts'>,
      parts: () => Promise<readonly IndexedPart[]>,
    ): Promise<CollectionRow> {
      return inTurn(input.name, async () => {
        const row = await rowOf(input.name)
        if (row?.fingerprint === input.fingerprint) return row
        return make({ ...input, parts: await parts() })
      })
    },

    /** Vectors for what another engine, or none, has seen: behind the back of whoever noticed. */
    refresh(row: CollectionRow): void {
      const source = embeddingSource(context)
      if (!source || row.model === modelName(source) || turns.has(row.name)) return
      void inTurn(row.name, async () => {
        const now = await rowOf(row.name)
        if (now && now.model !== modelName(source)) await embedAll(now, source)
      }).catch((error: unknown) => deps.log.warn('texts could not be embedded', { error }))
    },

    remove: (name: string): Promise<void> => inTurn(name, () => clear(name)),
    vectorsOf,
  }
}
