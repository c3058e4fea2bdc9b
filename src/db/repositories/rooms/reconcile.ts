/** What Open WebUI's own server did while we were away, found by comparing its tables with ours. */
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { ReconcileRepository, StrangeRoom } from '../../../core/rooms/reconcile-repository.ts'
import { READ_ONLY } from '../../../core/permissions/room-policy.ts'
import type { RoomKind } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'
import { adoptFiles } from './adopt-files.ts'
import { insertHbMessage } from './message-statements.ts'
import { lostMessages, strangeMessages } from './reconcile-messages.ts'
import { mirrorMembers, strangeMembers, adoptMember } from './reconcile-members.ts'
import { fromNs } from './room-rows.ts'

const everybodyReads = sql`exists (select 1 from access_grant g where g.resource_type = 'channel'
  and g.resource_id = channel.id and g.principal_type = 'user' and g.principal_id = '*' and g.permission = 'read')`

const everybodyWrites = sql`exists (select 1 from access_grant g where g.resource_type = 'channel'
  and g.resource_id = channel.id and g.principal_type = 'user' and g.principal_id = '*' and g.permission = 'write')`

export function reconcileRepository(conn: Conn): ReconcileRepository {
  const { channel, channelMember, hbRoom, hbMember, hbMessage, hbThreadMember, message, hbIndexState } =
    conn.tables

  return {
    strangeRooms: (limit) => strangeRooms(conn, limit),
    async peopleOf(roomId) {
      const rows = await conn.db
        .selectDistinct({ id: channelMember.userId })
        .from(channelMember)
        .where(eq(channelMember.channelId, roomId))
      return rows.flatMap((row) => row.id ?? [])
    },
    async adoptRoom({ id, name: _name, description: _text, ...room }, pairKey) {
      await conn.db
        .insert(hbRoom)
        .values({ ...room, roomId: id, ai: {}, pairKey })
        .onConflictDoNothing()
    },
    async lostRooms(limit) {
      const rows = await conn.db
        .select({ id: hbRoom.roomId })
        .from(hbRoom)
        .leftJoin(channel, eq(channel.id, hbRoom.roomId))
        .where(isNull(channel.id))
        .limit(limit)
      return rows.map((row) => row.id)
    },
    async dropRoom(id) {
      await conn.db.delete(hbMember).where(eq(hbMember.roomId, id))
      await conn.db.delete(hbThreadMember).where(eq(hbThreadMember.roomId, id))
      await conn.db.delete(hbRoom).where(eq(hbRoom.roomId, id))
    },
    async mirrorDeleted() {
      const ended = sql`coalesce(${channel.deletedAt}, ${channel.archivedAt}) / 1000000`
      const rows = await conn.db
        .select({ id: channel.id, at: sql<number | null>`${ended}`.mapWith(Number) })
        .from(channel)
        .innerJoin(hbRoom, eq(hbRoom.roomId, channel.id))
        .where(sql`(${hbRoom.deletedAt} is null) <> (${ended} is null)`)
      for (const { id, at } of rows) {
        await conn.db.update(hbRoom).set({ deletedAt: at }).where(eq(hbRoom.roomId, id))
      }
      return rows.length
    },
    async mirrorKinds() {
      const rows = await conn.db
        .select({
          id: channel.id,
          kind: hbRoom.kind,
          props: hbRoom.props,
          open: sql<number | boolean>`${everybodyReads}`,
          written: sql<number | boolean>`${everybodyWrites}`,
        })
        .from(channel)
        .innerJoin(hbRoom, eq(hbRoom.roomId, channel.id))
        .where(
          sql`(${channel.type} is null or ${channel.type} = '') and ${inArray(hbRoom.kind, ['public', 'private'])}`,
        )
      let changed = 0
      for (const { id, kind, open, written, props } of rows) {
        const now: RoomKind = open ? 'public' : 'private'
        const readOnly = Boolean(open) && !written
        if (now === kind && readOnly === (props[READ_ONLY] === true)) continue
        const { [READ_ONLY]: _, ...others } = props
        await conn.db
          .update(hbRoom)
          .set({ kind: now, props: readOnly ? { ...others, [READ_ONLY]: true } : others })
          .where(eq(hbRoom.roomId, id))
        changed += 1
      }
      return changed
    },
    strangeMembers: (limit) => strangeMembers(conn, limit),
    adoptMember: (roomId, userId, role) => adoptMember(conn, roomId, userId, role),
    mirrorMembers: () => mirrorMembers(conn),
    async dropLostMembers() {
      const { changes } = await conn.sql.run(sql`delete from hb_member where not exists (
        select 1 from channel_member c where c.channel_id = hb_member.room_id and c.user_id = hb_member.user_id)`)
      return changes
    },
    strangeMessages: (since, limit) => strangeMessages(conn, since, limit),
    async adoptMessage(message) {
      const { id, ai } = message
      await conn.get(insertHbMessage, { ...message, id, ai, props: {} })
    },
    async knownReplies(rootId) {
      const [row] = await conn.db
        .select({
          count: sql<number>`count(*)`.mapWith(Number),
          lastAt: sql<number | null>`max(${hbMessage.createdAt})`.mapWith(Number),
        })
        .from(hbMessage)
        .where(and(eq(hbMessage.threadId, rootId), isNull(hbMessage.deletedAt)))
      return row ?? { count: 0, lastAt: null }
    },
    async noteEdit(id, at) {
      await conn.db.update(hbMessage).set({ editedAt: at, updatedAt: at }).where(eq(hbMessage.messageId, id))
    },
    async bury(ids, at) {
      return conn.db
        .update(hbMessage)
        .set({ deletedAt: at, updatedAt: at, mentions: [], props: {}, ai: null })
        .where(inArray(hbMessage.messageId, [...ids]))
        .returning({ roomId: hbMessage.roomId, seq: hbMessage.seq, threadId: hbMessage.threadId })
    },
    async counts() {
      const stored = Number(await conn.db.$count(message))
      // Both counts read a small index, never the rows.
      const all = Number(await conn.db.$count(hbMessage))
      const known = all - Number(await conn.db.$count(hbMessage, sql`${hbMessage.deletedAt} is not null`))
      return { stored, known }
    },
    lostMessages: (afterSeq, span) => lostMessages(conn, afterSeq, span),
    adoptFiles: (messageId, roomId) => adoptFiles(conn, messageId, roomId),
    async state(name) {
      const [row] = await conn.db.select().from(hbIndexState).where(eq(hbIndexState.name, name)).limit(1)
      return row?.value ?? null
    },
    async setState(name, value) {
      await conn.db
        .insert(hbIndexState)
        .values({ name, value })
        .onConflictDoUpdate({ target: hbIndexState.name, set: { value } })
    },
    async unfinishedClears() {
      const rows = await conn.db
        .select({ roomId: hbRoom.roomId, props: hbRoom.props })
        .from(hbRoom)
        .where(sql`${hbRoom.props} like '%"core.clearing"%'`)
      return rows.map(({ roomId, props }) => ({ roomId, maxSeq: Number(props['core.clearing'] ?? 0) }))
    },
  }
}

