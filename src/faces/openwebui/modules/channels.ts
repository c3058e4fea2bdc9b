/**
 * Channels: the rooms of the other faces, in Open WebUI's words. A standard channel is a public room, a
 * group a private one, a dm a conversation. Messages, threads, reactions, pins and read marks are theirs.
 */
import { Elysia, t } from 'elysia'
import type { NewRoom, RoomView } from '../../../core/core.ts'
import { isJson } from '../../../core/chats/context.ts'
import { isStandard } from '../../../core/grants/channels.ts'
import { READ_ONLY } from '../../../core/permissions/room-policy.ts'
import type { Json } from '../../../core/chats/rows.ts'
import { EVERYONE, readGrants } from '../../../core/grants/grants.ts'
import type { Actor, Room, User } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import type { FaceCore } from '../face-core.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { done, json, nanosOfMillis } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentChannel } from '../present/channels.ts'
import { presentInfo, imagePath, seesEmail, statusOf } from '../present/users.ts'
import { enter, inTeam, mayChannels } from './channel-access.ts'
import { personsOf } from './users.ts'

const ChannelForm = form({
  type: maybeText,
  name: t.Optional(t.String()),
  description: maybeText,
  is_private: maybe(t.Boolean()),
  data: maybe(dict),
  meta: maybe(dict),
  access_grants: maybe(t.Array(t.Unknown())),
  user_ids: maybe(t.Array(t.String())),
  group_ids: maybe(t.Array(t.String())),
})
const Members = form({ user_ids: maybe(t.Array(t.String())), group_ids: maybe(t.Array(t.String())) })

const PER_PAGE = 30

type Query = Record<string, string | undefined>

export const channels = (face: FaceContext) => {
  const { core } = face
  const user = { rank: 'user', beforeHandle: mayChannels(face) } as const
  return new Elysia({ name: 'openwebui.channels', prefix: '/api/v1/channels' })
    .use(openwebuiAuth(core))
    .get('/', async ({ actor }) => json(await list(core, actor)), user)
    .get(
      '/list',
      async ({ actor }) =>
        json(await Promise.all((await core.rooms.mine(actor)).map(({ room }) => withGrants(core, room)))),
      user,
    )
    .get(
      '/users/:user_id',
      async ({ actor, params }) =>
        json(await withGrants(core, await core.rooms.direct(actor, [params.user_id]))),
      user,
    )
    .post('/create', async ({ actor, body }) => json(await create(core, actor, body)), {
      ...user,
      body: ChannelForm,
    })
    .get('/:id', async ({ actor, params }) => json(await describe(core, actor, params.id)), user)
    .post(
      '/:id/update',
      async ({ actor, params, body }) => json(await update(core, actor, params.id, body)),
      {
        ...user,
        body: ChannelForm,
      },
    )
    .post(
      '/:id/access/update',
      async ({ actor, params, body }) => {
        const { room } = await core.rooms.get(actor, params.id)
        const opened = openingOf(room.props, body.access_grants)
        return json(await withGrants(core, await core.rooms.update(actor, params.id, opened)))
      },
      { ...user, body: form({ access_grants: t.Array(t.Unknown()) }) },
    )
    .delete('/:id/delete', ({ actor, params }) => done(core.rooms.archive(actor, params.id)), user)
    .get(
      '/:id/members',
      async ({ actor, params, query }) => json(await members(core, actor, params.id, query)),
      user,
    )
    .post(
      '/:id/members/mute',
      async ({ actor, params, body }) => {
        const member = await core.members.updateOwn(actor, params.id, { muted: body.is_channel_muted })
        return json({ is_channel_muted: member.muted })
      },
      { ...user, body: form({ is_channel_muted: t.Boolean() }) },
    )
    .post(
      '/:id/members/active',
      ({ actor, params, body }) =>
        done(core.members.updateOwn(actor, params.id, { hidden: !body.is_active })),
      { ...user, body: form({ is_active: t.Boolean() }) },
    )
    .post(
      '/:id/update/members/add',
      async ({ actor, params, body }) =>
        json((await core.members.add(actor, params.id, await peopleIn(core, body))).map(presentMember)),
      { ...user, body: Members },
    )
    .post(
      '/:id/update/members/remove',
      async ({ actor, params, body }) => {
        const ids = body.user_ids ?? []
        for (const id of ids) await core.members.remove(actor, params.id, id)
        return json(ids.length)
      },
      { ...user, body: Members },
    )
}

