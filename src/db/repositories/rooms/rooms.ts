/** Rooms: `channel` (name, description, kind, grants) and `hb_room` (all else), written in the same unit. */
import { and, asc, desc, eq, inArray, isNull, or, sql } from 'drizzle-orm'
import { READ_ONLY } from '../../../core/permissions/room-policy.ts'
import type { RoomRepository } from '../../../core/rooms/repositories.ts'
import type { Room } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

import { openTo, setGrants } from './grants.ts'
import { memberFields, roomFields, toMember, toNs, toRoom } from './room-rows.ts'

const byId = stmt('room.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select(roomFields(t))
    .from(t.hbRoom)
    .innerJoin(t.channel, eq(t.channel.id, t.hbRoom.roomId))
    .where(eq(t.hbRoom.roomId, p('id')))
    .limit(1),
)

const forMember = stmt('room.forMember', (db, t, p: Placeholders<{ id: string; userId: string }>) =>
  db
    .select({ ...roomFields(t), ...memberFields(t) })
    .from(t.hbRoom)
    .innerJoin(t.channel, eq(t.channel.id, t.hbRoom.roomId))
    .leftJoin(t.hbMember, and(eq(t.hbMember.roomId, t.hbRoom.roomId), eq(t.hbMember.userId, p('userId'))))
    .where(eq(t.hbRoom.roomId, p('id')))
    .limit(1),
)

const lockRow = stmt(
  'room.lock',
  (_db, _t, p: Placeholders<{ id: string }>) =>
    sql<{ room_id: string }>`select room_id from hb_room where room_id = ${p('id')} for update`,
)

const bySlug = stmt('room.bySlug', (db, t, p: Placeholders<{ teamId: string; slug: string }>) =>
  db
    .select(roomFields(t))
    .from(t.hbRoom)
    .innerJoin(t.channel, eq(t.channel.id, t.hbRoom.roomId))
    .where(and(eq(t.hbRoom.teamId, p('teamId')), eq(t.hbRoom.slug, p('slug'))))
    .limit(1),
)

const byPair = stmt('room.byPair', (db, t, p: Placeholders<{ pairKey: string }>) =>
  db
    .select(roomFields(t))
    .from(t.hbRoom)
    .innerJoin(t.channel, eq(t.channel.id, t.hbRoom.roomId))
    .where(eq(t.hbRoom.pairKey, p('pairKey')))
    .limit(1),
)

/** Conversations without a team are everybody's, in any team. */
const ofUser = stmt('room.ofUser', (db, t, p: Placeholders<{ userId: string; deletedSince: number }>) =>
  db
    .select({ ...roomFields(t), ...memberFields(t) })
    .from(t.hbMember)
    .innerJoin(t.hbRoom, eq(t.hbRoom.roomId, t.hbMember.roomId))
    .innerJoin(t.channel, eq(t.channel.id, t.hbRoom.roomId))
    .where(
      and(
        eq(t.hbMember.userId, p('userId')),
        or(isNull(t.hbRoom.deletedAt), sql`${t.hbRoom.deletedAt} >= ${p('deletedSince')}`),
      ),
    )
    .orderBy(desc(t.hbRoom.lastMessageAt), asc(t.hbRoom.roomId)),
)

/** The list of open rooms as most ask for it: of one team, without a word to look for. */
const openIn = stmt(
  'room.openIn',
  (db, t, p: Placeholders<{ teamId: string; limit: number; offset: number }>) =>
    db
      .select(roomFields(t))
      .from(t.hbRoom)
      .innerJoin(t.channel, eq(t.channel.id, t.hbRoom.roomId))
      .where(and(eq(t.hbRoom.teamId, p('teamId')), eq(t.hbRoom.kind, 'public'), isNull(t.hbRoom.deletedAt)))
      .orderBy(asc(sql`lower(${t.channel.name})`), asc(t.hbRoom.roomId))
      .limit(p('limit'))
      .offset(p('offset')),
)

const setHead = stmt(
  'room.setHead',
  (
    db,
    t,
    p: Placeholders<{
      id: string
      messageCount: number
      rootCount: number
      lastMessageAt: number
      lastRootAt: number
      lastMessageId: string | null
      lastHash: string | null
    }>,
  ) =>
    db
      .update(t.hbRoom)
      .set({
        messageCount: sql`${p('messageCount')}`,
        rootCount: sql`${p('rootCount')}`,
        lastMessageAt: sql`${p('lastMessageAt')}`,
        lastRootAt: sql`${p('lastRootAt')}`,
        lastMessageId: sql`${p('lastMessageId')}`,
        lastHash: sql`${p('lastHash')}`,
      })
      .where(eq(t.hbRoom.roomId, p('id'))),
)

