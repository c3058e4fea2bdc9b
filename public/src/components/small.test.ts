import { describe, expect, test } from 'bun:test'
import { toApiError } from '../api/client.ts'
import { refuseImage } from '../api/upload.ts'
import { findEmoji, glyphOf } from '../lib/emoji.ts'
import { uuid } from '../lib/ids.ts'
import { initials, roomTitle } from '../lib/names.ts'
import { compact, dayLabel, money } from '../lib/time.ts'
import { byDay } from './admin/by-day.ts'
import { changed } from './admin/settings.tsx'
import { authEvent } from './auth/nostr.ts'
import { shownSize } from './chat/images.tsx'
import { cutAtWords } from './highlighted.tsx'

describe('errors', () => {
  test('the shape of the contract is read', () => {
    const error = toApiError(400, { error: { code: 'bad', message: 'No.', fields: { name: 'short' } } }, '7')
    expect([error.code, error.message, error.fields.name, error.retryAfterSeconds]).toEqual([
      'bad',
      'No.',
      'short',
      7,
    ])
  })

  test.each([
    [502, null],
    [413, '<html>'],
    [500, { detail: 'x' }],
  ])('%d with a foreign body has words', (status, body) => {
    expect(toApiError(status, body, null).message.length).toBeGreaterThan(5)
  })
})

test('files that are no image or too large are refused before they are sent', () => {
  expect(refuseImage({ type: 'image/svg+xml', size: 10 })).not.toBeNull()
  expect(refuseImage({ type: 'image/png', size: 6_000_000 })).not.toBeNull()
  expect(refuseImage({ type: 'image/png', size: 1_000 })).toBeNull()
})

test('an image keeps its shape within the limits', () => {
  expect(shownSize({ url: '', width: 4000, height: 1000 })).toEqual({ width: 420, height: 105 })
  expect(shownSize({ url: '', width: 100, height: 50 })).toEqual({ width: 100, height: 50 })
})

test('the challenge is answered for this server', () => {
  expect(authEvent('c', 'https://chat.example', 7)).toEqual({
    kind: 22242,
    created_at: 7,
    tags: [
      ['relay', 'wss://chat.example'],
      ['challenge', 'c'],
    ],
    content: '',
  })
})

test('ids are version 4', () => {
  expect(uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('names and rooms', () => {
  expect(initials('Ada Nwosu')).toBe('AN')
  expect(initials('')).toBe('?')
  const person = (id: string) => ({ id, username: id, display_name: '', avatar_url: null, is_bot: false })
  const members = [person('me'), person('jun')].map((one) => ({ ...one, member_role: 'member' as const }))
  const room = {
    id: 'r',
    name: 'x',
    description: '',
    ai: null,
    unread_count: 0,
    mention_count: 0,
    last_message: null,
  }
  expect(roomTitle({ ...room, kind: 'direct', members }, 'me')).toBe('jun')
  expect(roomTitle({ ...room, kind: 'public', members }, 'me')).toBe('x')
})

test('emoji by name', () => {
  expect(glyphOf('+1')).toBe('👍')
  expect(glyphOf('👍')).toBe('👍')
  expect(findEmoji('rock', 3)[0]?.char).toBe('🚀')
})

test('figures for people', () => {
  expect([compact(999), compact(1_043), compact(2_500_000)]).toEqual(['999', '1.0k', '2.5M'])
  expect(money(0.00034)).toBe('$0.0003')
  const now = new Date(2026, 0, 2, 1)
  expect(dayLabel(new Date(2026, 0, 1, 23).toISOString(), now)).toBe('Yesterday')
})

test('words are marked without reading HTML or patterns', () => {
  expect(cutAtWords('a (b) <i>', '(b)')).toEqual(['a ', '(b)', ' <i>'])
  expect(cutAtWords('anything', 'from:ada')).toEqual(['anything'])
})

test('usage is summed by day', () => {
  const row = (day: string, total_tokens: number) => ({
    day,
    total_tokens,
    room_id: null,
    user_id: null,
    model: 'm',
    cost_usd: null,
  })
  expect(byDay([row('2026-01-02', 1), row('2026-01-01', 2), row('2026-01-02', 3)])).toEqual([
    { day: '2026-01-01', tokens: 2 },
    { day: '2026-01-02', tokens: 4 },
  ])
})

test('only changed settings are sent', () => {
  const before = {
    signup_enabled: true,
    default_role: 'user' as const,
    max_tokens_per_day: null,
    default_model: 'a',
  }
  expect(changed(before, { ...before, default_model: null })).toEqual({ default_model: null })
})
