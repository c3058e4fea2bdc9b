/**
 * Finds messages in the rooms the asker is in. Newest first, as many index entries a call as a bounded
 * look allows; `nextCursor` goes on from there, so a page may be short and still not be the last.
 */
import type { Messages, Page } from '../core.ts'
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import { accessRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, Message, Room, Uuid } from '../types.ts'
import { fold, isShortWord } from './fold.ts'
import { type ParsedQuery, parseQuery } from './parse-query.ts'
import type { Candidate, SearchRepository, SearchScope } from './search-repository.ts'
import { snippetOf } from './snippet.ts'

const maxQueryChars = 512
const maxPage = 100
/** Index entries looked at in one go: few at first, since common words are found at once, then more; and in one call. */
const firstSlice = 60
const maxSlice = 800
const maxLooked = 12_000
const maxLookMs = 30
/** How many messages back the first look goes. */
const firstSpan = 50_000
const minSpan = 5_000
/** A look that took no longer makes the next one wider; one that took this long makes it narrower. */
const quickMs = 4
const slowMs = 12
/** With no more messages than this in all rooms, reading them is cheaper than the index. */
const fewMessages = 2_000

type Query = Parameters<Messages['search']>[1]
type Hit = { message: Message; room: Room; snippet: string }

export async function searchMessages(ctx: RoomsContext, actor: Actor, query: Query): Promise<Page<Hit>> {
  requireScope(actor, 'messages:read')
  if (query.q.length > maxQueryChars) throw fault.invalid('search.too_long', 'That is too much to look for.')
  const parsed = parseQuery(query.q.toWellFormed())
  const rooms = await roomsToSearch(ctx, actor, query, parsed)
  const scope = await scopeOf(ctx, query, parsed, [...rooms.keys()])
  if (!scope) return { items: [], hasMore: false, nextCursor: null }
  // Who goes on with a search saw to it when it began.
  if (scope.beforeSeq === null) await ctx.index.flush()
  const limit = Math.min(maxPage, Math.max(1, query.limit ?? 20))
  const found = await look(ctx, parsed, scope, limit, fewIn(rooms))
  const messages = await ctx.deps.store.read.messages.getMany(found.candidates.map(({ id }) => id))
  const items = messages.flatMap((message) => {
    const room = rooms.get(message.roomId)
    return room ? [{ message, room, snippet: snippetOf(message.content, parsed.terms) }] : []
  })
  const nextCursor = found.nextSeq === null ? null : String(found.nextSeq)
  return { items, hasMore: nextCursor !== null, nextCursor }
}

const fewIn = (rooms: ReadonlyMap<Uuid, Room>): boolean => {
  let count = 0
  for (const room of rooms.values()) count += room.messageCount
  return count <= fewMessages
}

/** Rooms the actor is in, archived ones too; narrowed by `room_id`, `in:` and team. */
async function roomsToSearch(
  ctx: RoomsContext,
  actor: Actor,
  query: Query,
  parsed: ParsedQuery,
): Promise<Map<Uuid, Room>> {
  const { read } = ctx.deps.store
  if (query.roomId) {
    const { room } = await accessRoom(read, actor, query.roomId, 'room.read')
    return new Map([[room.id, room]])
  }
  const views = await read.rooms.forUser(actor.user.id, { teamId: query.teamId, deletedSince: 0 })
  const names = parsed.in.map((name) => name.toLowerCase())
  const wanted = ({ id, slug, name }: Room) =>
    names.length === 0 ||
    names.some((given) => given === slug || given === id || given === name.toLowerCase())
  return new Map(views.filter(({ room }) => wanted(room)).map(({ room }) => [room.id, room]))
}

