/** Ranking by words and joining of rankings; no storage, no models. */

const K1 = 1.2
const B = 0.75

/** BM25 within the given pieces, best first. `words` are separated by blanks. */
export function rankByWords(
  pieces: readonly { id: number; words: string }[],
  terms: readonly string[],
): { id: number; score: number }[] {
  const counted = pieces.map(({ id, words }) => {
    const list = words.split(' ')
    const counts = new Map<string, number>()
    for (const word of list) counts.set(word, (counts.get(word) ?? 0) + 1)
    return { id, length: list.length, counts }
  })
  const average = counted.reduce((sum, { length }) => sum + length, 0) / Math.max(1, counted.length)
  const rarity = terms.map((term) => {
    const having = counted.filter(({ counts }) => counts.has(term)).length
    return Math.log(1 + (counted.length - having + 0.5) / (having + 0.5))
  })
  return counted
    .map(({ id, length, counts }) => {
      const score = terms.reduce((sum, term, at) => {
        const count = counts.get(term) ?? 0
        const weight = (count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / Math.max(1, average)))
        return sum + (rarity[at] ?? 0) * weight
      }, 0)
      return { id, score }
    })
    .sort((a, b) => b.score - a.score || a.id - b.id)
}

/** Reciprocal rank fusion: places count, scores of different kinds cannot be compared. */
export function joinRanks(lists: readonly { ids: readonly number[]; weight: number }[]): number[] {
  const scores = new Map<number, number>()
  for (const { ids, weight } of lists) {
    for (const [place, id] of ids.entries()) scores.set(id, (scores.get(id) ?? 0) + weight / (60 + place))
  }
  return [...scores].sort((a, b) => b[1] - a[1]).map(([id]) => id)
}
