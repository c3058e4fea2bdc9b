/**
 * Whose a message is, and what of a chat stays with its owner. The server says who wrote: what a client claims of it
 * is overwritten, as in Open WebUI's own server, which shows the writer of each turn in shared chats.
 */
import type { User, Uuid } from '../types.ts'
import { isJson, jsonOf, listOf } from './context.ts'
import type { ChatRow, Json } from './rows.ts'

/** The chat as a client sends it, every message in it by this person. */
export function authored(chat: Json, user: Pick<User, 'id' | 'displayName'>): Json {
  return withMessages(chat, (message) => ({
    ...message,
    user_id: user.id,
    ...(message['role'] === 'user' ? { user: { id: user.id, name: user.displayName } } : {}),
  }))
}

/** A copy for somebody else: what its owner wrote is theirs now, the turns of others stay theirs. */
export function handedOver(row: ChatRow, user: Pick<User, 'id' | 'displayName'>): Json {
  return withMessages(jsonOf(row.chat), (message) =>
    (message['user_id'] ?? row.userId) === row.userId
      ? {
          ...message,
          user_id: user.id,
          ...(message['role'] === 'user' ? { user: { id: user.id, name: user.displayName } } : {}),
        }
      : message,
  )
}

/** Settings of a chat that only its owner sees. */
const OWNERS_KEYS = ['params', 'tool_servers', 'tool_ids', 'filter_ids', 'variables'] as const

/** What others see of a chat: neither its settings nor what a message keeps for its writer. */
export function asSeenBy(viewerId: Uuid | null, row: ChatRow): ChatRow {
  if (row.userId === viewerId) return row
  const shown: Json = { ...jsonOf(row.chat) }
  for (const key of OWNERS_KEYS) delete shown[key]
  const chat = withMessages(shown, (message) => {
    if ((message['user_id'] ?? row.userId) === viewerId) return message
    const { meta: _, ...open } = message
    return open
  })
  return { ...row, chat, variables: {} }
}

function withMessages(chat: Json, change: (message: Json) => Json): Json {
  const { history, messages } = chat
  const next: Json = { ...chat }
  if (isJson(history) && isJson(history['messages'])) {
    const changed = Object.entries(history['messages']).map(([id, message]) => [
      id,
      isJson(message) ? change(message) : message,
    ])
    next['history'] = { ...history, messages: Object.fromEntries(changed) as Json }
  }
  if (Array.isArray(messages)) {
    next['messages'] = listOf(messages).map((message) => (isJson(message) ? change(message) : message))
  }
  return next
}
