/** Reads messages by id, by hash, page by page, by time of change. Reading needs membership. */
import type { HistoryQuery, Page } from '../core.ts'
import { fault } from '../faults.ts'
import { can, noSuchMessage } from '../permissions/room-policy.ts'
import { requireScope } from '../permissions/scopes.ts'
import { accessMessage, accessRoom, standingIn } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Repositories } from '../repositories.ts'
import type { MessagePage } from '../rooms/repositories.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Message, MessageEdit, Millis, Room, Uuid } from '../types.ts'
import { messageHere, noMessageHere, rootOf } from './post-message.ts'

const maxPage = 200
const maxChanged = 1_000
const maxPins = 200

export async function getMessage(
  ctx: RoomsContext,
  actor: Actor,
  messageId: Uuid,
): Promise<{ message: Message; room: Room }> {
  requireScope(actor, 'messages:read')
  const { message, standing } = await accessMessage(ctx.deps.store.read, actor, messageId, 'room.read')
  return { message, room: standing.room }
}

/** Those the actor may read, in the order asked; the others are left out. */
export async function getMessages(ctx: RoomsContext, actor: Actor, ids: readonly Uuid[]): Promise<Message[]> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  const found = await read.messages.getMany(ids.filter(isUuid).slice(0, maxChanged))
  return onlyReadable(ctx, actor, found)
}

async function onlyReadable(
  ctx: RoomsContext,
  actor: Actor,
  messages: readonly Message[],
): Promise<Message[]> {
  const readable = new Set<Uuid>()
  for (const roomId of new Set(messages.map((message) => message.roomId))) {
    const standing = await standingIn(ctx.deps.store.read, actor, roomId)
    if (standing && can(actor, standing, 'room.read')) readable.add(roomId)
  }
  return messages.filter((message) => readable.has(message.roomId))
}

export async function getMessageByHash(ctx: RoomsContext, actor: Actor, hash: string): Promise<Message> {
  requireScope(actor, 'messages:read')
  const found = /^[0-9a-f]{64}$/.test(hash) ? await ctx.deps.store.read.messages.byHash(hash) : []
  const [message] = await onlyReadable(ctx, actor, found)
  if (!message) throw noSuchMessage()
  return message
}

export async function history(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  query: HistoryQuery,
): Promise<Page<Message>> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  await accessRoom(read, actor, roomId, 'room.read')
  const limit = Math.min(maxPage, Math.max(1, Math.floor(query.limit)))
  const root = query.threadId ? await rootOf(read, roomId, query.threadId) : null
  const base: MessagePage = { roomId, threadId: root?.id, rootsOnly: query.rootsOnly, limit }
  if ([query.before, query.after, query.around].filter(Boolean).length > 1) {
    throw fault.invalid('message.cursor', 'Give one of before, after and around.')
  }
  if (query.around) return around(ctx, roomId, query.around, base)
  const { before, after } = await livingCursor(read, roomId, query)
  // One more than asked tells whether there is more.
  const page = { ...base, before, after, limit: limit + 1 }
  const items = (before ?? after) ? await read.messages.page(page) : await ctx.newest.read(read, page)
  const hasMore = items.length > limit
  if (query.after) return toPage(items.slice(0, limit), hasMore, 'after')
  return withRoot(items.slice(-limit), hasMore, root, limit, query.before)
}

/** A message that was deleted since it was shown still marks its place: its living neighbour stands for it. */
async function livingCursor(
  read: Repositories,
  roomId: Uuid,
  { before, after }: HistoryQuery,
): Promise<Pick<HistoryQuery, 'before' | 'after'>> {
  const cursor = before ?? after
  if (!cursor) return {}
  const message = isUuid(cursor) ? await read.messages.get(cursor) : null
  if (message?.roomId === roomId) return { before, after }
  const side = before ? 'newer' : 'older'
  const beside = message === null ? await read.messages.besideDeleted(roomId, cursor, side) : null
  // Nothing newer lives: what came before it is the newest page.
  if (beside?.id === null && before) return {}
  if (!beside?.id) throw noMessageHere()
  return before ? { before: beside.id } : { after: beside.id }
}

/** A thread begins with its root, once the page reaches its beginning. */
function withRoot(
  items: Message[],
  hasMore: boolean,
  root: Message | null,
  limit: number,
  before: Uuid | undefined,
): Page<Message> {
  if (!root || hasMore || before === root.id) return toPage(items, hasMore, 'before')
  return items.length < limit ? toPage([root, ...items], false, 'before') : toPage(items, true, 'before')
}

function toPage(items: Message[], hasMore: boolean, direction: 'before' | 'after'): Page<Message> {
  const edge = direction === 'after' ? items.at(-1) : items[0]
  return { items, hasMore, nextCursor: hasMore && edge ? edge.id : null }
}

/** The message itself, half a page before it and half a page after. */
async function around(
  ctx: RoomsContext,
  roomId: Uuid,
  messageId: Uuid,
  base: MessagePage,
): Promise<Page<Message>> {
  const { read } = ctx.deps.store
  const middle = await messageHere(read, roomId, messageId)
  const older = Math.floor((base.limit - 1) / 2)
  const newer = base.limit - 1 - older
  const before = await read.messages.page({ ...base, before: messageId, limit: older + 1 })
  const after = newer > 0 ? await read.messages.page({ ...base, after: messageId, limit: newer }) : []
  const hasMore = before.length > older
  return toPage([...(older > 0 ? before.slice(-older) : []), middle, ...after], hasMore, 'before')
}

export async function changedSince(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  since: Millis,
): Promise<Message[]> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  await accessRoom(read, actor, roomId, 'room.read')
  return read.messages.changedSince(roomId, since, maxChanged)
}

/** Earlier texts, oldest first. */
export async function messageEdits(ctx: RoomsContext, actor: Actor, messageId: Uuid): Promise<MessageEdit[]> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  await accessMessage(read, actor, messageId, 'room.read')
  return read.messages.edits(messageId)
}

export async function pinnedMessages(ctx: RoomsContext, actor: Actor, roomId: Uuid): Promise<Message[]> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  await accessRoom(read, actor, roomId, 'room.read')
  return read.messages.pins(roomId, maxPins)
}
