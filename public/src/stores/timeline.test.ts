import { describe, expect, test } from 'bun:test'
import type { Message } from '../lib/types.ts'
import {
  addNewer,
  addOlder,
  aroundWindow,
  emptyTimeline,
  latestWindow,
  receive,
  reconcile,
  remove,
  type Timeline,
  toggleReaction,
  WINDOW_SIZE,
} from './timeline.ts'

const sender = { id: 'u1', username: 'ada', display_name: 'Ada', avatar_url: null, is_bot: false }

function message(n: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${String(n).padStart(6, '0')}`,
    room_id: 'r1',
    thread_id: null,
    reply_to: null,
    sender,
    content: `text ${n}`,
    images: [],
    files: [],
    reactions: {},
    mentions: [],
    ai: null,
    edited_at: null,
    created_at: new Date(1_700_000_000_000 + n * 1_000).toISOString(),
    ...change,
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => message(from + i))
const page = (from: number, to: number, has_more = true) => ({
  messages: range(from, to),
  has_more,
  next_cursor: null,
})
const ids = (line: Timeline) => line.messages.map((m) => Number(m.id.slice(1)))

describe('receive', () => {
  test('appends, and does not double what came twice', () => {
    const line = latestWindow(page(0, 3, false))
    const once = receive(line, message(3))
    expect(ids(receive(once, message(3)))).toEqual([0, 1, 2, 3])
  })

  test('puts a late message in its place', () => {
    const line = receive(latestWindow(page(0, 3, false)), message(9))
    expect(ids(receive(line, message(5)))).toEqual([0, 1, 2, 5, 9])
  })

  test('two messages of one moment are ordered by id', () => {
    const at = message(1).created_at
    const line = receive(
      receive(emptyTimeline, message(8, { created_at: at })),
      message(7, { created_at: at }),
    )
    expect(ids(line)).toEqual([7, 8])
  })

  test('replaces the text of a known one', () => {
    const line = receive(latestWindow(page(0, 3)), message(1, { content: 'new' }))
    expect(line.messages[1]?.content).toBe('new')
  })

  test('does not append when the window ends before the present', () => {
    const line: Timeline = { ...latestWindow(page(0, 3)), hasNewer: true }
    expect(receive(line, message(9))).toBe(line)
  })

  test('does not put a message above what is loaded', () => {
    const line = latestWindow(page(10, 13, true))
    expect(receive(line, message(2))).toBe(line)
  })

  test('stays within its limit, and remembers that there is more', () => {
    let line = latestWindow(page(0, 50, false))
    for (const next of range(50, 1_000)) line = receive(line, next)
    expect(line.messages).toHaveLength(WINDOW_SIZE)
    expect(line.hasOlder).toBe(true)
    expect(ids(line).at(-1)).toBe(999)
  })

  test('cuts nothing above while the person reads there', () => {
    let line = latestWindow(page(0, WINDOW_SIZE, false))
    for (const next of range(WINDOW_SIZE, WINDOW_SIZE + 20)) line = receive(line, next, true)
    expect(ids(line)[0]).toBe(0)
  })
})

describe('scrolling', () => {
  test('older pages go on top and cut the newest beyond the limit', () => {
    let line = latestWindow(page(950, 1_000))
    for (let from = 900; from >= 600; from -= 50) line = addOlder(line, page(from, from + 50))
    expect(line.messages).toHaveLength(WINDOW_SIZE)
    expect(ids(line)[0]).toBe(600)
    expect(line.hasNewer).toBe(true)
  })

  test('newer pages bring it back to the present', () => {
    let line: Timeline = { ...latestWindow(page(600, 840)), hasNewer: true }
    line = addNewer(line, page(840, 890, true))
    expect(line.hasNewer).toBe(true)
    line = addNewer(line, page(890, 900, false))
    expect(line.hasNewer).toBe(false)
    expect(ids(line).at(-1)).toBe(899)
    expect(ids(line)[0]).toBe(900 - WINDOW_SIZE)
    expect(line.hasOlder).toBe(true)
  })

  test('an empty page ends that side', () => {
    const line = addOlder(latestWindow(page(0, 5)), { messages: [], has_more: true, next_cursor: null })
    expect(line.hasOlder).toBe(false)
  })

  test('a window around a message may grow both ways', () => {
    const line = aroundWindow(page(100, 150))
    expect([line.hasOlder, line.hasNewer]).toEqual([true, true])
  })
})

describe('reconcile', () => {
  test('takes in what was missed, drops what was deleted, keeps what is older', () => {
    const line = latestWindow(page(0, 50, false))
    const fresh = { messages: [...range(30, 40), ...range(41, 60)], has_more: true, next_cursor: null }
    expect(ids(reconcile(line, fresh, new Set()))).toEqual([
      ...Array(40).keys(),
      ...range(41, 60).map((m) => Number(m.id.slice(1))),
    ])
  })

  test('keeps what arrived while the page was on its way', () => {
    const line = receive(latestWindow(page(0, 50, false)), message(50))
    expect(ids(reconcile(line, page(20, 50), new Set([message(50).id]))).at(-1)).toBe(50)
    expect(ids(reconcile(line, page(20, 50), new Set())).at(-1)).toBe(49)
  })

  test('starts anew when more was missed than one page holds', () => {
    const line = latestWindow(page(0, 50, false))
    const after = reconcile(line, page(500, 550, true), new Set())
    expect(ids(after)[0]).toBe(500)
    expect(after.hasOlder).toBe(true)
  })

  test('leaves a window that does not reach the present alone', () => {
    const line = aroundWindow(page(0, 50))
    expect(reconcile(line, page(500, 550), new Set())).toBe(line)
  })
})

test('remove takes one out and keeps the rest', () => {
  expect(ids(remove(latestWindow(page(0, 3)), message(1).id))).toEqual([0, 2])
})

describe('toggleReaction', () => {
  test('joins in once, and leaves no empty entry behind', () => {
    const on = toggleReaction({ '👍': ['a'] }, '👍', 'b', true)
    expect(toggleReaction(on, '👍', 'b', true)).toEqual({ '👍': ['a', 'b'] })
    expect(toggleReaction({ '👍': ['b'] }, '👍', 'b', false)).toEqual({})
  })
})
