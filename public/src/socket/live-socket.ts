/**
 * The one connection of the page: joins the rooms, resends what was not
 * acknowledged, and hands frames to `apply`.
 */
import { effect, untracked } from '@preact/signals'
import { messages as api, people } from '../api/endpoints.ts'
import { ApiError } from '../api/client.ts'
import type { Message } from '../lib/types.ts'
import { connection, resetLive, setPresence } from '../stores/live.ts'
import { mark, markLost, type Outgoing, settle, unsent } from '../stores/outbox.ts'
import { outbox } from '../stores/outgoing.ts'
import { loadRooms, rooms } from '../stores/rooms.ts'
import { restoreSession } from '../stores/session.ts'
import { boxOf, forgetOthers, putMessage, refresh, resumePoint } from '../stores/timelines.ts'
import { route } from '../router.ts'
import { applyFrame } from './apply.ts'
import { Connection, type SocketLike } from './connection.ts'
import type { ClientFrame } from './frames.ts'
import { Pacer } from './pacer.ts'

/** Frames over 64 KB close the socket; longer texts go by POST. */
const LONGEST_BY_SOCKET = 12_000

const joined = new Set<string>()
/** The server takes 64 waiting frames; most of them stay free for the person. */
const joins = new Pacer(sendJoin, 16)
let wasOnline = false

const live = new Connection({
  open: () => {
    const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
    return new WebSocket(`${scheme}//${location.host}/ws`) as SocketLike
  },
  setTimer: (run, ms) => window.setTimeout(run, ms),
  clearTimer: (timer) => window.clearTimeout(timer),
  random: Math.random,
  onState: (state) => {
    connection.value = state
    if (state === 'online') whenOnline()
    else if (state === 'waiting') whenLost()
  },
  onFrame: (frame) => {
    if (frame.type === 'joined' || (frame.type === 'error' && frame.room_id)) joins.done(frame.room_id ?? '')
    applyFrame(frame, rejoin)
  },
  onRefused: () => void restoreSession(),
})

/** Sends a frame when online; false otherwise. */
export function send(frame: ClientFrame): boolean {
  return live.send(frame)
}

export function connect(token: string): void {
  wasOnline = false
  live.start(token)
}

export function disconnect(): void {
  live.stop()
  joined.clear()
  joins.clear()
  resetLive()
}

function whenLost(): void {
  joined.clear()
  joins.clear()
  resetLive()
  outbox.value = markLost(outbox.value)
}

function openRoomId(): string | null {
  const at = route.peek()
  return at.name === 'room' ? at.id : null
}

function whenOnline(): void {
  joined.clear()
  joins.clear()
  joinAll()
  flush()
  void askWhoIsHere()
  // The first time everything is loaded by the pages themselves.
  if (wasOnline) void catchUp()
  wasOnline = true
}

/** Later changes come as frames. Not worth a word when it fails. */
async function askWhoIsHere(): Promise<void> {
  const here = await people.online().catch(() => [])
  for (const { user_id, state } of here) setPresence(user_id, state)
}

/** After a cut: counters, the open room, and nothing else, are asked for again. */
async function catchUp(): Promise<void> {
  const at = route.peek()
  forgetOthers(openRoomId())
  if (at.name === 'room') {
    void refresh(boxOf(at.id))
    if (at.thread) void refresh(boxOf(at.id, at.thread))
  }
  await loadRooms().catch(() => undefined)
}

/** Joins each room of the list that this connection has not joined. */
function joinAll(): void {
  const open = openRoomId()
  if (open && rooms.peek().some((room) => room.id === open)) join(open)
  for (const room of rooms.peek()) join(room.id)
}

function join(roomId: string): void {
  if (joined.has(roomId) || live.state !== 'online') return
  joined.add(roomId)
  joins.add(roomId)
}

function sendJoin(roomId: string): boolean {
  const since = resumePoint(roomId)
  return live.send({ type: 'join_room', room_id: roomId, ...(since ? { since } : {}) })
}

/** Asks for the state of a room again, e.g. when chunks of a stream are missing. */
function rejoin(roomId: string): void {
  live.send({ type: 'join_room', room_id: roomId })
}

/** Sends what waits, in order. */
export function flush(): void {
  for (const item of unsent(outbox.peek())) void deliver(item)
}

async function deliver(item: Outgoing): Promise<void> {
  const body = {
    content: item.content,
    client_id: item.client_id,
    ...(item.reply_to ? { reply_to: item.reply_to } : {}),
    ...(item.thread ? { thread: item.thread } : {}),
    ...(item.images.length > 0 ? { image_urls: item.images.map((image) => image.url) } : {}),
  }
  const short = item.content.length <= LONGEST_BY_SOCKET
  const sent = short && live.send({ type: 'send_message', room_id: item.room_id, ...body })
  if (sent) {
    outbox.value = mark(outbox.peek(), item.client_id, 'sending')
  } else if (live.state === 'online') {
    outbox.value = mark(outbox.peek(), item.client_id, 'sending')
    await postInstead(item, body)
  }
}

async function postInstead(item: Outgoing, body: Parameters<typeof api.post>[1]): Promise<void> {
  try {
    acknowledged(item.client_id, await api.post(item.room_id, body))
  } catch (error) {
    const lost = error instanceof ApiError && error.status === 0
    outbox.value = mark(
      outbox.peek(),
      item.client_id,
      lost ? 'waiting' : 'failed',
      error instanceof Error ? error.message : null,
    )
  }
}

function acknowledged(clientId: string, message: Message): void {
  outbox.value = settle(outbox.peek(), clientId)
  putMessage(message)
}

/** Follows the list of rooms and the state of the network and the page. */
export function startLive(): void {
  effect(() => {
    const ids = new Set(rooms.value.map((room) => room.id))
    untracked(() => {
      for (const id of joined) if (!ids.has(id)) joined.delete(id)
      joinAll()
    })
  })
  addEventListener('online', () => live.wake())
  addEventListener('offline', () => live.lost())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') live.wake()
  })
}
