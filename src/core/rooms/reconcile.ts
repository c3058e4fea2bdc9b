/**
 * Takes over what Open WebUI's own server did to the database while we were away: new and lost channels and
 * members, and messages written, changed or deleted. Runs at start, in the background, in small units. When
 * nothing changed it is a few counts and one look at the newest changes.
 */
import { messageHash } from '../messages/message-hash.ts'
import { READ_ONLY } from '../permissions/room-policy.ts'
import type { Repositories } from '../repositories.ts'
import { newMember } from '../members/join.ts'
import { reindex, unindex } from '../search/index-feed.ts'
import { isUuid } from '../support/uuid.ts'
import { ensureFirstTeam } from '../teams/first-team.ts'
import type { Member, Message, Room, Team } from '../types.ts'
import { finishClearing } from './clear-room.ts'
import type { RoomsContext } from './context.ts'
import { pairKeyOf } from './direct-room.ts'
import type { StrangeMessage, StrangeRoom } from './reconcile-repository.ts'
import { defaultRoomAi } from './room-defaults.ts'
import { slugOf } from './room-rules.ts'

const batch = 200
/** Messages compared in one look. */
const compared = 2_000
/** Name of the mark up to which `message.updated_at` was compared, in milliseconds. */
const markName = 'reconciled_messages'

export interface Reconciled {
  rooms: number
  members: number
  messages: number
  removed: number
}

export async function reconcileRooms(ctx: RoomsContext): Promise<Reconciled> {
  const { store } = ctx.deps
  const team = await ensureFirstTeam(ctx)
  await store.tx((repos) => repos.teams.adopt(team.id, ctx.deps.clock.now()))
  for (const { roomId, maxSeq } of await store.read.reconcile.unfinishedClears()) {
    await finishClearing(ctx, roomId, maxSeq, (await store.read.rooms.get(roomId))?.creatorId ?? '')
  }
  const rooms = await adoptRooms(ctx, team)
  const messages = await adoptMessages(ctx)
  const members = await adoptMembers(ctx)
  const removed = await dropLost(ctx)
  if (rooms + members + messages + removed > 0) {
    ctx.deps.log.info('took over what Open WebUI changed', { rooms, members, messages, removed })
  }
  return { rooms, members, messages, removed }
}

async function adoptRooms(ctx: RoomsContext, team: Team): Promise<number> {
  const { store } = ctx.deps
  let count = 0
  for (;;) {
    const strangers = await store.read.reconcile.strangeRooms(batch)
    for (const stranger of strangers) await store.tx((repos) => adoptRoom(repos, stranger, team))
    count += strangers.length
    if (strangers.length < batch || ctx.stopping) break
  }
  count += await store.tx((repos) => repos.reconcile.mirrorDeleted())
  count += await store.tx((repos) => repos.reconcile.mirrorKinds())
  return count
}

async function adoptRoom(repos: Repositories, stranger: StrangeRoom, team: Team): Promise<void> {
  const conversation = stranger.kind === 'direct' || stranger.kind === 'group'
  const slug = slugOf(stranger.name)
  const room: Room = {
    id: stranger.id,
    kind: stranger.kind,
    teamId: conversation ? null : team.id,
    slug: conversation ? stranger.id : slug,
    name: stranger.name,
    description: '',
    header: '',
    ai: defaultRoomAi,
    props: {
      ...(stranger.isStandard && stranger.kind === 'private' ? { 'openwebui.standard': true } : {}),
      ...(stranger.kind === 'public' && stranger.readOnly ? { [READ_ONLY]: true } : {}),
    },
    creatorId: stranger.creatorId,
    messageCount: 0,
    rootCount: 0,
    lastMessageAt: 0,
    lastRootAt: 0,
    lastMessageId: null,
    lastHash: null,
    createdAt: stranger.createdAt,
    updatedAt: stranger.updatedAt,
    deletedAt: stranger.deletedAt,
  }
  const people = conversation ? await repos.reconcile.peopleOf(stranger.id) : []
  const pairKey = conversation ? pairKeyOf(people) : null
  const free = slug !== '' && (await repos.rooms.bySlug(team.id, slug)) === null
  const named =
    conversation || free ? room : { ...room, slug: `${slug || 'room'}-${stranger.id.slice(0, 8)}` }
  // A second conversation of the same people can still be read; new ones go to the first.
  const taken = pairKey !== null && (await repos.rooms.byPairKey(pairKey)) !== null
  await repos.reconcile.adoptRoom(named, taken ? null : pairKey)
  if (stranger.isStandard && stranger.kind === 'private') await letCreatorIn(repos, named)
}

/** Whoever made a channel without grants is in it over there without being written down as a member. */
async function letCreatorIn(repos: Repositories, room: Room): Promise<void> {
  const { creatorId } = room
  if (creatorId === null || (await repos.reconcile.peopleOf(room.id)).includes(creatorId)) return
  if (await repos.users.byId(creatorId)) {
    await repos.members.insert(newMember(room, creatorId, 'owner', room.createdAt), null)
  }
}

async function adoptMembers(ctx: RoomsContext): Promise<number> {
  const { store } = ctx.deps
  let count = 0
  for (;;) {
    const strangers = await store.read.reconcile.strangeMembers(batch)
    await store.tx(async (repos) => {
      for (const { roomId, userId, manager, creator } of strangers) {
        const role: Member['role'] = creator ? 'owner' : manager ? 'moderator' : 'member'
        await repos.reconcile.adoptMember(roomId, userId, role)
      }
    })
    count += strangers.length
    if (strangers.length < batch || ctx.stopping) break
  }
  count += await store.tx((repos) => repos.reconcile.mirrorMembers())
  return count + (await store.tx((repos) => repos.reconcile.dropLostMembers()))
}

