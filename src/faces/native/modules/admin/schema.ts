/** Bodies and answers of /api/admin. */
import { t } from 'elysia'
import { UserReply } from '../../wire-users.ts'

export const AdminUserReply = t.Composite([
  UserReply,
  t.Object({ active: t.Boolean(), last_active_at: t.Union([t.String(), t.Null()]) }),
])

export const UsersQuery = t.Object({
  q: t.Optional(t.String({ maxLength: 200 })),
  limit: t.Optional(t.Numeric({ minimum: 1, maximum: 200 })),
  offset: t.Optional(t.Numeric({ minimum: 0 })),
})

const Role = t.Union([t.Literal('admin'), t.Literal('user'), t.Literal('pending')])

export const UserPatch = t.Object({ role: t.Optional(Role), active: t.Optional(t.Boolean()) })

const Limit = t.Union([t.Integer({ minimum: 0 }), t.Null()])
const ModelName = t.Union([t.String({ maxLength: 200 }), t.Null()])

export const SettingsReply = t.Object({
  settings: t.Object({
    signup_enabled: t.Boolean(),
    default_role: Role,
    max_tokens_per_day: Limit,
    default_model: ModelName,
  }),
})

export const SettingsPatch = t.Object({
  signup_enabled: t.Optional(t.Boolean()),
  default_role: t.Optional(Role),
  max_tokens_per_day: t.Optional(Limit),
  default_model: t.Optional(ModelName),
})

export const UsageQuery = t.Object({
  from: t.Optional(t.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'First day, UTC' })),
  to: t.Optional(t.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Last day, UTC' })),
  room_id: t.Optional(t.String({ maxLength: 100 })),
  user_id: t.Optional(t.String({ maxLength: 100 })),
})

export const UsageReply = t.Object({
  rows: t.Array(
    t.Object({
      day: t.String(),
      room_id: t.Union([t.String(), t.Null()]),
      user_id: t.Union([t.String(), t.Null()]),
      model: t.String(),
      total_tokens: t.Number(),
      cost_usd: t.Union([t.Number(), t.Null()]),
      requests: t.Number(),
    }),
  ),
})

export const AuditQuery = t.Object({
  before: t.Optional(t.String({ maxLength: 40, description: 'RFC 3339: only older entries' })),
  limit: t.Optional(t.Numeric({ minimum: 1, maximum: 200 })),
})

export const AuditReply = t.Object({
  entries: t.Array(
    t.Object({
      id: t.String(),
      at: t.String(),
      actor_id: t.Union([t.String(), t.Null()]),
      action: t.String(),
      target_type: t.String(),
      target_id: t.String(),
      ip: t.Union([t.String(), t.Null()]),
      details: t.Record(t.String(), t.Unknown()),
    }),
  ),
})