async function withGrants(core: FaceCore, room: Room): Promise<Json> {
  return presentChannel(room, await core.grants.list('channel', room.id))
}

async function list(core: FaceCore, actor: Actor): Promise<Json[]> {
  await inTeam(core, actor)
  const mine = await core.rooms.mine(actor)
  const known = new Set(mine.map(({ room }) => room.id))
  const open = (await core.rooms.browse(actor, {})).filter(({ id }) => !known.has(id))
  for (const { id } of open) known.add(id)
  open.push(...(await openedTo(core, actor, known)))
  const views: RoomView[] = [...mine, ...open.map((room) => ({ room, member: null }))].filter(
    ({ room, member }) => room.deletedAt === null && !member?.hidden,
  )
  // Groups and conversations first, each kind as it was made.
  views.sort(
    (a, b) =>
      Number(isStandard(a.room)) - Number(isStandard(b.room)) || a.room.createdAt - b.room.createdAt,
  )
  const grants = await core.grants.listMany(
    'channel',
    views.map(({ room }) => room.id),
  )
  return Promise.all(
    views.map(async ({ room, member }) => ({
      ...presentChannel(room, grants.get(room.id) ?? []),
      ...(await peopleOf(core, actor, room)),
      last_message_at: room.lastMessageAt === 0 ? null : nanosOfMillis(room.lastMessageAt),
      unread_count: member ? Math.max(0, room.messageCount - member.readCount) : 0,
      is_channel_muted: member?.muted ?? false,
    })),
  )
}

/** Channels that grants open to this person, or to a group of theirs, and that they have not entered yet. */
async function openedTo(core: FaceCore, actor: Actor, known: ReadonlySet<string>): Promise<Room[]> {
  const ids = [...(await core.grants.grantedIds(actor.user.id, 'channel', 'read'))].filter((id) => !known.has(id))
  // A grant may outlive its channel.
  const found = await Promise.all(ids.map((id) => core.rooms.get(actor, id).catch(() => null)))
  return found.flatMap((one) => one?.room ?? [])
}

const isConversation = (room: Room): boolean => room.kind === 'direct' || room.kind === 'group'

/** Who is in a conversation; channels have too many to list. */
async function peopleOf(
  core: FaceCore,
  actor: Actor,
  room: Room,
): Promise<{ user_ids: unknown; users: unknown }> {
  if (!isConversation(room)) return { user_ids: null, users: null }
  const found = await core.members.list(actor, room.id)
  const users = found.map(({ user }) => user)
  const [persons, states] = await Promise.all([
    personsOf(core, users),
    core.presence.of(users.map(({ id }) => id)),
  ])
  return {
    user_ids: users.map(({ id }) => id),
    users: users.map((user) => ({
      ...statusOf(persons.get(user.id) ?? null),
      id: user.id,
      name: user.displayName,
      is_active: states.get(user.id)?.state === 'online',
    })),
  }
}

function isOpen(grants: unknown): boolean {
  return readGrants(grants).some(
    (grant) => grant.principal_type === 'user' && grant.principal_id === EVERYONE,
  )
}

/** What grants make of a room: to whom it is open, and whether all who read it write in it. */
function openingOf(
  props: Record<string, unknown>,
  grants: unknown,
): { kind: 'public' | 'private'; props: Record<string, unknown> } {
  const open = isOpen(grants)
  const written = readGrants(grants).some(
    ({ principal_id: id, permission }) => id === EVERYONE && permission === 'write',
  )
  return { kind: open ? 'public' : 'private', props: { ...props, [READ_ONLY]: open && !written } }
}

async function create(core: FaceCore, actor: Actor, body: typeof ChannelForm.static): Promise<Json> {
  const people = await peopleIn(core, body)
  if (body.type === 'dm') return withGrants(core, await core.rooms.direct(actor, people))
  // Without a type only administrators make channels; groups are for everybody.
  if (body.type !== 'group' && actor.user.role !== 'admin') throw detail.forbidden()
  const input: NewRoom = {
    kind: 'private',
    name: body.name ?? '',
    ...(body.description ? { description: body.description } : {}),
    memberIds:
      body.type === 'group'
        ? people
        : [...new Set([...people, ...(await granted(core, body.access_grants))])],
    ...(body.type === 'group' ? { props: propsOf(body) } : openingOf(propsOf(body), body.access_grants)),
  }
  return withGrants(core, await core.rooms.create(actor, input))
}

