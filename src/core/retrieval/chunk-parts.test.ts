// Goal: pieces are as long as asked, break where people do, lose nothing, and say where they come from.
import { describe, expect, test } from 'bun:test'
import { chunkParts } from './chunk-parts.ts'
import { searchWords } from './search-words.ts'

const rules = { size: 40, overlap: 10, minSize: 0, atHeadings: false }
const cut = (text: string, other = {}) => chunkParts([{ text, page: 2 }], { ...rules, ...other })

describe('chunks', () => {
  test('short text is one piece', () => {
    expect(cut('Hello there')).toEqual([
      { text: 'Hello there', page: 2, part: 0, start: 0, words: 'hello there' },
    ])
  })

  test('breaks at paragraphs before words, and repeats the end of the one before', () => {
    const texts = cut('First paragraph, short.\n\nSecond paragraph is here.\n\nThird.').map(
      ({ text }) => text,
    )
    expect(texts).toEqual(['First paragraph, short.', 'Second paragraph is here.\n\nThird.'])
    const words = Array.from({ length: 30 }, (_, at) => `w${at}`).join(' ')
    const pieces = cut(words)
    expect(pieces.every(({ text }) => text.length <= 40)).toBe(true)
    for (const [at, piece] of pieces.slice(1).entries()) {
      const before = pieces[at]
      const first = piece.text.split(' ')[0] ?? ''
      expect(before?.text.split(' ')).toContain(first)
      expect(words.slice(piece.start).trimStart().startsWith(piece.text)).toBe(true)
    }
  })

  test('loses nothing of a text without breaks', () => {
    const text = 'x'.repeat(1_000)
    const pieces = cut(text, { overlap: 0 })
    expect(pieces.map((piece) => piece.text).join('')).toBe(text)
  })

  test('headings begin a piece, code does not, and short sections may be joined', () => {
    const text = 'Intro\n# One\na\n```\n# no heading\n```\n## Two\nb'
    const parts = (other: object) =>
      cut(text, { atHeadings: true, size: 100, ...other }).map((one) => one.text)
    expect(parts({})).toEqual(['Intro', '# One\na\n```\n# no heading\n```', '## Two\nb'])
    expect(parts({ minSize: 10 })).toEqual(['Intro\n# One\na\n```\n# no heading\n```\n## Two\nb'])
  })

  test('a large text is cut in linear time', () => {
    const text = 'lorem ipsum dolor '.repeat(60_000)
    const startedAt = performance.now()
    expect(cut(text, { size: 1_000, overlap: 100 }).length).toBeGreaterThan(1_000)
    expect(performance.now() - startedAt).toBeLessThan(3_000)
  })
})

test('words are folded, and scripts without blanks give pairs', () => {
  expect(searchWords('Café, ÉTÉ-2026')).toEqual(['cafe', 'ete', '2026'])
  expect(searchWords('東京タワーABC')).toEqual(['abc', '東京', '京タ', 'タワ', 'ワー'])
})
