/** People: looking them up, their profiles, pictures and places in the system. */
import { Elysia } from 'elysia'
import type { User, UserProfile, Uuid } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { displayNameFrom } from '../present/people.ts'
import { asksForAdmin } from '../present/roles.ts'
import type { Call } from '../wire/call.ts'
import { adminAsked } from '../wire/roles-asked.ts'
import { type Fields, idsOf } from '../wire/fields.ts'

const MODELS_OFFERED = 10

export const users = (face: Face) =>
  new Elysia({ name: 'mattermost.users' })
    .get(
      '/users',
      face.user((call) => list(face, call)),
    )
    .get(
      '/users/known',
      face.user((call) => known(face, call)),
    )
    .get(
      '/users/stats',
      face.user(async () => face.json({ total_users_count: (await face.core.users.count()).active })),
    )
    .get(
      '/users/stats/filtered',
      face.user((call) => filteredStats(face, call)),
    )
    .post(
      '/users/ids',
      face.user(async (call) => {
        const since = call.int('since', 0)
        const ids = idsOf(await call.list('user_ids'), 'user_ids')
        if (ids.length === 0) throw refuse.bodyParam('user_ids')
        const found = await face.core.users.byIds(ids)
        return face.json(
          face.people(
            found.filter((user) => user.updatedAt >= since),
            call.actor.user,
          ),
        )
      }),
    )
    .post(
      '/users/usernames',
      face.user(async (call) => {
        const names = (await call.list('usernames')).filter((name) => typeof name === 'string')
        const found = await Promise.all(names.map((name) => face.core.users.byUsername(name)))
        return face.json(
          face.people(
            found.filter((user) => user !== null),
            call.actor.user,
          ),
        )
      }),
    )
    .post(
      '/users/search',
      face.user((call) => search(face, call)),
    )
    .get(
      '/users/autocomplete',
      face.user((call) => autocomplete(face, call)),
    )
    .post(
      '/users/group_channels',
      face.user((call) => groupChannels(face, call)),
    )
    .get(
      '/users/username/:username',
      face.user(async (call) => one(face, call, await face.core.users.byUsername(call.param('username')))),
    )
    .get(
      '/users/email/:email',
      face.user(async (call) => one(face, call, await visibleByEmail(face, call))),
    )
    .get(
      '/users/:user_id',
      face.user(async (call) => one(face, call, await face.core.users.byId(call.userId()))),
    )
    .put(
      '/users/:user_id',
      face.user((call) => change(face, call, 'whole')),
    )
    .put(
      '/users/:user_id/patch',
      face.user((call) => change(face, call, 'patch')),
    )
    .delete(
      '/users/:user_id',
      face.user((call) => remove(face, call)),
    )
    .put(
      '/users/:user_id/roles',
      face.admin(async (call) => {
        const role = adminAsked((await call.fields()).text('roles'), 'system') ? 'admin' : 'user'
        await face.core.accounts.setRole(call.actor, call.userId(), role)
        return face.ok()
      }),
    )
    .put(
      '/users/:user_id/active',
      face.user(async (call) => {
        const userId = call.selfOrAdmin()
        const active = (await call.fields()).flag('active')
        if (!call.isAdmin) mayLeave(face)
        await face.core.accounts.setActive(call.actor, userId, active)
        return face.ok()
      }),
    )
    .put(
      '/users/:user_id/password',
      face.user(async (call) => {
        const body = await call.fields()
        const userId = call.selfOrAdmin()
        const currentPassword = body.optional('current_password')
        await face.core.accounts.changePassword(call.actor, {
          userId,
          newPassword: body.text('new_password'),
          ...(currentPassword === undefined ? {} : { currentPassword }),
        })
        return face.ok()
      }),
    )

function one(face: Face, call: Call, user: User | null): Response {
  if (!user) throw refuse.notFound('app.user.missing_account.const', 'Unable to find the user.')
  return face.tagged(call, JSON.stringify(face.person(user, call.actor.user)))
}

