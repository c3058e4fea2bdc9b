/** People: lists for administrators, look-ups for everybody, one's own settings and status, pictures. */
import { Elysia, t } from 'elysia'
import type { PersonRow } from '../../../core/chats/rows.ts'
import type { UserSort } from '../../../core/core.ts'
import type { Actor, User, UserRole } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { typedForm } from '../config-fields.ts'
import { detail, TEXT } from '../errors.ts'
import type { FaceCore } from '../face-core.ts'
import { dict, flagOf, form, maybe, maybeText, pageOf } from '../forms.ts'
import { json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { checkPassword } from '../passwords.ts'
import { presentInfo, presentPerson, imagePath } from '../present/users.ts'
import { userPicture } from '../pictures.ts'

const PER_PAGE = 30

const Status = form({
  status_emoji: maybeText,
  status_message: maybeText,
  status_expires_at: maybe(t.Number()),
})
const Update = form({
  role: maybeText,
  name: maybeText,
  email: maybeText,
  profile_image_url: maybeText,
  password: maybeText,
})

export const users = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.users', prefix: '/api/v1/users' })
    .use(openwebuiAuth(core))
    .get('/', async ({ actor, query }) => json(await people(core, actor, query)), { rank: 'admin' })
    .get('/all', async ({ actor }) => json(await lookUp(face, actor, {}, null)), { rank: 'admin' })
    .get('/search', async ({ actor, query }) => json(await lookUp(face, actor, query, PER_PAGE)), {
      rank: 'user',
    })
    .get('/groups', async ({ actor, query }) => json(await groupsOf(core, actor.user.id, query)), {
      rank: 'user',
    })
    .get('/permissions', async ({ actor }) => json((await core.permissions.tree(actor.user.id)).tree), {
      rank: 'user',
    })
    .get('/default/permissions', () => json(core.permissions.defaults()), { rank: 'admin' })
    .get('/default/permissions/defaults', () => json(core.permissions.builtIn()), { rank: 'admin' })
    .post(
      '/default/permissions',
      async ({ actor, body }) => {
        await core.openConfig.set(actor, { 'user.permissions': typedForm('permissions', body) })
        return json(core.permissions.defaults())
      },
      { rank: 'admin', body: dict },
    )
    .get(
      '/user/settings',
      async ({ actor, query }) => json(await core.people.settings(actor, query['raw'] === 'true')),
      {
        rank: 'user',
      },
    )
    .post(
      '/user/settings/update',
      async ({ actor, body }) => json(await core.people.updateSettings(actor, body)),
      {
        rank: 'user',
        body: form({ ui: maybe(dict) }),
      },
    )
    .get('/user/status', async ({ actor }) => json(await ownStatus(face, actor)), { rank: 'user' })
    .post('/user/status/update', ({ actor, body }) => setStatus(face, actor, body), {
      rank: 'user',
      body: Status,
    })
    .get('/user/info', async ({ actor }) => json(await core.people.info(actor)), { rank: 'user' })
    .post('/user/info/update', async ({ actor, body }) => json(await core.people.updateInfo(actor, body)), {
      rank: 'user',
      body: dict,
    })
    .get('/user/variables', async ({ actor }) => json({ variables: await core.people.variables(actor) }), {
      rank: 'user',
    })
    .post(
      '/user/variables/update',
      async ({ actor, body }) =>
        json({ variables: await core.people.setVariables(actor, body.variables ?? {}) }),
      { rank: 'user', body: form({ variables: t.Optional(dict) }) },
    )
    .get('/:user_id', async ({ params }) => json(await summary(core, params.user_id)), { rank: 'admin' })
    .get('/:user_id/info', async ({ actor, params }) => json(await info(core, actor.user, params.user_id)), {
      rank: 'user',
    })
    .get('/:user_id/active', async ({ params }) => json({ active: await isActive(core, params.user_id) }), {
      rank: 'user',
    })
    .get('/:user_id/profile/image', ({ params, request }) => userPicture(face, params.user_id, request), {
      rank: 'user',
    })
    .post(
      '/:user_id/sessions/revoke',
      async ({ actor, params }) => {
        if (!(await core.users.byId(params.user_id))) throw detail.notFound('User not found.')
        await core.sessions.revokeAll(actor, params.user_id)
        return json(true)
      },
      { rank: 'admin' },
    )
    .post(
      '/:user_id/update',
      async ({ actor, params, body }) => json(await update(face, actor, params.user_id, body)),
      {
        rank: 'admin',
        body: Update,
      },
    )
    .delete('/:user_id', async ({ actor, params }) => json(await remove(core, actor, params.user_id)), {
      rank: 'admin',
    })
    .get('/:user_id/groups', async ({ params, query }) => json(await groupsOf(core, params.user_id, query)), {
      rank: 'admin',
    })
    .get('/:user_id/preview', async ({ actor, params }) => json(await preview(core, actor, params.user_id)), {
      rank: 'admin',
    })
}

