/** The one conversation of these people: two (or oneself) are a direct room, three to eight a group. */
import { serverBotModel } from '../ai/bots.ts'
import { fault } from '../faults.ts'
import { newMember } from '../members/join.ts'
import { requireScope } from '../permissions/scopes.ts'
import { sha256Hex } from '../support/digest.ts'
import type { Actor, Millis, Room, RoomAi, User, Uuid } from '../types.ts'
import type { RoomsContext } from './context.ts'
import { firstMembers } from './create-room.ts'
import { defaultRoomAi } from './room-defaults.ts'

const maxPeople = 8

/** The same people in any order are the same conversation. */
export function pairKeyOf(userIds: readonly Uuid[]): string {
  return sha256Hex([...new Set(userIds)].sort().join(' '))
}

export async function directRoom(ctx: RoomsContext, actor: Actor, userIds: readonly Uuid[]): Promise<Room> {
  requireScope(actor, 'rooms:write')
  if (userIds.length === 0) {
    throw fault.invalid('room.no_members', 'Name at least one person.', {
      member_ids: 'Name at least one person.',
    })
  }
  const ids = [...new Set([actor.user.id, ...userIds])]
  if (ids.length > maxPeople) {
    throw fault.invalid('room.too_many_members', `A conversation has at most ${maxPeople} people.`)
  }
  const pairKey = pairKeyOf(ids)
  const existing = await ctx.deps.store.read.rooms.byPairKey(pairKey)
  return existing ? reopen(ctx, actor, existing) : open(ctx, actor, userIds, pairKey)
}

async function open(
  ctx: RoomsContext,
  actor: Actor,
  userIds: readonly Uuid[],
  pairKey: string,
): Promise<Room> {
  const people = await firstMembers(ctx, actor, userIds)
  const now = ctx.deps.clock.now()
  const kind = people.length > 2 ? 'group' : 'direct'
  const room = {
    ...emptyConversation(ctx.deps.ids.next(), kind, pairKey, actor, now),
    ai: kind === 'direct' ? aiBetween(people) : defaultRoomAi,
  }
  return ctx.deps.store.tx(async (repos, unit) => {
    if (!(await repos.rooms.insert(room, pairKey))) {
      // Both opened it at once: the other was first.
      const theirs = await repos.rooms.byPairKey(pairKey)
      if (!theirs) throw fault.conflict('room.conflict', 'Try again.')
      return theirs
    }
    for (const person of people) {
      await repos.members.insert(newMember(room, person.id, 'member', now), actor.user.id)
    }
    unit.emit({ type: 'room.created', room, memberIds: people.map(({ id }) => id), by: actor.user.id })
    return room
  })
}

/** A conversation that its asker closed comes back to their side bar. */
async function reopen(ctx: RoomsContext, actor: Actor, room: Room): Promise<Room> {
  const member = await ctx.deps.store.read.members.get(room.id, actor.user.id)
  if (member?.hidden) await ctx.core.members.updateOwn(actor, room.id, { hidden: false })
  return room
}

/** Who writes to a model directly asks it with every message. */
function aiBetween(people: readonly User[]): RoomAi {
  const model = people.find((person) => person.botModel !== null)?.botModel
  if (!model) return defaultRoomAi
  return { ...defaultRoomAi, model: model === serverBotModel ? null : model, respond: 'always' }
}

function emptyConversation(
  id: Uuid,
  kind: 'direct' | 'group',
  pairKey: string,
  actor: Actor,
  now: Millis,
): Room {
  return {
    id,
    kind,
    teamId: null,
    slug: pairKey.slice(0, 40),
    name: '',
    description: '',
    header: '',
    ai: defaultRoomAi,
    props: {},
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
