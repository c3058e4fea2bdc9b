/** The search dialog: one's chats, notes and the messages of one's channels, by words. */
import { Elysia } from 'elysia'
import { wordsOf } from '../../../core/chats/chat-search.ts'
import { jsonOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { Actor, Room } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { pageOf } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const PER_PAGE = 24
const MAX_QUERY_CHARS = 500
/** Messages and notes that are put in order with the chats. */
const MAX_MESSAGES = 100

type Kind = 'chat' | 'message' | 'note'

interface Asked {
  q: string
  kind: string
  sharing: string
  /** `folder:<id>`, `channel:<id>`, or empty. */
  scope: string
  page: number
}

/** A line of the dialog; its texts are read only when it is shown. */
interface Found {
  kind: Kind
  id: string
  title: string
  context: string
  updatedAt: number
  shared: boolean
  pinned: boolean
  /** Title and words alike come first. */
  rank: number
  url: string
  /** Null for a chat, whose text is in its messages. */
  text: string | null
}

export const search = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.search' })
    .use(openwebuiAuth(face.core))
    .get('/api/v1/search', ({ actor, query }) => find(face, actor, query), { rank: 'user' })

async function find(
  face: FaceContext,
  actor: Actor,
  query: Record<string, string | undefined>,
): Promise<Response> {
  const asked: Asked = {
    q: (query['q'] ?? '').trim().slice(0, MAX_QUERY_CHARS),
    kind: query['kind'] ?? 'all',
    sharing: query['sharing'] ?? 'all',
    scope: query['scope'] ?? '',
    page: pageOf(query),
  }
  const kinds = await kindsOf(face, actor)
  const rooms = kinds.includes('message') ? (await face.core.rooms.mine(actor)).map(({ room }) => room) : []
  const folders = await face.core.folders.list(actor)
  const scopes = [
    ...rooms.map((room) => ({ id: `channel:${room.id}`, name: nameOf(room), kind: 'channel' })),
    ...folders.map(({ id, name }) => ({ id: `folder:${id}`, name, kind: 'folder' })),
  ].sort((a, b) => a.kind.localeCompare(b.kind) || a.name.localeCompare(b.name))
  const wanted = kinds.filter((kind) => asked.kind === 'all' || asked.kind === kind)
  const names = new Map(folders.map(({ id, name }) => [id, name]))
  const lists = await Promise.all([
    wanted.includes('chat') ? chats(face, actor, asked, names) : [],
    wanted.includes('note') ? notes(face, actor, asked) : [],
    wanted.includes('message') ? messages(face, actor, asked, rooms) : [],
  ])
  const found = lists.flat().sort((a, b) => a.rank - b.rank || b.updatedAt - a.updatedAt)
  const start = (asked.page - 1) * PER_PAGE
  const shown = found.slice(start, start + PER_PAGE)
  return json({
    items: await presented(face, shown, asked.q),
    has_more: found.length > start + PER_PAGE,
    kinds,
    scopes,
  })
}

async function kindsOf({ core, setting }: FaceContext, actor: Actor): Promise<Kind[]> {
  const kinds: Kind[] = ['chat']
  if (setting('channels.enable') && (await core.permissions.has(actor, 'features.channels')))
    kinds.push('message')
  if (setting('notes.enable') && (await core.permissions.has(actor, 'features.notes'))) kinds.push('note')
  return kinds
}

const nameOf = (room: Room): string => room.name || 'Direct message'

/** A title that is the query comes before one that has it; without a query, what is pinned comes first. */
function rankOf(title: string, q: string, pinned: boolean): number {
  if (q === '') return pinned ? 0 : 3
  const [name, wanted] = [title.toLowerCase(), q.toLowerCase()]
  if (name === wanted) return 0
  return name.includes(wanted) ? 1 : 3
}

async function chats(
  { core }: FaceContext,
  actor: Actor,
  { q, sharing, scope }: Asked,
  folders: ReadonlyMap<string, string>,
): Promise<Found[]> {
  if (sharing === 'shared' || scope.startsWith('channel:')) return []
  const root = scope.startsWith('folder:') ? scope.slice('folder:'.length) : null
  if (root !== null && !folders.has(root)) return []
  const within = root === null ? null : await core.folders.treeIds(actor.user.id, root)
  return (await core.chatSearch.found(actor, q, within)).map((chat) => ({
    kind: 'chat',
    id: chat.id,
    title: chat.title || 'Untitled',
    context: (chat.folderId && folders.get(chat.folderId)) || 'Personal chat',
    updatedAt: chat.updatedAt ?? 0,
    shared: chat.shareId !== null,
    pinned: chat.pinned ?? false,
    rank: rankOf(chat.title ?? '', q, chat.pinned ?? false),
    url: `/c/${chat.id}`,
    text: null,
  }))
}

async function notes({ core }: FaceContext, actor: Actor, { q, sharing, scope }: Asked): Promise<Found[]> {
  if (scope !== '') return []
  const view = sharing === 'mine' ? 'created' : sharing === 'shared' ? 'shared' : undefined
  const { items, pinned } = await core.notes.search(actor, { q, page: 1, arrangement: { view } })
  return items.map((note) => {
    const foreign = note.userId !== actor.user.id
    const md = jsonOf(jsonOf(note.data)['content'])['md']
    const title = note.title || 'Untitled'
    return {
      kind: 'note',
      id: note.id,
      title,
      context: foreign ? 'Shared note' : 'Personal note',
      updatedAt: Number((note.updatedAt ?? 0n) / 1_000_000_000n),
      shared: foreign,
      pinned: pinned.has(note.id),
      rank: rankOf(title, q, pinned.has(note.id)),
      url: `/notes/${note.id}${q === '' ? '' : `?${new URLSearchParams({ search: q })}`}`,
      text: typeof md === 'string' ? md : '',
    }
  })
}

async function messages(
  { core }: FaceContext,
  actor: Actor,
  { q, sharing, scope }: Asked,
  rooms: readonly Room[],
): Promise<Found[]> {
  if (q === '' || scope.startsWith('folder:')) return []
  const roomId = scope.startsWith('channel:') ? scope.slice('channel:'.length) : undefined
  if (roomId !== undefined && !rooms.some(({ id }) => id === roomId)) return []
  const page = await core.messages.search(actor, { q, limit: MAX_MESSAGES, ...(roomId ? { roomId } : {}) })
  const hits = page.items.filter(({ message }) => {
    const mine = message.senderId === actor.user.id
    return sharing === 'all' || mine === (sharing === 'mine')
  })
  const senders = await core.users.byIds([...new Set(hits.map(({ message }) => message.senderId))])
  const names = new Map(senders.map(({ id, displayName }) => [id, displayName]))
  return hits.map(({ message, room }) => {
    const place = new URLSearchParams({ thread: message.threadId ?? message.id, message: message.id })
    return {
      kind: 'message',
      id: message.id,
      title: names.get(message.senderId) ?? 'Message',
      context: room.kind === 'direct' || room.kind === 'group' ? nameOf(room) : `#${room.name}`,
      updatedAt: Math.floor((message.editedAt ?? message.createdAt) / 1000),
      shared: true,
      pinned: false,
      rank: 3,
      url: `/channels/${room.id}?${place}`,
      text: message.content,
    }
  })
}

async function presented({ core }: FaceContext, found: readonly Found[], q: string): Promise<Json[]> {
  const passages = await core.chatSearch.passages(
    found.filter(({ kind }) => kind === 'chat').map(({ id }) => id),
    q,
  )
  return found.map((item) => {
    const passage = passages.get(item.id)
    const text = item.text ?? passage?.text ?? ''
    const message = item.kind === 'chat' ? passage?.messageId : null
    return {
      id: `${item.kind}:${item.id}`,
      kind: item.kind,
      title: item.title,
      context: item.context,
      snippet: excerpt(text, q, 200),
      preview: excerpt(text, q, 2_400),
      url: message ? `${item.url}?${new URLSearchParams({ message })}` : item.url,
      updated_at: item.updatedAt,
      shared: item.shared,
      pinned: item.pinned,
    }
  })
}

/** The part of a text around the first word that is in it. */
function excerpt(text: string, q: string, length: number): string {
  const lower = text.toLowerCase()
  const places = wordsOf(q)
    .map((word) => lower.indexOf(word))
    .filter((at) => at >= 0)
  const start = Math.max(0, Math.min(...(places.length > 0 ? places : [0])) - Math.floor(length / 4))
  const part = text
    .slice(start, start + length)
    .toWellFormed()
    .trim()
  return `${start > 0 ? '…' : ''}${part}${start + length < text.length ? '…' : ''}`
}
