import { describe, expect, test } from 'bun:test'
import type { Message, Room } from '../lib/types.ts'
import { byActivity, countMessage, markRead, upsertRoom } from './room-list.ts'

const room = (id: string, change: Partial<Room> = {}): Room => ({
  id,
  name: id,
  description: '',
  kind: 'public',
  ai: null,
  unread_count: 0,
  mention_count: 0,
  last_message: null,
  ...change,
})

const message = (change: Partial<Message> = {}): Message => ({
  id: 'm1',
  room_id: 'a',
  thread_id: null,
  reply_to: null,
  sender: { id: 'them', username: 'them', display_name: '', avatar_url: null, is_bot: false },
  content: 'hi',
  images: [],
  files: [],
  reactions: {},
  mentions: [],
  ai: null,
  edited_at: null,
  created_at: '2026-01-02T00:00:00.000Z',
  ...change,
})

describe('countMessage', () => {
  test('counts what others say elsewhere, and mentions apart', () => {
    const [counted] = countMessage([room('a')], message({ mentions: ['me'] }), 'me', false)
    expect([counted?.unread_count, counted?.mention_count]).toEqual([1, 1])
  })

  test('does not count in the room that is read, nor my own', () => {
    expect(countMessage([room('a')], message(), 'me', true)[0]?.unread_count).toBe(0)
    expect(countMessage([room('a')], message(), 'them', false)[0]?.unread_count).toBe(0)
  })

  test('an older message does not become the last one', () => {
    const last = message({ id: 'm2', created_at: '2026-01-03T00:00:00.000Z' })
    expect(
      countMessage([room('a', { last_message: last })], message(), 'me', false)[0]?.last_message?.id,
    ).toBe('m2')
  })
})

test('an update takes the name over and keeps my counters', () => {
  const update = room('a', { name: 'new', unread_count: 0 })
  const [updated] = upsertRoom([room('a', { unread_count: 3 })], update)
  expect([updated?.name, updated?.unread_count]).toEqual(['new', 3])
})

test('reading a room that is read changes nothing', () => {
  const rooms = [room('a')]
  expect(markRead(rooms, 'a')).toBe(rooms)
})

test('the latest activity comes first', () => {
  const rooms = [
    room('old', { last_message: message({ created_at: '2026-01-01T00:00:00.000Z' }) }),
    room('new', { created_at: '2026-01-05T00:00:00.000Z' }),
    room('mid', { last_message: message() }),
  ]
  expect(byActivity(rooms).map(({ id }) => id)).toEqual(['new', 'mid', 'old'])
})
