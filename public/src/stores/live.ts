/**
 * What passes: who types, who is online, which AI replies are being written.
 * Nothing here is kept by the server in this form.
 */
import { type Signal, signal } from '@preact/signals'
import type { ConnectionState } from '../socket/connection.ts'
import type { ToolState } from '../socket/frames.ts'
import type { Sender } from '../lib/types.ts'
import { applyChunk, applyTool, newStream, type Stream } from './stream.ts'

const TYPING_LASTS_MS = 5_000
const THINKING_LASTS_MS = 90_000

export const connection = signal<ConnectionState>('idle')

/** Ids of people who are here now. */
export const online = signal<ReadonlySet<string>>(new Set())

export function setPresence(userId: string, state: string): void {
  const here = state !== 'offline'
  if (online.value.has(userId) === here) return
  const next = new Set(online.value)
  if (here) next.add(userId)
  else next.delete(userId)
  online.value = next
}

export interface Typist {
  roomId: string
  user: Sender
}

export const typists = signal<Typist[]>([])
const typingTimers = new Map<string, ReturnType<typeof setTimeout>>()

export function setTyping(roomId: string, user: Sender): void {
  const key = `${roomId} ${user.id}`
  clearTimeout(typingTimers.get(key))
  typingTimers.set(
    key,
    setTimeout(() => stopTyping(roomId, user.id), TYPING_LASTS_MS),
  )
  if (typists.value.some((t) => t.roomId === roomId && t.user.id === user.id)) {
    return
  }
  typists.value = [...typists.value, { roomId, user }]
}

export function stopTyping(roomId: string, userId: string): void {
  typists.value = typists.value.filter((t) => t.roomId !== roomId || t.user.id !== userId)
}

/** Models that were asked and have not begun to answer, by room. */
export const thinking = signal<ReadonlyMap<string, string>>(new Map())
const thinkingTimers = new Map<string, ReturnType<typeof setTimeout>>()

export function setThinking(roomId: string, model: string | null): void {
  clearTimeout(thinkingTimers.get(roomId))
  const next = new Map(thinking.value)
  if (model === null) next.delete(roomId)
  else {
    next.set(roomId, model)
    thinkingTimers.set(
      roomId,
      setTimeout(() => setThinking(roomId, null), THINKING_LASTS_MS),
    )
  }
  thinking.value = next
}

/** Replies being written. The outer signal changes when one begins or ends. */
export const streams = signal<ReadonlyMap<string, Signal<Stream>>>(new Map())

function streamOf(roomId: string, messageId: string): Signal<Stream> {
  const known = streams.value.get(messageId)
  if (known) return known
  const created = signal(newStream(roomId, messageId))
  streams.value = new Map(streams.value).set(messageId, created)
  return created
}

/** Takes a chunk; false when earlier chunks are missing. */
export function takeChunk(roomId: string, messageId: string, offset: number, chunk: string): boolean {
  const stream = streamOf(roomId, messageId)
  const text = applyChunk(stream.value.text, offset, chunk)
  if (text === null) return false
  if (text !== stream.value.text) stream.value = { ...stream.value, text }
  return true
}

export function takeTool(
  roomId: string,
  messageId: string,
  tool: string,
  state: ToolState,
  summary: string,
): void {
  const stream = streamOf(roomId, messageId)
  const tools = applyTool(stream.value.tools, tool, state, summary)
  stream.value = { ...stream.value, tools }
}

export function endStream(messageId: string): void {
  if (!streams.value.has(messageId)) return
  const next = new Map(streams.value)
  next.delete(messageId)
  streams.value = next
}

/** After a cut nothing here is known any more; the server tells it again. */
export function resetLive(): void {
  online.value = new Set()
  typists.value = []
  thinking.value = new Map()
  streams.value = new Map()
}