async function adoptMessages(ctx: RoomsContext): Promise<number> {
  const { store } = ctx.deps
  const mark = (await store.read.reconcile.state(markName)) ?? 0
  let since: string | null = (BigInt(mark) * 1_000_000n).toString()
  let count = 0
  while (since !== null && !ctx.stopping) {
    const found = await store.read.reconcile.strangeMessages(since, compared)
    const { messages } = found
    if (messages.length > 0) {
      await store.tx(async (repos) => {
        for (const message of messages) await adoptMessage(repos, message)
      })
    }
    count += messages.length
    since = found.next
    // Long looks let requests in between.
    await new Promise<void>((resume) => void setImmediate(resume))
  }
  return count
}

/** Remembers how far was compared; call it when everything written so far is ours. */
export async function markReconciled(ctx: RoomsContext): Promise<void> {
  const { store, clock } = ctx.deps
  const now = clock.now()
  await store.tx((repos) => repos.reconcile.setState(markName, now))
}

async function adoptMessage(repos: Repositories, stranger: StrangeMessage): Promise<void> {
  if (stranger.known) return takeOverEdit(repos, stranger)
  const found = await repos.rooms.lockFor(stranger.roomId, stranger.senderId)
  if (!found || !isUuid(stranger.id)) return
  const { room } = found
  const root = stranger.threadId ? await repos.messages.get(stranger.threadId) : null
  const message = chained(room, stranger)
  await repos.reconcile.adoptMessage(message)
  await repos.reconcile.adoptFiles(message.id, room.id)
  await repos.rooms.setHead({
    ...room,
    messageCount: message.ordinal,
    rootCount: message.rootOrdinal,
    lastMessageAt: Math.max(room.lastMessageAt, message.createdAt),
    lastRootAt: message.threadId ? room.lastRootAt : Math.max(room.lastRootAt, message.createdAt),
    lastMessageId: message.id,
    lastHash: message.hash,
  })
  const at = message.createdAt
  if (root) await repos.messages.setReplies(root.id, root.replyCount + 1, at, at)
  const early = message.threadId ? null : await repos.reconcile.knownReplies(message.id)
  if (early && early.count > 0) await repos.messages.setReplies(message.id, early.count, early.lastAt, at)
}

function chained(room: Room, stranger: StrangeMessage): Message {
  const { id, roomId, senderId, content, createdAt, updatedAt } = stranger
  const previous = room.lastHash
  return {
    seq: 0,
    id,
    roomId,
    senderId,
    content,
    kind: 'user',
    threadId: stranger.threadId,
    replyTo: null,
    hash: messageHash({ roomId, senderId, createdAt, content, previous }),
    previous,
    clientId: null,
    createdAt,
    updatedAt,
    editedAt: updatedAt > createdAt && stranger.model === null ? updatedAt : null,
    deletedAt: null,
    pinnedAt: null,
    pinnedBy: null,
    mentions: [],
    files: [],
    reactions: {},
    ai: aiOf(stranger),
    props: {},
    ordinal: room.messageCount + 1,
    rootOrdinal: room.rootCount + (stranger.threadId ? 0 : 1),
    replyCount: 0,
    lastReplyAt: null,
  }
}

function aiOf({ model, senderId }: StrangeMessage): Message['ai'] {
  return model === null
    ? null
    : {
        model,
        state: 'done',
        askedBy: senderId,
        usage: null,
        tools: [],
        finishReason: null,
        latencyMs: null,
        errorCode: null,
      }
}

/** The text before is not known any more; only that it changed. */
async function takeOverEdit(repos: Repositories, stranger: StrangeMessage): Promise<void> {
  const message = await repos.messages.get(stranger.id)
  if (!message) return
  await repos.reconcile.noteEdit(message.id, stranger.updatedAt)
  await reindex(repos, message)
}

async function dropLost(ctx: RoomsContext): Promise<number> {
  const { store } = ctx.deps
  let count = 0
  for (const id of await store.read.reconcile.lostRooms(batch)) {
    await store.tx((repos) => repos.reconcile.dropRoom(id))
    count += 1
  }
  const { stored, known } = await store.read.reconcile.counts()
  if (stored === known || ctx.stopping) return count
  let seq: number | null = 0
  while (seq !== null && !ctx.stopping) {
    const found = await store.read.reconcile.lostMessages(seq, batch * 10)
    if (found.ids.length > 0) {
      await store.tx((repos) => forget(repos, found.ids, ctx.deps.clock.now()))
      count += found.ids.length
    }
    seq = found.nextSeq
    await new Promise<void>((resume) => void setImmediate(resume))
  }
  return count
}

async function forget(repos: Repositories, ids: readonly string[], now: number): Promise<void> {
  for (const { roomId, seq, threadId } of await repos.reconcile.bury(ids, now)) {
    await unindex(repos, roomId, [seq])
    const root = threadId && (await repos.messages.get(threadId))
    if (root) {
      const last = await repos.messages.lastReplyAt(root.id)
      await repos.messages.setReplies(root.id, Math.max(0, root.replyCount - 1), last, now)
    }
    const room = await repos.rooms.get(roomId)
    if (room && room.lastMessageId && ids.includes(room.lastMessageId)) {
      const newest = await repos.messages.newest(roomId)
      await repos.rooms.setHead({ ...room, lastMessageId: newest?.id ?? null })
    }
  }
}
