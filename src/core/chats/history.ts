/**
 * The tree of messages inside a chat, as Open WebUI's front end and Python server keep it in
 * `chat.chat.history`. Pure functions on plain JSON; unknown keys of messages are always kept.
 */
import { isJson, jsonOf, listOf, textOf } from './context.ts'
import type { ChatMessageRow, Json, Seconds } from './rows.ts'
import type { Uuid } from '../types.ts'

export interface ChatMessage extends Json {
  id?: string
  parentId?: string | null
  childrenIds?: string[]
  role?: string
  content?: unknown
  timestamp?: number
}

export interface History extends Json {
  messages: Record<string, ChatMessage>
  currentId: string | null
}

/** The history of a chat's JSON; empty where there is none. */
export function historyOf(chat: unknown): History {
  const history = jsonOf(jsonOf(chat)['history'])
  const messages: Record<string, ChatMessage> = {}
  for (const [id, message] of Object.entries(jsonOf(history['messages']))) {
    if (isJson(message)) messages[id] = message as ChatMessage
  }
  return { ...history, messages, currentId: textOf(history['currentId']) }
}

/** What `chat.current_message_id` should say. */
export function currentMessageId(chat: unknown): string | null {
  const { currentId } = historyOf(chat)
  if (currentId) return currentId
  const direct = textOf(jsonOf(chat)['currentId']) ?? textOf(jsonOf(chat)['branchPointMessageId'])
  if (direct) return direct
  const last = listOf(jsonOf(chat)['messages']).findLast((message) => textOf(jsonOf(message)['id']))
  return last === undefined ? null : textOf(jsonOf(last)['id'])
}

/** Joins two histories by message id; nothing is deleted, children are rebuilt from parents. */
export function mergeHistory(existing: unknown, incoming: unknown): History {
  const stored = historyOf({ history: existing })
  const given = historyOf({ history: incoming })
  const messages: Record<string, ChatMessage> = {}
  for (const [id, message] of Object.entries({ ...stored.messages, ...given.messages })) {
    messages[id] = { ...message, childrenIds: [] }
  }
  for (const [id, message] of Object.entries(messages)) {
    const parent = message.parentId ? messages[message.parentId] : undefined
    parent?.childrenIds?.push(id)
  }
  const currentId = [given.currentId, stored.currentId].find((id) => id !== null && id in messages) ?? null
  return { ...stored, ...given, messages, currentId }
}

/** Adds or patches one message and links it to its parent. Returns what is now stored. Changes `history`. */
export function upsertMessage(history: History, id: string, patch: ChatMessage, now: Seconds): ChatMessage {
  const known = history.messages[id]
  const saved = known
    ? { ...known, ...patch, ...(isJson(patch['meta']) ? { meta: mergedMeta(known, patch['meta']) } : {}) }
    : newMessage(history, id, patch, now)
  history.messages[id] = saved
  if (!known) history.currentId = id
  const parent = saved.parentId ? history.messages[saved.parentId] : undefined
  if (parent) parent.childrenIds = [...new Set([...(parent.childrenIds ?? []), id])]
  return saved
}

/** Voice and task ids live beside whatever else a turn keeps in `meta`. */
function mergedMeta(known: ChatMessage, incoming: Json): Json {
  const existing = jsonOf(known['meta'])
  const onlySide = Object.keys(incoming).every((key) => key === 'voice' || key === 'task_id')
  if (onlySide) return { ...existing, ...incoming }
  const kept = Object.fromEntries(
    Object.entries(existing).filter(([key]) => key === 'voice' || key === 'task_id'),
  )
  return { ...kept, ...incoming }
}

function newMessage(history: History, id: string, patch: ChatMessage, now: Seconds): ChatMessage {
  const linked = Object.entries(history.messages).find(([, message]) => message.childrenIds?.includes(id))
  const parentId = patch.parentId ?? linked?.[0] ?? null
  const parentRole = parentId ? history.messages[parentId]?.role : undefined
  return {
    ...patch,
    id: patch.id ?? id,
    parentId,
    childrenIds: Array.isArray(patch.childrenIds) ? patch.childrenIds : [],
    role: patch.role ?? (parentRole === 'assistant' ? 'user' : 'assistant'),
    timestamp: patch.timestamp || now,
  }
}

