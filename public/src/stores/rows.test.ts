import { describe, expect, test } from 'bun:test'
import type { Message } from '../lib/types.ts'
import { firstUnreadId, toRows } from './rows.ts'

const person = (id: string) => ({ id, username: id, display_name: '', avatar_url: null, is_bot: false })
const at = (minutes: number) => new Date(2026, 0, 5, 12, minutes).toISOString()

const message = (id: string, from: string, minutes: number, change: Partial<Message> = {}): Message => ({
  id,
  room_id: 'a',
  thread_id: null,
  reply_to: null,
  sender: person(from),
  content: id,
  images: [],
  files: [],
  reactions: {},
  mentions: [],
  ai: null,
  edited_at: null,
  created_at: at(minutes),
  ...change,
})

const shape = (messages: Message[], unread: string | null = null) =>
  toRows(messages, unread).map((row) =>
    row.kind === 'message' ? `${row.message.id}${row.continued ? '+' : ''}` : row.kind,
  )

describe('toRows', () => {
  test('joins what one person says in one go', () => {
    const rows = shape([
      message('a', 'x', 0),
      message('b', 'x', 2),
      message('c', 'y', 3),
      message('d', 'x', 4),
    ])
    expect(rows).toEqual(['day', 'a', 'b+', 'c', 'd'])
  })

  test('a pause, a quote and the line of new messages begin anew', () => {
    const rows = shape(
      [
        message('a', 'x', 0),
        message('b', 'x', 9),
        message('c', 'x', 10, { reply_to: 'a' }),
        message('d', 'x', 11),
      ],
      'd',
    )
    expect(rows).toEqual(['day', 'a', 'b', 'c', 'unread', 'd'])
  })

  test('each day has its heading', () => {
    expect(shape([message('a', 'x', 0), message('b', 'x', 60 * 24)])).toEqual(['day', 'a', 'day', 'b'])
  })
})

describe('firstUnreadId', () => {
  const list = [message('a', 'x', 0), message('b', 'me', 1), message('c', 'x', 2), message('d', 'x', 3)]

  test('is the first of others after the last one read', () => {
    expect(firstUnreadId(list, { unread_count: 2, last_read_message_id: 'b' }, 'me')).toBe('c')
  })

  test('nothing unread, no line', () => {
    expect(firstUnreadId(list, { unread_count: 0, last_read_message_id: 'a' }, 'me')).toBeNull()
  })

  test('my own messages are not new to me', () => {
    expect(firstUnreadId(list, { unread_count: 3, last_read_message_id: 'a' }, 'me')).toBe('c')
  })

  test('a last read message in a thread is placed by its id', () => {
    const v7 = (n: number) => `0190000${n}-0000-7000-8000-000000000000`
    const messages = [message(v7(1), 'x', 0), message(v7(3), 'x', 1)]
    expect(firstUnreadId(messages, { unread_count: 1, last_read_message_id: v7(2) }, 'me')).toBe(v7(3))
  })
})
