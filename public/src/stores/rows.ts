/**
 * Turns a window of messages into what the timeline shows: days, the line above
 * what is new, and messages of one person that follow each other. Pure.
 */
import { sameDay } from '../lib/time.ts'
import type { Message } from '../lib/types.ts'

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: Message; continued: boolean }

const TOGETHER_MS = 5 * 60_000

/** Follows its predecessor closely enough to stand under the same name. */
export function continues(previous: Message | undefined, message: Message): boolean {
  if (!previous || previous.sender.id !== message.sender.id) return false
  if (
    message.reply_to ||
    previous.kind !== message.kind ||
    !sameDay(previous.created_at, message.created_at)
  ) {
    return false
  }
  return Date.parse(message.created_at) - Date.parse(previous.created_at) < TOGETHER_MS
}

/** Rows of a window; `firstUnread` is the id below the "new" line. */
export function toRows(messages: Message[], firstUnread: string | null): Row[] {
  const rows: Row[] = []
  let previous: Message | undefined
  for (const message of messages) {
    if (!previous || !sameDay(previous.created_at, message.created_at)) {
      rows.push({
        kind: 'day',
        key: `day ${message.created_at.slice(0, 10)} ${message.id}`,
        at: message.created_at,
      })
    }
    const fresh = message.id === firstUnread
    if (fresh) rows.push({ kind: 'unread', key: 'unread' })
    const continued = !fresh && continues(previous, message)
    rows.push({ kind: 'message', key: message.id, message, continued })
    previous = message
  }
  return rows
}

/** The first of the last `unread` messages that others wrote; null when none is. */
export function firstUnreadId(messages: Message[], unread: number, me: string): string | null {
  if (unread <= 0) return null
  let left = unread
  let first: string | null = null
  for (const message of messages.toReversed()) {
    if (message.sender.id === me) continue
    first = message.id
    left -= 1
    if (left === 0) break
  }
  return first
}
