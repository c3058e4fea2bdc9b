/** Who follows which thread, and how far they have read. */
import { and, asc, desc, eq, gt, inArray, isNull, or, sql } from 'drizzle-orm'
import type { ThreadFollower, ThreadRepository } from '../../../core/rooms/repositories.ts'
import type { Conn } from '../../conn.ts'

export function threadRepository(conn: Conn): ThreadRepository {
  const { hbThreadMember: followers, hbMessage, hbRoom } = conn.tables
  const inTeam = (teamId: string | null | undefined) =>
    teamId === undefined
      ? undefined
      : teamId === null
        ? isNull(hbRoom.teamId)
        : or(isNull(hbRoom.teamId), eq(hbRoom.teamId, teamId))
  const unread = gt(followers.unreadReplies, 0)

  return {
    async get(rootId, userId) {
      const [row] = await conn.db
        .select()
        .from(followers)
        .where(and(eq(followers.rootId, rootId), eq(followers.userId, userId)))
        .limit(1)
      return row ?? null
    },
    async put(follower) {
      const { rootId: _root, userId: _user, ...set } = follower
      await conn.db
        .insert(followers)
        .values(follower)
        .onConflictDoUpdate({ target: [followers.rootId, followers.userId], set })
    },
    async follow(rootId, roomId, userIds, now, force) {
      if (userIds.length === 0) return
      const rows = userIds.map((userId) => ({ rootId, userId, roomId, following: true, updatedAt: now }))
      const insert = conn.db.insert(followers).values(rows)
      await (force
        ? insert.onConflictDoUpdate({
            target: [followers.rootId, followers.userId],
            set: { following: true, updatedAt: now },
          })
        : insert.onConflictDoNothing())
    },
    async addReply(rootId, writerId, mentioned, now) {
      const mentionStep =
        mentioned === 'all'
          ? sql`1`
          : mentioned.length === 0
            ? sql`0`
            : sql`case when ${inArray(followers.userId, [...mentioned])} then 1 else 0 end`
      return conn.db
        .update(followers)
        .set({
          unreadReplies: sql`${followers.unreadReplies} + 1`,
          unreadMentions: sql`${followers.unreadMentions} + ${mentionStep}`,
          updatedAt: now,
        })
        .where(
          and(
            eq(followers.rootId, rootId),
            eq(followers.following, true),
            sql`${followers.userId} <> ${writerId}`,
          ),
        )
        .returning()
    },
    async followedBy(userId, query) {
      const place = (cursor: { lastReplyAt: number; rootId: string }, sign: '<' | '>') =>
        sql`(${hbMessage.lastReplyAt}, ${followers.rootId}) ${sql.raw(sign)} (${cursor.lastReplyAt}, ${cursor.rootId})`
      const rows = await conn.db
        .select({ follower: followers })
        .from(followers)
        .innerJoin(hbMessage, eq(hbMessage.messageId, followers.rootId))
        .innerJoin(hbRoom, eq(hbRoom.roomId, followers.roomId))
        .where(
          and(
            eq(followers.userId, userId),
            eq(followers.following, true),
            isNull(hbMessage.deletedAt),
            isNull(hbRoom.deletedAt),
            gt(hbMessage.replyCount, 0),
            inTeam(query.teamId),
            query.unreadOnly ? unread : undefined,
            query.since === undefined ? undefined : gt(followers.updatedAt, query.since),
            query.before ? place(query.before, '<') : undefined,
            query.after ? place(query.after, '>') : undefined,
          ),
        )
        .orderBy(
          ...(query.after
            ? [asc(hbMessage.lastReplyAt), asc(followers.rootId)]
            : [desc(hbMessage.lastReplyAt), desc(followers.rootId)]),
        )
        .limit(query.limit)
      const found = rows.map((row): ThreadFollower => row.follower)
      return query.after ? found.reverse() : found
    },
    async totals(userId, teamId) {
      const [row] = await conn.db
        .select({
          total: sql<number>`count(*)`,
          totalUnread: sql<number>`coalesce(sum(case when ${unread} then 1 else 0 end), 0)`,
          totalUnreadMentions: sql<number>`coalesce(sum(${followers.unreadMentions}), 0)`,
        })
        .from(followers)
        .innerJoin(hbMessage, eq(hbMessage.messageId, followers.rootId))
        .innerJoin(hbRoom, eq(hbRoom.roomId, followers.roomId))
        .where(
          and(
            eq(followers.userId, userId),
            eq(followers.following, true),
            isNull(hbMessage.deletedAt),
            isNull(hbRoom.deletedAt),
            gt(hbMessage.replyCount, 0),
            inTeam(teamId),
          ),
        )
      return {
        total: Number(row?.total ?? 0),
        totalUnread: Number(row?.totalUnread ?? 0),
        totalUnreadMentions: Number(row?.totalUnreadMentions ?? 0),
      }
    },
    async participants(rootIds, limit) {
      const people = new Map<string, string[]>(rootIds.map((id) => [id, []]))
      if (rootIds.length === 0) return people
      const rows = await conn.db
        .select({
          rootId: sql<string>`coalesce(${hbMessage.threadId}, ${hbMessage.messageId})`.as('root_id'),
          senderId: hbMessage.senderId,
          at: sql<number>`min(${hbMessage.seq})`.as('at'),
        })
        .from(hbMessage)
        .where(
          and(
            isNull(hbMessage.deletedAt),
            or(inArray(hbMessage.messageId, [...rootIds]), inArray(hbMessage.threadId, [...rootIds])),
          ),
        )
        .groupBy(sql`coalesce(${hbMessage.threadId}, ${hbMessage.messageId})`, hbMessage.senderId)
        .orderBy(asc(sql`at`))
      for (const { rootId, senderId } of rows) {
        const list = people.get(rootId)
        if (list && list.length < limit && !list.includes(senderId)) list.push(senderId)
      }
      return people
    },
    async unreadAfter(rootId, userId, at) {
      const [row] = await conn.db
        .select({
          replies: sql<number>`count(*)`,
          mentions: sql<number>`coalesce(sum(case when ${hbMessage.mentions} like ${`%"${userId}"%`} then 1 else 0 end), 0)`,
        })
        .from(hbMessage)
        .where(
          and(
            eq(hbMessage.threadId, rootId),
            isNull(hbMessage.deletedAt),
            gt(hbMessage.createdAt, at),
            sql`${hbMessage.senderId} <> ${userId}`,
          ),
        )
      return { replies: Number(row?.replies ?? 0), mentions: Number(row?.mentions ?? 0) }
    },
    async markAllRead(userId, teamId, at) {
      const rooms = conn.db
        .select({ id: hbRoom.roomId })
        .from(hbRoom)
        .where(or(isNull(hbRoom.teamId), eq(hbRoom.teamId, teamId)))
      await conn.db
        .update(followers)
        .set({ unreadReplies: 0, unreadMentions: 0, lastViewedAt: at, updatedAt: at })
        .where(and(eq(followers.userId, userId), unread, inArray(followers.roomId, rooms)))
    },
  }
}
