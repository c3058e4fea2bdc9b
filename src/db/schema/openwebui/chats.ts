/**
 * Open WebUI's chats with models, their folders and tags. Times are seconds; `chat.timer_at` is nanoseconds.
 * Columns only: the tables are created by Open WebUI's own DDL (db/ddl), never by Drizzle.
 */
import type { Columns } from '../../columns/sqlite.ts'

export function defineChats(c: Columns) {
  const chat = c.table('chat', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    title: c.text('title'),
    createdAt: c.int('created_at'),
    updatedAt: c.int('updated_at'),
    shareId: c.text('share_id'),
    archived: c.bool('archived'),
    chat: c.json('chat'),
    pinned: c.bool('pinned'),
    meta: c
      .json('meta')
      .notNull()
      .$defaultFn(() => ({})),
    folderId: c.text('folder_id'),
    tasks: c.json('tasks'),
    summary: c.text('summary'),
    lastReadAt: c.int('last_read_at'),
    currentMessageId: c.text('current_message_id'),
    variables: c.json('variables'),
    timerAt: c.ns('timer_at'),
  })

  const chatMessage = c.table('chat_message', {
    id: c.text('id').primaryKey(),
    chatId: c.text('chat_id').notNull(),
    userId: c.text('user_id'),
    role: c.text('role').notNull(),
    parentId: c.text('parent_id'),
    content: c.json('content'),
    output: c.json('output'),
    modelId: c.text('model_id'),
    files: c.json('files'),
    sources: c.json('sources'),
    embeds: c.json('embeds'),
    done: c.bool('done'),
    statusHistory: c.json('status_history'),
    error: c.json('error'),
    usage: c.json('usage'),
    createdAt: c.int('created_at'),
    updatedAt: c.int('updated_at'),
    contextSummary: c.text('context_summary'),
    meta: c.json('meta'),
  })

  const chatFile = c.table('chat_file', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    chatId: c.text('chat_id').notNull(),
    fileId: c.text('file_id').notNull(),
    messageId: c.text('message_id'),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const sharedChat = c.table('shared_chat', {
    id: c.text('id').primaryKey(),
    chatId: c.text('chat_id').notNull(),
    userId: c.text('user_id').notNull(),
    title: c.text('title'),
    chat: c.json('chat'),
    createdAt: c.int('created_at'),
    updatedAt: c.int('updated_at'),
  })

  const folder = c.table(
    'folder',
    {
      id: c.text('id').notNull(),
      parentId: c.text('parent_id'),
      userId: c.text('user_id').notNull(),
      name: c.text('name').notNull(),
      items: c.json('items'),
      meta: c.json('meta'),
      isExpanded: c.bool('is_expanded').notNull(),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
      data: c.json('data'),
    },
    (t) => [c.primaryKey({ columns: [t.id, t.userId] })],
  )

  const tag = c.table(
    'tag',
    {
      id: c.text('id').notNull(),
      name: c.text('name'),
      userId: c.text('user_id').notNull(),
      meta: c.json('meta'),
    },
    (t) => [c.primaryKey({ columns: [t.id, t.userId] })],
  )

  const chatidtag = c.table('chatidtag', {
    id: c.text('id').primaryKey(),
    tagName: c.text('tag_name'),
    chatId: c.text('chat_id'),
    userId: c.text('user_id'),
    timestamp: c.int('timestamp'),
  })

  const feedback = c.table('feedback', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    version: c.int('version'),
    type: c.text('type'),
    data: c.json('data'),
    meta: c.json('meta'),
    snapshot: c.json('snapshot'),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  return { chat, chatMessage, chatFile, sharedChat, folder, tag, chatidtag, feedback }
}
