import { expect, test } from 'bun:test'
import { isEmpty, parseTerms, textFits } from './search-terms.ts'

test('words, phrases, tags and what must not be there', () => {
  const terms = parseTerms('hello "big world" -spam -"bad idea" #release, wild*')
  expect(terms.words).toEqual(['hello', 'wild*'])
  expect(terms.phrases).toEqual(['big world'])
  expect(terms.tags).toEqual(['#release'])
  expect(terms.notWords).toEqual(['spam'])
  expect(terms.notPhrases).toEqual(['bad idea'])
})

test('people and channels, with and without a space, and not', () => {
  const terms = parseTerms('from:@Bob from: ann in:~Town-Square -in:random channel:off -from:eve')
  expect(terms.from).toEqual(['bob', 'ann'])
  expect(terms.notFrom).toEqual(['eve'])
  expect(terms.in).toEqual(['town-square', 'off'])
  expect(terms.notIn).toEqual(['random'])
  expect(terms.words).toEqual([])
})

test('days are those of the searcher', () => {
  const day = Date.UTC(2026, 4, 1)
  expect(parseTerms('on:2026-05-01')).toMatchObject({ startAt: day, endAt: day + 86_400_000 })
  expect(parseTerms('on:2026-05-01', 7200)).toMatchObject({ startAt: day - 7_200_000 })
  expect(parseTerms('after:2026-05-01').startAt).toBe(day + 86_400_000)
  expect(parseTerms('before:2026-05-01').endAt).toBe(day)
  expect(parseTerms('before:yesterday').endAt).toBeNull()
})

test('whole words, unless a star or the script says otherwise', () => {
  expect(textFits('the cat sat', parseTerms('cat'), false)).toBe(true)
  expect(textFits('concatenate', parseTerms('cat'), false)).toBe(false)
  expect(textFits('category', parseTerms('cat*'), false)).toBe(true)
  expect(textFits('今日は良い天気', parseTerms('天気'), false)).toBe(true)
  expect(textFits('a b', parseTerms('a c'), false)).toBe(false)
  expect(textFits('a b', parseTerms('a c'), true)).toBe(true)
  expect(textFits('a spam', parseTerms('a -spam'), false)).toBe(false)
})

test('nothing to look for is seen', () => {
  expect(isEmpty(parseTerms('  '))).toBe(true)
  expect(isEmpty(parseTerms('from:bob'))).toBe(false)
})
