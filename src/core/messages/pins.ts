/** Pins a message to its room, or takes the pin off. */
import { noSuchMessage } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import { lockMessage } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Actor, Message, Uuid } from '../types.ts'

export async function setPinned(
  ctx: RoomsContext,
  actor: Actor,
  messageId: Uuid,
  pinned: boolean,
): Promise<Message> {
  requireScope(actor, 'messages:write')
  const { deps } = ctx
  const before = await deps.store.read.messages.get(messageId)
  const sender = before && (await ctx.core.users.byId(before.senderId))
  return deps.store.tx(async (repos, unit) => {
    const { message, standing } = await lockMessage(repos, actor, messageId, 'message.pin')
    if ((message.pinnedAt !== null) === pinned) return message
    if (!sender) throw noSuchMessage()
    const now = Math.max(deps.clock.now(), message.updatedAt + 1)
    const next: Message = {
      ...message,
      pinnedAt: pinned ? now : null,
      pinnedBy: pinned ? actor.user.id : null,
      updatedAt: now,
    }
    await repos.messages.setPin(next)
    unit.emit({ type: 'message.updated', room: standing.room, message: next, sender, reason: 'pin' })
    return next
  })
}