async function list(face: Face, call: Call): Promise<Response> {
  const { offset, limit } = call.page()
  const roles = `${call.text('role')},${call.text('roles')}`
  const teamId = call.queryId('in_team')
  const roomId = call.queryId('in_channel')
  const notInRoomId = call.queryId('not_in_channel')
  const found = await face.core.users.search(call.actor, {
    offset,
    limit,
    ...(teamId ? { teamId } : {}),
    ...(roomId ? { roomId } : {}),
    ...(notInRoomId ? { notInRoomId } : {}),
    ...(roles.includes('system_admin') ? { role: 'admin' as const } : {}),
    includeInactive: !call.flag('active'),
    sort: sortOf(call.text('sort')),
  })
  return face.tagged(call, JSON.stringify(face.people(activeAsAsked(call, found.users), call.actor.user)))
}

function activeAsAsked(call: Call, found: User[]): User[] {
  if (!call.flag('inactive')) return found
  return found.filter((user) => user.deactivatedAt !== null)
}

function sortOf(sort: string): 'username' | 'created' | 'last_active' {
  return sort === 'create_at' ? 'created' : sort === 'last_activity_at' ? 'last_active' : 'username'
}

/** People one shares a direct or group conversation with, as far as this one's rooms tell. */
async function known(face: Face, call: Call): Promise<Response> {
  const views = await face.core.rooms.mine(call.actor)
  const ids = new Set<Uuid>()
  for (const { room } of views) {
    if (room.kind !== 'direct' && room.kind !== 'group') continue
    for (const id of await face.mm.lookups.peers(room)) ids.add(id)
  }
  ids.delete(call.me)
  return face.json([...ids].map(toWire))
}

async function filteredStats(face: Face, call: Call): Promise<Response> {
  const counts = await face.core.users.count()
  const people = call.flag('include_deleted') ? counts.people : counts.active
  return face.json({ total_users_count: people + (call.flag('include_bots') ? counts.bots : 0) })
}

async function search(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const term = body.text('term')
  if (term === '') throw refuse.bodyParam('term')
  const teamId = body.idOrNull('team_id')
  const roomId = body.idOrNull('in_channel_id')
  const notInRoomId = body.idOrNull('not_in_channel_id')
  const found = await face.core.users.search(call.actor, {
    q: term.replace(/^@/, ''),
    limit: Math.min(Math.max(body.int('limit', 100), 1), 1000),
    includeInactive: body.flag('allow_inactive'),
    ...(teamId ? { teamId } : {}),
    ...(roomId ? { roomId } : {}),
    ...(notInRoomId ? { notInRoomId } : {}),
    ...(asksForAdmin(body.textOr('role'), 'system') ? { role: 'admin' as const } : {}),
  })
  return face.json(face.people(found.users, call.actor.user))
}

async function autocomplete(face: Face, call: Call): Promise<Response> {
  const q = call.text('name').replace(/^@/, '')
  const limit = Math.min(Math.max(call.int('limit', 100), 1), 1000)
  const teamId = call.queryId('in_team') ?? call.queryId('team_id')
  const roomId = call.queryId('in_channel') ?? call.queryId('channel_id')
  const scope = teamId ? { teamId } : {}
  const bots = await botsNamed(face, q)
  if (!roomId) {
    const { users: found } = await face.core.users.search(call.actor, { q, limit, ...scope })
    return face.json({ users: face.people(distinct([...found, ...bots]), call.actor.user) })
  }
  const [inside, outside] = await Promise.all([
    face.core.users.search(call.actor, { q, limit, roomId }),
    face.core.users.search(call.actor, { q, limit, notInRoomId: roomId, ...scope }),
  ])
  const here = distinct([...inside.users, ...bots])
  const there = outside.users.filter((user) => !here.some((other) => other.id === user.id))
  return face.json({
    users: face.people(here, call.actor.user),
    out_of_channel: face.people(there, call.actor.user),
  })
}