export function roomRepository(conn: Conn): RoomRepository {
  const { hbRoom, channel } = conn.tables
  const select = () =>
    conn.db.select(roomFields(conn.tables)).from(hbRoom).innerJoin(channel, eq(channel.id, hbRoom.roomId))

  async function getFor(id: string, userId: string) {
    const row = await conn.get(forMember, { id, userId })
    return row && { room: toRoom(row), member: toMember(id, row) }
  }

  return {
    async get(id) {
      const row = await conn.get(byId, { id })
      return row && toRoom(row)
    },
    async getMany(ids) {
      if (ids.length === 0) return []
      return (await select().where(inArray(hbRoom.roomId, [...ids]))).map(toRoom)
    },
    getFor,
    async lockFor(id, userId) {
      if (conn.dialect === 'pg') await conn.get(lockRow, { id })
      return getFor(id, userId)
    },
    async bySlug(teamId, slug) {
      const row = await conn.get(bySlug, { teamId, slug })
      return row && toRoom(row)
    },
    async byPairKey(pairKey) {
      const row = await conn.get(byPair, { pairKey })
      return row && toRoom(row)
    },
    async forUser(userId, { teamId, deletedSince }) {
      const rows = await conn.all(ofUser, { userId, deletedSince: deletedSince ?? Number.MAX_SAFE_INTEGER })
      return rows
        .filter((row) => teamId === undefined || row.teamId === null || row.teamId === teamId)
        .map((row) => ({ room: toRoom(row), member: toMember(row.id, row)! }))
    },
    async browse({ teamIds, q, includeDeleted, offset, limit }) {
      const [teamId] = teamIds
      if (teamId === undefined) return []
      const text = q?.trim().toLowerCase()
      if (teamIds.length === 1 && !text && !includeDeleted)
        return (await conn.all(openIn, { teamId, limit, offset })).map(toRoom)
      const pattern = text ? `%${text.replace(/[\\%_]/g, '\\$&')}%` : null
      const rows = await select()
        .where(
          and(
            inArray(hbRoom.teamId, [...teamIds]),
            eq(hbRoom.kind, 'public'),
            includeDeleted ? undefined : isNull(hbRoom.deletedAt),
            pattern
              ? or(
                  sql`lower(${channel.name}) like ${pattern} escape '\\'`,
                  sql`${hbRoom.slug} like ${pattern} escape '\\'`,
                )
              : undefined,
          ),
        )
        .orderBy(asc(sql`lower(${channel.name})`), asc(hbRoom.roomId))
        .limit(limit)
        .offset(offset)
      return rows.map(toRoom)
    },
    insert: (room, pairKey) => insertRoom(conn, room, pairKey),
    async update(room, by) {
      const previous = await conn.get(byId, { id: room.id })
      await conn.db
        .update(channel)
        .set({
          name: room.name,
          description: room.description,
          updatedAt: toNs(room.updatedAt),
          updatedBy: by,
          ...(previous?.kind === room.kind ? {} : shapeOf(room)),
        })
        .where(eq(channel.id, room.id))
      await conn.db
        .update(hbRoom)
        .set({
          kind: room.kind,
          slug: room.slug,
          teamId: room.teamId,
          header: room.header,
          ai: { ...room.ai },
          props: room.props,
          updatedAt: room.updatedAt,
        })
        .where(eq(hbRoom.roomId, room.id))
      const opened = previous?.kind !== room.kind || previous.props[READ_ONLY] !== room.props[READ_ONLY]
      if (opened) await setGrants(conn, room)
    },
    async setDeleted(id, at, by) {
      await conn.db
        .update(channel)
        .set({
          archivedAt: at === null ? null : toNs(at),
          archivedBy: at === null ? null : by,
          deletedAt: null,
        })
        .where(eq(channel.id, id))
      await conn.db
        .update(hbRoom)
        .set({ deletedAt: at, ...(at === null ? {} : { updatedAt: at }) })
        .where(eq(hbRoom.roomId, id))
    },
    async setHead(room) {
      await conn.run(setHead, {
        id: room.id,
        messageCount: room.messageCount,
        rootCount: room.rootCount,
        lastMessageAt: room.lastMessageAt,
        lastRootAt: room.lastRootAt,
        lastMessageId: room.lastMessageId,
        lastHash: room.lastHash,
      })
    },
    granted: (id, userId) => openTo(conn, id, userId),
  }
}

/** How Open WebUI says the kind: by grants, by membership, or as a conversation. */
function shapeOf(room: Room): { type: string | null; isPrivate: boolean | null } {
  if (room.kind === 'public') return { type: null, isPrivate: false }
  if (room.kind === 'private') return { type: 'group', isPrivate: true }
  return { type: 'dm', isPrivate: null }
}

async function insertRoom(conn: Conn, room: Room, pairKey: string | null): Promise<boolean> {
  const { hbRoom, channel } = conn.tables
  const { id, name, description, ...rest } = room
  const added = await conn.db
    .insert(hbRoom)
    .values({ ...rest, roomId: id, ai: { ...room.ai }, pairKey })
    .onConflictDoNothing()
    .returning({ id: hbRoom.roomId })
  if (added.length === 0) return false
  await conn.db.insert(channel).values({
    id,
    userId: room.creatorId,
    name,
    description,
    createdAt: toNs(room.createdAt),
    updatedAt: toNs(room.updatedAt),
    ...shapeOf(room),
  })
  await setGrants(conn, room)
  return true
}