function propsOf(body: { data?: unknown; meta?: unknown }): Record<string, unknown> {
  return {
    ...(isJson(body.data) ? { 'openwebui.data': body.data } : {}),
    ...(isJson(body.meta) ? { 'openwebui.meta': body.meta } : {}),
  }
}

/** People and the members of groups. */
async function peopleIn(
  core: FaceCore,
  body: { user_ids?: string[] | null; group_ids?: string[] | null },
): Promise<string[]> {
  const ofGroups = await Promise.all((body.group_ids ?? []).map((id) => core.groups.memberIds(id)))
  return [...new Set([...(body.user_ids ?? []), ...ofGroups.flat()])]
}

/** Whom a standard channel's grants name one by one. */
async function granted(core: FaceCore, grants: unknown): Promise<string[]> {
  const read = readGrants(grants).filter(({ principal_id: id }) => id !== EVERYONE)
  const groups = read.filter(({ principal_type: type }) => type === 'group').map(({ principal_id: id }) => id)
  const people = read.filter(({ principal_type: type }) => type === 'user').map(({ principal_id: id }) => id)
  return peopleIn(core, { user_ids: people, group_ids: groups })
}

async function describe(core: FaceCore, actor: Actor, id: string): Promise<Json> {
  const { room, member } = await enter(core, actor, id)
  const manages = member?.role === 'owner' || member?.role === 'moderator' || actor.user.role === 'admin'
  return {
    ...(await withGrants(core, room)),
    ...(await peopleOf(core, actor, room)),
    user_count: await core.members.count(actor, id),
    last_read_at: member && member.lastReadAt > 0 ? nanosOfMillis(member.lastReadAt) : null,
    unread_count: member ? Math.max(0, room.messageCount - member.readCount) : 0,
    is_channel_muted: member?.muted ?? false,
    is_manager: manages,
    write_access:
      member !== null &&
      (manages || room.props[READ_ONLY] !== true) &&
      (await core.channelGrants.mayWrite(actor, { room, member })),
  }
}

async function update(
  core: FaceCore,
  actor: Actor,
  id: string,
  body: typeof ChannelForm.static,
): Promise<Json> {
  const { room } = await core.rooms.get(actor, id)
  const changed = await core.rooms.update(actor, id, {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.description === undefined ? {} : { description: body.description ?? '' }),
    ...(body.access_grants && !isConversation(room)
      ? openingOf({ ...room.props, ...propsOf(body) }, body.access_grants)
      : { props: { ...room.props, ...propsOf(body) } }),
  })
  return withGrants(core, changed)
}

async function members(core: FaceCore, actor: Actor, id: string, query: Query): Promise<Json> {
  const q = (query['query'] ?? '').toLowerCase()
  const found = (await core.members.list(actor, id))
    .map(({ user }) => user)
    .filter((user) => named(actor.user, user, q))
  const start = (Math.max(1, Number(query['page'] ?? 1) || 1) - 1) * PER_PAGE
  const page = found.slice(start, start + PER_PAGE)
  const [persons, states] = await Promise.all([
    personsOf(core, page),
    core.presence.of(page.map((user) => user.id)),
  ])
  const users = page.map((user) => {
    const person = persons.get(user.id) ?? null
    const active = states.get(user.id)?.state === 'online'
    return {
      ...presentInfo(actor.user, user, person, active),
      presence_state: person?.presenceState ?? null,
      profile_image_url: imagePath(user.id),
    }
  })
  return { users, total: found.length }
}

function named(viewer: User, user: User, q: string): boolean {
  const email = seesEmail(viewer, user) ? (user.email ?? '') : ''
  return `${user.displayName}\n${user.username}\n${email}`.toLowerCase().includes(q)
}

function presentMember(member: { roomId: string; userId: string; role: string; joinedAt: number }): Json {
  return {
    channel_id: member.roomId,
    user_id: member.userId,
    status: 'joined',
    role: member.role === 'member' ? null : 'manager',
    is_active: true,
    joined_at: nanosOfMillis(member.joinedAt),
  }
}
