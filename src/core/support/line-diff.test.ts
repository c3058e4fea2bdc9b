import { describe, expect, test } from 'bun:test'
import { lineDiff } from './line-diff.ts'

describe('lineDiff', () => {
  test('shows what changed with three lines around it', () => {
    expect(lineDiff('a\nb\nc\nd\ne\nf', 'a\nb\nc\nd\nE\nf', 'v1', 'v2')).toEqual([
      '--- v1',
      '+++ v2',
      '@@ -2,5 +2,5 @@',
      ' b',
      ' c',
      ' d',
      '-e',
      '+E',
      ' f',
    ])
  })

  test('is empty for the same lines, whatever ends them', () => {
    expect(lineDiff('a\r\nb\r\n', 'a\nb', 'v1', 'v2')).toEqual([])
    expect(lineDiff('', '', 'v1', 'v2')).toEqual([])
  })

  test('a text out of nothing, and into nothing', () => {
    expect(lineDiff('', 'a', 'v1', 'v2')).toEqual(['--- v1', '+++ v2', '@@ -0,0 +1 @@', '+a'])
    expect(lineDiff('a', '', 'v1', 'v2')).toEqual(['--- v1', '+++ v2', '@@ -1 +0,0 @@', '-a'])
  })

  test('gives up comparing texts that have nothing in common', () => {
    const text = (name: string) => Array.from({ length: 3_000 }, (_, at) => `${name}${at}`).join('\n')
    const lines = lineDiff(text('a'), text('b'), 'v1', 'v2')
    expect(lines.slice(0, 4)).toEqual(['--- v1', '+++ v2', '@@ -1,3000 +1,3000 @@', '-a0'])
    expect(lines).toHaveLength(6_003)
  })
})
