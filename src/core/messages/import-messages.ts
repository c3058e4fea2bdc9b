/**
 * Brings in messages that were written elsewhere, many in one unit of work: each gets its place in the hash chain,
 * the room's counters and its thread as if posted, but calls nobody. Who may is not asked: this is for the command line.
 */
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { Repositories } from '../repositories.ts'
import { noSuchRoom } from '../permissions/room-policy.ts'
import { indexEntry } from '../search/index-feed.ts'
import type { Message, Millis, Room, User, Uuid } from '../types.ts'
import { composeMessage, headOf } from './append-message.ts'
import { callsNobody } from './called.ts'

export interface ImportedMessage {
  sender: User
  content: string
  /** Null: right after the message before it. */
  createdAt: Millis | null
  /** A name of its own, unique for its sender in the room: a second import leaves it out, and replies refer to it. */
  externalId: string | null
  /** `externalId` of an imported message, or the id of any message of the room. */
  thread: string | null
}

/** What one import remembers from batch to batch. */
export interface ImportState {
  readonly roomId: Uuid
  /** Time of the first message that says none. */
  readonly startAt: Millis
  readonly byExternalId: Map<string, Uuid>
}

interface Batch {
  room: Room
  readonly messages: Message[]
  readonly threads: Map<Uuid, { root: Message; repliers: Set<Uuid> }>
  /** The last message of each sender: who wrote has read what is above. */
  readonly lastOf: Map<Uuid, Message>
  skipped: number
  moved: number
}

/** Beyond this, a later time than a message says is worth telling; below, it only keeps the order within a second. */
const movedMs = 1_000

/**
 * All of `lines` or none; `moved` is how many had to take a later time than theirs, to come after what is there.
 * Throws AppFault where a thread is unknown.
 */
export async function importMessages(
  deps: Pick<CoreDeps, 'store' | 'ids'>,
  state: ImportState,
  lines: readonly ImportedMessage[],
): Promise<{ added: number; skipped: number; moved: number }> {
  const { batch, known } = await deps.store.tx(async (repos) => {
    const found = await repos.rooms.lockFor(state.roomId, lines[0]?.sender.id ?? '')
    if (!found) throw noSuchRoom()
    const batch: Batch = {
      room: found.room,
      messages: [],
      threads: new Map(),
      lastOf: new Map(),
      skipped: 0,
      moved: 0,
    }
    // Kept apart until the commit: a batch that fails must leave no names behind.
    const known = new Map<string, Uuid>()
    const idOf = (name: string) => known.get(name) ?? state.byExternalId.get(name)
    for (const line of lines) await addLine(deps, repos, batch, { state, line, known, idOf })
    await write(repos, batch)
    return { batch, known }
  })
  for (const [name, id] of known) state.byExternalId.set(name, id)
  return { added: batch.messages.length, skipped: batch.skipped, moved: batch.moved }
}

interface LineContext {
  state: ImportState
  line: ImportedMessage
  known: Map<string, Uuid>
  idOf(name: string): Uuid | undefined
}

async function addLine(
  deps: Pick<CoreDeps, 'ids'>,
  repos: Repositories,
  batch: Batch,
  { state, line, known, idOf }: LineContext,
): Promise<void> {
  const { sender, externalId } = line
  if (externalId !== null) {
    const twin = await repos.messages.byClientId(batch.room.id, sender.id, externalId)
    if (twin) {
      known.set(externalId, twin.id)
      batch.skipped += 1
      return
    }
  }
  const root = line.thread === null ? null : await rootOf(repos, batch, idOf(line.thread) ?? line.thread)
  const message = composeMessage({
    id: deps.ids.next(),
    room: batch.room,
    sender,
    kind: 'user',
    content: line.content,
    root,
    rootSender: null,
    replyTo: null,
    files: [],
    called: callsNobody,
    clientId: externalId,
    props: {},
    ai: null,
    readsAlong: false,
    now: line.createdAt ?? Math.max(state.startAt, batch.room.lastMessageAt + 1),
  })
  if (externalId !== null) known.set(externalId, message.id)
  if (line.createdAt !== null && message.createdAt - line.createdAt > movedMs) batch.moved += 1
  if (root) reply(batch, root, message)
  batch.messages.push(message)
  batch.lastOf.set(sender.id, message)
  batch.room = headOf(batch.room, message)
}

/** A reply to a reply joins the same thread. */
async function rootOf(repos: Repositories, batch: Batch, id: string): Promise<Message> {
  const known = batch.threads.get(id)
  if (known) return known.root
  const found = batch.messages.findLast((message) => message.id === id) ?? (await stored(repos, id))
  if (!found || found.roomId !== batch.room.id) {
    throw fault.notFound('import.no_thread', 'Its thread is no message of this room.')
  }
  return found.threadId === null ? found : rootOf(repos, batch, found.threadId)
}

function stored(repos: Repositories, id: string): Promise<Message | null> | null {
  return /^[0-9a-f-]{36}$/.test(id) ? repos.messages.get(id) : null
}

function reply(batch: Batch, root: Message, message: Message): void {
  const thread = batch.threads.get(root.id) ?? { root, repliers: new Set<Uuid>() }
  thread.root.replyCount += 1
  thread.root.lastReplyAt = message.createdAt
  thread.repliers.add(message.senderId)
  batch.threads.set(root.id, thread)
}

async function write(repos: Repositories, { room, messages, threads, lastOf }: Batch): Promise<void> {
  if (messages.length === 0) return
  const seqs = await repos.messages.insertMany(messages)
  await repos.rooms.setHead(room)
  for (const [id, { root, repliers }] of threads) {
    await repos.messages.setReplies(id, root.replyCount, root.lastReplyAt, root.lastReplyAt ?? 0)
    const followers = await repos.members.among(room.id, [root.senderId, ...repliers])
    await repos.threads.follow(id, room.id, followers, root.lastReplyAt ?? 0, false)
  }
  for (const [userId, message] of lastOf) {
    await repos.members.readTo(room.id, userId, {
      lastReadAt: message.createdAt,
      lastReadMessageId: message.id,
      readCount: message.ordinal,
      readRootCount: message.rootOrdinal,
    })
  }
  await index(repos, room.id, messages, seqs)
}

/** The index takes them at once when nothing older waits; else they wait too, and the feed takes all in order. */
async function index(
  repos: Repositories,
  roomId: Uuid,
  messages: readonly Message[],
  seqs: readonly number[],
): Promise<void> {
  const overlap = await repos.search.lockIndex()
  const [first] = await repos.search.pending(await repos.search.indexedSeq(), 1)
  if (overlap > 0 || first?.seq !== seqs[0]) return
  const entries = messages.map((message, at) => indexEntry(seqs[at] ?? 0, roomId, message.content))
  await repos.search.apply(entries, seqs.at(-1) ?? 0)
}
