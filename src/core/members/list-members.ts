/** Who is in a room. Only members see it; of a public room whoever may join sees it too. */
import { requireScope } from '../permissions/scopes.ts'
import { accessRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Actor, Member, User, Uuid } from '../types.ts'

const maxPage = 1_000

export async function listMembers(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  page: { offset: number; limit: number } = { offset: 0, limit: maxPage },
): Promise<{ member: Member; user: User }[]> {
  requireScope(actor, 'rooms:read')
  const { read } = ctx.deps.store
  await accessRoom(read, actor, roomId, 'room.see')
  const members = await read.members.list(roomId, {
    offset: Math.max(0, page.offset),
    limit: Math.min(maxPage, Math.max(1, page.limit)),
  })
  const users = await ctx.core.users.byIds(members.map((member) => member.userId))
  const byId = new Map(users.map((user) => [user.id, user]))
  return members.flatMap((member) => {
    const user = byId.get(member.userId)
    return user ? [{ member, user }] : []
  })
}

export async function getMember(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  userId: Uuid,
): Promise<Member | null> {
  requireScope(actor, 'rooms:read')
  const { read } = ctx.deps.store
  await accessRoom(read, actor, roomId, 'room.see')
  return read.members.get(roomId, userId)
}

export async function countMembers(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<number> {
  requireScope(actor, 'rooms:read')
  const { read } = ctx.deps.store
  await accessRoom(read, actor, roomId, 'room.see')
  return read.members.count(roomId)
}
