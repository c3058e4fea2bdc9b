/**
 * What Open WebUI's `user` and `auth` do not keep about people: account state, sessions, keys,
 * preferences, presence. Times are epoch milliseconds.
 */
import { emptyObject } from '../../columns/json.ts'
import type { Columns } from '../../columns/sqlite.ts'

type Texts = Record<string, string>

export function defineHbAccounts(c: Columns) {
  const hbAccount = c.table(
    'hb_account',
    {
      userId: c.text('user_id').primaryKey(),
      usernameLower: c.text('username_lower').notNull(),
      isBot: c.bool('is_bot').notNull().default(false),
      /** The model a bot speaks for; one bot a model. */
      botModel: c.text('bot_model'),
      botOwnerId: c.text('bot_owner_id'),
      deactivatedAt: c.int('deactivated_at'),
      /** The `user` row is gone; this one stays, so that what was written keeps its author. */
      deletedAt: c.int('deleted_at'),
      passwordChangedAt: c.int('password_changed_at').notNull().default(0),
      /** The address whose owner opened a link that was sent to it; any other is not verified. */
      verifiedEmail: c.text('verified_email'),
      failedAttempts: c.int('failed_attempts').notNull().default(0),
      lockedUntil: c.int('locked_until'),
      avatarKey: c.text('avatar_key'),
      avatarUpdatedAt: c.int('avatar_updated_at').notNull().default(0),
      firstName: c.text('first_name').notNull().default(''),
      lastName: c.text('last_name').notNull().default(''),
      nickname: c.text('nickname').notNull().default(''),
      position: c.text('position').notNull().default(''),
      locale: c.text('locale').notNull().default(''),
      timezone: c.jsonText('timezone').$type<Texts>().notNull().default(emptyObject),
      notifyProps: c.jsonText('notify_props').$type<Texts>().notNull().default(emptyObject),
      props: c.jsonText('props').$type<Texts>().notNull().default(emptyObject),
      createdAt: c.int('created_at').notNull(),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [
      c.uniqueIndex('hb_account_username').on(t.usernameLower),
      c.uniqueIndex('hb_account_bot_model').on(t.botModel),
    ],
  )

  const hbSession = c.table(
    'hb_session',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      kind: c.text('kind').$type<'native' | 'mattermost' | 'openwebui'>().notNull(),
      /** SHA-256 of an opaque token; null for JWT sessions, whose token is never stored. */
      tokenHash: c.text('token_hash'),
      /** The `auth.session_stamp` this session holds under; another stamp ends it. */
      stamp: c.text('stamp'),
      csrf: c.text('csrf'),
      deviceId: c.text('device_id'),
      device: c.jsonText('device').$type<Texts>().notNull().default(emptyObject),
      createdAt: c.int('created_at').notNull(),
      expiresAt: c.int('expires_at'),
      lastUsedAt: c.int('last_used_at').notNull(),
      revokedAt: c.int('revoked_at'),
    },
    (t) => [
      c.index('hb_session_user').on(t.userId),
      c.uniqueIndex('hb_session_token').on(t.tokenHash),
      c.index('hb_session_expiry').on(t.expiresAt),
    ],
  )

  const hbRevokedToken = c.table(
    'hb_revoked_token',
    { jti: c.text('jti').primaryKey(), expiresAt: c.int('expires_at').notNull() },
    (t) => [c.index('hb_revoked_token_expiry').on(t.expiresAt)],
  )

  const hbApiKey = c.table(
    'hb_api_key',
    {
      id: c.text('id').primaryKey(),
      userId: c.text('user_id').notNull(),
      name: c.text('name').notNull(),
      description: c.text('description').notNull().default(''),
      kind: c.text('kind').$type<'key' | 'pat'>().notNull(),
      prefix: c.text('prefix').notNull(),
      tokenHash: c.text('token_hash').notNull(),
      scopes: c.jsonText('scopes').$type<string[]>().notNull(),
      expiresAt: c.int('expires_at'),
      lastUsedAt: c.int('last_used_at'),
      createdAt: c.int('created_at').notNull(),
      revokedAt: c.int('revoked_at'),
      /** Switched off for now; may be switched on again. */
      disabledAt: c.int('disabled_at'),
    },
    (t) => [c.index('hb_api_key_user').on(t.userId), c.uniqueIndex('hb_api_key_token').on(t.tokenHash)],
  )

  const hbNostrKey = c.table(
    'hb_nostr_key',
    {
      pubkey: c.text('pubkey').primaryKey(),
      userId: c.text('user_id').notNull(),
      createdAt: c.int('created_at').notNull(),
    },
    (t) => [c.index('hb_nostr_key_user').on(t.userId)],
  )

  /** Things that may be used once: Nostr events, challenges. */
  const hbUsedToken = c.table(
    'hb_used_token',
    {
      hash: c.text('hash').primaryKey(),
      kind: c.text('kind').notNull(),
      expiresAt: c.int('expires_at').notNull(),
    },
    (t) => [c.index('hb_used_token_expiry').on(t.expiresAt)],
  )

  /** What links in e-mail carry; taken out when it is used. */
  const hbMailToken = c.table(
    'hb_mail_token',
    {
      hash: c.text('hash').primaryKey(),
      kind: c.text('kind').$type<'reset' | 'verify'>().notNull(),
      userId: c.text('user_id').notNull(),
      /** The address it was sent to: worth nothing once the account has another. */
      email: c.text('email').notNull(),
      expiresAt: c.int('expires_at').notNull(),
    },
    (t) => [
      c.index('hb_mail_token_user').on(t.userId, t.kind),
      c.index('hb_mail_token_expiry').on(t.expiresAt),
    ],
  )

  const hbPreference = c.table(
    'hb_preference',
    {
      userId: c.text('user_id').notNull(),
      category: c.text('category').notNull(),
      name: c.text('name').notNull(),
      value: c.text('value').notNull(),
      updatedAt: c.int('updated_at').notNull(),
    },
    (t) => [c.primaryKey({ columns: [t.userId, t.category, t.name] })],
  )

  const hbStatus = c.table('hb_status', {
    userId: c.text('user_id').primaryKey(),
    status: c.text('status').notNull(),
    manual: c.bool('manual').notNull().default(false),
    dndEndAt: c.int('dnd_end_at'),
    lastActiveAt: c.int('last_active_at').notNull().default(0),
  })

  return {
    hbAccount,
    hbSession,
    hbRevokedToken,
    hbApiKey,
    hbNostrKey,
    hbUsedToken,
    hbMailToken,
    hbPreference,
    hbStatus,
  }
}
