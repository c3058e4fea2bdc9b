/** Finding one's chats: words in titles and messages, and `tag:`, `folder:`, `pinned:`, `archived:`, `shared:`. */
import type { Actor, Uuid } from '../types.ts'
import { jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import { historyOf, type ChatMessage } from './history.ts'
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
    /** Chats with every word in their title or their messages, newest first. */
    async found(actor: Actor, text: string, folderIds: readonly Uuid[] | null): Promise<FoundChat[]> {
      const userId = actor.user.id
      const words = wordsOf(text)
      const lists = await Promise.all(
        words.map((word) => read.chatQueries.idsByText(userId, word, MAX_MATCHES)),
      )
      const common = lists.reduce<string[] | null>(
        (ids, list) => (ids === null ? list : list.filter((id) => ids.includes(id))),
        null,
      )
      const rows = await read.chats.pick(FOUND, {
        where: {
          userId,
          archived: false,
          ...(common === null ? {} : { id: { in: common } }),
          ...(folderIds === null ? {} : { folderId: { in: [...folderIds] } }),
        },
        order: [['updatedAt', 'desc']],
        limit: MAX_MATCHES,
      })
      return rows.filter(({ meta }) => jsonOf(meta)['internal'] !== true)
    },

    /** The first message of each chat that has all words, else any, else the last message. */
    async passages(ids: readonly Uuid[], text: string): Promise<Map<Uuid, Passage>> {
      if (ids.length === 0) return new Map()
      const rows = await read.chats.pick(['id', 'chat'], { where: { id: { in: [...ids] } } })
      return new Map(rows.map(({ id, chat }) => [id, passageOf(chat, wordsOf(text))]))
    },

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

const FOUND = ['id', 'title', 'updatedAt', 'pinned', 'folderId', 'shareId', 'meta'] as const
export type FoundChat = Pick<ChatRow, (typeof FOUND)[number]>

export interface Passage {
  text: string
  /** The message it is from; null when no word was found in any. */
  messageId: string | null
}

const MAX_WORDS = 12

/** What a search looks for: each word once. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/\s+/).filter(Boolean))].slice(0, MAX_WORDS)
}

function passageOf(chat: unknown, words: readonly string[]): Passage {
  const messages = Object.values(historyOf(chat).messages).filter(
    (message) => typeof message.content === 'string',
  )
  const has = (message: ChatMessage) => (word: string) => String(message.content).toLowerCase().includes(word)
  const match =
    words.length === 0
      ? undefined
      : (messages.find((message) => words.every(has(message))) ??
        messages.find((message) => words.some(has(message))))
  const shown = match ?? messages.at(-1)
  return { text: String(shown?.content ?? ''), messageId: match ? textOf(match.id) : null }
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
