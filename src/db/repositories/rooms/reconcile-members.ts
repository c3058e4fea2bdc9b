/** Members that Open WebUI's server added, changed or marked while we were away. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { ReconcileRepository } from '../../../core/rooms/reconcile-repository.ts'
import type { MemberRole } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'
import { fromNs } from './room-rows.ts'

export async function strangeMembers(
  conn: Conn,
  limit: number,
): ReturnType<ReconcileRepository['strangeMembers']> {
  const { channel, channelMember, hbMember, hbRoom } = conn.tables
  const rows = await conn.db
    .selectDistinct({
      roomId: channelMember.channelId,
      userId: channelMember.userId,
      role: channelMember.role,
      creatorId: channel.userId,
    })
    .from(channelMember)
    .innerJoin(hbRoom, eq(hbRoom.roomId, channelMember.channelId))
    .innerJoin(channel, eq(channel.id, channelMember.channelId))
    .leftJoin(
      hbMember,
      and(eq(hbMember.roomId, channelMember.channelId), eq(hbMember.userId, channelMember.userId)),
    )
    .where(and(isNull(hbMember.roomId), sql`${channelMember.userId} is not null`))
    .limit(limit)
  return rows.map(({ roomId, userId, role, creatorId }) => ({
    roomId,
    userId: userId!,
    manager: role === 'manager',
    creator: creatorId === userId,
  }))
}

/** Read marks become counters by counting once what came after them. */
export async function adoptMember(
  conn: Conn,
  roomId: string,
  userId: string,
  role: MemberRole,
): Promise<void> {
  const { channelMember, hbMember, hbRoom } = conn.tables
  const [row] = await conn.db
    .select()
    .from(channelMember)
    .where(and(eq(channelMember.channelId, roomId), eq(channelMember.userId, userId)))
    .limit(1)
  if (!row) return
  const lastReadAt = fromNs(row.lastReadAt)
  const [room] = await conn.db.select().from(hbRoom).where(eq(hbRoom.roomId, roomId)).limit(1)
  const unread = await unreadAfter(conn, roomId, userId, row.lastReadAt ?? 0n)
  await conn.db
    .insert(hbMember)
    .values({
      roomId,
      userId,
      role,
      joinedAt: fromNs(row.joinedAt),
      lastReadAt,
      readCount: Math.max(0, (room?.messageCount ?? 0) - unread.all),
      readRootCount: Math.max(0, (room?.rootCount ?? 0) - unread.roots),
      muted: row.isChannelMuted,
      favourite: row.isChannelPinned,
      hidden: !row.isActive,
      updatedAt: fromNs(row.updatedAt ?? row.joinedAt),
    })
    .onConflictDoNothing()
}

async function unreadAfter(conn: Conn, roomId: string, userId: string, at: bigint) {
  const row = await conn.sql.get<{ all: number; roots: number }>(sql`
    select count(*) as "all", coalesce(sum(case when parent_id is null then 1 else 0 end), 0) as roots
    from message where channel_id = ${roomId} and created_at > ${at} and user_id <> ${userId}`)
  return { all: Number(row?.all ?? 0), roots: Number(row?.roots ?? 0) }
}

/** Settings always, read marks when theirs is the later one. */
export async function mirrorMembers(conn: Conn): Promise<number> {
  const { channelMember, hbMember, hbRoom } = conn.tables
  const theirMark = sql<number>`coalesce(${channelMember.lastReadAt}, 0) / 1000000`
  const rows = await conn.db
    .select({ theirs: channelMember, ours: hbMember, room: hbRoom })
    .from(channelMember)
    .innerJoin(
      hbMember,
      and(eq(hbMember.roomId, channelMember.channelId), eq(hbMember.userId, channelMember.userId)),
    )
    .innerJoin(hbRoom, eq(hbRoom.roomId, hbMember.roomId))
    .where(
      sql`${theirMark} > ${hbMember.lastReadAt}
        or ${channelMember.isChannelMuted} <> ${hbMember.muted}
        or ${channelMember.isChannelPinned} <> ${hbMember.favourite}
        or ${channelMember.isActive} = ${hbMember.hidden}`,
    )
  for (const { theirs, ours, room } of rows) {
    const lastReadAt = Math.max(ours.lastReadAt, fromNs(theirs.lastReadAt))
    const unread = await unreadAfter(conn, ours.roomId, ours.userId, BigInt(lastReadAt) * 1_000_000n)
    await conn.db
      .update(hbMember)
      .set({
        muted: theirs.isChannelMuted,
        favourite: theirs.isChannelPinned,
        hidden: !theirs.isActive,
        lastReadAt,
        readCount: Math.max(ours.readCount, room.messageCount - unread.all),
        readRootCount: Math.max(ours.readRootCount, room.rootCount - unread.roots),
        mentionCount: Math.min(ours.mentionCount, unread.all),
        mentionRootCount: Math.min(ours.mentionRootCount, unread.roots),
      })
      .where(and(eq(hbMember.roomId, ours.roomId), eq(hbMember.userId, ours.userId)))
  }
  return rows.length
}
