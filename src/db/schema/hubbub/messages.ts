/**
 * What Open WebUI's `message` and `file` do not keep: order, hash chain, edits, threads, drafts,
 * uploads, AI runs. `hb_message.message_id` is `message.id`. Times are epoch milliseconds.
 */
import { sql } from 'drizzle-orm'
import { emptyList, emptyObject } from '../../columns/json.ts'
import type { Columns } from '../../columns/sqlite.ts'

type Props = Record<string, unknown>

export function defineHbMessages(c: Columns) {
  const hbMessage = c.table(
    'hb_message',
    {
      /** Server-wide order of insertion, and the row id of the search index. */
      seq: c.serial('seq'),
      messageId: c.text('message_id').notNull(),
      roomId: c.text('room_id').notNull(),
      senderId: c.text('sender_id').notNull(),
      ordinal: c.int('ordinal').notNull(),
      rootOrdinal: c.int('root_ordinal').notNull(),
      /** `user`, or the type of a system message. */
      kind: c.text('kind').notNull().default('user'),
      hash: c.text('hash').notNull(),
      previous: c.text('previous'),
      clientId: c.text('client_id'),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
      editedAt: c.int('edited_at'),
      deletedAt: c.int('deleted_at'),
      deletedBy: c.text('deleted_by'),
      mentions: c.jsonText('mentions').$type<string[]>().notNull().default(emptyList),
      props: c.jsonText('props').$type<Props>().notNull().default(emptyObject),
      ai: c.jsonText('ai').$type<Props>(),
      replyCount: c.int('reply_count').notNull().default(0),
      lastReplyAt: c.int('last_reply_at'),
      threadId: c.text('thread_id'),
    },
    (t) => [
      c.uniqueIndex('hb_message_id').on(t.messageId),
      c
        .uniqueIndex('hb_message_client')
        .on(t.roomId, t.senderId, t.clientId)
        .where(sql`client_id is not null`),
      c.index('hb_message_room_seq').on(t.roomId, t.seq),
      c.index('hb_message_room_updated').on(t.roomId, t.updatedAt),
      // Most messages are in no thread. By hash: hb_message_by_hash, see repositories/rooms/message-hashes.ts.
      c
        .index('hb_message_thread_seq')
        .on(t.threadId, t.seq)
        .where(sql`thread_id is not null`),
    ],
  )

  const hbMessageEdit = c.table(
    'hb_message_edit',
    {
      id: c.text('id').primaryKey(),
      messageId: c.text('message_id').notNull(),
      content: c.text('content').notNull(),
      editedBy: c.text('edited_by').notNull(),
      editedAt: c.int('edited_at').notNull(),
    },
    (t) => [c.index('hb_message_edit_message').on(t.messageId)],
  )

  const hbThreadMember = c.table(
    'hb_thread_member',
    {
      rootId: c.text('root_id').notNull(),
      userId: c.text('user_id').notNull(),
      roomId: c.text('room_id').notNull(),
      following: c.bool('following').notNull().default(true),
      lastViewedAt: c.int('last_viewed_at').notNull().default(0),
      unreadReplies: c.int('unread_replies').notNull().default(0),
      unreadMentions: c.int('unread_mentions').notNull().default(0),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.rootId, t.userId] }), c.index('hb_thread_member_user').on(t.userId)],
  )

  const hbFile = c.table(
    'hb_file',
    {
      fileId: c.text('file_id').primaryKey(),
      ownerId: c.text('owner_id').notNull(),
      roomId: c.text('room_id'),
      messageId: c.text('message_id'),
      kind: c.text('kind').$type<'avatar' | 'chat_image' | 'attachment'>().notNull(),
      storeKey: c.text('store_key').notNull(),
      name: c.text('name').notNull(),
      contentType: c.text('content_type').notNull(),
      size: c.int('size').notNull(),
      width: c.int('width'),
      height: c.int('height'),
      blurhash: c.text('blurhash'),
      thumbKey: c.text('thumb_key'),
      sha256: c.text('sha256').notNull(),
      props: c.jsonText('props').$type<Props>().notNull().default(emptyObject),
      createdAt: c.int('created_at').notNull(),
      deletedAt: c.int('deleted_at'),
    },
    (t) => [
      c.index('hb_file_owner').on(t.ownerId),
      c.index('hb_file_room').on(t.roomId),
      c.index('hb_file_message').on(t.messageId),
      c.index('hb_file_key').on(t.storeKey),
    ],
  )

  const hbDraft = c.table(
    'hb_draft',
    {
      userId: c.text('user_id').notNull(),
      roomId: c.text('room_id').notNull(),
      /** Empty outside a thread. */
      rootId: c.text('root_id').notNull().default(''),
      message: c.text('message').notNull(),
      props: c.jsonText('props').$type<Props>().notNull().default(emptyObject),
      fileIds: c.jsonText('file_ids').$type<string[]>().notNull().default(emptyList),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.userId, t.roomId, t.rootId] })],
  )

  /** One reply of a model; `message_id` is the message it writes. */
  const hbRun = c.table(
    'hb_run',
    {
      messageId: c.text('message_id').primaryKey(),
      roomId: c.text('room_id').notNull(),
      model: c.text('model').notNull(),
      provider: c.text('provider').notNull(),
      askedBy: c.text('asked_by').notNull(),
      state: c.text('state').$type<'running' | 'done' | 'stopped' | 'failed' | 'interrupted'>().notNull(),
      errorCode: c.text('error_code'),
      partial: c.text('partial').notNull().default(''),
      startedAt: c.int('started_at').notNull(),
      finishedAt: c.int('finished_at'),
      promptTokens: c.int('prompt_tokens').notNull().default(0),
      completionTokens: c.int('completion_tokens').notNull().default(0),
      costUsd: c.real('cost_usd'),
    },
    (t) => [c.index('hb_run_room').on(t.roomId), c.index('hb_run_state').on(t.state)],
  )

  return { hbMessage, hbMessageEdit, hbThreadMember, hbFile, hbDraft, hbRun }
}
