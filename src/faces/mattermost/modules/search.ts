/** Search of posts and files with Mattermost's modifiers, over what the core finds. */
import { Elysia } from 'elysia'
import type { Message, Room, Uuid } from '../../../core/types.ts'
import { MmError } from '../errors.ts'
import type { Face } from '../face.ts'
import { toWire } from '../ids.ts'
import { extensionOf, presentMessageFile } from '../present/files.ts'
import { directName } from '../present/places.ts'
import { postListJson } from '../present/post-lists.ts'
import type { Call } from '../wire/call.ts'
import { Fields, type Json } from '../wire/fields.ts'
import { isEmpty, parseTerms, type SearchTerms, textFits } from '../wire/search-terms.ts'

/** Found messages that are looked at in all: what is behind is older. */
const LOOKED_AT_MAX = 600
const STEP = 100
/** Some hits are found and do not fit: fewer at a time would cost more turns. */
const STEP_MIN = 20
const MODE = { collapsed: false, extended: false, bare: true }

export const search = (face: Face) =>
  new Elysia({ name: 'mattermost.search' })
    .post(
      '/posts/search',
      face.user((call) => posts(face, call)),
    )
    .post(
      '/teams/:team_id/posts/search',
      face.user((call) => posts(face, call, call.id('team_id'))),
    )
    .post(
      '/files/search',
      face.user((call) => files(face, call)),
    )
    .post(
      '/teams/:team_id/files/search',
      face.user((call) => files(face, call, call.id('team_id'))),
    )

interface Wish {
  terms: SearchTerms
  any: boolean
  offset: number
  limit: number
  teamId?: Uuid
}

async function wishOf(call: Call, teamId?: Uuid): Promise<Wish> {
  const body = await sentTerms(call)
  const text = body.textOr('terms').trim()
  if (text === '') {
    throw new MmError(
      400,
      'api.context.invalid_body_param.app_error',
      'Invalid or missing terms in request body.',
    )
  }
  const perPage = Math.min(Math.max(body.int('per_page', 60), 1), 200)
  return {
    terms: parseTerms(text, body.int('time_zone_offset', 0)),
    any: body.flag('is_or_search'),
    offset: Math.max(0, body.int('page', 0)) * perPage,
    limit: perPage,
    ...(teamId ? { teamId } : {}),
  }
}

/** Files are searched with a form by some clients and with JSON by others. */
async function sentTerms(call: Call): Promise<Fields> {
  const type = call.header('content-type') ?? ''
  if (!type.includes('form')) return call.fields()
  const form = await call.request.formData()
  const out: Json = {}
  for (const [name, value] of form.entries()) if (typeof value === 'string') out[name] = value
  return new Fields(out)
}

async function posts(face: Face, call: Call, teamId?: Uuid): Promise<Response> {
  const wish = await wishOf(call, teamId)
  const found = await matching(face, call, wish, false)
  const page = found.slice(wish.offset, wish.offset + wish.limit).map((hit) => hit.message)
  const list = await postListJson(face, call.actor, page, MODE)
  const matches = page.length > 0 ? JSON.stringify(matchesOf(page, wish.terms)) : 'null'
  return face.raw(`${list.slice(0, -1)},"matches":${matches}}`)
}

function matchesOf(messages: readonly Message[], terms: SearchTerms): Json {
  const words = [...terms.words, ...terms.phrases, ...terms.tags].map((word) => word.replace(/\*+$/, ''))
  const lists = messages.map((message) => {
    const lower = message.content.toLowerCase()
    return [toWire(message.id), words.filter((word) => lower.includes(word.toLowerCase()))] as const
  })
  return Object.fromEntries(lists)
}

async function files(face: Face, call: Call, teamId?: Uuid): Promise<Response> {
  const wish = await wishOf(call, teamId)
  const found = await matching(face, call, wish, true)
  const infos = found.flatMap(({ message }) =>
    message.files
      .filter((file) => fileFits(file.name, wish))
      .map((file) => presentMessageFile(file, message)),
  )
  const page = infos.slice(wish.offset, wish.offset + wish.limit)
  return face.json({
    order: page.map((info) => info.id),
    file_infos: Object.fromEntries(page.map((info) => [String(info.id), info])),
    next_file_info_id: '',
    prev_file_info_id: '',
    first_inaccessible_file_time: 0,
  })
}

function fileFits(name: string, { terms, any }: Wish): boolean {
  if (terms.extensions.length > 0 && !terms.extensions.includes(extensionOf(name))) return false
  return textFits(name.replaceAll(/[._-]+/g, ' '), terms, any) || textFits(name, terms, any)
}

interface Hit {
  message: Message
  room: Room
}