type Query = Record<string, string | undefined>

/** A map, so that `constructor` is no order. */
const SORTS = new Map<string, UserSort>([
  ['name', 'name'],
  ['email', 'email'],
  ['role', 'role'],
  ['created_at', 'created'],
  ['updated_at', 'updated'],
  ['last_active_at', 'last_active'],
])

async function find(core: FaceCore, actor: Actor, query: Query, limit: number | null) {
  const order = query['order_by'] ?? ''
  const sort = SORTS.get(order)
  return core.users.search(actor, {
    ...(query['query'] ? { q: query['query'] } : {}),
    ...(order.startsWith('group_id:') ? { byGroupId: order.slice('group_id:'.length) } : {}),
    sort: sort ?? 'created',
    // Without an order the newest come first, and what was searched for lies as it was made.
    ascending: sort === undefined && !order ? Boolean(query['query']) : query['direction'] === 'asc',
    includeInactive: true,
    peopleOnly: true,
    ...(limit === null ? { limit: 10_000 } : { limit, offset: (pageOf(query) - 1) * limit }),
  })
}

async function people(core: FaceCore, actor: Actor, query: Query) {
  const { users: found, total } = await find(core, actor, query, PER_PAGE)
  const persons = await personsOf(core, found)
  const groups = await Promise.all(found.map((user) => core.groups.ofUser(user.id)))
  return {
    users: found.map((user, at) =>
      presentPerson(
        user,
        persons.get(user.id) ?? null,
        (groups[at] ?? []).map((group) => group.id),
      ),
    ),
    total,
  }
}

async function lookUp(face: FaceContext, actor: Actor, query: Query, limit: number | null) {
  const { users: found, total } = await find(face.core, actor, query, limit)
  const persons = await personsOf(face.core, found)
  const states = await face.core.presence.of(found.map((user) => user.id))
  return {
    users: found.map((user) => {
      const active = states.get(user.id)?.state === 'online'
      return presentInfo(actor.user, user, persons.get(user.id) ?? null, active)
    }),
    total,
  }
}

export async function personsOf(core: FaceCore, found: readonly User[]): Promise<Map<string, PersonRow>> {
  const rows = await core.people.byIds(found.map((user) => user.id))
  return new Map(rows.map((person) => [person.id, person]))
}

async function known(core: FaceCore, id: string): Promise<User> {
  const user = await core.users.byId(id)
  if (!user) throw detail.bad(TEXT.notFound)
  return user
}

async function isActive(core: FaceCore, id: string): Promise<boolean> {
  return (await core.presence.of([id])).get(id)?.state === 'online'
}

async function info(core: FaceCore, viewer: User, id: string) {
  const user = await known(core, id)
  const [person, groups, active] = await Promise.all([
    core.people.byIds([id]),
    core.groups.ofUser(id),
    isActive(core, id),
  ])
  const named = groups.map((group) => ({ id: group.id, name: group.name }))
  return presentInfo(viewer, user, person[0] ?? null, active, named)
}

