/** The system console's pages on users, numbers and logs; what an empty feature honestly lists. */
import { Elysia } from 'elysia'
import type { User } from '../../../core/types.ts'
import { refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire, toWireOr } from '../ids.ts'
import { systemRoles } from '../present/roles.ts'
import type { Call } from '../wire/call.ts'
import type { Json } from '../wire/fields.ts'

const PAGE_MAX = 100

export const reports = (face: Face) =>
  new Elysia({ name: 'mattermost.reports' })
    .get(
      '/reports/users',
      face.admin((call) => users(face, call)),
    )
    .get(
      '/reports/users/count',
      face.admin(async (call) => face.json((await asked(face, call)).length)),
    )
    .get(
      '/analytics/old',
      face.admin((call) => analytics(face, call)),
    )
    .get(
      '/audits',
      face.admin(async (call) => {
        const { limit } = call.page()
        return face.json((await face.core.audit.list(call.actor, { limit })).map(audit))
      }),
    )
    .get(
      '/users/:user_id/audits',
      face.user(async (call) => {
        const userId = call.selfOrAdmin()
        call.admin()
        const all = await face.core.audit.list(call.actor, { limit: 200 })
        return face.json(all.filter((entry) => entry.actorId === userId).map(audit))
      }),
    )
    .get(
      '/users/invalid_emails',
      face.admin(() => face.json([])),
    )
    .get(
      '/jobs',
      face.admin(() => face.json([])),
    )
    .get(
      '/jobs/type/:job_type',
      face.admin(() => face.json([])),
    )
    .get(
      '/plugins',
      face.admin(() => face.json({ active: [], inactive: [] })),
    )
    .get(
      '/plugins/statuses',
      face.admin(() => face.json([])),
    )
    .get(
      '/imports',
      face.admin(() => face.json([])),
    )
    .get(
      '/exports',
      face.admin(() => face.json([])),
    )
    .get(
      '/agents',
      face.user(() => face.json([])),
    )
    .get(
      '/agents/status',
      face.user(() => face.json({ available: false })),
    )
    .get(
      '/llmservices',
      face.user(() => face.json([])),
    )
    .get(
      '/brand/image',
      face.open(() => {
        throw refuse.notFound('api.admin.get_brand_image.storage.app_error', 'There is no brand image.')
      }),
    )
    .get(
      '/upgrade_to_enterprise/allowed',
      face.admin(() => face.json({ allowed: false })),
    )
    .get(
      '/upgrade_to_enterprise/status',
      face.admin(() => face.json({ percentage: 0, error: null })),
    )
    .get(
      '/server_busy',
      face.admin(() => face.json({ busy: false, expires: 0, expires_ts: '' })),
    )
    .post(
      '/logs',
      face.user(async (call) => {
        const body = await call.fields()
        face.log.debug('a mattermost client reports', {
          level: body.textOr('level'),
          message: body.textOr('message').slice(0, 1000),
        })
        return face.json(body.all)
      }),
    )
    .post(
      '/logs/query',
      face.admin(() => face.json({})),
    )
    .get(
      '/logs',
      face.admin(() => face.json([])),
    )
    .post(
      '/permissions/ancillary',
      face.user(async (call) => face.json(await call.list('permissions'))),
    )
    .get(
      '/terms_of_service',
      face.user(() => {
        throw refuse.notFound('app.terms_of_service.get.no_rows.app_error', 'No terms of service found.')
      }),
    )
    .post(
      '/notifications/ack',
      face.user(() => face.ok()),
    )

/** Everybody whom the page's filters leave, sorted as it asks. */
async function asked(face: Face, call: Call): Promise<User[]> {
  const teamId =
    call.text('team_filter') && !call.flag('has_no_team') ? call.queryId('team_filter') : undefined
  const q = call.text('search_term')
  const out: User[] = []
  for (let offset = 0; ; offset += 200) {
    const { users: page } = await face.core.users.search(call.actor, {
      offset,
      limit: 200,
      includeInactive: true,
      ...(q ? { q } : {}),
      ...(teamId ? { teamId } : {}),
    })
    out.push(...page)
    if (page.length < 200) break
  }
  const role = call.text('role_filter')
  return out
    .filter((user) => !user.isBot)
    .filter((user) => !(call.flag('hide_active') && user.deactivatedAt === null))
    .filter((user) => !(call.flag('hide_inactive') && user.deactivatedAt !== null))
    .filter((user) => role === '' || systemRoles(user).split(' ').includes(role))
}

