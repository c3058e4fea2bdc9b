/** Lists of chats: titles a page at a time, without their JSON; whole ones only for exports. */
import type { Actor, Uuid } from '../types.ts'
import { jsonOf, type OpenwebuiContext } from './context.ts'
import type { ChatRow } from './rows.ts'

/** What lists show: no chat JSON is read for them. */
export type ChatTitle = Pick<
  ChatRow,
  'id' | 'title' | 'createdAt' | 'updatedAt' | 'lastReadAt' | 'archived' | 'folderId'
>

export interface ChatListQuery {
  page: number | null
  includePinned?: boolean
  includeFolders?: boolean
  folderIds?: Uuid[]
  /** null = both; left out = only those that are not. */
  archived?: boolean | null
  pinned?: boolean
  q?: string
  sortBy?: 'updated_at' | 'created_at' | 'title'
  sortDir?: 'asc' | 'desc'
}

export const CHATS_PER_PAGE = 60

export function createChatLists(context: OpenwebuiContext) {
  const { read } = context
  return {
    list: (actor: Actor, query: ChatListQuery): Promise<ChatTitle[]> =>
      read.chatQueries.titles({
        userId: actor.user.id,
        limit: query.page === null ? null : CHATS_PER_PAGE,
        offset: query.page === null ? 0 : (Math.max(1, query.page) - 1) * CHATS_PER_PAGE,
        archived: query.archived === undefined ? false : query.archived,
        pinned: query.pinned ?? null,
        includePinned: query.includePinned ?? false,
        includeFolders: query.includeFolders ?? false,
        folderIds: query.folderIds ?? null,
        q: query.q ?? null,
        sortBy: query.sortBy ?? 'updated_at',
        sortDir: query.sortDir ?? 'desc',
      }),

    /** For administrators. */
    listOf: (
      userId: Uuid,
      page: number,
      query: Pick<ChatListQuery, 'q' | 'sortBy' | 'sortDir'> = {},
    ): Promise<ChatTitle[]> =>
      read.chatQueries.titles({
        userId,
        limit: CHATS_PER_PAGE,
        offset: (Math.max(1, page) - 1) * CHATS_PER_PAGE,
        archived: null,
        pinned: null,
        includePinned: true,
        includeFolders: true,
        folderIds: null,
        q: query.q ?? null,
        sortBy: query.sortBy ?? 'updated_at',
        sortDir: query.sortDir ?? 'desc',
      }),

    /** Chats of a folder's owner, for someone the folder was opened to; the caller checked that. */
    ofOthersIn: (ownerId: Uuid, folderId: Uuid, page: number): Promise<ChatTitle[]> =>
      read.chatQueries.titles({
        userId: ownerId,
        limit: CHATS_PER_PAGE,
        offset: (Math.max(1, page) - 1) * CHATS_PER_PAGE,
        archived: false,
        pinned: null,
        includePinned: false,
        includeFolders: true,
        folderIds: [folderId],
        q: null,
        sortBy: 'updated_at',
        sortDir: 'desc',
      }),

    countArchived: (actor: Actor): Promise<number> =>
      read.chats.count({ userId: actor.user.id, archived: true }),

    /** With their JSON, of an own folder and those under it. */
    async inFolder(actor: Actor, folderId: Uuid): Promise<ChatRow[]> {
      const ids = await context.own.folders.treeIds(actor.user.id, folderId)
      const rows = await read.chats.find({
        where: { userId: actor.user.id, archived: false, pinned: { not: true }, folderId: { in: ids } },
        order: [['updatedAt', 'desc']],
      })
      return rows.filter(isShown)
    },

    /** The whole table, for an administrator's export. */
    everybodys: async (): Promise<ChatRow[]> =>
      (await read.chats.find({ order: [['updatedAt', 'desc']] })).filter(isShown),

    /** Every chat of a person, JSON included, for exports. */
    async all(userId: Uuid, archived: boolean | null): Promise<ChatRow[]> {
      const rows = await read.chats.find({
        where: { userId, ...(archived === null ? {} : { archived }) },
        order: [['updatedAt', 'desc']],
      })
      return rows.filter(isShown)
    },
  }
}

/** Chats beside notes, and those of sub-agents, are in no list. */
const isShown = ({ meta }: ChatRow): boolean => jsonOf(meta)['internal'] !== true
