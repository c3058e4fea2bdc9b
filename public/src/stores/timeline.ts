/**
 * A window on one room's (or thread's) history. Pure functions over a value, so
 * that a room of 100,000 messages costs the same as one of 300: the window has
 * a limit, and what falls out at one end is fetched again when it is scrolled to.
 */
import type { Message, MessagePage } from '../lib/types.ts'

/** Most messages that are kept, and so rendered, at once. */
export const WINDOW_SIZE = 240

export interface Timeline {
  /** Oldest first, by (created_at, id). */
  messages: Message[]
  hasOlder: boolean
  /** False when the window reaches the present. */
  hasNewer: boolean
}

export const emptyTimeline: Timeline = {
  messages: [],
  hasOlder: false,
  hasNewer: false,
}

/** History order: time, then id. */
export function compareMessages(a: Message, b: Message): number {
  if (a.created_at !== b.created_at) return a.created_at < b.created_at ? -1 : 1
  if (a.id === b.id) return 0
  return a.id < b.id ? -1 : 1
}

/** A window that shows the newest page. */
export function latestWindow(page: MessagePage): Timeline {
  return {
    messages: [...page.messages].sort(compareMessages),
    hasOlder: page.has_more,
    hasNewer: false,
  }
}

/** A window around some message; both ends are unknown until scrolled to. */
export function aroundWindow(page: MessagePage): Timeline {
  return {
    messages: [...page.messages].sort(compareMessages),
    hasOlder: true,
    hasNewer: true,
  }
}

/** Adds an older page; drops the newest messages beyond the limit. */
export function addOlder(line: Timeline, page: MessagePage): Timeline {
  const messages = merge(line.messages, page.messages)
  const kept = messages.slice(0, WINDOW_SIZE)
  return {
    messages: kept,
    hasOlder: page.has_more && page.messages.length > 0,
    hasNewer: line.hasNewer || kept.length < messages.length,
  }
}

/** Adds a newer page; drops the oldest messages beyond the limit. */
export function addNewer(line: Timeline, page: MessagePage): Timeline {
  const messages = merge(line.messages, page.messages)
  const kept = messages.slice(-WINDOW_SIZE)
  return {
    messages: kept,
    hasOlder: line.hasOlder || kept.length < messages.length,
    hasNewer: page.has_more && page.messages.length > 0,
  }
}

/**
 * A message just posted. Known ids are replaced; new ones go to the end, unless
 * the window does not reach the present. `keepOld` is set while the person reads
 * further up: nothing above may be cut away under their eyes.
 */
export function receive(line: Timeline, message: Message, keepOld = false): Timeline {
  if (has(line, message.id)) return replace(line, message)
  const oldest = line.messages[0]
  if (line.hasNewer) return line
  if (line.hasOlder && oldest && compareMessages(message, oldest) < 0) {
    return line
  }
  const messages = merge(line.messages, [message])
  const limit = keepOld ? WINDOW_SIZE * 2 : WINDOW_SIZE
  const kept = messages.slice(-limit)
  return {
    ...line,
    messages: kept,
    hasOlder: line.hasOlder || kept.length < messages.length,
  }
}

/** Replaces a message that is in the window; others are ignored. */
export function replace(line: Timeline, message: Message): Timeline {
  return change(line, message.id, (old) => ({ ...old, ...message }))
}

/** Changes one message by id; the same value when it is not in the window. */
export function change(line: Timeline, id: string, edit: (message: Message) => Message): Timeline {
  if (!has(line, id)) return line
  return {
    ...line,
    messages: line.messages.map((m) => (m.id === id ? edit(m) : m)),
  }
}

/** Takes a message out of the window. */
export function remove(line: Timeline, id: string): Timeline {
  if (!has(line, id)) return line
  return { ...line, messages: line.messages.filter((m) => m.id !== id) }
}

/** Turns one person's reaction on or off, before the server has answered. */
export function toggleReaction(
  reactions: Record<string, string[]>,
  emoji: string,
  userId: string,
  on: boolean,
): Record<string, string[]> {
  const others = (reactions[emoji] ?? []).filter((id) => id !== userId)
  const users = on ? [...others, userId] : others
  const next = { ...reactions }
  if (users.length > 0) next[emoji] = users
  else delete next[emoji]
  return next
}

function has(line: Timeline, id: string): boolean {
  return line.messages.some((message) => message.id === id)
}

/** Union by id (the added one wins), in history order. */
function merge(known: Message[], added: Message[]): Message[] {
  const byId = new Map(known.map((message) => [message.id, message]))
  for (const message of added) byId.set(message.id, message)
  return [...byId.values()].sort(compareMessages)
}

/**
 * Brings a window up to date with the newest page, after a time without
 * events: what was deleted meanwhile goes, edits replace. When the page does not
 * touch the window (too much was missed), the page becomes the window. `arrived` holds
 * the ids that came while the page was on its way: it may not know them yet.
 */
export function reconcile(line: Timeline, page: MessagePage, arrived: ReadonlySet<string>): Timeline {
  if (line.hasNewer) return line
  const newest = line.messages.at(-1)
  const late = line.messages.filter((message) => arrived.has(message.id))
  const fresh = latestWindow({ ...page, messages: merge(page.messages, late) })
  const from = fresh.messages[0]
  if (!newest || !from || !page.has_more) return fresh
  if (compareMessages(newest, from) < 0) return fresh
  const before = line.messages.filter((m) => compareMessages(m, from) < 0)
  return addNewer({ ...line, messages: before }, { ...page, messages: fresh.messages, has_more: false })
}
