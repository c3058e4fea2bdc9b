/** Pages of posts: a channel's history in its several modes, around the first unread, threads, saved posts. */
import { Elysia } from 'elysia'
import type { HistoryQuery } from '../../../core/core.ts'
import { AppFault } from '../../../core/faults.ts'
import type { Message, Uuid } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import { postListJson, threadModeOf, type ThreadMode } from '../present/post-lists.ts'
import type { Call } from '../wire/call.ts'

/** The most that the core gives at once. */
const STEP_MAX = 200
/** A thread without paging is given whole up to here. */
const THREAD_MAX = 2_000

export const history = (face: Face) =>
  new Elysia({ name: 'mattermost.history' })
    .get(
      '/channels/:channel_id/posts',
      face.user((call) => ofChannel(face, call)),
    )
    .get(
      '/users/:user_id/channels/:channel_id/posts/unread',
      face.user((call) => aroundUnread(face, call)),
    )
    .get(
      '/posts/:post_id/thread',
      face.user((call) => ofThread(face, call)),
    )
    .get(
      '/users/:user_id/posts/flagged',
      face.user((call) => saved(face, call)),
    )
    .post(
      '/users/:user_id/posts/:post_id/set_unread',
      face.user((call) => setUnread(face, call)),
    )

async function ofChannel(face: Face, call: Call): Promise<Response> {
  const roomId = call.id('channel_id')
  const mode = threadModeOf(call)
  const since = call.int('since', 0)
  if (since > 0) {
    const changed = await face.core.messages.changedSince(call.actor, roomId, since)
    const kept = mode.collapsed ? changed.filter((message) => message.threadId === null) : changed
    return face.tagged(call, await postListJson(face, call.actor, newestFirst(kept), mode))
  }
  const { page, limit } = call.page()
  const before = call.queryId('before')
  const after = call.queryId('after')
  if (after)
    return answer(face, call, mode, await newer(face, call, { roomId, mode, from: after, page, limit }))
  return answer(
    face,
    call,
    mode,
    await older(face, call, { roomId, mode, from: before ?? null, page, limit }),
  )
}

/** Oldest first, with the neighbours beyond both ends. */
interface Stretch {
  messages: Message[]
  prev: Uuid | null
  next: Uuid | null
}

interface Wish {
  roomId: Uuid
  mode: ThreadMode
  from: Uuid | null
  page: number
  limit: number
}

async function answer(face: Face, call: Call, mode: ThreadMode, stretch: Stretch): Promise<Response> {
  const ends = { next: wireOrEmpty(stretch.next), prev: wireOrEmpty(stretch.prev) }
  return face.tagged(call, await postListJson(face, call.actor, newestFirst(stretch.messages), mode, ends))
}

/** Page by page towards the past; far pages cost more, and clients page by ids. */
async function older(face: Face, call: Call, wish: Wish): Promise<Stretch> {
  let from = wish.from
  for (let skip = wish.page * wish.limit; skip > 0;) {
    const step = Math.min(skip, STEP_MAX)
    const passed = await read(face, call, wish, { ...(from ? { before: from } : {}), limit: step })
    if (passed.length < step) return { messages: [], prev: null, next: passed[0]?.id ?? from }
    from = passed[0]?.id ?? from
    skip -= step
  }
  const found = await readMore(face, call, wish, from ? { before: from } : {})
  const cut = found.length > wish.limit
  return { messages: cut ? found.slice(1) : found, prev: cut ? found[0]!.id : null, next: from }
}

async function newer(face: Face, call: Call, wish: Wish): Promise<Stretch> {
  let from = wish.from!
  for (let skip = wish.page * wish.limit; skip > 0;) {
    const step = Math.min(skip, STEP_MAX)
    const passed = await read(face, call, wish, { after: from, limit: step })
    if (passed.length < step) return { messages: [], prev: passed.at(-1)?.id ?? from, next: null }
    from = passed.at(-1)!.id
    skip -= step
  }
  const found = await readMore(face, call, wish, { after: from })
  const cut = found.length > wish.limit
  return { messages: cut ? found.slice(0, -1) : found, prev: from, next: cut ? found.at(-1)!.id : null }
}

/** One more than wished for, to know the neighbour. */
async function readMore(
  face: Face,
  call: Call,
  wish: Wish,
  place: Pick<HistoryQuery, 'before' | 'after'>,
): Promise<Message[]> {
  if (wish.limit < STEP_MAX) return read(face, call, wish, { ...place, limit: wish.limit + 1 })
  const found = await read(face, call, wish, { ...place, limit: STEP_MAX })
  const edge = place.after ? found.at(-1) : found[0]
  if (found.length < STEP_MAX || !edge) return found
  const beyond = place.after ? { after: edge.id } : { before: edge.id }
  const more = await read(face, call, wish, { ...beyond, limit: 1 })
  return place.after ? [...found, ...more] : [...more, ...found]
}

async function read(face: Face, call: Call, wish: Wish, query: HistoryQuery): Promise<Message[]> {
  const rootsOnly = wish.mode.collapsed ? { rootsOnly: true } : {}
  return (await face.core.messages.history(call.actor, wish.roomId, { ...query, ...rootsOnly })).items
}

