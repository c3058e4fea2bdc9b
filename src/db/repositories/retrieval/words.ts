/** How pieces are found by their words, on one dialect. */
export interface ChunkWords {
  add(id: number, collection: string, words: string): Promise<void>
  remove(ids: readonly number[]): Promise<void>
  find(
    collections: readonly string[],
    terms: readonly string[],
    limit: number,
  ): Promise<{ id: number; score: number }[]>
}
