import { describe, expect, test } from 'bun:test'
import { applyChunk, applyTool } from './stream.ts'

describe('applyChunk', () => {
  test('chunks in order make the text', () => {
    const text = applyChunk('', 0, 'Hello ')
    expect(applyChunk(text ?? '', 6, 'there')).toBe('Hello there')
  })

  test('who joins in the middle gets all so far at offset 0', () => {
    expect(applyChunk('', 0, 'all so far')).toBe('all so far')
    expect(applyChunk('all', 0, 'all so far')).toBe('all so far')
  })

  test('a repeated chunk changes nothing', () => {
    expect(applyChunk('Hello there', 6, 'the')).toBe('Hello there')
  })

  test('an overlap does not double', () => {
    expect(applyChunk('Hello th', 6, 'there')).toBe('Hello there')
  })

  test('a gap is told, not papered over', () => {
    expect(applyChunk('Hel', 6, 'there')).toBeNull()
  })

  test('offsets count UTF-16 units', () => {
    expect(applyChunk('👍', 2, '!')).toBe('👍!')
    expect(applyChunk('👍', 1, '!')).not.toBeNull()
  })
})

describe('applyTool', () => {
  test('an end closes the step that began', () => {
    const running = applyTool([], 'web_search', 'running', 'bun')
    expect(applyTool(running, 'web_search', 'done', '')).toEqual([
      { tool: 'web_search', state: 'done', summary: 'bun' },
    ])
  })

  test('the same tool twice is two steps', () => {
    let steps = applyTool([], 'read_page', 'running', 'a')
    steps = applyTool(steps, 'read_page', 'running', 'b')
    steps = applyTool(steps, 'read_page', 'failed', 'a')
    expect(steps.map((step) => step.state)).toEqual(['failed', 'running'])
  })

  test('an end without a beginning is shown too', () => {
    expect(applyTool([], 'search_room', 'done', 'x')).toHaveLength(1)
  })
})
