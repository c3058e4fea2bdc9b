/** Which messages of a room are pinned, as far as it was asked. */
import { signal } from '@preact/signals'
import { rooms as api } from '../api/endpoints.ts'
import type { Message } from '../lib/types.ts'

/** Pinned messages by room, newest pin as the server orders them. */
export const pinsByRoom = signal<ReadonlyMap<string, Message[]>>(new Map())

export async function loadPins(roomId: string): Promise<void> {
  const pins = await api.pins(roomId)
  pinsByRoom.value = new Map(pinsByRoom.value).set(roomId, pins)
}

export function isPinned(roomId: string, messageId: string): boolean {
  const pins = pinsByRoom.value.get(roomId) ?? []
  return pins.some((message) => message.id === messageId)
}

/** Follows a change of one message: its text in the list, or that it left it. */
export function notePinned(message: Pick<Message, 'id' | 'room_id' | 'pinned'> & Partial<Message>): void {
  const pins = pinsByRoom.peek().get(message.room_id)
  if (!pins || message.pinned === undefined) return
  const others = pins.filter((pin) => pin.id !== message.id)
  const next = message.pinned ? [message as Message, ...others] : others
  if (!message.pinned && others.length === pins.length) return
  pinsByRoom.value = new Map(pinsByRoom.peek()).set(message.room_id, next)
}
