import { expect, test } from 'bun:test'
import { findTrigger } from './triggers.ts'

test.each([
  ['@', 'person', ''],
  ['hi @ad', 'person', 'ad'],
  ['(@gpt-4o', 'person', 'gpt-4o'],
  ['well :smi', 'emoji', 'smi'],
])('%s opens suggestions', (text, kind, query) => {
  const found = findTrigger(text, text.length)
  expect([found?.kind, found?.query]).toEqual([kind, query])
  expect(text.slice(found?.start)).toBe(text.slice(text.length - query.length - 1))
})

test.each(['ada@example', 'at 10:30', 'a :s', '@ada said', 'https://x'])('%s does not', (text) => {
  expect(findTrigger(text, text.length)).toBeNull()
})

test('only what stands before the caret counts', () => {
  expect(findTrigger('@ada later', 3)?.query).toBe('ad')
})
