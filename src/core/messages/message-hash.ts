/**
 * The hash chain of a room (contracts/native.md): each message's hash is taken over its room, sender, time,
 * text and the hash before it. It is made once, over the text as first posted (a model's reply: as it
 * ended); earlier texts of edited messages stand in the edit history, so the chain can still be checked.
 */
import { sha256Hex } from '../support/digest.ts'
import type { Millis, Uuid } from '../types.ts'

export interface Hashed {
  roomId: Uuid
  senderId: Uuid
  createdAt: Millis
  content: string
  previous: string | null
}

export function messageHash(message: Hashed): string {
  return sha256Hex(canonicalText(message))
}

/** JCS (RFC 8785) of these five fields, with the order of their keys known: each message pays for this. */
export function canonicalText({ roomId, senderId, createdAt, content, previous }: Hashed): string {
  if (!content.isWellFormed())
    throw new RangeError('Text with half of a surrogate pair has no canonical form.')
  return JSON.stringify({
    content,
    created_at: new Date(createdAt).toISOString(),
    previous,
    room_id: roomId,
    sender_id: senderId,
  })
}
