/**
 * Teams, and what Open WebUI's `channel` and `channel_member` do not keep about rooms and their
 * members. `hb_room.room_id` is `channel.id`. Times are epoch milliseconds.
 */
import { emptyObject } from '../../columns/json.ts'
import type { Columns } from '../../columns/sqlite.ts'

type Texts = Record<string, string>
type Props = Record<string, unknown>

export function defineHbRooms(c: Columns) {
  const hbTeam = c.table(
    'hb_team',
    {
      id: c.text('id').primaryKey(),
      slug: c.text('slug').notNull(),
      displayName: c.text('display_name').notNull(),
      description: c.text('description').notNull().default(''),
      open: c.bool('open').notNull().default(false),
      inviteId: c.text('invite_id').notNull(),
      creatorId: c.text('creator_id'),
      props: c.jsonText('props').$type<Props>().notNull().default(emptyObject),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
      deletedAt: c.int('deleted_at'),
    },
    (t) => [c.uniqueIndex('hb_team_slug').on(t.slug), c.uniqueIndex('hb_team_invite').on(t.inviteId)],
  )

  const hbTeamMember = c.table(
    'hb_team_member',
    {
      teamId: c.text('team_id').notNull(),
      userId: c.text('user_id').notNull(),
      role: c.text('role').$type<'admin' | 'member'>().notNull(),
      createdAt: c.int('created_at').notNull(),
      deletedAt: c.int('deleted_at'),
    },
    (t) => [c.primaryKey({ columns: [t.teamId, t.userId] }), c.index('hb_team_member_user').on(t.userId)],
  )

  const hbRoom = c.table(
    'hb_room',
    {
      roomId: c.text('room_id').primaryKey(),
      teamId: c.text('team_id'),
      kind: c.text('kind').$type<'public' | 'private' | 'direct' | 'group'>().notNull(),
      slug: c.text('slug').notNull(),
      header: c.text('header').notNull().default(''),
      ai: c.jsonText('ai').$type<Props>().notNull().default(emptyObject),
      props: c.jsonText('props').$type<Props>().notNull().default(emptyObject),
      creatorId: c.text('creator_id'),
      messageCount: c.int('message_count').notNull().default(0),
      rootCount: c.int('root_count').notNull().default(0),
      lastMessageAt: c.int('last_message_at').notNull().default(0),
      lastRootAt: c.int('last_root_at').notNull().default(0),
      lastMessageId: c.text('last_message_id'),
      lastHash: c.text('last_hash'),
      /** Hash of the sorted member ids of a direct or group conversation: there is one for each set. */
      pairKey: c.text('pair_key'),
      retentionDays: c.int('retention_days'),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
      /** Mirrors `channel.deleted_at` or `archived_at`. */
      deletedAt: c.int('deleted_at'),
    },
    (t) => [
      // Also finds the rooms of a team.
      c.uniqueIndex('hb_room_team_slug').on(t.teamId, t.slug),
      c.uniqueIndex('hb_room_pair').on(t.pairKey),
    ],
  )

  const hbMember = c.table(
    'hb_member',
    {
      roomId: c.text('room_id').notNull(),
      userId: c.text('user_id').notNull(),
      role: c.text('role').$type<'owner' | 'moderator' | 'member'>().notNull(),
      joinedAt: c.int('joined_at').notNull(),
      lastReadAt: c.int('last_read_at').notNull().default(0),
      lastReadMessageId: c.text('last_read_message_id'),
      readCount: c.int('read_count').notNull().default(0),
      readRootCount: c.int('read_root_count').notNull().default(0),
      mentionCount: c.int('mention_count').notNull().default(0),
      mentionRootCount: c.int('mention_root_count').notNull().default(0),
      muted: c.bool('muted').notNull().default(false),
      favourite: c.bool('favourite').notNull().default(false),
      hidden: c.bool('hidden').notNull().default(false),
      notifyProps: c.jsonText('notify_props').$type<Texts>().notNull().default(emptyObject),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.roomId, t.userId] }), c.index('hb_member_user').on(t.userId)],
  )

  const hbInvite = c.table(
    'hb_invite',
    {
      token: c.text('token').primaryKey(),
      roomId: c.text('room_id').notNull(),
      teamId: c.text('team_id'),
      createdBy: c.text('created_by').notNull(),
      maxUses: c.int('max_uses'),
      uses: c.int('uses').notNull().default(0),
      expiresAt: c.int('expires_at'),
      revokedAt: c.int('revoked_at'),
      createdAt: c.int('created_at').notNull(),
    },
    (t) => [c.index('hb_invite_room').on(t.roomId), c.index('hb_invite_creator').on(t.createdBy)],
  )

  const hbInviteUse = c.table(
    'hb_invite_use',
    {
      token: c.text('token').notNull(),
      userId: c.text('user_id').notNull(),
      usedAt: c.int('used_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.token, t.userId] })],
  )

  /** A room offered to a Nostr key that has no account yet. */
  const hbNostrInvite = c.table(
    'hb_nostr_invite',
    {
      roomId: c.text('room_id').notNull(),
      pubkey: c.text('pubkey').notNull(),
      invitedBy: c.text('invited_by').notNull(),
      createdAt: c.int('created_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.roomId, t.pubkey] }), c.index('hb_nostr_invite_pubkey').on(t.pubkey)],
  )

  const hbCategory = c.table(
    'hb_category',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      teamId: c.text('team_id').notNull(),
      kind: c.text('kind').notNull(),
      displayName: c.text('display_name').notNull(),
      sorting: c.text('sorting').notNull().default(''),
      sortOrder: c.int('sort_order').notNull().default(0),
      muted: c.bool('muted').notNull().default(false),
      collapsed: c.bool('collapsed').notNull().default(false),
    },
    (t) => [c.index('hb_category_user_team').on(t.userId, t.teamId)],
  )

  const hbCategoryRoom = c.table(
    'hb_category_room',
    {
      categoryId: c.text('category_id').notNull(),
      roomId: c.text('room_id').notNull(),
      userId: c.text('user_id').notNull(),
      sortOrder: c.int('sort_order').notNull().default(0),
    },
    (t) => [
      c.primaryKey({ columns: [t.categoryId, t.roomId] }),
      c.index('hb_category_room_user').on(t.userId, t.roomId),
    ],
  )

  return {
    hbTeam,
    hbTeamMember,
    hbRoom,
    hbMember,
    hbInvite,
    hbInviteUse,
    hbNostrInvite,
    hbCategory,
    hbCategoryRoom,
  }
}
