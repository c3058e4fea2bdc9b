/**
 * Windows on the history of rooms and threads, as signals, with their loading.
 * A few stay in memory; the least recently opened is let go.
 */
import { type Signal, signal } from '@preact/signals'
import { messageOf } from '../api/client.ts'
import { messages as api } from '../api/endpoints.ts'
import type { Message } from '../lib/types.ts'
import {
  addNewer,
  addOlder,
  aroundWindow,
  change,
  emptyTimeline,
  latestWindow,
  receive,
  reconcile,
  remove,
  type Timeline,
} from './timeline.ts'

const PAGE_SIZE = 50
const KEPT_BOXES = 8

export interface Box {
  roomId: string
  threadId: string | null
  line: Signal<Timeline>
  status: Signal<'empty' | 'loading' | 'ready' | 'failed'>
  error: Signal<string>
  paging: Signal<'older' | 'newer' | null>
  /** Ids that came while the newest page was asked for again; null at other times. */
  arrived: Set<string> | null
  /** The person reads further up: keep what is above. */
  reading: boolean
}

const boxes = new Map<string, Box>()

const keyOf = (roomId: string, threadId: string | null) => (threadId ? `${roomId}/${threadId}` : roomId)

/** The window of a room or thread; made when there is none. */
export function boxOf(roomId: string, threadId: string | null = null): Box {
  const key = keyOf(roomId, threadId)
  const known = boxes.get(key)
  if (known) return known
  const box: Box = {
    roomId,
    threadId,
    line: signal(emptyTimeline),
    status: signal('empty'),
    error: signal(''),
    paging: signal(null),
    arrived: null,
    reading: false,
  }
  boxes.set(key, box)
  return box
}

/** Marks as most recently used, and lets the oldest go. */
function touch(box: Box): void {
  const key = keyOf(box.roomId, box.threadId)
  boxes.delete(key)
  boxes.set(key, box)
  for (const old of boxes.keys()) {
    if (boxes.size <= KEPT_BOXES) break
    boxes.delete(old)
  }
}

/** Loaded windows that reach the present, with the last message they know. */
export function resumePoint(roomId: string): string | null {
  const box = boxes.get(roomId)
  if (!box || box.status.value !== 'ready' || box.line.value.hasNewer) return null
  return box.line.value.messages.at(-1)?.id ?? null
}

/** The main timeline holds no replies of threads. */
const pageQuery = (box: Box) =>
  box.threadId ? { limit: PAGE_SIZE, thread: box.threadId } : { limit: PAGE_SIZE, roots: 'true' as const }

async function load(box: Box, fetchLine: () => Promise<Timeline>) {
  touch(box)
  box.status.value = 'loading'
  try {
    box.line.value = await fetchLine()
    box.status.value = 'ready'
  } catch (error) {
    box.error.value = messageOf(error)
    box.status.value = 'failed'
  }
}

/** Shows the newest messages, unless they are loaded already. */
export async function openLatest(box: Box): Promise<void> {
  touch(box)
  if (box.status.value === 'loading') return
  if (box.status.value === 'ready' && !box.line.value.hasNewer) return
  await jumpToLatest(box)
}

export function jumpToLatest(box: Box): Promise<void> {
  return load(box, async () => latestWindow(await api.page(box.roomId, pageQuery(box))))
}

/** Makes sure that a message is in the window. */
export async function openAround(box: Box, messageId: string): Promise<void> {
  touch(box)
  if (box.line.value.messages.some((m) => m.id === messageId)) return
  await load(box, async () =>
    aroundWindow(await api.page(box.roomId, { ...pageQuery(box), around: messageId })),
  )
}

/** Loads the next older or newer page; does nothing while one is on its way. */
export async function extend(box: Box, to: 'older' | 'newer'): Promise<void> {
  const line = box.line.value
  const edge = to === 'older' ? line.messages[0] : line.messages.at(-1)
  const more = to === 'older' ? line.hasOlder : line.hasNewer
  if (!edge || !more || box.paging.value || box.status.value !== 'ready') return
  box.paging.value = to
  try {
    const side = to === 'older' ? { before: edge.id } : { after: edge.id }
    const page = await api.page(box.roomId, { ...pageQuery(box), ...side })
    const add = to === 'older' ? addOlder : addNewer
    box.line.value = add(box.line.value, page)
  } catch {
    // The next scroll tries again; a banner already tells of a lost connection.
  } finally {
    box.paging.value = null
  }
}

/** After a cut: asks for the newest page of an open window and folds it in. */
export async function refresh(box: Box): Promise<void> {
  if (box.status.value === 'failed') return jumpToLatest(box)
  if (box.status.value !== 'ready' || box.line.value.hasNewer) return
  const arrived = new Set<string>()
  box.arrived = arrived
  const page = await api.page(box.roomId, pageQuery(box)).catch(() => null)
  if (box.arrived === arrived) box.arrived = null
  if (page) box.line.value = reconcile(box.line.value, page, arrived)
}

/** Lets go of all windows except those of one room. */
export function forgetOthers(roomId: string | null): void {
  for (const [key, box] of boxes) if (box.roomId !== roomId) boxes.delete(key)
}

/** Puts a new or changed message where it belongs. */
export function putMessage(message: Message): void {
  for (const box of boxes.values()) {
    if (box.roomId !== message.room_id || box.status.value !== 'ready') continue
    const inThread = box.threadId
      ? message.thread_id === box.threadId || message.id === box.threadId
      : message.thread_id === null
    if (inThread) {
      box.arrived?.add(message.id)
      box.line.value = receive(box.line.value, message, box.reading)
    }
  }
}

/** Changes a message wherever it is shown. */
export function changeMessage(roomId: string, id: string, edit: (message: Message) => Message): void {
  for (const box of boxes.values()) {
    if (box.roomId === roomId) box.line.value = change(box.line.value, id, edit)
  }
}

export function dropMessage(roomId: string, id: string): void {
  for (const box of boxes.values()) {
    if (box.roomId === roomId) box.line.value = remove(box.line.value, id)
  }
}

/** The history of a room was cleared, or the room is gone. */
export function emptyRoom(roomId: string): void {
  for (const box of boxes.values()) {
    if (box.roomId === roomId) box.line.value = emptyTimeline
  }
}

/** A loaded message of a room, wherever it is shown. */
export function findMessage(roomId: string, id: string): Message | null {
  for (const box of boxes.values()) {
    if (box.roomId !== roomId) continue
    const found = box.line.value.messages.find((m) => m.id === id)
    if (found) return found
  }
  return null
}
