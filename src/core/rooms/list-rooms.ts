/** Rooms one is in, and public rooms one may join. Counters stand in the rows: nothing is counted here. */
import type { RoomView } from '../core.ts'
import { hasScope, requireScope } from '../permissions/scopes.ts'
import type { Actor, Millis, Room, Uuid } from '../types.ts'
import type { RoomsContext } from './context.ts'

const maxBrowse = 200

export async function myRooms(
  ctx: RoomsContext,
  actor: Actor,
  options: { teamId?: Uuid; includeDeletedSince?: Millis; withLastMessage?: boolean } = {},
): Promise<RoomView[]> {
  requireScope(actor, 'rooms:read')
  const { read } = ctx.deps.store
  const views: RoomView[] = await read.rooms.forUser(actor.user.id, {
    teamId: options.teamId,
    deletedSince: options.includeDeletedSince,
  })
  if (!options.withLastMessage || !hasScope(actor, 'messages:read')) return views
  const ids = views.flatMap(({ room }) => room.lastMessageId ?? [])
  const last = new Map((await read.messages.getMany(ids)).map((message) => [message.id, message]))
  return views.map((view) => ({ ...view, lastMessage: last.get(view.room.lastMessageId ?? '') ?? null }))
}

/** Only rooms of teams the actor is in. */
export async function browseRooms(
  ctx: RoomsContext,
  actor: Actor,
  options: { teamId?: Uuid; q?: string; offset?: number; limit?: number; includeDeleted?: boolean },
): Promise<Room[]> {
  requireScope(actor, 'rooms:read')
  const { read } = ctx.deps.store
  const own = (await read.teams.membershipsOf(actor.user.id)).map(({ teamId }) => teamId)
  return read.rooms.browse({
    teamIds: options.teamId ? own.filter((id) => id === options.teamId) : own,
    q: options.q,
    includeDeleted: options.includeDeleted ?? false,
    offset: Math.max(0, options.offset ?? 0),
    limit: Math.min(maxBrowse, Math.max(1, options.limit ?? maxBrowse)),
  })
}
