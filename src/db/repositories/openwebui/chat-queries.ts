/** Questions about chats that look into JSON or join tables; the dialects spell JSON differently. */
import { and, asc, desc, eq, gt, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import type { ChatQueries, TitleRow } from '../../../core/chats/repositories.ts'
import { type Builder, type Conn, type Dialect, type Placeholders, type Stmt, stmt } from '../../conn.ts'
import type { Tables } from '../../schema/index.ts'
import { contains } from './table.ts'

export function chatQueries(conn: Conn): ChatQueries {
  const { chat, chatMessage } = conn.tables
  const pg = conn.dialect === 'pg'
  const fields = titleFields(conn.tables)
  const shown = isShown(conn.tables, conn.dialect)

  const hasTag = (id: string): SQL =>
    pg
      ? sql`exists (select 1 from json_array_elements_text(case when json_typeof(${chat.meta} -> 'tags') = 'array' then ${chat.meta} -> 'tags' else '[]'::json end) as tag(id) where tag.id = ${id})`
      : sql`exists (select 1 from json_each(${chat.meta}, '$.tags') as tag where tag.value = ${id})`

  return {
    titles(query) {
      const { userId, limit, offset } = query
      if (limit !== null && !query.folderIds && !query.q)
        return conn.all(keptTitles(conn.dialect, query), { userId, limit, offset })
      const base = titlesOf(conn.db, conn.tables, conn.dialect, query, eq(chat.userId, userId))
      return limit === null ? base : base.limit(limit).offset(offset)
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
}

type TitlesQuery = Parameters<ChatQueries['titles']>[0]

const titleFields = ({ chat }: Tables) => ({
  id: chat.id,
  title: chat.title,
  createdAt: chat.createdAt,
  updatedAt: chat.updatedAt,
  lastReadAt: chat.lastReadAt,
  archived: chat.archived,
  folderId: chat.folderId,
})

/** Chats that belong to a note or a sub-agent are in no list. */
const isShown = ({ chat }: Tables, dialect: Dialect): SQL =>
  dialect === 'pg'
    ? sql`coalesce(${chat.meta} ->> 'internal', 'false') <> 'true'`
    : sql`coalesce(json_extract(${chat.meta}, '$.internal'), 0) <> 1`

function titlesOf(db: Builder, t: Tables, dialect: Dialect, query: TitlesQuery, mine: SQL) {
  const { chat } = t
  const by = { updated_at: chat.updatedAt, created_at: chat.createdAt, title: chat.title }[query.sortBy]
  const way = query.sortDir === 'asc' ? asc : desc
  return db
    .select(titleFields(t))
    .from(chat)
    .where(
      and(
        mine,
        isShown(t, dialect),
        query.folderIds ? inArray(chat.folderId, [...query.folderIds]) : undefined,
        query.folderIds || query.includeFolders ? undefined : isNull(chat.folderId),
        archivedIs(t, query.archived),
        pinnedIs(t, query.pinned, query.includePinned),
        query.q ? contains(chat.title, query.q, dialect) : undefined,
      ),
    )
    .orderBy(way(by), asc(chat.id))
}

function archivedIs({ chat }: Tables, archived: boolean | null): SQL | undefined {
  if (archived === null) return undefined
  return archived ? eq(chat.archived, true) : or(eq(chat.archived, false), isNull(chat.archived))
}

function pinnedIs({ chat }: Tables, pinned: boolean | null, includePinned: boolean): SQL | undefined {
  if (pinned === true) return eq(chat.pinned, true)
  if (pinned === null && includePinned) return undefined
  return or(eq(chat.pinned, false), isNull(chat.pinned))
}

type TitlesParams = { userId: string; limit: number; offset: number }
type KeptTitles = Stmt<TitleRow, TitlesParams>
const kept = new Map<string, KeptTitles>()

/** The list beside every page, without folders named or text looked for: one statement for each kind of list. */
function keptTitles(dialect: Dialect, query: TitlesQuery): KeptTitles {
  const { sortBy, sortDir, archived, pinned, includePinned, includeFolders } = query
  const key = [dialect, sortBy, sortDir, archived, pinned, includePinned, includeFolders].join()
  let statement = kept.get(key)
  if (!statement) {
    statement = stmt('chat.titles', (db, t, p: Placeholders<TitlesParams>) =>
      titlesOf(db, t, dialect, query, eq(t.chat.userId, p('userId')))
        .limit(p('limit'))
        .offset(p('offset')),
    )
    kept.set(key, statement)
  }
  return statement
}

/** As the text stands inside a JSON string. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
