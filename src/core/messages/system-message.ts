/** Messages that the server writes: joins, changes, AI notices. Nobody's permission is asked. */
import { noSuchRoom } from '../permissions/room-policy.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Message, Room, Uuid } from '../types.ts'
import { fault } from '../faults.ts'
import { appendMessage } from './append-message.ts'
import { callsNobody } from './called.ts'

export async function systemMessage(
  ctx: RoomsContext,
  room: Room,
  input: { kind: Message['kind']; content: string; senderId: Uuid; props?: Record<string, unknown> },
): Promise<Message> {
  const sender = await ctx.core.users.byId(input.senderId)
  if (!sender) throw fault.notFound('user.not_found', 'There is no such person.')
  const message = await ctx.deps.store.tx(async (repos, unit) => {
    const current = await repos.rooms.lockFor(room.id, sender.id)
    if (!current) throw noSuchRoom()
    return appendMessage(repos, unit, {
      id: ctx.deps.ids.next(),
      room: current.room,
      sender,
      kind: input.kind,
      content: input.content,
      root: null,
      rootSender: null,
      replyTo: null,
      files: [],
      called: callsNobody,
      clientId: null,
      props: input.props ?? {},
      ai: null,
      readsAlong: false,
      now: ctx.deps.clock.now(),
    })
  })
  ctx.index.added()
  return message
}
