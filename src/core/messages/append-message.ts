/**
 * Puts a message at the end of a room: time, chain, counters, mentions, thread, files. Everything that
 * writes a message goes through here, in a unit of work that holds the room; who may do so was decided before.
 */
import type { Unit } from '../ports.ts'
import type { Repositories } from '../repositories.ts'
import type { Message, MessageAi, MessageKind, Millis, Room, StoredFile, User, Uuid } from '../types.ts'
import { isConversation } from '../permissions/room-policy.ts'
import { addToThread } from '../threads/add-to-thread.ts'
import type { Called } from './called.ts'
import { messageHash } from './message-hash.ts'

export interface Draft {
  id: Uuid
  /** As it is in this unit of work. */
  room: Room
  sender: User
  kind: MessageKind
  content: string
  root: Message | null
  /** Null when the account is gone. */
  rootSender: User | null
  replyTo: Uuid | null
  files: readonly StoredFile[]
  called: Called
  clientId: string | null
  props: Record<string, unknown>
  ai: MessageAi | null
  /** The sender's own read mark moves along; false for system messages and bots. */
  readsAlong: boolean
  now: Millis
}

/** Set on messages that called everybody (`@all`). */
export const everyoneProp = 'core.everyone'

/** Coming and going is told but is nothing to catch up on. */
const uncounted = new Set<MessageKind>(['join_room', 'leave_room', 'add_to_room', 'remove_from_room'])

export async function appendMessage(repos: Repositories, unit: Unit, draft: Draft): Promise<Message> {
  const message = composeMessage(draft)
  const room = headOf(draft.room, message)
  const { files } = draft
  message.seq = await repos.messages.insert(message)
  await repos.rooms.setHead(room)
  if (files.length > 0) await repos.files.attach(files, room.id, message.id, message.createdAt)
  await tellCalled(repos, draft, message)
  if (draft.readsAlong) await readAlong(repos, room, message)
  if (isConversation(room)) await repos.members.unhideAll(room.id)
  unit.emit({ type: 'message.created', room, message, sender: draft.sender })
  if (draft.root) {
    const thread = { root: draft.root, rootSender: draft.rootSender, replySender: draft.sender }
    await addToThread(repos, unit, room, thread, message, draft.called)
  }
  return message
}

/** The message that a draft becomes at the end of its room; `seq` is given by the insert. */
export function composeMessage(draft: Draft): Message {
  const { room, root } = draft
  const counted = uncounted.has(draft.kind) ? 0 : 1
  // Strictly later than what is there, so that (created_at, id) is the order of posting on any clock.
  const createdAt = Math.max(draft.now, room.lastMessageAt + 1)
  const running = draft.ai?.state === 'running'
  const chained = {
    roomId: room.id,
    senderId: draft.sender.id,
    createdAt,
    content: draft.content,
    previous: room.lastHash,
  }
  return {
    seq: 0,
    id: draft.id,
    ...chained,
    kind: draft.kind,
    threadId: root?.id ?? null,
    replyTo: draft.replyTo,
    hash: running ? '' : messageHash(chained),
    previous: running ? null : room.lastHash,
    clientId: draft.clientId,
    updatedAt: createdAt,
    editedAt: null,
    deletedAt: null,
    pinnedAt: null,
    pinnedBy: null,
    mentions: draft.called.userIds,
    files: draft.files.map(toMessageFile),
    reactions: {},
    ai: draft.ai,
    props: draft.called.everyone ? { ...draft.props, [everyoneProp]: true } : draft.props,
    ordinal: room.messageCount + counted,
    rootOrdinal: room.rootCount + (root ? 0 : counted),
    replyCount: 0,
    lastReplyAt: null,
  }
}

export function toMessageFile(file: StoredFile) {
  const { id, name, contentType, sizeBytes, width, height, blurhash, key, thumbKey } = file
  return { id, name, contentType, sizeBytes, width, height, blurhash, key, thumbKey, url: `/uploads/${key}` }
}

/** The room with this message as its last. */
export function headOf(room: Room, message: Message): Room {
  return {
    ...room,
    messageCount: message.ordinal,
    rootCount: message.rootOrdinal,
    lastMessageAt: message.createdAt,
    lastRootAt: message.threadId === null ? message.createdAt : room.lastRootAt,
    lastMessageId: message.id,
    lastHash: message.hash === '' ? room.lastHash : message.hash,
  }
}

/** In a conversation each message calls everybody in it. */
async function tellCalled(repos: Repositories, draft: Draft, message: Message): Promise<void> {
  const { called, room, sender } = draft
  if (uncounted.has(draft.kind)) return
  const who =
    called.everyone || isConversation(room) ? 'all' : called.userIds.filter((id) => id !== sender.id)
  await repos.members.addMentions(room.id, who, sender.id, message.threadId === null)
}

/**
 * Who writes has read what is above. A reply in a thread says that of the thread only: what waits in the room
 * goes on waiting, as Mattermost does it with collapsed threads.
 */
async function readAlong(repos: Repositories, room: Room, message: Message): Promise<void> {
  if (message.threadId !== null) {
    const member = await repos.members.get(room.id, message.senderId)
    if (!member || member.readCount < message.ordinal - 1) return
  }
  await repos.members.readTo(room.id, message.senderId, {
    lastReadAt: message.createdAt,
    lastReadMessageId: message.id,
    readCount: message.ordinal,
    readRootCount: message.rootOrdinal,
  })
}
