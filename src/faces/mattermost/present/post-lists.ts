/** Pages of posts for one reader: adds thread roots, participants and quotes that the rows do not hold. */
import type { Actor, Message, Room, User, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import type { OpenCall } from '../wire/call.ts'
import type { Json } from '../wire/fields.ts'
import { CHANNEL_TYPE } from './places.ts'
import type { PostExtras } from './post.ts'

/** How a client wants threads: replies among the posts, or only roots with their state. */
export interface ThreadMode {
  collapsed: boolean
  /** Participants as whole users, not as stubs. */
  extended: boolean
  /** Leave out roots that are not on the page. */
  bare: boolean
}

export function threadModeOf(call: OpenCall): ThreadMode {
  return {
    collapsed: call.flag('collapsedThreads'),
    extended: call.flag('collapsedThreadsExtended'),
    bare: call.flag('skipFetchThreads'),
  }
}

export interface PageEnds {
  next?: string
  prev?: string
  hasNext?: boolean
}

/** JSON text of a post list; `messages` in the order that `order` shall have. */
export async function postListJson(
  face: Face,
  actor: Actor,
  messages: readonly Message[],
  mode: ThreadMode,
  ends: PageEnds = {},
): Promise<string> {
  const also = mode.collapsed || mode.bare ? [] : await missingRoots(face, messages)
  const extras = await extrasOf(face, actor, [...messages, ...also], mode)
  return face.posts.list(messages, { also, ...ends }, (message) => extras.get(message.id) ?? {})
}

/** Posts as their reader sees them, each as JSON text. */
export async function postJsons(face: Face, actor: Actor, messages: readonly Message[]): Promise<string[]> {
  const extras = await extrasOf(face, actor, messages, { collapsed: false, extended: false, bare: true })
  return messages.map((message) => face.posts.json(message, extras.get(message.id)))
}

/** One post as its reader sees it. */
export async function postJson(
  face: Face,
  actor: Actor,
  message: Message,
  pendingPostId = '',
): Promise<string> {
  const extras = await extrasOf(face, actor, [message], { collapsed: false, extended: false, bare: true })
  return face.posts.json(message, { ...extras.get(message.id), ...(pendingPostId ? { pendingPostId } : {}) })
}

async function missingRoots(face: Face, messages: readonly Message[]): Promise<Message[]> {
  const there = new Set(messages.map((message) => message.id))
  const wanted = new Set<Uuid>()
  for (const { threadId } of messages) if (threadId && !there.has(threadId)) wanted.add(threadId)
  return face.mm.lookups.messages([...wanted])
}

async function extrasOf(
  face: Face,
  actor: Actor,
  messages: readonly Message[],
  mode: ThreadMode,
): Promise<Map<Uuid, PostExtras>> {
  const out = new Map<Uuid, PostExtras>()
  for (const [id, quote] of await quotesOf(face, actor, messages)) out.set(id, { quote })
  for (const [id, replies] of await replyCountsOf(face, messages)) out.set(id, { ...out.get(id), replies })
  if (!mode.collapsed) return out
  const roots = messages.filter((message) => message.replyCount > 0 && message.threadId === null)
  const glances = await face.mm.lookups.threadGlances(
    actor.user.id,
    roots.map((root) => root.id),
  )
  const people = mode.extended
    ? await peopleOf(
        face,
        [...glances.values()].flatMap((one) => one.participants),
      )
    : null
  for (const [id, glance] of glances) {
    const participants = JSON.stringify(
      glance.participants.map((userId) => participant(face, actor, userId, people)),
    )
    out.set(id, { ...out.get(id), participants, following: glance.following })
  }
  return out
}

/** Of each reply, how many its thread has; one read for the roots that are not on the page. */
async function replyCountsOf(face: Face, messages: readonly Message[]): Promise<Map<Uuid, number>> {
  const out = new Map<Uuid, number>()
  const replies = messages.filter((message) => message.threadId !== null)
  if (replies.length === 0) return out
  const roots = new Map([...messages, ...(await missingRoots(face, messages))].map((one) => [one.id, one]))
  for (const { id, threadId } of replies) out.set(id, roots.get(threadId!)?.replyCount ?? 0)
  return out
}

async function peopleOf(face: Face, ids: readonly Uuid[]): Promise<Map<Uuid, User>> {
  const users = await face.core.users.byIds([...new Set(ids)])
  return new Map(users.map((user) => [user.id, user]))
}

function participant(face: Face, actor: Actor, userId: Uuid, people: Map<Uuid, User> | null): Json {
  const user = people?.get(userId)
  return user ? face.person(user, actor.user) : { id: toWire(userId) }
}

/** What a message points at: the message it quotes, or the first post it links to. */
function pointedAt(face: Face, message: Message): Uuid | null {
  if (message.replyTo) return message.replyTo
  if (message.deletedAt !== null || !message.content.includes('/pl/')) return null
  const [, site = '', id = ''] = PERMALINK.exec(message.content) ?? []
  const ours = face.siteUrl()
  return id !== '' && (ours === '' || site === ours) ? fromWire(id) : null
}

const PERMALINK = /(https?:\/\/[^\s<>()]+?)\/(?:[a-z0-9_-]+|_redirect)\/pl\/([a-z0-9]{26})(?![a-z0-9])/i

/** Quoted and linked messages read as permalink previews, to who may read what they show. */
async function quotesOf(face: Face, actor: Actor, messages: readonly Message[]): Promise<Map<Uuid, Json>> {
  const out = new Map<Uuid, Json>()
  const targets = new Map<Uuid, Uuid>()
  for (const message of messages) {
    const target = pointedAt(face, message)
    if (target) targets.set(message.id, target)
  }
  if (targets.size === 0) return out
  const found = await face.core.messages.getMany(actor, [...new Set(targets.values())])
  const previews = new Map<Uuid, Json>()
  for (const quoted of found) {
    const { room } = await face.core.rooms.get(actor, quoted.roomId)
    previews.set(quoted.id, await preview(face, quoted, room))
  }
  for (const [id, target] of targets) {
    const shown = previews.get(target)
    if (shown) out.set(id, shown)
  }
  return out
}

/** For events, which go to a whole room: what a message points at, and the room whose readers may see it. */
export async function quoteOf(
  face: Face,
  message: Message,
  room: Room,
): Promise<{ quote: Json; room: Room } | null> {
  const target = pointedAt(face, message)
  const quoted = target && (await face.mm.lookups.message(target))
  if (!quoted) return null
  const place = quoted.roomId === room.id ? room : await face.mm.lookups.room(quoted.roomId)
  return place && { quote: await preview(face, quoted, place), room: place }
}

async function preview(face: Face, quoted: Message, room: Room): Promise<Json> {
  const team = (room.teamId && (await face.mm.lookups.team(room.teamId))) || (await face.core.teams.first())
  return {
    type: 'permalink',
    url: `${face.siteUrl()}/${team.slug}/pl/${toWire(quoted.id)}`,
    data: {
      post_id: toWire(quoted.id),
      post: face.posts.object(quoted),
      team_name: team.slug,
      channel_display_name: room.name,
      channel_type: CHANNEL_TYPE[room.kind],
      channel_id: toWire(room.id),
    },
  }
}
