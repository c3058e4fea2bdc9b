/** Writes a chat in both its places, inside the caller's unit of work. */
import type { Uuid } from '../types.ts'
import { jsonOf, listOf, textOf, isJson } from './context.ts'
import { historyOf, messageRow, type ChatMessage } from './history.ts'
import type { OpenwebuiTables } from './repositories.ts'
import type { ChatRow, Seconds } from './rows.ts'

/** The messages of a chat's JSON by id; older chats have only a list. */
export function messagesOf(chat: unknown): Record<string, ChatMessage> {
  const { messages } = historyOf(chat)
  if (Object.keys(messages).length > 0) return messages
  const listed = listOf(jsonOf(chat)['messages']).filter(isJson) as ChatMessage[]
  return Object.fromEntries(listed.flatMap((message) => (textOf(message.id) ? [[message.id, message]] : [])))
}

/** Inserts or updates the row of each message that has a role. */
export async function addMessageRows(
  tables: OpenwebuiTables,
  chatId: Uuid,
  ownerId: Uuid | null,
  messages: Record<string, ChatMessage>,
  now: Seconds,
): Promise<void> {
  const entries = Object.entries(messages).filter(([, message]) => textOf(message.role))
  if (entries.length === 0) return
  const ids = entries.map(([id]) => `${chatId}-${id}`)
  const known = new Map(
    (await tables.chatMessages.find({ where: { id: { in: ids } } })).map((row) => [row.id, row]),
  )
  const fresh = []
  for (const [id, message] of entries) {
    const stored = known.get(`${chatId}-${id}`) ?? null
    const row = messageRow(chatId, id, writerOf(message) ?? ownerId, message, now, stored)
    if (stored) await tables.chatMessages.update({ id: row.id }, row)
    else fresh.push(row)
  }
  if (fresh.length > 0) await tables.chatMessages.insert(fresh)
}

function writerOf(message: ChatMessage): string | null {
  return textOf(message['user_id']) ?? textOf(jsonOf(message['user'])['id'])
}

/** Applies a change to the chat's own row and gives what is now stored. */
export async function changeChat(
  tables: OpenwebuiTables,
  row: ChatRow,
  change: Partial<ChatRow>,
): Promise<ChatRow> {
  await tables.chats.update({ id: row.id }, change)
  return { ...row, ...change }
}
