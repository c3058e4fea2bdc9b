/**
 * What those see who have a chat open in which somebody else is answered: the state of the answer rather than its
 * deltas, since they may come at any time. Made into a frame only where such people are (realtime).
 */
import { isSavedChat } from './completion-input.ts'
import { toTopic, type OpenwebuiContext } from './context.ts'
import type { Json } from './rows.ts'

/** Between two states that differ by deltas. */
export const SHARED_DELTA_MS = 150

/** These go as they are. */
const SHARED = new Set([
  'chat:messages',
  'chat:active',
  'status',
  'source',
  'citation',
  'files',
  'embeds',
  'chat:message:error',
  'chat:tasks:cancel',
  'chat:message:follow_ups',
])

/** What a state says besides the output. */
const KEPT = ['done', 'error', 'usage', 'finish_reason', 'content', 'selected_model_id', 'sources']

export interface SharedSource {
  chatId: string
  messageId: string | null
  userId: string
  /** The socket that asked: it has the deltas. */
  sessionId: string
  /** Of the answer so far. */
  output: () => readonly Json[]
}

export type SendCopy = (type: string, data?: unknown) => void

export function createSharedCopy({ deps }: OpenwebuiContext, source: SharedSource): SendCopy {
  const { chatId, messageId, userId, sessionId } = source
  let lastAt = Number.NEGATIVE_INFINITY
  let cancel: (() => void) | null = null
  const send = (data: Json): void => {
    cancel?.()
    cancel = null
    const event = { chat_id: chatId, message_id: messageId, user_id: userId, shared: true, data }
    deps.events.emit(toTopic(`chat:${chatId}`, 'events', event, sessionId))
  }
  return (type, data) => {
    if (!isSavedChat(chatId)) return
    if (SHARED.has(type)) return send(data === undefined ? { type } : { type, data })
    if (type !== 'chat:completion' && type !== 'response:completion') return
    const said = (data ?? {}) as Json
    const state = (): void => {
      lastAt = deps.clock.now()
      const kept = KEPT.filter((key) => key in said).map((key) => [key, said[key]] as const)
      send({ type: 'chat:completion', data: { output: source.output(), ...Object.fromEntries(kept) } })
    }
    const waitMs = lastAt + SHARED_DELTA_MS - deps.clock.now()
    if (waitMs <= 0 || !String(said['type'] ?? '').endsWith('.delta')) state()
    else cancel ??= deps.clock.after(waitMs, state)
  }
}