async function summary(core: FaceCore, id: string) {
  const user = await known(core, id)
  const [person] = await core.people.byIds([id])
  const groups = (await core.groups.ofUser(id)).map((group) => ({ id: group.id, name: group.name }))
  const { group_ids: _, ...whole } = presentPerson(user, person ?? null, [])
  return { ...whole, groups, is_active: await isActive(core, id) }
}

/** The whole person: Open WebUI answers no less. */
async function ownStatus(face: FaceContext, actor: Actor) {
  if (!face.setting('users.enable_status')) throw detail.forbidden(TEXT.actionProhibited)
  return presentPerson(actor.user, await face.core.people.row(actor.user.id), [])
}

async function setStatus(
  face: FaceContext,
  actor: Actor,
  body: { status_emoji?: string | null; status_message?: string | null; status_expires_at?: number | null },
): Promise<Response> {
  if (!face.setting('users.enable_status')) throw detail.forbidden(TEXT.actionProhibited)
  const person = await face.core.people.setStatus(actor, {
    statusEmoji: body.status_emoji ?? null,
    statusMessage: body.status_message ?? null,
    statusExpiresAt: body.status_expires_at ?? null,
  })
  return json(presentPerson(actor.user, person, []))
}

async function update(
  face: FaceContext,
  actor: Actor,
  id: string,
  body: {
    role?: string | null
    name?: string | null
    email?: string | null
    profile_image_url?: string | null
    password?: string | null
  },
) {
  const { core } = face
  await core.people.guardFirst(actor, id, body.role && body.role !== 'admin' ? 'demote' : 'edit')
  const user = await known(core, id)
  const email = body.email?.trim().toLowerCase()
  if (email && email !== user.email) {
    const other = await core.users.byEmail(email)
    if (other && other.id !== id) throw detail.bad(TEXT.emailTaken)
  }
  const role = body.role
  if (role && role !== user.role && isRole(role)) await core.accounts.setRole(actor, id, role)
  if (body.password) checkPassword(face, body.password)
  if (body.password) await core.accounts.changePassword(actor, { userId: id, newPassword: body.password })
  const picture = body.profile_image_url
  const changed = await core.accounts.updateProfile(actor, id, {
    ...(body.name ? { displayName: body.name } : {}),
    ...(email ? { email } : {}),
    ...(picture && picture !== imagePath(id) ? { profileImageUrl: picture } : {}),
  })
  const [person] = await core.people.byIds([id])
  return presentPerson(changed, person ?? null, [])
}

function isRole(role: string): role is UserRole {
  return role === 'admin' || role === 'user' || role === 'pending'
}

async function remove(core: FaceCore, actor: Actor, id: string): Promise<boolean> {
  if (id === actor.user.id) throw detail.forbidden(TEXT.actionProhibited)
  if (!(await core.users.byId(id))) return true
  await core.people.guardFirst(actor, id, 'remove')
  await core.accounts.remove(actor, id)
  return true
}

/** Groups of a person; with `include_inherited` also those above them, each with the way it came. */
async function groupsOf(core: FaceCore, id: string, query: Query) {
  const direct = await core.groups.ofUser(id)
  if (!flagOf(query['include_inherited'])) return direct.map((group) => row(group))
  const own = new Set(direct.map((group) => group.id))
  return (await core.groups.ofUser(id, true)).map((group) => ({
    ...row(group),
    membership_type: own.has(group.id) ? 'direct' : 'inherited',
  }))
}

/** What this person can reach, for an administrator who is about to change groups. */
async function preview(core: FaceCore, actor: Actor, id: string) {
  const user = await core.users.byId(id)
  if (!user) throw detail.notFound('User not found.')
  const groups = await core.groups.ofUser(id, true)
  const ids = groups.map((group) => group.id)
  return {
    user: { id: user.id, name: user.displayName },
    groups: groups.map(({ id: key, name }) => ({ id: key, name })),
    ...(await core.groups.reach(actor, ids, id)),
  }
}
