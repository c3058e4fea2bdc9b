/**
 * What joins other programs to rooms: webhooks both ways, slash commands, reminders, resumable
 * uploads. Times are epoch milliseconds.
 */
import { emptyList } from '../../columns/json.ts'
import type { Columns } from '../../columns/sqlite.ts'

export function defineHbIntegrations(c: Columns) {
  /** Posts into a room for whoever knows its id: the id is the secret. */
  const hbIncomingHook = c.table(
    'hb_incoming_hook',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      teamId: c.text('team_id').notNull(),
      roomId: c.text('room_id').notNull(),
      displayName: c.text('display_name').notNull().default(''),
      description: c.text('description').notNull().default(''),
      username: c.text('username').notNull().default(''),
      iconUrl: c.text('icon_url').notNull().default(''),
      roomLocked: c.bool('room_locked').notNull().default(false),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.index('hb_incoming_hook_team').on(t.teamId)],
  )

  /** Tells a URL what was said in a public room. */
  const hbOutgoingHook = c.table(
    'hb_outgoing_hook',
    {
      id: c.text('id').primaryKey(),
      token: c.text('token').notNull(),
      userId: c.text('user_id').notNull(),
      teamId: c.text('team_id').notNull(),
      /** Null: every public room of the team, by trigger word. */
      roomId: c.text('room_id'),
      triggerWords: c.jsonText('trigger_words').$type<string[]>().notNull().default(emptyList),
      triggerWhen: c.int('trigger_when').notNull().default(0),
      callbackUrls: c.jsonText('callback_urls').$type<string[]>().notNull().default(emptyList),
      displayName: c.text('display_name').notNull().default(''),
      description: c.text('description').notNull().default(''),
      contentType: c.text('content_type').notNull().default(''),
      username: c.text('username').notNull().default(''),
      iconUrl: c.text('icon_url').notNull().default(''),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.index('hb_outgoing_hook_team').on(t.teamId)],
  )

  const hbCommand = c.table(
    'hb_command',
    {
      id: c.text('id').primaryKey(),
      token: c.text('token').notNull(),
      userId: c.text('user_id').notNull(),
      teamId: c.text('team_id').notNull(),
      /** Without the leading slash; one of a kind in its team. */
      trigger: c.text('trigger_word').notNull(),
      method: c.text('method').$type<'P' | 'G'>().notNull(),
      url: c.text('url').notNull(),
      username: c.text('username').notNull().default(''),
      iconUrl: c.text('icon_url').notNull().default(''),
      autoComplete: c.bool('auto_complete').notNull().default(false),
      autoCompleteDesc: c.text('auto_complete_desc').notNull().default(''),
      autoCompleteHint: c.text('auto_complete_hint').notNull().default(''),
      displayName: c.text('display_name').notNull().default(''),
      description: c.text('description').notNull().default(''),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.uniqueIndex('hb_command_team_trigger').on(t.teamId, t.trigger)],
  )

  const hbReminder = c.table(
    'hb_reminder',
    {
      userId: c.text('user_id').notNull(),
      messageId: c.text('message_id').notNull(),
      dueAt: c.int('due_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.userId, t.messageId] }), c.index('hb_reminder_due').on(t.dueAt)],
  )

  /** A file that arrives in parts; the parts lie in the file store until it is whole. */
  const hbUpload = c.table(
    'hb_upload',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      roomId: c.text('room_id').notNull(),
      name: c.text('name').notNull(),
      size: c.int('size').notNull(),
      received: c.int('received').notNull().default(0),
      parts: c.int('parts').notNull().default(0),
      createdAt: c.int('created_at').notNull(),
    },
    (t) => [c.index('hb_upload_user').on(t.userId)],
  )

  return { hbIncomingHook, hbOutgoingHook, hbCommand, hbReminder, hbUpload }
}
