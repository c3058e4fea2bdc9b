/**
 * What a person does with messages. Optimistic where the answer is certain;
 * failures are put back and shown.
 */
import { messages as api } from '../api/endpoints.ts'
import { uuid } from '../lib/ids.ts'
import type { Image, Message } from '../lib/types.ts'
import { flush, send } from '../socket/live-socket.ts'
import { enqueue, mark, settle } from '../stores/outbox.ts'
import { outbox } from '../stores/outgoing.ts'
import { loadPins } from '../stores/pins.ts'
import { clearUnread } from '../stores/rooms.ts'
import { myId } from '../stores/session.ts'
import { changeMessage, dropMessage, putMessage } from '../stores/timelines.ts'
import { toggleReaction } from '../stores/timeline.ts'
import { attempt } from '../stores/ui.ts'

export interface Draft {
  roomId: string
  content: string
  replyTo: string | null
  thread: string | null
  images: Image[]
}

/** Puts a message in the outbox; it goes out now, or when the line is back. */
export function postMessage(draft: Draft): void {
  outbox.value = enqueue(outbox.peek(), {
    client_id: uuid(),
    room_id: draft.roomId,
    content: draft.content,
    reply_to: draft.replyTo,
    thread: draft.thread,
    images: draft.images,
    created_at: new Date().toISOString(),
    state: 'waiting',
    error: null,
  })
  flush()
}

export function retryMessage(clientId: string): void {
  outbox.value = mark(outbox.peek(), clientId, 'waiting')
  flush()
}

export function discardMessage(clientId: string): void {
  outbox.value = settle(outbox.peek(), clientId)
}

/** Saves a new text; resolves to true when the server took it. */
export function editMessage(message: Message, content: string) {
  return attempt(api.edit(message.room_id, message.id, content).then(putMessage))
}

export async function deleteMessage(message: Message): Promise<void> {
  await api.remove(message.room_id, message.id)
  dropMessage(message.room_id, message.id)
}

export async function react(message: Message, emoji: string): Promise<void> {
  const mine = myId.peek()
  const on = !(message.reactions[emoji] ?? []).includes(mine)
  const set = (value: boolean) =>
    changeMessage(message.room_id, message.id, (current) => ({
      ...current,
      reactions: toggleReaction(current.reactions, emoji, mine, value),
    }))
  set(on)
  const done = await attempt(api.react(message.room_id, message.id, emoji, on))
  if (!done) set(!on)
}

export async function pin(message: Message, on: boolean): Promise<void> {
  const done = await attempt(api.pin(message.room_id, message.id, on))
  if (done) await attempt(loadPins(message.room_id))
}

export function stopAi(roomId: string, messageId: string): void {
  send({ type: 'stop_ai', room_id: roomId, message_id: messageId })
}

let lastTyping = -Infinity
const TYPING_EVERY_MS = 2_500

/** Tells the room that the person types; at most every few seconds. */
export function typing(roomId: string): void {
  const now = performance.now()
  if (now - lastTyping < TYPING_EVERY_MS) return
  if (send({ type: 'typing', room_id: roomId })) lastTyping = now
}

const lastRead = new Map<string, string>()

/** The person has seen up to this message. */
export function markSeen(roomId: string, messageId: string): void {
  clearUnread(roomId)
  if (lastRead.get(roomId) === messageId) return
  if (send({ type: 'read', room_id: roomId, message_id: messageId })) {
    lastRead.set(roomId, messageId)
  }
}