/** Newest first. Every room and text has passed the core's own check of who may read it. */
async function matching(face: Face, call: Call, wish: Wish, forFiles: boolean): Promise<Hit[]> {
  if (isEmpty(wish.terms)) return []
  const rooms = await roomsNamed(face, call, wish.terms.in)
  const notRooms = new Set(((await roomsNamed(face, call, wish.terms.notIn)) ?? []).map((room) => room.id))
  const notFrom = await peopleNamed(face, wish.terms.notFrom)
  const passes = ({ message }: Hit) =>
    message.deletedAt === null &&
    message.kind === 'user' &&
    !notRooms.has(message.roomId) &&
    !notFrom.has(message.senderId) &&
    (forFiles ? message.files.length > 0 : textFits(message.content, wish.terms, wish.any))
  // Each question gives at most as many of the page's hits as the page and those before it hold.
  const wanted = wish.offset + wish.limit
  const weigh = forFiles
    ? ({ message }: Hit) => message.files.filter((file) => fileFits(file.name, wish)).length
    : () => 1
  const found = new Map<Uuid, Hit>()
  for (const ask of questions(wish, rooms, forFiles)) {
    for (const hit of await newest(face, call, ask, (one) => (passes(one) ? weigh(one) : 0), wanted))
      found.set(hit.message.id, hit)
  }
  return [...found.values()].sort((a, b) => b.message.createdAt - a.message.createdAt)
}

type Ask = Parameters<Face['core']['messages']['search']>[1]

/** The core looks for one text, in one room, from one person: several are asked one by one. */
function questions(wish: Wish, rooms: Room[] | null, forFiles: boolean): Ask[] {
  const { terms, any } = wish
  const parts = forFiles
    ? []
    : [...terms.words, ...terms.phrases, ...terms.tags].map((part) => part.replace(/\*+$/, ''))
  const texts = any ? (parts.length > 0 ? parts : ['']) : [parts.join(' ')]
  const where: { roomId?: Uuid }[] = rooms ? rooms.map((room) => ({ roomId: room.id })) : [{}]
  const who: { from?: string }[] = terms.from.length > 0 ? terms.from.map((from) => ({ from })) : [{}]
  return texts.flatMap((q) =>
    where.flatMap((place) =>
      who.map((person) => ({
        q,
        ...place,
        ...person,
        ...(wish.teamId ? { teamId: wish.teamId } : {}),
        ...(terms.startAt === null ? {} : { after: terms.startAt }),
        ...(terms.endAt === null ? {} : { before: terms.endAt }),
        ...(forFiles ? { hasFile: true } : {}),
      })),
    ),
  )
}

/** The newest hits that weigh something, until they weigh as much as is wanted. */
async function newest(
  face: Face,
  call: Call,
  ask: Ask,
  weigh: (hit: Hit) => number,
  wanted: number,
): Promise<Hit[]> {
  const out: Hit[] = []
  let cursor: string | null = null
  let looked = 0
  let weight = 0
  do {
    const limit = Math.min(STEP, Math.max(STEP_MIN, wanted - weight))
    const page: Awaited<ReturnType<Face['core']['messages']['search']>> = await face.core.messages.search(
      call.actor,
      { ...ask, limit, cursor },
    )
    for (const hit of page.items) {
      const one = weigh(hit)
      if (one > 0) out.push(hit)
      weight += one
    }
    looked += page.items.length
    cursor = page.hasMore ? page.nextCursor : null
  } while (cursor && weight < wanted && looked < LOOKED_AT_MAX)
  return out
}

/** null = no room was named. Names that mean nothing find nothing. */
async function roomsNamed(face: Face, call: Call, names: readonly string[]): Promise<Room[] | null> {
  if (names.length === 0) return null
  const mine = (await face.core.rooms.mine(call.actor)).map((view) => view.room)
  const out: Room[] = []
  for (const room of mine) {
    const known = await namesOf(face, call, room)
    if (known.some((name) => names.includes(name))) out.push(room)
  }
  return out
}

/** A direct room also goes by the other one's username. */
async function namesOf(face: Face, call: Call, room: Room): Promise<string[]> {
  const own = [room.slug, toWire(room.id), room.name.toLowerCase()]
  if (room.kind !== 'direct') return own
  const people = await face.core.users.byIds(await face.mm.lookups.peers(room))
  const other = people.find((user) => user.id !== call.me) ?? people[0]
  return other ? [...own, other.username.toLowerCase(), directName(call.me, other.id)] : own
}

async function peopleNamed(face: Face, names: readonly string[]): Promise<Set<Uuid>> {
  const found = await Promise.all(names.map((name) => face.core.users.byUsername(name)))
  return new Set(found.filter((user) => user !== null).map((user) => user.id))
}
