/**
 * The hash chain of a room (contracts/native.md): each message's hash is taken over its room, sender, time,
 * text and the hash before it. It is made once, over the text as first posted (a model's reply: as it
 * ended); earlier texts of edited messages stand in the edit history, so the chain can still be checked.
 */
import { sha256Hex } from '../support/digest.ts'
import { jcs } from '../support/jcs.ts'
import type { Millis, Uuid } from '../types.ts'

export function messageHash(message: {
  roomId: Uuid
  senderId: Uuid
  createdAt: Millis
  content: string
  previous: string | null
}): string {
  return sha256Hex(
    jcs({
      room_id: message.roomId,
      sender_id: message.senderId,
      created_at: new Date(message.createdAt).toISOString(),
      content: message.content,
      previous: message.previous,
    }),
  )
}