async function strangeRooms(conn: Conn, limit: number): Promise<StrangeRoom[]> {
  const { channel, hbRoom, channelMember } = conn.tables
  const rows = await conn.db
    .select({
      id: channel.id,
      name: channel.name,
      type: channel.type,
      creatorId: channel.userId,
      createdAt: channel.createdAt,
      updatedAt: channel.updatedAt,
      archivedAt: channel.archivedAt,
      deletedAt: channel.deletedAt,
      open: sql<number | boolean>`${everybodyReads}`,
      written: sql<number | boolean>`${everybodyWrites}`,
      people: sql<number>`(select count(*) from ${channelMember} where channel_id = channel.id and user_id is not null)`,
    })
    .from(channel)
    .leftJoin(hbRoom, eq(hbRoom.roomId, channel.id))
    .where(isNull(hbRoom.roomId))
    .orderBy(asc(channel.createdAt))
    .limit(limit)
  return rows.map((row) => {
    const ended = row.deletedAt ?? row.archivedAt
    return {
      id: row.id,
      name: row.name ?? '',
      kind: kindOf(row.type, Boolean(row.open), Number(row.people)),
      isStandard: row.type !== 'dm' && row.type !== 'group',
      readOnly: Boolean(row.open) && !row.written,
      creatorId: row.creatorId,
      createdAt: fromNs(row.createdAt),
      updatedAt: fromNs(row.updatedAt),
      deletedAt: ended === null ? null : fromNs(ended),
    }
  })
}

function kindOf(type: string | null, open: boolean, people: number): RoomKind {
  if (type === 'dm') return people > 2 ? 'group' : 'direct'
  if (type === 'group') return 'private'
  return open ? 'public' : 'private'
}
