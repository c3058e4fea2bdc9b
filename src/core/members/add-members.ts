/** Brings people into a room. Who is in it already stays as they are. */
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import { lockRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { requireActive } from '../rooms/create-room.ts'
import type { Actor, Member, Uuid } from '../types.ts'
import { joinRoom } from './join.ts'

const maxAtOnce = 200

export async function addMembers(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  userIds: readonly Uuid[],
): Promise<Member[]> {
  requireScope(actor, 'rooms:write')
  const ids = [...new Set(userIds)]
  if (ids.length > maxAtOnce)
    throw fault.invalid('room.too_many_members', `At most ${maxAtOnce} people at once.`)
  const people = await ctx.core.users.byIds(ids)
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const { room } = await lockRoom(repos, actor, roomId, 'member.add')
    if (people.length < ids.length) throw fault.notFound('user.not_found', 'There is no such person.')
    people.forEach(requireActive)
    const added: Member[] = []
    for (const user of people) added.push(await joinRoom(repos, unit, { room, user, by: actor.user.id, now }))
    return added
  })
}
