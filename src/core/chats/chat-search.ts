/** Finding one's chats: words in titles and messages, and `tag:`, `folder:`, `pinned:`, `archived:`, `shared:`. */
import type { Actor, Uuid } from '../types.ts'
import { jsonOf, listOf, type OpenwebuiContext } from './context.ts'
import { CHATS_PER_PAGE, type ChatTitle } from './chat-lists.ts'
import type { ChatRow } from './rows.ts'
import { tagId } from './tags.ts'

export type ChatSearch = ReturnType<typeof createChatSearch>

/** More matches than this are not looked through. */
const MAX_MATCHES = 1_000

interface Query {
  words: string
  tags: string[]
  folders: string[]
  pinned: boolean | null
  archived: boolean | null
  shared: boolean | null
}

type Candidate = Pick<ChatRow, 'id' | 'meta' | 'folderId' | 'pinned' | 'archived' | 'shareId'>

export function createChatSearch(context: OpenwebuiContext) {
  const { read } = context

  async function folderIds(actor: Actor, names: readonly string[]): Promise<Set<Uuid>> {
    const folders = await read.folders.pick(['id', 'name'], { where: { userId: actor.user.id } })
    const wanted = new Set(names.map(tagId))
    const roots = folders.filter(({ name }) => wanted.has(tagId(name)))
    const ids = await Promise.all(roots.map(({ id }) => context.own.folders.treeIds(actor.user.id, id)))
    return new Set(ids.flat())
  }

  return {
    async titles(actor: Actor, text: string, page: number): Promise<ChatTitle[]> {
      const query = readQuery(text)
      const userId = actor.user.id
      const found = await read.chatQueries.idsByText(userId, query.words, MAX_MATCHES)
      const rows: Candidate[] = await read.chats.pick(
        ['id', 'meta', 'folderId', 'pinned', 'archived', 'shareId'],
        {
          where: { userId, id: { in: found } },
        },
      )
      const folders = query.folders.length > 0 ? await folderIds(actor, query.folders) : null
      const fits = new Set(rows.filter((row) => matches(row, query, folders)).map(({ id }) => id))
      const start = (Math.max(1, page) - 1) * CHATS_PER_PAGE
      const ids = found.filter((id) => fits.has(id)).slice(start, start + CHATS_PER_PAGE)
      return read.chatQueries.titlesByIds(userId, ids)
    },
  }
}

function matches(row: Candidate, query: Query, folders: ReadonlySet<Uuid> | null): boolean {
  const tags = listOf(jsonOf(row.meta)['tags'])
  if (query.tags.includes('none') ? tags.length > 0 : !query.tags.every((tag) => tags.includes(tag)))
    return false
  if (folders && !(row.folderId && folders.has(row.folderId))) return false
  if (query.pinned !== null && (row.pinned ?? false) !== query.pinned) return false
  if (query.shared !== null && (row.shareId !== null) !== query.shared) return false
  return (row.archived ?? false) === (query.archived ?? false)
}

function readQuery(text: string): Query {
  const query: Query = { words: '', tags: [], folders: [], pinned: null, archived: null, shared: null }
  const words: string[] = []
  for (const word of text.trim().split(/\s+/)) {
    const [, key, value = ''] = /^(tag|folder|pinned|archived|shared):(.*)$/.exec(word) ?? []
    if (key === 'tag') query.tags.push(tagId(value))
    else if (key === 'folder') query.folders.push(value.replaceAll('_', ' '))
    else if (key === 'pinned' || key === 'archived' || key === 'shared') query[key] = value !== 'false'
    else words.push(word)
  }
  query.words = words.join(' ')
  return query
}
