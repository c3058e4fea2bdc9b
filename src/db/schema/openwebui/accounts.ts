/**
 * Open WebUI's people and settings: users, credentials, groups, grants, config. Times are seconds except in `app`.
 * Columns only: the tables are created by Open WebUI's own DDL (db/ddl), never by Drizzle.
 */
import { sql } from 'drizzle-orm'
import type { Columns } from '../../columns/sqlite.ts'

export function defineAccounts(c: Columns) {
  const user = c.table('user', {
    id: c.text('id').primaryKey(),
    name: c.text('name'),
    email: c.text('email'),
    role: c.text('role'),
    profileImageUrl: c.text('profile_image_url'),
    lastActiveAt: c.int('last_active_at'),
    updatedAt: c.int('updated_at'),
    createdAt: c.int('created_at'),
    username: c.text('username'),
    bio: c.text('bio'),
    gender: c.text('gender'),
    dateOfBirth: c.date('date_of_birth'),
    profileBannerImageUrl: c.text('profile_banner_image_url'),
    timezone: c.text('timezone'),
    presenceState: c.text('presence_state'),
    statusEmoji: c.text('status_emoji'),
    statusMessage: c.text('status_message'),
    statusExpiresAt: c.int('status_expires_at'),
    oauth: c.json('oauth'),
    info: c.json('info'),
    settings: c.json('settings'),
    scim: c.json('scim'),
    variables: c.json('variables'),
  })

  const auth = c.table('auth', {
    id: c.text('id').primaryKey(),
    email: c.text('email'),
    password: c.text('password'),
    active: c.bool('active'),
    mfa: c.json('mfa'),
    sessionStamp: c.text('session_stamp'),
  })

  const apiKey = c.table('api_key', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    key: c.text('key').notNull(),
    data: c.json('data'),
    expiresAt: c.int('expires_at'),
    lastUsedAt: c.int('last_used_at'),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const group = c.table('group', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    name: c.text('name'),
    description: c.text('description'),
    data: c.json('data'),
    meta: c.json('meta'),
    permissions: c.json('permissions'),
    createdAt: c.int('created_at'),
    updatedAt: c.int('updated_at'),
    parentGroupId: c.text('parent_group_id'),
  })

  const groupMember = c.table('group_member', {
    id: c.text('id').primaryKey(),
    groupId: c.text('group_id').notNull(),
    userId: c.text('user_id').notNull(),
    createdAt: c.int('created_at'),
    updatedAt: c.int('updated_at'),
  })

  const accessGrant = c.table('access_grant', {
    id: c.text('id').primaryKey(),
    resourceType: c.text('resource_type').notNull(),
    resourceId: c.text('resource_id').notNull(),
    principalType: c.text('principal_type').notNull(),
    principalId: c.text('principal_id').notNull(),
    permission: c.text('permission').notNull(),
    createdAt: c.int('created_at').notNull(),
  })

  const oauthSession = c.table('oauth_session', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    provider: c.text('provider').notNull(),
    token: c.text('token').notNull(),
    expiresAt: c.int('expires_at').notNull(),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const config = c.table('config', {
    key: c.text('key').primaryKey(),
    value: c.json('value').notNull(),
    updatedAt: c.int('updated_at'),
  })

  const configOld = c.table('config_old', {
    id: c.int('id').primaryKey(),
    data: c.json('data').notNull(),
    version: c.int('version').notNull(),
    createdAt: c
      .datetime('created_at')
      .notNull()
      .default(sql`CURRENT_TIMESTAMP`),
    updatedAt: c.datetime('updated_at').default(sql`CURRENT_TIMESTAMP`),
  })

  const alembicVersion = c.table('alembic_version', {
    versionNum: c.text('version_num').primaryKey(),
  })

  const app = c.table('app', {
    id: c.text('id').primaryKey(),
    slug: c.text('slug').notNull(),
    name: c.text('name').notNull(),
    userId: c.text('user_id'),
    isActive: c.bool('is_active').notNull().default(false),
    data: c.json('data').notNull(),
    apiKey: c.text('api_key'),
    createdAt: c.ns('created_at').notNull(),
    updatedAt: c.ns('updated_at').notNull(),
  })

  return {
    user,
    auth,
    apiKey,
    group,
    groupMember,
    accessGrant,
    oauthSession,
    config,
    configOld,
    alembicVersion,
    app,
  }
}
