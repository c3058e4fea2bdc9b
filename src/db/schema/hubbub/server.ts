/**
 * The server's own tables: settings, audit log, token usage, custom emoji, state of the search index.
 * Times are epoch milliseconds.
 */
import { emptyObject } from '../../columns/json.ts'
import type { Columns } from '../../columns/sqlite.ts'

type Props = Record<string, unknown>

export function defineHbServer(c: Columns) {
  const hbSetting = c.table('hb_setting', {
    key: c.text('key').primaryKey(),
    value: c.jsonText('value').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const hbAudit = c.table(
    'hb_audit',
    {
      id: c.text('id').primaryKey(),
      at: c.int('at').notNull(),
      actorId: c.text('actor_id'),
      action: c.text('action').notNull(),
      targetType: c.text('target_type').notNull(),
      targetId: c.text('target_id').notNull(),
      ip: c.text('ip'),
      details: c.jsonText('details').$type<Props>().notNull().default(emptyObject),
    },
    (t) => [c.index('hb_audit_at').on(t.at)],
  )

  /** Tokens spent, by day (`YYYY-MM-DD`, UTC), room, person and model. */
  const hbUsage = c.table(
    'hb_usage',
    {
      day: c.text('day').notNull(),
      roomId: c.text('room_id').notNull(),
      userId: c.text('user_id').notNull(),
      model: c.text('model').notNull(),
      promptTokens: c.int('prompt_tokens').notNull().default(0),
      completionTokens: c.int('completion_tokens').notNull().default(0),
      totalTokens: c.int('total_tokens').notNull().default(0),
      costUsd: c.real('cost_usd'),
      requests: c.int('requests').notNull().default(0),
    },
    (t) => [
      c.primaryKey({ columns: [t.day, t.roomId, t.userId, t.model] }),
      c.index('hb_usage_user').on(t.userId, t.day),
    ],
  )

  const hbEmoji = c.table(
    'hb_emoji',
    {
      id: c.text('id').primaryKey(),
      name: c.text('name').notNull(),
      creatorId: c.text('creator_id').notNull(),
      storeKey: c.text('store_key').notNull(),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
      deletedAt: c.int('deleted_at'),
    },
    (t) => [c.uniqueIndex('hb_emoji_name').on(t.name)],
  )

  /** How far a background index has come, by its name; `message_fts` holds the last `hb_message.seq`. */
  const hbIndexState = c.table('hb_index_state', {
    name: c.text('name').primaryKey(),
    value: c.int('value').notNull(),
  })

  return { hbSetting, hbAudit, hbUsage, hbEmoji, hbIndexState }
}
