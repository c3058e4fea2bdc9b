/** What is being composed: the quoted message per composer, and the message under edit. */
import { signal } from '@preact/signals'
import type { Message } from '../lib/types.ts'

/** Key of a composer: the room, or the room and thread. */
export function composerKey(roomId: string, thread: string | null): string {
  return thread ? `${roomId}/${thread}` : roomId
}

/** The message that the next one will quote, by composer. */
export const quoting = signal<ReadonlyMap<string, Message>>(new Map())

export function setQuote(key: string, message: Message | null): void {
  const next = new Map(quoting.value)
  if (message) next.set(key, message)
  else next.delete(key)
  quoting.value = next
}

/** Id of the message whose text is being edited. */
export const editing = signal<string | null>(null)

/** Asks a composer to take the focus. */
export const focusRequest = signal<{ key: string; count: number }>({ key: '', count: 0 })

export function focusComposer(key: string): void {
  focusRequest.value = { key, count: focusRequest.value.count + 1 }
}
