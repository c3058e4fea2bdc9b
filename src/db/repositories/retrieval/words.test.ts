// Goal: a search looks for the words that tell something, and never ranks more pieces than it may.
import { expect, test } from 'bun:test'
import { RANKED_MAX, tellingTerms } from './words.ts'

const counts: Record<string, number> = {
  the: RANKED_MAX + 1,
  of: RANKED_MAX + 1,
  walrus: 2,
  treaty: 30,
  nobody: 0,
}
const find = (terms: string[], more: Record<string, number> = {}) =>
  tellingTerms(terms, (term) => Promise.resolve({ ...counts, ...more }[term] ?? 0))

test('rare words count, common and unknown ones do not', async () => {
  expect(await find(['the', 'walrus', 'of', 'nobody', 'treaty'])).toEqual({
    terms: ['walrus', 'treaty'],
    every: false,
  })
})

test('together they stay below what may be ranked', async () => {
  const much = { sea: RANKED_MAX - 20, air: RANKED_MAX - 10 }
  expect((await find(['sea', 'air', 'walrus'], much)).terms).toEqual(['walrus', 'sea'])
})

test('where all words are everywhere, a piece has to have them', async () => {
  expect(await find(['the', 'of'])).toEqual({ terms: ['the', 'of'], every: true })
  expect(await find(['nobody'])).toEqual({ terms: [], every: true })
})