/** Models can be called in every channel, whether or not they are in it; a provider may have hundreds. */
async function botsNamed(face: Face, q: string): Promise<User[]> {
  if (!face.core.ai.enabled) return []
  const wanted = q.toLowerCase()
  const fits = ({ id, name }: { id: string; name: string }) =>
    id.toLowerCase().includes(wanted) || name.toLowerCase().includes(wanted)
  const models = (await face.core.ai.models()).filter(fits).slice(0, MODELS_OFFERED)
  return Promise.all(models.map((model) => face.core.ai.botFor(model.id)))
}

function distinct(users: readonly User[]): User[] {
  return [...new Map(users.map((user) => [user.id, user])).values()]
}

async function groupChannels(face: Face, call: Call): Promise<Response> {
  const ids = idsOf(await call.list('group_channel_ids'), 'group_channel_ids')
  const out: Record<string, unknown> = {}
  for (const roomId of ids) {
    const { room, member } = await face.core.rooms.get(call.actor, roomId)
    if (!member || room.kind !== 'group') continue
    const found = await face.core.users.byIds(await face.mm.lookups.peers(room))
    out[toWire(roomId)] = face.people(
      found.filter((user) => user.id !== call.me),
      call.actor.user,
    )
  }
  return face.json(out)
}

/** Addresses are no way to find out who has an account where they are hidden. */
async function visibleByEmail(face: Face, call: Call): Promise<User | null> {
  if (!call.isAdmin && !face.privacy.showEmail) throw refuse.permission()
  return face.core.users.byEmail(call.param('email'))
}

async function change(face: Face, call: Call, mode: 'whole' | 'patch'): Promise<Response> {
  const userId = call.selfOrAdmin()
  const body = await call.fields()
  const before = await face.core.users.byId(userId)
  if (!before) throw refuse.notFound('app.user.missing_account.const', 'Unable to find the user.')
  if (mode === 'whole' && body.id('id') !== userId) throw refuse.urlParam('user_id')
  const patch = patchOf(body, before)
  // A new password has a page of its own; here it says that whoever takes over the address is the owner.
  if (userId === call.me && 'email' in patch)
    await face.core.accounts.confirmPassword(call.actor, body.text('password'))
  const user = await face.core.accounts.updateProfile(call.actor, userId, patch)
  return face.json(face.person(user, call.actor.user))
}

function patchOf(body: Fields, before: User): Parameters<Face['core']['accounts']['updateProfile']>[2] {
  const profile: Partial<UserProfile> = {}
  const texts = {
    first_name: 'firstName',
    last_name: 'lastName',
    nickname: 'nickname',
    position: 'position',
    locale: 'locale',
  } as const
  for (const [wire, own] of Object.entries(texts)) {
    const value = body.optional(wire)
    if (value !== undefined) profile[own] = value
  }
  const maps = { timezone: 'timezone', notify_props: 'notifyProps', props: 'props' } as const
  for (const [wire, own] of Object.entries(maps)) {
    const value = body.strings(wire)
    if (value !== undefined) profile[own] = value
  }
  const username = body.optional('username')?.toLowerCase()
  const email = body.optional('email')
  const named = ['nickname', 'first_name', 'last_name'].some((name) => body.has(name))
  const next = { ...before.profile, ...profile }
  return {
    profile,
    ...(username && username !== before.username ? { username } : {}),
    ...(email !== undefined && email !== (before.email ?? '') ? { email: email || null } : {}),
    ...(named ? { displayName: displayNameFrom(username ?? before.username, next) } : {}),
  }
}

async function remove(face: Face, call: Call): Promise<Response> {
  const userId = call.selfOrAdmin()
  if (!call.isAdmin) mayLeave(face)
  if (call.flag('permanent')) {
    const id = 'api.user.delete_user.not_enabled.app_error'
    throw new MmError(403, id, 'Permanent user deletion is not enabled.')
  }
  await face.core.accounts.setActive(call.actor, userId, false)
  return face.ok()
}

function mayLeave(face: Face): void {
  if (face.config.value('TeamSettings.EnableUserDeactivation', false)) return
  const id = 'api.user.update_active.not_enable.app_error'
  throw new MmError(403, id, 'You cannot deactivate yourself because this feature is not enabled.')
}
