/**
 * Open WebUI's channels and their messages. Times are nanoseconds except in channel_file.
 * Columns only: the tables are created by Open WebUI's own DDL (db/ddl), never by Drizzle.
 */
import type { Columns } from '../../columns/sqlite.ts'

export function defineChannels(c: Columns) {
  const channel = c.table('channel', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    name: c.text('name'),
    description: c.text('description'),
    data: c.json('data'),
    meta: c.json('meta'),
    createdAt: c.ns('created_at'),
    updatedAt: c.ns('updated_at'),
    type: c.text('type'),
    isPrivate: c.bool('is_private'),
    archivedAt: c.ns('archived_at'),
    archivedBy: c.text('archived_by'),
    deletedAt: c.ns('deleted_at'),
    deletedBy: c.text('deleted_by'),
    updatedBy: c.text('updated_by'),
  })

  const channelMember = c.table('channel_member', {
    id: c.text('id').primaryKey(),
    channelId: c.text('channel_id').notNull(),
    userId: c.text('user_id'),
    createdAt: c.ns('created_at'),
    status: c.text('status'),
    isActive: c.bool('is_active').notNull().default(true),
    isChannelMuted: c.bool('is_channel_muted').notNull().default(false),
    isChannelPinned: c.bool('is_channel_pinned').notNull().default(false),
    data: c.json('data'),
    meta: c.json('meta'),
    joinedAt: c.ns('joined_at').notNull(),
    leftAt: c.ns('left_at'),
    lastReadAt: c.ns('last_read_at'),
    updatedAt: c.ns('updated_at'),
    role: c.text('role'),
    invitedBy: c.text('invited_by'),
    invitedAt: c.ns('invited_at'),
    appId: c.text('app_id'),
  })

  const channelFile = c.table('channel_file', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    channelId: c.text('channel_id').notNull(),
    fileId: c.text('file_id').notNull(),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
    messageId: c.text('message_id'),
  })

  const channelWebhook = c.table('channel_webhook', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    channelId: c.text('channel_id').notNull(),
    name: c.text('name').notNull(),
    profileImageUrl: c.text('profile_image_url'),
    token: c.text('token').notNull(),
    lastUsedAt: c.ns('last_used_at'),
    createdAt: c.ns('created_at').notNull(),
    updatedAt: c.ns('updated_at').notNull(),
  })

  const message = c.table('message', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    channelId: c.text('channel_id'),
    content: c.text('content'),
    data: c.json('data'),
    meta: c.json('meta'),
    createdAt: c.ns('created_at'),
    updatedAt: c.ns('updated_at'),
    parentId: c.text('parent_id'),
    replyToId: c.text('reply_to_id'),
    isPinned: c.bool('is_pinned').notNull().default(false),
    pinnedAt: c.ns('pinned_at'),
    pinnedBy: c.text('pinned_by'),
    appId: c.text('app_id'),
  })

  const messageReaction = c.table('message_reaction', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    messageId: c.text('message_id').notNull(),
    name: c.text('name').notNull(),
    createdAt: c.ns('created_at'),
  })

  return { channel, channelMember, channelFile, channelWebhook, message, messageReaction }
}