async function users(face: Face, call: Call): Promise<Response> {
  const list = (await asked(face, call)).toSorted(orderOf(call))
  const size = Math.min(Math.max(call.int('page_size', 10), 1), PAGE_MAX)
  const from = call.text('from_id')
  const at = from === '' ? -1 : list.findIndex((user) => toWire(user.id) === from)
  const back = call.text('direction') === 'prev'
  const page = back ? list.slice(Math.max(0, at - size), Math.max(0, at)) : list.slice(at + 1, at + 1 + size)
  return face.json(page.map(report))
}

function orderOf(call: Call): (a: User, b: User) => number {
  const sign = call.text('sort_direction') === 'desc' ? -1 : 1
  const keys: Record<string, (user: User) => string | number> = {
    CreateAt: (user) => user.createdAt,
    Email: (user) => user.email ?? '',
    FirstName: (user) => user.profile.firstName,
    LastName: (user) => user.profile.lastName,
    Nickname: (user) => user.profile.nickname,
    Roles: (user) => systemRoles(user),
  }
  const key = keys[call.text('sort_column')] ?? ((user: User) => user.username)
  return (a, b) => {
    const [left, right] = [key(a), key(b)]
    const order = left < right ? -1 : left > right ? 1 : a.id < b.id ? -1 : 1
    return sign * order
  }
}

function report(user: User): Json {
  return {
    id: toWire(user.id),
    create_at: user.createdAt,
    update_at: user.updatedAt,
    delete_at: user.deactivatedAt ?? 0,
    username: user.username,
    auth_service: '',
    email: user.email ?? '',
    nickname: user.profile.nickname,
    first_name: user.profile.firstName,
    last_name: user.profile.lastName,
    position: user.profile.position,
    roles: systemRoles(user),
    locale: user.profile.locale || 'en',
    timezone: user.profile.timezone,
    disable_welcome_email: false,
    last_status_at: user.lastActiveAt,
  }
}

/** The numbers that are known without counting messages. */
async function analytics(face: Face, call: Call): Promise<Response> {
  const name = call.text('name') || 'standard'
  if (name !== 'standard') return face.json([])
  const [people, teams, open, closed] = await Promise.all([
    face.core.users.count(),
    face.core.teams.listAll(call.actor, { offset: 0, limit: 1 }),
    count(face, call, 'public'),
    count(face, call, 'private'),
  ])
  const rows: Record<string, number> = {
    channel_open_count: open.total,
    channel_private_count: closed.total,
    post_count: -1,
    unique_user_count: people.active,
    team_count: teams.total,
    total_websocket_connections: 0,
    total_master_db_connections: 0,
    total_read_db_connections: 0,
    daily_active_users: -1,
    monthly_active_users: -1,
    inactive_user_count: people.people - people.active,
  }
  return face.json(Object.entries(rows).map(([key, value]) => ({ name: key, value })))
}

function count(face: Face, call: Call, kind: 'public' | 'private') {
  const teamId = call.queryId('team_id')
  const query = { q: '', kind, includeDeleted: false, offset: 0, limit: 1, ...(teamId ? { teamId } : {}) }
  return face.mm.lookups.allRooms(call.actor, query)
}

function audit(entry: {
  id: string
  at: number
  actorId: string | null
  action: string
  targetType: string
  targetId: string
  ip: string | null
}): Json {
  return {
    id: toWire(entry.id),
    create_at: entry.at,
    user_id: toWireOr(entry.actorId),
    action: entry.action,
    extra_info: `${entry.targetType}=${entry.targetId}`,
    ip_address: entry.ip ?? '',
    session_id: '',
  }
}
