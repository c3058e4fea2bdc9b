// Goal: the tree of a chat keeps every message through merges and edits, as the Python server's does.
import { describe, expect, test } from 'bun:test'
import {
  branch,
  deleteMessage,
  historyOf,
  mergeHistory,
  messageRow,
  plausibleSeconds,
  upsertMessage,
  type History,
} from './history.ts'

/** q1 → a1 → q2 → (a2, b2) */
function tree(): History {
  return mergeHistory(null, {
    currentId: 'b2',
    messages: {
      q1: { id: 'q1', parentId: null, role: 'user' },
      a1: { id: 'a1', parentId: 'q1', role: 'assistant' },
      q2: { id: 'q2', parentId: 'a1', role: 'user' },
      a2: { id: 'a2', parentId: 'q2', role: 'assistant' },
      b2: { id: 'b2', parentId: 'q2', role: 'assistant' },
    },
  })
}

describe('mergeHistory', () => {
  test('a stale writer drops nothing, and children are rebuilt', () => {
    const merged = mergeHistory(tree(), {
      messages: { q1: { id: 'q1', parentId: null, role: 'user', odd: 1 } },
      currentId: 'gone',
    })
    expect(Object.keys(merged.messages)).toHaveLength(5)
    expect(merged.messages['q1']).toMatchObject({ odd: 1, childrenIds: ['a1'] })
    expect(merged.messages['q2']?.childrenIds).toEqual(['a2', 'b2'])
    expect(merged.currentId).toBe('b2')
  })

  test('reads what is no history as an empty one', () => {
    expect(historyOf(null)).toEqual({ messages: {}, currentId: null })
    expect(historyOf({ history: { messages: [1], currentId: 5 } })).toEqual({ messages: {}, currentId: null })
  })
})

describe('upsertMessage', () => {
  test('adds below its parent and becomes the current one', () => {
    const history = tree()
    const saved = upsertMessage(history, 'q3', { parentId: 'b2', content: 'more' }, 100)
    expect(saved).toMatchObject({ role: 'user', timestamp: 100, childrenIds: [] })
    expect(history.messages['b2']?.childrenIds).toEqual(['q3'])
    expect(history.currentId).toBe('q3')
  })

  test('patches keep unknown keys; voice does not push other meta out', () => {
    const history = tree()
    upsertMessage(history, 'a1', { odd: true, meta: { task_id: 't', other: 1 } }, 100)
    expect(upsertMessage(history, 'a1', { meta: { voice: 'v' } }, 100)).toMatchObject({
      odd: true,
      meta: { task_id: 't', other: 1, voice: 'v' },
    })
  })
})

test('deleteMessage takes the answers along and moves what follows up', () => {
  const history = tree()
  expect([...deleteMessage(history, 'q1')].toSorted()).toEqual(['a1', 'q1'])
  expect(history.messages['q2']).toMatchObject({ parentId: null })
  expect(history.currentId).toBe('b2')
  expect(deleteMessage(history, 'nothing').size).toBe(0)
})

test('branch stops at a circle', () => {
  const messages = { a: { id: 'a', parentId: 'b' }, b: { id: 'b', parentId: 'a' } }
  expect(branch(messages, 'a').map(({ id }) => id)).toEqual(['b', 'a'])
})

describe('messageRow', () => {
  test('what the payload does not carry keeps its stored value', () => {
    const stored = messageRow(
      'c',
      'm',
      'u',
      { role: 'assistant', content: 'old', files: [1], timestamp: 5 },
      10,
    )
    const row = messageRow('c', 'm', 'other', { content: 'new' }, 20, stored)
    expect(row).toMatchObject({
      id: 'c-m',
      userId: 'u',
      role: 'assistant',
      content: 'new',
      files: [1],
      createdAt: 5,
      updatedAt: 20,
    })
  })

  test('usage is kept under both namings', () => {
    const { usage } = messageRow(
      'c',
      'm',
      'u',
      { role: 'assistant', usage: { prompt_tokens: 3, completion_tokens: 4 } },
      1,
    )
    expect(usage).toEqual({ prompt_tokens: 3, completion_tokens: 4, input_tokens: 3, output_tokens: 4 })
  })

  test.each([
    [1_700_000_000, 1_700_000_000],
    [1_700_000_000_000, 1_700_000_000],
    [1_700_000_000_000_000_000, 1_700_000_000],
    ['text', 42],
    [-1, 42],
  ])('a time of %p is %p seconds', (value, seconds) => expect(plausibleSeconds(value, 42)).toBe(seconds))
})
