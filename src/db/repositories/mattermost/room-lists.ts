/** Rooms of the whole server, for the system console. */
import { and, asc, count, eq, inArray, isNotNull, isNull, sql } from 'drizzle-orm'
import type { RoomListQuery, RoomListRepository } from '../../../core/mattermost-repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { likePart } from '../like.ts'

const fileCount = stmt('roomList.fileCount', (db, t, p: Placeholders<{ roomId: string }>) =>
  db
    .select({ n: count() })
    .from(t.hbFile)
    .where(and(eq(t.hbFile.roomId, p('roomId')), isNotNull(t.hbFile.messageId), isNull(t.hbFile.deletedAt))),
)

export function roomListRepository(conn: Conn): RoomListRepository {
  const { hbRoom, channel } = conn.tables

  function where(query: RoomListQuery) {
    return and(
      inArray(hbRoom.kind, query.kind ? [query.kind] : ['public', 'private']),
      query.includeDeleted ? undefined : isNull(hbRoom.deletedAt),
      query.teamId ? eq(hbRoom.teamId, query.teamId) : undefined,
      query.q ? sql`lower(${channel.name}) like ${likePart(query.q)} escape '\\'` : undefined,
    )
  }

  return {
    async find(query) {
      const joined = eq(channel.id, hbRoom.roomId)
      const rows = await conn.db
        .select({ id: hbRoom.roomId })
        .from(hbRoom)
        .innerJoin(channel, joined)
        .where(where(query))
        .orderBy(asc(channel.name), asc(hbRoom.roomId))
        .limit(query.limit)
        .offset(query.offset)
      const [total] = await conn.db
        .select({ n: count() })
        .from(hbRoom)
        .innerJoin(channel, joined)
        .where(where(query))
      return { ids: rows.map((row) => row.id), total: Number(total?.n ?? 0) }
    },
    async fileCount(roomId) {
      const row = await conn.get(fileCount, { roomId })
      return Number(row?.n ?? 0)
    },
  }
}
