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

/** What the room list says about how far a person has read. */
export interface ReadState {
  unread_count: number
  last_read_message_id?: string | null
}

/**
 * The first message by others after the last one read; null when all is read. The last read
 * one may be in a thread and so not in this window: version-7 ids sort by time, which decides then.
 */
export function firstUnreadId(messages: Message[], read: ReadState, me: string): string | null {
  if (read.unread_count <= 0) return null
  const last = read.last_read_message_id
  const at = messages.findIndex((message) => message.id === last)
  const rest =
    at >= 0
      ? messages.slice(at + 1)
      : last && isTimeOrdered(last)
        ? messages.filter((message) => message.id > last)
        : messages.slice(-read.unread_count)
  return rest.find((message) => message.sender.id !== me)?.id ?? null
}

const isTimeOrdered = (id: string) => id[14] === '7'
