/** Chats on the wire: the whole chat, and the line of a list. */
import type { ChatTitle } from '../../../core/chats/chat-lists.ts'
import type { ContextUsage } from '../../../core/chats/context-usage.ts'
import type { ChatRow, SharedChatRow, TagRow } from '../../../core/chats/rows.ts'

type Shape = Record<string, unknown>

export function presentChat(row: ChatRow): Shape {
  return {
    id: row.id,
    user_id: row.userId,
    title: row.title,
    chat: row.chat ?? {},
    updated_at: row.updatedAt,
    created_at: row.createdAt,
    share_id: row.shareId,
    archived: row.archived ?? false,
    pinned: row.pinned ?? false,
    meta: row.meta ?? {},
    variables: row.variables ?? {},
    folder_id: row.folderId,
    tasks: row.tasks ?? null,
    summary: row.summary,
    current_message_id: row.currentMessageId,
    context_usage: null,
  }
}

export function presentUsage(usage: ContextUsage | null): Shape | null {
  if (usage === null) return null
  const { tokens, threshold } = usage
  const percent = Math.round((tokens / threshold) * 100)
  return { tokens, estimated_tokens: tokens, threshold, percent, source: 'estimated' }
}

export function presentTitle(title: ChatTitle, active: boolean): Shape {
  return {
    id: title.id,
    title: title.title,
    updated_at: title.updatedAt,
    created_at: title.createdAt,
    last_read_at: title.lastReadAt,
    snippet: null,
    active,
    archived: title.archived ?? false,
  }
}

export const presentTag = (tag: TagRow): Shape => ({
  id: tag.id,
  name: tag.name,
  user_id: tag.userId,
  meta: tag.meta ?? null,
})

export const presentShared = (share: SharedChatRow): Shape => ({
  id: share.chatId,
  chat_id: share.chatId,
  title: share.title,
  share_id: share.id,
  updated_at: share.updatedAt,
  created_at: share.createdAt,
})
