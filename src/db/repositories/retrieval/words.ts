/** How pieces are found by their words, on one dialect, and which of the sought words are worth looking for. */
export interface ChunkWords {
  add(id: number, collection: string, words: string): Promise<void>
  remove(ids: readonly number[]): Promise<void>
  find(
    collections: readonly string[],
    terms: readonly string[],
    limit: number,
  ): Promise<{ id: number; score: number }[]>
}

/** Pieces that are ranked for one search: some 10 µs each on SQLite, where everybody waits meanwhile. */
export const RANKED_MAX = 2_000
const TERMS_MAX = 8
/** Of words that are everywhere, so many have to be in a piece; more make the search longer and not better. */
const COMMON_TERMS = 3

/**
 * The rarest words, as many as may be ranked; where all are everywhere, a few of them with `every`: then a piece has to
 * have each. Words that are in no piece are left out. `count` need not count beyond RANKED_MAX + 1.
 */
export async function tellingTerms(
  terms: readonly string[],
  count: (term: string) => Promise<number>,
): Promise<{ terms: string[]; every: boolean }> {
  const counted: { term: string; pieces: number }[] = []
  for (const term of terms) counted.push({ term, pieces: await count(term) })
  const known = counted.filter(({ pieces }) => pieces > 0).sort((a, b) => a.pieces - b.pieces)
  const rare: string[] = []
  let ranked = 0
  for (const { term, pieces } of known) {
    ranked += pieces
    if (ranked > RANKED_MAX || rare.length === TERMS_MAX) break
    rare.push(term)
  }
  if (rare.length > 0) return { terms: rare, every: false }
  return { terms: known.slice(0, COMMON_TERMS).map(({ term }) => term), every: true }
}
