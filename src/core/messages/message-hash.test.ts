import { expect, test } from 'bun:test'
import { sha256Hex } from '../support/digest.ts'
import { jcs } from '../../../test/support/jcs.ts'
import { canonicalText, messageHash } from './message-hash.ts'

test.each([
  'plain',
  'quotes " and \\ and / and\nlines\ttabs',
  'control \u0000 \u0007 \u001f \u007f \u2028',
  '日本語 🧪 é',
])('%j is hashed over its canonical JSON', (content) => {
  for (const previous of [null, 'ab'.repeat(32)]) {
    const message = { roomId: 'room', senderId: 'sender', createdAt: 1_700_000_000_123, content, previous }
    const canonical = jcs({
      room_id: 'room',
      sender_id: 'sender',
      created_at: '2023-11-14T22:13:20.123Z',
      content,
      previous,
    })
    expect(canonicalText(message)).toBe(canonical)
    expect(messageHash(message)).toBe(sha256Hex(canonical))
  }
})

test('half a character has no hash', () => {
  const message = { roomId: 'r', senderId: 's', createdAt: 0, content: 'a\ud83e', previous: null }
  expect(() => messageHash(message)).toThrow(RangeError)
})
