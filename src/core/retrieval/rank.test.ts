// Goal: rare words weigh more, places join fairly, and vectors survive their storage.
import { expect, test } from 'bun:test'
import { joinRanks, rankByWords } from './rank.ts'
import { cosine, distance, fromBytes, signsOf, toBytes, unitVector } from './vectors.ts'

test('BM25: a rare word beats many common ones, short pieces beat long ones', () => {
  const pieces = [
    { id: 1, words: 'the the the sea is the sea' },
    { id: 2, words: 'the walrus' },
    { id: 3, words: `the walrus ${'and more '.repeat(20)}` },
    { id: 4, words: 'the sea' },
  ]
  expect(
    rankByWords(pieces, ['the', 'walrus'])
      .map(({ id }) => id)
      .slice(0, 2),
  ).toEqual([2, 3])
  expect(rankByWords([], ['x'])).toEqual([])
})

test('ranks join by places and weights', () => {
  const lists = (weight: number) => [
    { ids: [1, 2], weight: 1 },
    { ids: [3, 2], weight },
  ]
  expect(joinRanks(lists(1))[0]).toBe(2)
  expect(joinRanks(lists(0.1)).at(-1)).toBe(3)
})

test('vectors: of length one, signs as bits, the same after storage at any offset', () => {
  const vector = unitVector([3, -4, 0, 0, 0, 0, 0, 0, 1])
  expect(cosine(vector, vector)).toBeCloseTo(1, 6)
  const stored = new Uint8Array(toBytes(vector).length + 1)
  stored.set(toBytes(vector), 1)
  expect(fromBytes(stored.subarray(1))).toEqual(vector)
  expect([...signsOf(vector)]).toEqual([1, 1])
  expect(distance(signsOf(vector), signsOf(unitVector([-3, -4, 0, 0, 0, 0, 0, 0, -1])))).toBe(2)
  expect(cosine(vector, unitVector([1]))).toBe(-1)
})
