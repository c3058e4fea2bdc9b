/**
 * Messages that the server has not acknowledged. Kept in localStorage, so that
 * they survive a reload; each has a client_id, so that sending twice posts once.
 * Pure list functions; when to send is decided in socket/sender.ts.
 */
import type { Image } from '../lib/types.ts'

export type OutgoingState = 'sending' | 'waiting' | 'failed'

export interface Outgoing {
  client_id: string
  room_id: string
  content: string
  reply_to: string | null
  thread: string | null
  images: Image[]
  created_at: string
  state: OutgoingState
  error: string | null
}

/** Adds at the end; the same client_id is not added twice. */
export function enqueue(box: Outgoing[], item: Outgoing): Outgoing[] {
  if (box.some((known) => known.client_id === item.client_id)) return box
  return [...box, item]
}

/** Removes what was acknowledged or given up. */
export function settle(box: Outgoing[], clientId: string): Outgoing[] {
  return box.filter((item) => item.client_id !== clientId)
}

/** Sets the state of one item. */
export function mark(
  box: Outgoing[],
  clientId: string,
  state: OutgoingState,
  error: string | null = null,
): Outgoing[] {
  return box.map((item) => (item.client_id === clientId ? { ...item, state, error } : item))
}

/** After a cut: what was on its way may not have arrived, so it waits again. */
export function markLost(box: Outgoing[]): Outgoing[] {
  return box.map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item))
}

/** What to send when the line is back, in the order it was written. */
export function unsent(box: Outgoing[]): Outgoing[] {
  return box.filter((item) => item.state === 'waiting')
}

/** Reads a saved outbox; broken or foreign data gives an empty one. */
export function parseOutbox(saved: string | null): Outgoing[] {
  if (!saved) return []
  try {
    const items: unknown = JSON.parse(saved)
    return Array.isArray(items) ? markLost(items.filter(isOutgoing)) : []
  } catch {
    return []
  }
}

function isOutgoing(item: unknown): item is Outgoing {
  const { client_id, room_id, content, images } = (item ?? {}) as Partial<Outgoing>
  return (
    typeof client_id === 'string' &&
    typeof room_id === 'string' &&
    typeof content === 'string' &&
    Array.isArray(images)
  )
}
