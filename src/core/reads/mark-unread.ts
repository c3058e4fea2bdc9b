/** Makes a message and all after it unread again. */
import { fault } from '../faults.ts'
import { isConversation } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import { accessMessage } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Actor, Member, Uuid } from '../types.ts'

export async function markUnread(ctx: RoomsContext, actor: Actor, messageId: Uuid): Promise<Member> {
  requireScope(actor, 'messages:read')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const { message, standing } = await accessMessage(repos, actor, messageId, 'room.read')
    const { room, member } = standing
    if (!member) throw fault.forbidden('room.not_member', 'Join the room first.')
    const ordinal = Math.max(0, message.ordinal - 1)
    const mentions = await repos.messages.mentionsAfter(room.id, member.userId, ordinal, isConversation(room))
    const previous = await repos.messages.page({ roomId: room.id, before: message.id, limit: 1 })
    const next: Member = {
      ...member,
      lastReadAt: message.createdAt - 1,
      lastReadMessageId: previous[0]?.id ?? null,
      readCount: ordinal,
      readRootCount: message.threadId ? message.rootOrdinal : Math.max(0, message.rootOrdinal - 1),
      mentionCount: mentions.all,
      mentionRootCount: mentions.roots,
      updatedAt: now,
    }
    await repos.members.setRead(next, true)
    unit.emit({ type: 'read.marked', room, member: next })
    return next
  })
}