/** Null when nothing can be found: no room, or nobody of that name. */
async function scopeOf(
  ctx: RoomsContext,
  query: Query,
  parsed: ParsedQuery,
  roomIds: Uuid[],
): Promise<SearchScope | null> {
  const names = [...parsed.from, ...(query.from ? [query.from.replace(/^@/, '')] : [])]
  const senders = await Promise.all(
    names.map((name) => (isUuid(name) ? ctx.core.users.byId(name) : ctx.core.users.byUsername(name))),
  )
  const senderIds = senders.flatMap((user) => user?.id ?? [])
  if (roomIds.length === 0 || (names.length > 0 && senderIds.length === 0)) return null
  const asked = parsed.terms.length > 0 || names.length > 0 || parsed.before !== null || parsed.after !== null
  if (!asked && !query.hasFile && query.before === undefined && query.after === undefined) return null
  const cursor = query.cursor ? Number(query.cursor) : null
  if (cursor !== null && !Number.isSafeInteger(cursor))
    throw fault.invalid('search.cursor', 'Unknown cursor.')
  const ends = [parsed.before, query.before].filter((at) => at !== null && at !== undefined)
  const starts = [parsed.after, query.after].filter((at) => at !== null && at !== undefined)
  return {
    roomIds,
    senderIds: names.length > 0 ? senderIds : undefined,
    before: ends.length > 0 ? Math.min(...ends) : undefined,
    after: starts.length > 0 ? Math.max(...starts) : undefined,
    hasFile: query.hasFile,
    beforeSeq: cursor,
    afterSeq: 0,
  }
}

interface Found {
  candidates: Candidate[]
  /** Where to go on; null at the end. */
  nextSeq: number | null
}

/**
 * Goes down the index in spans of `seq`, so that no single look can take long, and wider when a span gave little
 * work. Ends when the page is full, at the beginning of time, or when it has looked long enough.
 */
async function look(
  ctx: RoomsContext,
  parsed: ParsedQuery,
  scope: SearchScope,
  limit: number,
  few: boolean,
): Promise<Found> {
  const { store, clock } = ctx.deps
  const ask = wayToAsk(store.read.search, parsed, few)
  // Only the looks themselves count: on a busy server the turns of others would use it up after one look each call.
  let spentMs = 0
  const found: Candidate[] = []
  let before = scope.beforeSeq ?? (await store.read.messages.maxSeq()) + 1
  let span = few ? before : firstSpan
  let budget = firstSlice
  for (let looked = 0; before > 1; looked += budget) {
    if (looked > maxLooked || (looked > 0 && spentMs >= maxLookMs))
      return { candidates: found, nextSeq: before }
    const floor = Math.max(0, before - 1 - span)
    const startedAt = clock.now()
    const next = await ask({ ...scope, beforeSeq: before, afterSeq: floor }, budget)
    for (const candidate of next.candidates) {
      if (!matches(candidate, parsed)) continue
      if (found.length === limit) return { candidates: found, nextSeq: found.at(-1)!.seq }
      found.push(candidate)
    }
    before = next.nextSeq ?? floor + 1
    const tookMs = clock.now() - startedAt
    spentMs += tookMs
    if (next.nextSeq !== null) budget = Math.min(maxSlice, budget * 3)
    else if (tookMs < quickMs) span *= 3
    else if (tookMs > slowMs) span = Math.max(minSpan, span >> 1)
    // A long look lets others in between.
    await new Promise<void>((resume) => void setImmediate(resume))
  }
  return { candidates: found, nextSeq: null }
}

/**
 * By the index of trigrams; by that of short words of scripts without blanks; or, for what neither knows and
 * where there is little to read, message by message.
 */
function wayToAsk(search: SearchRepository, parsed: ParsedQuery, few: boolean) {
  const terms = few ? [] : parsed.terms.filter((term) => [...term].length >= 3)
  const short = few ? undefined : parsed.terms.find(isShortWord)
  return (scope: SearchScope, budget: number) => {
    if (terms.length > 0) return search.byTerms(terms, scope, budget)
    return short === undefined ? search.scan(scope, budget, few) : search.byShort(short, scope, budget)
  }
}

function matches(candidate: Candidate, parsed: ParsedQuery): boolean {
  const text = fold(candidate.content).replace(/\s+/g, ' ')
  return (
    parsed.terms.every((term) => text.includes(term)) && !parsed.excluded.some((term) => text.includes(term))
  )
}
