/** Makes a room: public, private, or a conversation (which is looked up first, since there is one of each). */
import type { NewRoom } from '../core.ts'
import { fault } from '../faults.ts'
import { newMember } from '../members/join.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import type { Actor, Millis, Room, User, Uuid } from '../types.ts'
import type { RoomsContext } from './context.ts'
import { directRoom } from './direct-room.ts'
import { defaultRoomAi } from './room-defaults.ts'
import {
  checkAi,
  checkDescription,
  checkHeader,
  checkName,
  checkProps,
  checkSlug,
  slugOf,
} from './room-rules.ts'

const maxFirstMembers = 200
const slugTries = 5

export async function createRoom(ctx: RoomsContext, actor: Actor, input: NewRoom): Promise<Room> {
  requireScope(actor, 'rooms:write')
  if (input.kind === 'direct' || input.kind === 'group') {
    return directRoom(ctx, actor, input.memberIds ?? [])
  }
  const { deps } = ctx
  const now = deps.clock.now()
  const people = await firstMembers(ctx, actor, input.memberIds ?? [])
  const draft = await draftRoom(ctx, actor, input, now)
  return deps.store.tx(async (repos, unit) => {
    const room = await insertWithSlug(ctx, repos, draft, input.slug !== undefined)
    for (const person of people) {
      const role = person.id === actor.user.id ? 'owner' : 'member'
      await repos.members.insert(
        newMember(room, person.id, role, now),
        role === 'owner' ? null : actor.user.id,
      )
    }
    unit.emit({ type: 'room.created', room, memberIds: people.map(({ id }) => id), by: actor.user.id })
    return room
  })
}

/** The creator, then everybody else; people who are gone or waiting cannot be brought in. */
export async function firstMembers(ctx: RoomsContext, actor: Actor, ids: readonly Uuid[]): Promise<User[]> {
  const others = [...new Set(ids)].filter((id) => id !== actor.user.id)
  if (others.length > maxFirstMembers) {
    throw fault.invalid('room.too_many_members', `At most ${maxFirstMembers} people at once.`)
  }
  const found = await ctx.core.users.byIds(others)
  if (found.length < others.length) throw fault.notFound('user.not_found', 'There is no such person.')
  found.forEach(requireActive)
  return [actor.user, ...found]
}

export function requireActive(user: User): void {
  if (user.deactivatedAt !== null || user.role === 'pending') {
    throw fault.invalid('user.inactive', `${user.username} cannot be added: the account is not active.`)
  }
}

async function draftRoom(ctx: RoomsContext, actor: Actor, input: NewRoom, now: Millis): Promise<Room> {
  const name = checkName(input.name)
  return {
    id: ctx.deps.ids.next(),
    kind: input.kind,
    teamId: await teamOf(ctx, actor, input.teamId),
    slug: input.slug === undefined ? slugOf(name) : checkSlug(input.slug),
    name,
    description: checkDescription(input.description ?? ''),
    header: checkHeader(input.header ?? ''),
    ai: checkAi(defaultRoomAi, input.ai ?? {}),
    props: checkProps(input.props ?? {}),
    creatorId: actor.user.id,
    messageCount: 0,
    rootCount: 0,
    lastMessageAt: 0,
    lastRootAt: 0,
    lastMessageId: null,
    lastHash: null,
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  }
}

async function teamOf(ctx: RoomsContext, actor: Actor, teamId: Uuid | null | undefined): Promise<Uuid> {
  if (!teamId) return (await ctx.core.teams.first()).id
  const membership = await ctx.deps.store.read.teams.member(teamId, actor.user.id)
  if ((!membership || membership.deletedAt !== null) && actor.via !== 'system') {
    throw fault.notFound('team.not_found', 'There is no such team.')
  }
  return teamId
}

/** A slug somebody chose must be free; one that we made gets a tail until it is. */
async function insertWithSlug(
  ctx: RoomsContext,
  repos: Repositories,
  draft: Room,
  chosen: boolean,
): Promise<Room> {
  for (let left = slugTries; left > 0; left--) {
    const tail = ctx.deps.ids.secret(4)
    const slug = left === slugTries && draft.slug !== '' ? draft.slug : `${draft.slug || 'room'}-${tail}`
    const room = { ...draft, slug }
    if (await repos.rooms.insert(room, null)) return room
    if (chosen) break
  }
  throw fault.conflict('room.slug_taken', 'A room with this address exists already.')
}
