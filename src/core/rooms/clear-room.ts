/**
 * Removes the whole history of a room for everybody. Counters and the hash chain begin anew (the next
 * message has no `previous`). A long history goes in slices, newest first, so that others can write meanwhile;
 * what a crash left over goes at the next start.
 */
import { deleteBytes } from '../files/delete-bytes.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import type { Actor, Room, Uuid } from '../types.ts'
import { unindex } from '../search/index-feed.ts'
import { lockRoom } from './access.ts'
import type { RoomsContext } from './context.ts'

const slice = 1_000
/** In `room.props` while it goes on: the last `seq` that is to go. */
export const clearingProp = 'core.clearing'

export async function clearRoom(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<void> {
  requireScope(actor, 'rooms:write')
  const maxSeq = await ctx.deps.store.tx((repos) => begin(repos, actor, roomId, ctx.deps.clock.now()))
  await finishClearing(ctx, roomId, maxSeq, actor.user.id)
}

async function begin(repos: Repositories, actor: Actor, roomId: Uuid, now: number): Promise<number> {
  const { room } = await lockRoom(repos, actor, roomId, 'room.clear')
  const maxSeq = await repos.messages.maxSeq()
  const empty: Room = {
    ...room,
    lastHash: null,
    lastMessageId: null,
    updatedAt: now,
    props: { ...room.props, [clearingProp]: maxSeq },
  }
  await repos.rooms.setHead(empty)
  await repos.rooms.update(empty, actor.user.id)
  await repos.members.markAllRead(room.id)
  return maxSeq
}

/** Also called at start, for a clearing that was cut short. */
export async function finishClearing(
  ctx: RoomsContext,
  roomId: Uuid,
  maxSeq: number,
  by: Uuid,
): Promise<void> {
  const { store } = ctx.deps
  for (;;) {
    const gone = await store.tx(async (repos, unit) => {
      const { seqs, files } = await repos.messages.purge(roomId, maxSeq, slice)
      await unindex(repos, roomId, seqs)
      unit.afterCommit(() => void deleteBytes(ctx, files))
      return seqs.length
    })
    if (gone < slice) break
  }
  await store.tx(async (repos, unit) => {
    const room = await repos.rooms.get(roomId)
    if (!room) return
    const { [clearingProp]: _, ...props } = room.props
    await repos.rooms.update({ ...room, props }, by)
    const memberIds = await repos.members.userIds(roomId, slice)
    unit.emit({ type: 'room.cleared', room: { ...room, props }, memberIds, by })
  })
}
