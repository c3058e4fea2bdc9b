/** The pieces of some collections that bear on a question: by words, by vectors, or by both. */
import type { OpenwebuiContext } from '../chats/context.ts'
import { joinRanks } from './rank.ts'
import type { ChunkRow } from './repositories.ts'
import { searchWords } from './search-words.ts'
import { embeddingSource, modelName, searchRules, type SearchRules } from './settings.ts'
import { cosine, distance, fromBytes, signsOf } from './vectors.ts'

export type TextSearch = ReturnType<typeof createTextSearch>

export interface FoundChunk extends ChunkRow {
  /** Likeness from -1 to 1; null where it was found by its words. */
  likeness: number | null
}

const WORDS_MAX = 24
/** Pieces whose vectors are compared in full, of all whose signs were; enough for the best few to be among them. */
const CANDIDATES = 200
/** Rows between two breaths of the event loop: some 10 ms. */
const PAGE = 500
/** Pieces looked through for one question. */
const BITS_MAX = 200_000

export function createTextSearch(context: OpenwebuiContext) {
  const { read } = context.deps.store

  async function byWords(names: readonly string[], query: string, limit: number): Promise<number[]> {
    const words = [...new Set(searchWords(query))].slice(0, WORDS_MAX)
    return (await read.retrieval.byWords(names, words, limit)).map(({ id }) => id)
  }

  /** Piece → likeness, best first. */
  async function byVector(
    names: readonly string[],
    query: Float32Array,
    limit: number,
  ): Promise<Map<number, number>> {
    const signs = signsOf(query)
    let nearest: { id: number; far: number }[] = []
    let after = 0
    for (let seen = 0; seen < BITS_MAX; seen += PAGE) {
      const page = await read.retrieval.bits(names, after, PAGE)
      const far = page.map(({ id, bits }) => ({ id, far: distance(signs, bits) }))
      nearest = [...nearest, ...far].sort((a, b) => a.far - b.far).slice(0, CANDIDATES)
      after = page.at(-1)?.id ?? after
      if (page.length < PAGE) break
      await context.own.textIndex.breathe()
    }
    const vectors = await read.retrieval.vectors(nearest.map(({ id }) => id))
    const likeness = vectors.map(({ id, vector }) => [id, cosine(query, fromBytes(vector))] as const)
    return new Map(likeness.sort((a, b) => b[1] - a[1]).slice(0, limit))
  }

  /** Vectors of the questions, when all collections can be asked by them; those that cannot are brought there. */
  async function vectorsFor(
    names: readonly string[],
    queries: readonly string[],
  ): Promise<Float32Array[] | null> {
    const source = embeddingSource(context)
    if (!source) return null
    const rows = await read.retrieval.collections(names)
    const stale = rows.filter(({ model, chunks }) => chunks > 0 && model !== modelName(source))
    for (const row of stale) context.own.textIndex.refresh(row)
    if (stale.length > 0) return null
    try {
      return await context.own.textIndex.vectorsOf(source, queries)
    } catch (error) {
      context.deps.log.warn('a question could not be embedded; its words are searched', { error })
      return null
    }
  }

  return {
    /** The best pieces for any of the questions, each once. */
    async search(
      names: readonly string[],
      queries: readonly string[],
      rules: Partial<SearchRules> = {},
    ): Promise<FoundChunk[]> {
      const { topK, hybrid, wordWeight, threshold } = { ...searchRules(context), ...rules }
      if (names.length === 0) return []
      const vectors = await vectorsFor(names, queries)
      const likeness = new Map<number, number>()
      const ranks: { ids: number[]; weight: number }[] = []
      for (const [at, query] of queries.entries()) {
        const vector = vectors?.[at]
        if (vector) {
          const found = await byVector(names, vector, hybrid ? topK * 4 : topK)
          for (const [id, value] of found) likeness.set(id, Math.max(value, likeness.get(id) ?? -1))
          const ids = [...found].filter(([, value]) => value >= threshold).map(([id]) => id)
          ranks.push({ ids, weight: hybrid ? 1 - wordWeight : 1 })
        }
        if (!vector || hybrid)
          ranks.push({ ids: await byWords(names, query, topK * 4), weight: vector ? wordWeight : 1 })
      }
      const best = joinRanks(ranks.filter(({ weight }) => weight > 0)).slice(0, topK)
      const rows = new Map((await read.retrieval.chunksById(best)).map((row) => [row.id, row]))
      return best.flatMap((id) => {
        const row = rows.get(id)
        return row ? [{ ...row, likeness: likeness.get(id) ?? null }] : []
      })
    },
  }
}
