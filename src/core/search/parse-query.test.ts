import { expect, test } from 'bun:test'
import { fold } from './fold.ts'
import { parseQuery } from './parse-query.ts'
import { snippetOf } from './snippet.ts'

const day = (text: string) => Date.parse(`${text}T00:00:00.000Z`)

test.each([
  ['two words', { terms: ['two', 'words'] }],
  ['"one  phrase" and', { terms: ['one phrase', 'and'] }],
  ['"left open', { terms: ['left open'] }],
  ['-not this', { terms: ['this'], excluded: ['not'] }],
  ['-"not this"', { excluded: ['not this'] }],
  ['from:@Bob in:#lobby x', { from: ['Bob'], in: ['lobby'], terms: ['x'] }],
  ['in:"two words"', { in: ['two words'] }],
  ['FROM:ann', { from: ['ann'] }],
  ['before:2026-02-01', { before: day('2026-02-01') }],
  ['after:2026-02-01', { after: day('2026-02-02') }],
  ['on:2026-02-01', { after: day('2026-02-01'), before: day('2026-02-02') }],
  ['before:soon', { terms: ['before:soon'] }],
  ['on:2026-13-45', { terms: ['on:2026-13-45'] }],
  ['from:', { terms: ['from:'] }],
  ['a - b', { terms: ['a', '-', 'b'] }],
  ['Café CAFE', { terms: ['cafe'] }],
  ['', {}],
])('%j', (q, wanted) => {
  const nothing = { terms: [], excluded: [], from: [], in: [], before: null, after: null }
  expect(parseQuery(q)).toEqual({ ...nothing, ...wanted })
})

test('folding takes accents off Latin letters only', () => {
  expect(fold('ÀÉÎ ñ Ångström')).toBe('aei n angstrom')
  expect(fold('が ガ 각 й')).toBe('が ガ 각 й')
  expect(fold('STRASSE')).toBe('strasse')
})

test('a snippet holds what was found, and short texts whole', () => {
  expect(snippetOf('short  text', ['text'])).toBe('short text')
  const long = `${'x '.repeat(200)}needle${' y'.repeat(200)}`
  const snippet = snippetOf(long, ['needle'])
  expect(snippet).toContain('needle')
  expect(snippet.startsWith('…') && snippet.endsWith('…')).toBe(true)
  expect(snippet.length).toBeLessThan(180)
  expect(snippetOf('😀'.repeat(300), []).isWellFormed()).toBe(true)
})
