/** Questions about chats that look into JSON or join tables; the dialects spell JSON differently. */
import { and, asc, desc, eq, gt, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { ChatQueries } from '../../../core/chats/repositories.ts'
import type { Conn } from '../../conn.ts'
import { contains } from './table.ts'

export function chatQueries(conn: Conn): ChatQueries {
  const { chat, chatMessage } = conn.tables
  const pg = conn.dialect === 'pg'
  const fields = {
    id: chat.id,
    title: chat.title,
    createdAt: chat.createdAt,
    updatedAt: chat.updatedAt,
    lastReadAt: chat.lastReadAt,
    archived: chat.archived,
    folderId: chat.folderId,
  }
  /** Chats that belong to a note or a sub-agent are in no list. */
  const shown: SQL = pg
    ? sql`coalesce(${chat.meta} ->> 'internal', 'false') <> 'true'`
    : sql`coalesce(json_extract(${chat.meta}, '$.internal'), 0) <> 1`

  const hasTag = (id: string): SQL =>
    pg
      ? sql`exists (select 1 from json_array_elements_text(case when json_typeof(${chat.meta} -> 'tags') = 'array' then ${chat.meta} -> 'tags' else '[]'::json end) as tag(id) where tag.id = ${id})`
      : sql`exists (select 1 from json_each(${chat.meta}, '$.tags') as tag where tag.value = ${id})`

  return {
    titles(query) {
      const by = { updated_at: chat.updatedAt, created_at: chat.createdAt, title: chat.title }[query.sortBy]
      const way = query.sortDir === 'asc' ? asc : desc
      const base = conn.db
        .select(fields)
        .from(chat)
        .where(
          and(
            eq(chat.userId, query.userId),
            shown,
            query.folderIds ? inArray(chat.folderId, [...query.folderIds]) : undefined,
            query.folderIds || query.includeFolders ? undefined : isNull(chat.folderId),
            query.archived ? eq(chat.archived, true) : or(eq(chat.archived, false), isNull(chat.archived)),
            pinnedIs(query.pinned, query.includePinned),
            query.q ? contains(chat.title, query.q, conn.dialect) : undefined,
          ),
        )
        .orderBy(way(by), asc(chat.id))
      return query.limit === null ? base : base.limit(query.limit).offset(query.offset)
    },

    async titlesByIds(userId, ids) {
      if (ids.length === 0) return []
      const rows = await conn.db
        .select(fields)
        .from(chat)
        .where(and(eq(chat.userId, userId), inArray(chat.id, [...ids])))
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.flatMap((id) => byId.get(id) ?? [])
    },

    async idsByTags(userId, tagIds) {
      const rows = await conn.db
        .select({ id: chat.id })
        .from(chat)
        .where(and(eq(chat.userId, userId), shown, ...tagIds.map(hasTag)))
        .orderBy(desc(chat.updatedAt))
      return rows.map((row) => row.id)
    },

    async idsByText(userId, text, limit) {
      const content = sql`cast(${chatMessage.content} as text)`
      const inMessages = sql`exists (select 1 from ${chatMessage} where ${chatMessage.chatId} = ${chat.id} and ${contains(content, escaped(text), conn.dialect)})`
      const rows = await conn.db
        .select({ id: chat.id })
        .from(chat)
        .where(and(eq(chat.userId, userId), shown, or(contains(chat.title, text, conn.dialect), inMessages)))
        .orderBy(desc(chat.updatedAt))
        .limit(limit)
      return rows.map((row) => row.id)
    },

    async unreadByFolder(userId) {
      const rows = await conn.db
        .select({ folderId: chat.folderId, unread: sql<number>`count(*)` })
        .from(chat)
        .where(
          and(
            eq(chat.userId, userId),
            shown,
            eq(chat.archived, false),
            sql`${chat.folderId} is not null`,
            or(isNull(chat.lastReadAt), gt(chat.updatedAt, sql`${chat.lastReadAt}`)),
          ),
        )
        .groupBy(chat.folderId)
      return Object.fromEntries(rows.map((row) => [row.folderId ?? '', Number(row.unread)]))
    },
  }

  function pinnedIs(pinned: boolean | null, includePinned: boolean): SQL | undefined {
    if (pinned === true) return eq(chat.pinned, true)
    if (pinned === null && includePinned) return undefined
    return or(eq(chat.pinned, false), isNull(chat.pinned))
  }
}

/** As the text stands inside a JSON string. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
