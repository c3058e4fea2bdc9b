/** /api/admin: people, settings, usage and the audit log, for administrators. The core checks who asks. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import { requireAdmin } from '../../../../core/permissions/scopes.ts'
import type { AuditEntry, User } from '../../../../core/types.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentSelf, timestamp } from '../../present-user.ts'
import { errors, IdParams } from '../../wire-users.ts'
import { patchUser } from './patch-user.ts'
import {
  AdminUserReply,
  AuditQuery,
  AuditReply,
  SettingsPatch,
  SettingsReply,
  UsageQuery,
  UsageReply,
  UserPatch,
  UsersQuery,
} from './schema.ts'
import { readSettings, saveSettings } from './settings.ts'

const detail = { tags: ['Administration'] }

export const admin = (core: Core) =>
  new Elysia({ name: 'native.admin.routes', prefix: '/api/admin' })
    .use(nativeAuth(core))
    .get(
      '/users',
      async ({ actor, query }) => {
        requireAdmin(actor)
        const { users, total } = await core.users.search(actor, { ...query, includeInactive: true })
        return { users: users.map(presentForAdmin), total }
      },
      {
        auth: true,
        query: UsersQuery,
        response: {
          200: t.Object({ users: t.Array(AdminUserReply), total: t.Number() }),
          ...errors(401, 403),
        },
        detail: { ...detail, summary: 'All accounts, deactivated ones too' },
      },
    )
    .patch(
      '/users/:id',
      async ({ actor, params, body }) => presentForAdmin(await patchUser(core, actor, params.id, body)),
      {
        auth: true,
        params: IdParams,
        body: UserPatch,
        response: { 200: AdminUserReply, ...errors(401, 403, 404, 409, 422) },
        detail: { ...detail, summary: 'Change a role; deactivate an account or let it in again' },
      },
    )
    .get('/settings', ({ actor }) => readSettings(core, actor), {
      auth: true,
      response: { 200: SettingsReply, ...errors(401, 403) },
      detail: { ...detail, summary: 'Settings of the server' },
    })
    .patch('/settings', ({ actor, body }) => saveSettings(core, actor, body), {
      auth: true,
      body: SettingsPatch,
      response: { 200: SettingsReply, ...errors(401, 403, 409, 422) },
      detail: { ...detail, summary: 'Change settings; live at once. 409: the environment decides that one' },
    })
    .get(
      '/usage',
      async ({ actor, query }) => {
        requireAdmin(actor)
        const rows = await core.ai.usage(actor, {
          fromDay: query.from,
          toDay: query.to,
          roomId: query.room_id,
          userId: query.user_id,
        })
        return { rows: rows.map(presentUsage) }
      },
      {
        auth: true,
        query: UsageQuery,
        response: { 200: UsageReply, ...errors(401, 403, 422) },
        detail: { ...detail, summary: 'Tokens and cost by day, room, person and model' },
      },
    )
    .get(
      '/audit',
      async ({ actor, query }) => {
        const page = { before: momentOf(query.before), limit: query.limit ?? 50 }
        return { entries: (await core.audit.list(actor, page)).map(presentEntry) }
      },
      {
        auth: true,
        query: AuditQuery,
        response: { 200: AuditReply, ...errors(400, 401, 403, 422) },
        detail: { ...detail, summary: 'Who did what, newest first' },
      },
    )

function presentForAdmin(user: User): typeof AdminUserReply.static {
  return {
    ...presentSelf(user),
    active: user.deactivatedAt === null,
    last_active_at: user.lastActiveAt === 0 ? null : timestamp(user.lastActiveAt),
  }
}

function presentUsage(row: Awaited<ReturnType<Core['ai']['usage']>>[number]) {
  return {
    day: row.day,
    room_id: row.roomId,
    user_id: row.userId,
    model: row.model,
    total_tokens: row.totalTokens,
    cost_usd: row.costUsd,
    requests: row.requests,
  }
}

function presentEntry(entry: AuditEntry) {
  return {
    id: entry.id,
    at: timestamp(entry.at),
    actor_id: entry.actorId,
    action: entry.action,
    target_type: entry.targetType,
    target_id: entry.targetId,
    ip: entry.ip,
    details: entry.details,
  }
}

function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const at = Date.parse(text)
  if (Number.isFinite(at)) return at
  throw fault.invalid('audit.bad_time', 'before is no RFC 3339 time.', { before: 'is no RFC 3339 time' })
}
