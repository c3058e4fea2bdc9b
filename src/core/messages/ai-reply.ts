/**
 * The message that a model's reply is: begun empty, ended with its text in one write. In between the text
 * goes by as stream events and is stored nowhere. The hash is made at the end, over the final text, as the
 * room's newest link at that time.
 */
import { noSuchMessage, noSuchRoom } from '../permissions/room-policy.ts'
import type { Repositories } from '../repositories.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { reindex } from '../search/index-feed.ts'
import type { Message, MessageAi, Room, StoredFile, User, Uuid } from '../types.ts'
import { appendMessage, toMessageFile } from './append-message.ts'
import { callsNobody, whoIsCalled } from './called.ts'
import { messageHash } from './message-hash.ts'

export async function beginReply(
  ctx: RoomsContext,
  room: Room,
  input: {
    id: Uuid
    sender: User
    threadId: Uuid | null
    replyTo: Uuid | null
    ai: MessageAi
    props?: Record<string, unknown>
  },
): Promise<Message> {
  const { deps } = ctx
  const { sender, threadId } = input
  const before = threadId ? await deps.store.read.messages.get(threadId) : null
  const rootSender = before && (await ctx.core.users.byId(before.senderId))
  return deps.store.tx(async (repos, unit) => {
    const current = await repos.rooms.lockFor(room.id, sender.id)
    if (!current) throw noSuchRoom()
    return appendMessage(repos, unit, {
      id: input.id,
      room: current.room,
      sender,
      kind: 'user',
      content: '',
      root: threadId ? await repos.messages.get(threadId) : null,
      rootSender,
      replyTo: input.replyTo,
      files: [],
      called: callsNobody,
      clientId: null,
      props: input.props ?? {},
      ai: input.ai,
      readsAlong: false,
      now: deps.clock.now(),
    })
  })
}

export async function finishReply(
  ctx: RoomsContext,
  messageId: Uuid,
  input: { content: string; ai: MessageAi; fileIds?: Uuid[] },
): Promise<Message> {
  const { deps, core } = ctx
  const content = input.content.replaceAll('\0', '').toWellFormed()
  const begun = await deps.store.read.messages.get(messageId)
  const sender = begun && (await core.users.byId(begun.senderId))
  const place = begun && (await deps.store.read.rooms.get(begun.roomId))
  if (!begun || !sender || !place) throw noSuchMessage()
  const called = await whoIsCalled(ctx, deps.store.read, place, content)
  return deps.store.tx(async (repos, unit) => {
    const current = await repos.rooms.lockFor(begun.roomId, begun.senderId)
    const running = await repos.messages.get(messageId)
    if (!current || !running) throw noSuchMessage()
    const files = await attachFiles(repos, running, input.fileIds ?? [], deps.clock.now())
    const { room } = current
    const done = close(running, room, {
      content,
      ai: input.ai,
      mentions: called.userIds,
      files: [...running.files, ...files.map(toMessageFile)],
      updatedAt: Math.max(deps.clock.now(), running.updatedAt + 1),
    })
    await repos.messages.update(done)
    await reindex(repos, done)
    const head = { ...room, lastHash: done.hash }
    await repos.rooms.setHead(head)
    unit.emit({ type: 'run.ended', room: head, message: done, sender })
    return done
  })
}

type Ending = Pick<Message, 'content' | 'mentions' | 'files' | 'updatedAt'> & { ai: MessageAi }

function close(running: Message, room: Room, ending: Ending): Message {
  const previous = room.lastHash
  const done = { ...running, ...ending }
  return running.hash === '' ? { ...done, previous, hash: messageHash({ ...done, previous }) } : done
}

async function attachFiles(
  repos: Repositories,
  message: Message,
  fileIds: readonly Uuid[],
  now: number,
): Promise<StoredFile[]> {
  if (fileIds.length === 0) return []
  const files = (await repos.files.getMany(fileIds)).filter((file) => file.messageId === null)
  await repos.files.attach(files, message.roomId, message.id, now)
  return files
}
