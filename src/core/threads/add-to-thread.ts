/** What a reply does to its thread: counts, who follows, what they have not read. */
import type { Called } from '../messages/called.ts'
import { isConversation } from '../permissions/room-policy.ts'
import type { Unit } from '../ports.ts'
import type { Repositories } from '../repositories.ts'
import type { Message, Room, User } from '../types.ts'

export async function addToThread(
  repos: Repositories,
  unit: Unit,
  room: Room,
  thread: { root: Message; rootSender: User | null; replySender: User },
  reply: Message,
  called: Called,
): Promise<void> {
  const { root, rootSender } = thread
  const at = reply.createdAt
  await repos.messages.setReplies(root.id, root.replyCount + 1, at, at)
  const others = await repos.members.among(room.id, [root.senderId, ...called.userIds])
  await repos.threads.follow(root.id, room.id, others, at, false)
  const writer = thread.replySender.isBot ? null : await readsAlong(repos, room, root, reply)
  if (rootSender) {
    const message = { ...root, replyCount: root.replyCount + 1, lastReplyAt: at, updatedAt: at }
    unit.emit({ type: 'message.updated', room, message, sender: rootSender, reason: 'thread' })
  }
  const mentioned = called.everyone || isConversation(room) ? 'all' : called.userIds
  if (writer) unit.emit({ ...writer, type: 'thread.updated', room, cause: 'reply' })
  for (const follower of await repos.threads.addReply(root.id, reply.senderId, mentioned, at)) {
    const callsThem = mentioned === 'all' || mentioned.includes(follower.userId)
    unit.emit({
      type: 'thread.updated',
      room,
      rootId: root.id,
      userId: follower.userId,
      following: true,
      unreadReplies: follower.unreadReplies,
      unreadMentions: follower.unreadMentions,
      previousUnreadReplies: follower.unreadReplies - 1,
      previousUnreadMentions: follower.unreadMentions - (callsThem ? 1 : 0),
      lastViewedAt: follower.lastViewedAt,
      cause: 'reply',
    })
  }
}

/** Who replies follows the thread and has read it; says what they had not read before. */
async function readsAlong(repos: Repositories, room: Room, root: Message, reply: Message) {
  const before = await repos.threads.get(root.id, reply.senderId)
  const now = {
    rootId: root.id,
    userId: reply.senderId,
    following: true,
    lastViewedAt: reply.createdAt,
    unreadReplies: 0,
    unreadMentions: 0,
  }
  await repos.threads.put({ ...now, roomId: room.id, updatedAt: reply.createdAt })
  return {
    ...now,
    previousUnreadReplies: before?.unreadReplies ?? 0,
    previousUnreadMentions: before?.unreadMentions ?? 0,
  }
}
