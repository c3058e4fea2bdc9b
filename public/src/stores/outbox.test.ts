import { describe, expect, test } from 'bun:test'
import { enqueue, mark, markLost, type Outgoing, parseOutbox, settle, unsent } from './outbox.ts'

function item(client_id: string, change: Partial<Outgoing> = {}): Outgoing {
  return {
    client_id,
    room_id: 'r1',
    content: 'hello',
    reply_to: null,
    thread: null,
    images: [],
    created_at: '2026-01-01T00:00:00.000Z',
    state: 'waiting',
    error: null,
    ...change,
  }
}

describe('outbox', () => {
  test('keeps the order of writing, and no message twice', () => {
    const box = enqueue(enqueue(enqueue([], item('a')), item('b')), item('a'))
    expect(unsent(box).map((one) => one.client_id)).toEqual(['a', 'b'])
  })

  test('what was on its way when the line broke waits again', () => {
    const box = markLost(mark(enqueue([], item('a')), 'a', 'sending'))
    expect(unsent(box)).toHaveLength(1)
  })

  test('what failed waits for the person, not for the line', () => {
    const box = markLost(mark(enqueue([], item('a')), 'a', 'failed', 'too long'))
    expect(unsent(box)).toHaveLength(0)
    expect(box[0]?.error).toBe('too long')
  })

  test('an acknowledged message is gone', () => {
    expect(settle(enqueue([], item('a')), 'a')).toEqual([])
  })

  test('survives a reload', () => {
    const saved = JSON.stringify([item('a', { state: 'sending' })])
    expect(unsent(parseOutbox(saved))[0]?.client_id).toBe('a')
  })

  test.each([null, '', '{', '42', '[{"client_id":1}]', '[null]'])(
    '%p in storage is an empty outbox',
    (saved) => {
      expect(parseOutbox(saved)).toEqual([])
    },
  )
})
