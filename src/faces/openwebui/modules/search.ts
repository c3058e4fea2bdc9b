/** The search dialog: one's chats, folders, notes, channels and the like, by a text. */
import { Elysia } from 'elysia'
import type { Json } from '../../../core/chats/rows.ts'
import { jsonOf } from '../../../core/chats/context.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { pageOf } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const KINDS = ['chat', 'note', 'folder', 'channel'] as const
type Kind = (typeof KINDS)[number]

const PER_PAGE = 30

interface Found {
  kind: Kind
  id: string
  title: string
  updatedAt: number
  url: string
  pinned: boolean
  shared: boolean
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
  const q = (query['q'] ?? '').trim()
  const page = pageOf(query)
  const wanted = KINDS.filter((kind) => !query['kind'] || query['kind'] === 'all' || query['kind'] === kind)
  const lists = await Promise.all(wanted.map((kind) => SOURCES[kind](face, actor, q, page)))
  const found = lists.flat().sort((a, b) => b.updatedAt - a.updatedAt)
  return json({
    items: found.slice(0, PER_PAGE).map(present),
    has_more: found.length >= PER_PAGE,
    kinds: [...KINDS],
    scopes: [],
  })
}

function present(item: Found): Json {
  return {
    kind: item.kind,
    id: item.id,
    title: item.title,
    context: '',
    preview: '',
    snippet: '',
    updated_at: item.updatedAt,
    url: item.url,
    pinned: item.pinned,
    shared: item.shared,
  }
}

type Source = (face: FaceContext, actor: Actor, q: string, page: number) => Promise<Found[]>

const SOURCES: Record<Kind, Source> = {
  async chat({ core }, actor, q, page) {
    const titles =
      q === ''
        ? await core.chats.list(actor, { page, includeFolders: true, includePinned: true })
        : await core.chatSearch.titles(actor, q, page)
    return titles.map((chat) => ({
      kind: 'chat',
      id: chat.id,
      title: chat.title ?? '',
      updatedAt: chat.updatedAt ?? 0,
      url: `/c/${chat.id}`,
      pinned: false,
      shared: false,
    }))
  },
  async note({ core }, actor, q, page) {
    if (page > 1 || !(await core.permissions.has(actor, 'features.notes'))) return []
    const { items, pinned } = await core.notes.search(actor, { q, page: 1 })
    return items.map((note) => ({
      kind: 'note',
      id: note.id,
      title: note.title ?? '',
      updatedAt: Number((note.updatedAt ?? 0n) / 1_000_000_000n),
      url: `/notes/${note.id}`,
      pinned: pinned.has(note.id),
      shared: note.userId !== actor.user.id,
    }))
  },
  async folder({ core }, actor, q, page) {
    if (page > 1) return []
    const folders = (await core.folders.list(actor)).filter((folder) => fits(folder.name, q))
    return folders.map((folder) => ({
      kind: 'folder',
      id: folder.id,
      title: folder.name,
      updatedAt: folder.updatedAt,
      url: `/folders/${folder.id}`,
      pinned: jsonOf(folder.meta)['pinned'] === true,
      shared: false,
    }))
  },
  async channel({ core, setting }, actor, q, page) {
    if (page > 1 || !setting('channels.enable') || !(await core.permissions.has(actor, 'features.channels')))
      return []
    const rooms = (await core.rooms.mine(actor)).filter(({ room }) => fits(room.name, q))
    return rooms.map(({ room, member }) => ({
      kind: 'channel',
      id: room.id,
      title: room.name,
      updatedAt: Math.floor(room.lastMessageAt / 1000),
      url: `/channels/${room.id}`,
      pinned: member?.favourite ?? false,
      shared: true,
    }))
  },
}

function fits(name: string, q: string): boolean {
  return name.toLowerCase().includes(q.toLowerCase())
}