/** Takes a message and its answers out; grandchildren move up. Returns the ids that went. Changes `history`. */
export function deleteMessage(history: History, id: string): Set<string> {
  const { messages } = history
  const message = messages[id]
  if (!message) return new Set()
  const parentId = message.parentId ?? null
  const children = (message.childrenIds ?? []).filter((child) => child in messages)
  const grandchildren = children
    .flatMap((child) => messages[child]?.childrenIds ?? [])
    .filter((grandchild) => grandchild in messages)
  const parent = parentId ? messages[parentId] : undefined
  if (parent) {
    parent.childrenIds = [...(parent.childrenIds ?? []).filter((child) => child !== id), ...grandchildren]
  }
  for (const grandchild of grandchildren) {
    const moved = messages[grandchild]
    if (moved) moved.parentId = parentId
  }
  const gone = new Set([id, ...children])
  for (const each of gone) delete messages[each]
  history.currentId = lastDescendant(history, parentId)
  return gone
}

/** The end of the newest branch under `from` (or of all, for null). */
export function lastDescendant(history: History, from: string | null): string | null {
  const { messages } = history
  const roots = Object.entries(messages).filter(([, message]) => !message.parentId)
  let current = from
  let next = from === null ? roots.map(([id]) => id) : (messages[from]?.childrenIds ?? [])
  const seen = new Set<string>()
  for (let last = next.at(-1); last !== undefined && !seen.has(last); last = next.at(-1)) {
    seen.add(last)
    current = last
    next = messages[last]?.childrenIds ?? []
  }
  return current !== null && current in messages ? current : null
}

/** Messages from the root to this one. Stops at a gap or a circle. */
export function branch(messages: Record<string, ChatMessage>, leafId: string | null): ChatMessage[] {
  const found: ChatMessage[] = []
  const seen = new Set<string>()
  for (let id = leafId; id && messages[id] && !seen.has(id); id = messages[id]?.parentId ?? null) {
    seen.add(id)
    const message = messages[id]
    if (message) found.push(message)
  }
  return found.reverse()
}

/** The normalised copy of a message; what the payload does not carry keeps its stored value. */
export function messageRow(
  chatId: Uuid,
  id: string,
  userId: Uuid | null,
  message: ChatMessage,
  now: Seconds,
  stored: ChatMessageRow | null = null,
): ChatMessageRow {
  const given = (key: string, other = key): boolean => key in message || other in message
  const pick = (key: string, other: string, column: keyof ChatMessageRow): unknown =>
    given(key, other) ? (message[key] ?? message[other] ?? null) : (stored?.[column] ?? null)
  const usage = normaliseUsage(message['usage'] ?? jsonOf(message['info'])['usage'])
  return {
    id: `${chatId}-${id}`,
    chatId,
    userId: stored?.userId ?? userId,
    role: message.role ?? stored?.role ?? 'user',
    parentId: pick('parentId', 'parent_id', 'parentId') as string | null,
    content: pick('content', 'content', 'content'),
    output: pick('output', 'output', 'output'),
    modelId: pick('model', 'model_id', 'modelId') as string | null,
    files: pick('files', 'files', 'files'),
    sources: pick('sources', 'sources', 'sources'),
    embeds: pick('embeds', 'embeds', 'embeds'),
    done: given('done') ? message['done'] !== false : (stored?.done ?? true),
    statusHistory: pick('statusHistory', 'status_history', 'statusHistory'),
    error: pick('error', 'error', 'error'),
    usage: usage ?? stored?.usage ?? null,
    createdAt: stored?.createdAt ?? plausibleSeconds(message.timestamp, now),
    updatedAt: now,
    contextSummary: pick('contextSummary', 'context_summary', 'contextSummary') as string | null,
    meta: pick('meta', 'meta', 'meta'),
  }
}

/** Old imports carry milliseconds or nanoseconds; what stays implausible becomes now. */
export function plausibleSeconds(value: unknown, now: Seconds): Seconds {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) return now
  let seconds = value
  while (seconds > 10_000_000_000) seconds /= 1000
  return Math.floor(seconds)
}

/** Usage under both namings: `input_tokens` and `output_tokens` beside what the provider sent. */
export function normaliseUsage(usage: unknown): Json | null {
  if (!isJson(usage)) return null
  const input = usage['input_tokens'] ?? usage['prompt_tokens']
  const output = usage['output_tokens'] ?? usage['completion_tokens']
  return {
    ...usage,
    ...(input === undefined ? {} : { input_tokens: input }),
    ...(output === undefined ? {} : { output_tokens: output }),
  }
}
