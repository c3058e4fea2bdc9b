/**
 * Posts a message. The whole rule: who may (a member, room not archived), what (text or files of one's
 * own), where (a thread or quote of this very room), once (the same client id gives the same message), and what
 * follows (counters, mentions, thread, index), in one unit of work.
 */
import type { NewMessage } from '../core.ts'
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Repositories } from '../repositories.ts'
import { accessRoom, lockRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Message, User, Uuid } from '../types.ts'
import { appendMessage } from './append-message.ts'
import { callsNobody, mayCall, whoIsCalled } from './called.ts'
import { checkClientId, checkContent, checkFiles, checkMessageProps } from './content-rules.ts'

export async function postMessage(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  input: NewMessage,
): Promise<Message> {
  requireScope(actor, 'messages:write')
  const { deps } = ctx
  const fileIds = input.fileIds ?? []
  const content = checkContent(input.content, fileIds.length > 0, deps.settings.messageMaxChars)
  const props = checkMessageProps(input.props ?? {})
  const clientId = checkClientId(input.clientId)
  await limitPosts(ctx, actor)
  const called = await calledIn(ctx, actor, roomId, content)
  const rootSender = await senderOfRoot(ctx, input.threadId)

  const message = await deps.store.tx(async (repos, unit) => {
    const { room } = await lockRoom(repos, actor, roomId, 'message.post')
    const twin = clientId && (await repos.messages.byClientId(room.id, actor.user.id, clientId))
    if (twin) return twin
    const root = input.threadId ? await rootOf(repos, roomId, input.threadId) : null
    if (input.replyTo) await messageHere(repos, roomId, input.replyTo)
    return appendMessage(repos, unit, {
      id: deps.ids.next(),
      room,
      sender: actor.user,
      kind: 'user',
      content,
      root,
      rootSender: root?.senderId === rootSender?.id ? rootSender : null,
      replyTo: input.replyTo ?? null,
      files: await checkFiles(repos, actor, fileIds, roomId),
      called,
      clientId,
      props,
      ai: null,
      readsAlong: !actor.user.isBot,
      now: deps.clock.now(),
    })
  })
  ctx.index.added()
  return message
}

/** People without an address are on this very machine: programs of its operator (docs/ops.md). */
async function limitPosts({ deps }: RoomsContext, { user, ip }: Actor): Promise<void> {
  const { messagesPerMinute } = deps.settings
  if (typeof messagesPerMinute !== 'number' || ip === null) return
  const waitS = await deps.limiter.hit(`post:${user.id}`, messagesPerMinute, 60)
  if (waitS > 0) throw fault.rateLimited('message.too_many', 'Too many messages in a minute.', waitS)
}

/** Looked up before the unit of work, which must not wait for anything else. */
async function calledIn(ctx: RoomsContext, actor: Actor, roomId: Uuid, content: string) {
  if (!mayCall(ctx, content)) return callsNobody
  const { read } = ctx.deps.store
  const { room } = await accessRoom(read, actor, roomId, 'message.post')
  return whoIsCalled(ctx, read, room, content)
}

async function senderOfRoot(ctx: RoomsContext, threadId: Uuid | null | undefined): Promise<User | null> {
  if (!threadId || !isUuid(threadId)) return null
  const { read } = ctx.deps.store
  const message = await read.messages.get(threadId)
  const root = message?.threadId ? await read.messages.get(message.threadId) : message
  return root && ctx.core.users.byId(root.senderId)
}

/** A message of this room; those of others do not exist, whoever names them. */
export async function messageHere(repos: Repositories, roomId: Uuid, messageId: Uuid): Promise<Message> {
  const message = isUuid(messageId) ? await repos.messages.get(messageId) : null
  if (!message || message.roomId !== roomId) {
    throw noMessageHere()
  }
  return message
}

export const noMessageHere = () =>
  fault.notFound('message.not_found', 'There is no such message in this room.')

/** The root of the thread that this message is in: a reply to a reply joins the same thread. */
export async function rootOf(repos: Repositories, roomId: Uuid, messageId: Uuid): Promise<Message> {
  const message = await messageHere(repos, roomId, messageId)
  return message.threadId ? messageHere(repos, roomId, message.threadId) : message
}
