/**
 * Deletes a message: by its author, by who asked the model for it, or by those who run the room. The text
 * goes into the edit history and the row out of every list; place and hash stay. A thread goes with its root.
 */
import { deleteBytes } from '../files/delete-bytes.ts'
import { fault } from '../faults.ts'
import { can } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Unit } from '../ports.ts'
import type { Repositories } from '../repositories.ts'
import { lockMessage } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { unindex } from '../search/index-feed.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Message, Millis, Room, User, Uuid } from '../types.ts'

const maxReplies = 10_000

export async function removeMessage(ctx: RoomsContext, actor: Actor, messageId: Uuid): Promise<void> {
  requireScope(actor, 'messages:write')
  const { deps } = ctx
  const rootSender = await senderOfRoot(ctx, messageId)
  await deps.store.tx(async (repos, unit) => {
    const { message, standing } = await lockMessage(repos, actor, messageId, 'room.read')
    const own = message.senderId === actor.user.id || message.ai?.askedBy === actor.user.id
    const allowed = (own && can(actor, standing, 'message.post')) || can(actor, standing, 'message.moderate')
    if (!allowed) throw fault.forbidden('message.not_yours', 'You may not delete this message.')
    const { room } = standing
    const now = Math.max(deps.clock.now(), message.updatedAt + 1)
    const replies = message.threadId ? [] : await repliesOf(repos, message)
    const all = [message, ...replies]
    for (const each of all) await take(ctx, repos, unit, room, each, actor.user.id, now)
    if (message.threadId) await leaveThread(repos, unit, { room, reply: message, rootSender, now })
    if (all.some((each) => each.id === room.lastMessageId)) await moveHead(repos, room)
    await dropFiles(ctx, repos, unit, all)
    await unindex(
      repos,
      room.id,
      all.map((each) => each.seq),
    )
  })
}

async function repliesOf(repos: Repositories, root: Message): Promise<Message[]> {
  return root.replyCount === 0
    ? []
    : repos.messages.getMany(await repos.messages.replyIds(root.id, maxReplies))
}

async function take(
  ctx: RoomsContext,
  repos: Repositories,
  unit: Unit,
  room: Room,
  message: Message,
  by: Uuid,
  now: Millis,
): Promise<void> {
  await repos.messages.insertEdit({
    id: ctx.deps.ids.next(),
    messageId: message.id,
    content: message.content,
    editedBy: by,
    editedAt: now,
  })
  await repos.messages.remove(message.id, now, by)
  unit.emit({ type: 'message.deleted', room, message: { ...message, deletedAt: now, updatedAt: now }, by })
}

/** What a deleted message showed is gone with it. */
async function dropFiles(
  ctx: RoomsContext,
  repos: Repositories,
  unit: Unit,
  messages: readonly Message[],
): Promise<void> {
  const files = messages.flatMap((message) => message.files)
  await repos.files.remove(files.map((file) => file.id))
  unit.afterCommit(() => void deleteBytes(ctx, files))
}

/** Who began the thread that this is a reply in; looked up before the unit of work, which must not wait for it. */
async function senderOfRoot({ core, deps }: RoomsContext, messageId: Uuid): Promise<User | null> {
  const { messages } = deps.store.read
  const message = isUuid(messageId) ? await messages.get(messageId) : null
  const root = message?.threadId ? await messages.get(message.threadId) : null
  return root && core.users.byId(root.senderId)
}

async function leaveThread(
  repos: Repositories,
  unit: Unit,
  { room, reply, rootSender, now }: { room: Room; reply: Message; rootSender: User | null; now: Millis },
): Promise<void> {
  const root = reply.threadId && (await repos.messages.get(reply.threadId))
  if (!root) return
  const lastReplyAt = await repos.messages.lastReplyAt(root.id)
  const replyCount = Math.max(0, root.replyCount - 1)
  await repos.messages.setReplies(root.id, replyCount, lastReplyAt, now)
  if (!rootSender) return
  const message = { ...root, replyCount, lastReplyAt, updatedAt: now }
  unit.emit({ type: 'message.updated', room, message, sender: rootSender, reason: 'thread' })
}

async function moveHead(repos: Repositories, room: Room): Promise<void> {
  const newest = await repos.messages.newest(room.id)
  await repos.rooms.setHead({ ...room, lastMessageId: newest?.id ?? null })
}