/** Some before and some after the first unread post; the newest page when nothing is unread. */
async function aroundUnread(face: Face, call: Call): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  const roomId = call.id('channel_id')
  const limitAfter = call.int('limit_after', 60)
  if (limitAfter === 0) throw refuse.urlParam('limit_after')
  const after = Math.min(Math.max(limitAfter, 1), STEP_MAX)
  const limit = Math.min(Math.max(call.int('limit_before', 60), 1), STEP_MAX)
  const mode = threadModeOf(call)
  const wish = { roomId, mode, from: null, page: 0, limit }
  const { member } = await face.core.rooms.get(call.actor, roomId)
  const unread = await firstUnread(face, call, {
    ...wish,
    from: member?.lastReadMessageId ?? null,
    limit: after,
  })
  if (!unread || unread.messages.length === 0) return answer(face, call, mode, await older(face, call, wish))
  const past = await older(face, call, { ...wish, from: unread.messages[0]!.id })
  const messages = [...past.messages, ...unread.messages]
  return answer(face, call, mode, { messages, prev: past.prev, next: unread.next })
}

/** The message last read may be gone by now. */
async function firstUnread(face: Face, call: Call, wish: Wish): Promise<Stretch | null> {
  if (!wish.from) return null
  try {
    return await newer(face, call, wish)
  } catch (error) {
    if (error instanceof AppFault && error.kind === 'not_found') return null
    throw error
  }
}

async function ofThread(face: Face, call: Call): Promise<Response> {
  const { message } = await face.core.messages.get(call.actor, call.id('post_id'))
  const rootId = message.threadId ?? message.id
  const mode = { ...threadModeOf(call), bare: true }
  const perPage = call.int('perPage', 0)
  const since = call.int('fromUpdateAt', 0)
  if (call.flag('updatesOnly') && since > 0) {
    const changed = await face.core.messages.changedSince(call.actor, message.roomId, since)
    const kept = changed.filter((one) => one.id === rootId || one.threadId === rootId)
    return face.tagged(call, await postListJson(face, call.actor, kept, mode, { hasNext: false }))
  }
  const down = call.text('direction') === 'down'
  const root = await rootOf(face, call, rootId, message)
  const { replies, hasNext } = await repliesOf(face, call, root, perPage, down)
  const shown = [root, ...replies.filter((one) => one.id !== root.id)]
  const ordered = down ? shown : newestFirst(shown)
  return face.tagged(
    call,
    await postListJson(face, call.actor, ordered, mode, perPage > 0 ? { hasNext } : {}),
  )
}

async function rootOf(face: Face, call: Call, rootId: Uuid, known: Message): Promise<Message> {
  if (known.id === rootId) return known
  return (await face.core.messages.get(call.actor, rootId)).message
}

async function repliesOf(
  face: Face,
  call: Call,
  root: Message,
  perPage: number,
  down: boolean,
): Promise<{ replies: Message[]; hasNext: boolean }> {
  const wanted = perPage > 0 ? Math.min(perPage, STEP_MAX) : THREAD_MAX
  const found: Message[] = []
  let edge = fromPost(call) ?? (down ? root.id : null)
  while (found.length < wanted) {
    const limit = Math.min(STEP_MAX, wanted - found.length)
    const place = edge ? (down ? { after: edge } : { before: edge }) : {}
    const query = { ...place, threadId: root.id, limit }
    const { items, hasMore } = await face.core.messages.history(call.actor, root.roomId, query)
    found.push(...items)
    if (!hasMore || items.length === 0) return { replies: inOrder(found), hasNext: false }
    edge = down ? items.at(-1)!.id : items[0]!.id
  }
  return { replies: inOrder(found), hasNext: true }
}

function fromPost(call: Call): Uuid | null {
  const text = call.text('fromPost')
  return text === '' ? null : fromWire(text)
}

async function saved(face: Face, call: Call): Promise<Response> {
  const userId = call.userId()
  if (userId !== call.me) throw refuse.permission()
  const preferences = await face.core.preferences.list(call.actor, call.me, 'flagged_post')
  const ids = preferences.filter((one) => one.value === 'true').flatMap((one) => fromWire(one.name) ?? [])
  const found = ids.length > 0 ? await face.core.messages.getMany(call.actor, ids) : []
  const inside = await insideOf(face, call)
  const { offset, limit } = call.page()
  const page = newestFirst(found.filter(inside)).slice(offset, offset + limit)
  return face.tagged(call, await postListJson(face, call.actor, page, { ...threadModeOf(call), bare: true }))
}

/** Saved posts of one channel, or of one team and the direct rooms. */
async function insideOf(face: Face, call: Call): Promise<(message: Message) => boolean> {
  const roomId = call.queryId('channel_id')
  if (roomId) return (message) => message.roomId === roomId
  const teamId = call.queryId('team_id')
  if (!teamId) return () => true
  const rooms = await face.core.rooms.mine(call.actor, { teamId, includeDeletedSince: 0 })
  const ids = new Set(rooms.map((view) => view.room.id))
  return (message) => ids.has(message.roomId)
}

async function setUnread(face: Face, call: Call): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  const { message, room } = await face.core.messages.get(call.actor, call.id('post_id'))
  if (message.deletedAt !== null) throw new MmError(404, 'app.post.get.app_error', 'Unable to get the post.')
  face.unreadMarks.note(call.me, room.id, message.id)
  const member = await face.core.reads.markUnread(call.actor, message.id)
  return face.json({
    team_id: room.kind === 'direct' || room.kind === 'group' || !room.teamId ? '' : toWire(room.teamId),
    user_id: toWire(call.me),
    channel_id: toWire(room.id),
    msg_count: member.readCount,
    mention_count: member.mentionCount,
    mention_count_root: member.mentionRootCount,
    urgent_mention_count: 0,
    msg_count_root: member.readRootCount,
    last_viewed_at: member.lastReadAt,
  })
}

function newestFirst(messages: readonly Message[]): Message[] {
  return inOrder(messages).reverse()
}

function inOrder(messages: readonly Message[]): Message[] {
  return messages.toSorted((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
}

function wireOrEmpty(id: Uuid | null): string {
  return id ? toWire(id) : ''
}
