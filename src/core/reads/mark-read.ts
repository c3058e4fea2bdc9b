/** Read marks. They only move forward here; going back is mark-unread.ts. Bursts share a transaction in the store. */
import { fault } from '../faults.ts'
import { isConversation } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import { accessRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { messageHere } from '../messages/post-message.ts'
import type { Actor, Member, Message, Room, Uuid } from '../types.ts'

export async function markRead(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  messageId?: Uuid,
): Promise<Member> {
  requireScope(actor, 'messages:read')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const { room, member } = await accessRoom(repos, actor, roomId, 'room.read')
    if (!member) throw fault.forbidden('room.not_member', 'Join the room first.')
    const upTo = messageId ? await messageHere(repos, roomId, messageId) : null
    const next = await marked(repos, room, member, upTo, now)
    if (!next) return member
    await repos.members.setRead(next, true)
    unit.emit({ type: 'read.marked', room, member: next })
    return next
  })
}

/** Null when that was read already. */
async function marked(
  repos: Repositories,
  room: Room,
  member: Member,
  upTo: Message | null,
  now: number,
): Promise<Member | null> {
  if (!upTo || upTo.ordinal >= room.messageCount) {
    if (isAllRead(room, member)) return null
    return {
      ...member,
      lastReadAt: Math.max(now, room.lastMessageAt),
      lastReadMessageId: room.lastMessageId,
      readCount: room.messageCount,
      readRootCount: room.rootCount,
      mentionCount: 0,
      mentionRootCount: 0,
      updatedAt: now,
    }
  }
  if (upTo.ordinal <= member.readCount) return null
  const mentions = await repos.messages.mentionsAfter(
    room.id,
    member.userId,
    upTo.ordinal,
    isConversation(room),
  )
  return {
    ...member,
    lastReadAt: upTo.createdAt,
    lastReadMessageId: upTo.id,
    readCount: upTo.ordinal,
    readRootCount: upTo.rootOrdinal,
    mentionCount: Math.min(member.mentionCount, mentions.all),
    mentionRootCount: Math.min(member.mentionRootCount, mentions.roots),
    updatedAt: now,
  }
}

function isAllRead(room: Room, member: Member): boolean {
  return (
    member.readCount >= room.messageCount &&
    member.mentionCount === 0 &&
    member.lastReadMessageId === room.lastMessageId
  )
}
