/** Members: `hb_member` is what we read; Open WebUI's `channel_member` is written along. */
import { and, asc, eq, inArray, ne, sql } from 'drizzle-orm'
import type { MemberRepository } from '../../../core/rooms/repositories.ts'
import { NAMESPACES, uuidV5 } from '../../../core/support/uuid.ts'
import type { Member, MemberRole } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { plainMember, toNs } from './room-rows.ts'

type Pair = Placeholders<{ roomId: string; userId: string }>

const one = stmt('member.one', (db, t, p: Pair) =>
  db
    .select()
    .from(t.hbMember)
    .where(and(eq(t.hbMember.roomId, p('roomId')), eq(t.hbMember.userId, p('userId'))))
    .limit(1),
)

const list = stmt(
  'member.list',
  (db, t, p: Placeholders<{ roomId: string; limit: number; offset: number }>) =>
    db
      .select()
      .from(t.hbMember)
      .where(eq(t.hbMember.roomId, p('roomId')))
      .orderBy(asc(t.hbMember.joinedAt), asc(t.hbMember.userId))
      .limit(p('limit'))
      .offset(p('offset')),
)

const roomIds = stmt('member.roomIds', (db, t, p: Placeholders<{ userId: string }>) =>
  db
    .select({ id: t.hbMember.roomId })
    .from(t.hbMember)
    .where(eq(t.hbMember.userId, p('userId'))),
)

const setRead = stmt(
  'member.setRead',
  (
    db,
    t,
    p: Placeholders<{
      roomId: string
      userId: string
      lastReadAt: number
      lastReadMessageId: string | null
      readCount: number
      readRootCount: number
      mentionCount: number
      mentionRootCount: number
      updatedAt: number
    }>,
  ) =>
    db
      .update(t.hbMember)
      .set({
        lastReadAt: sql`${p('lastReadAt')}`,
        lastReadMessageId: sql`${p('lastReadMessageId')}`,
        readCount: sql`${p('readCount')}`,
        readRootCount: sql`${p('readRootCount')}`,
        mentionCount: sql`${p('mentionCount')}`,
        mentionRootCount: sql`${p('mentionRootCount')}`,
        updatedAt: sql`${p('updatedAt')}`,
      })
      .where(and(eq(t.hbMember.roomId, p('roomId')), eq(t.hbMember.userId, p('userId')))),
)

const setTheirMark = stmt(
  'member.setTheirMark',
  (db, t, p: Placeholders<{ roomId: string; userId: string; at: bigint }>) =>
    db
      .update(t.channelMember)
      .set({ lastReadAt: sql`${p('at')}` })
      .where(and(eq(t.channelMember.channelId, p('roomId')), eq(t.channelMember.userId, p('userId')))),
)

const mentionAll = stmt(
  'member.mentionAll',
  (db, t, p: Placeholders<{ roomId: string; senderId: string; roots: number }>) =>
    db
      .update(t.hbMember)
      .set({
        mentionCount: sql`${t.hbMember.mentionCount} + 1`,
        mentionRootCount: sql`${t.hbMember.mentionRootCount} + ${p('roots')}`,
      })
      .where(and(eq(t.hbMember.roomId, p('roomId')), ne(t.hbMember.userId, p('senderId')))),
)

const hiddenOnes = stmt('member.hidden', (db, t, p: Placeholders<{ roomId: string }>) =>
  db
    .select({ userId: t.hbMember.userId })
    .from(t.hbMember)
    .where(and(eq(t.hbMember.roomId, p('roomId')), eq(t.hbMember.hidden, true))),
)

/** Open WebUI knows managers and others; our moderators manage there too. */
const theirRole = (role: MemberRole) => (role === 'member' ? null : 'manager')

export function memberRepository(conn: Conn): MemberRepository {
  const { hbMember, channelMember, hbThreadMember } = conn.tables
  const mine = (roomId: string, userId: string) =>
    and(eq(hbMember.roomId, roomId), eq(hbMember.userId, userId))
  const theirs = (roomId: string, userId: string) =>
    and(eq(channelMember.channelId, roomId), eq(channelMember.userId, userId))

  return {
    async get(roomId, userId) {
      const row = await conn.get(one, { roomId, userId })
      return row && plainMember(row)
    },
    async list(roomId, { offset, limit }) {
      return (await conn.all(list, { roomId, offset, limit })).map(plainMember)
    },
    count: (roomId) => conn.db.$count(hbMember, eq(hbMember.roomId, roomId)).then(Number),
    countOwners: (roomId) =>
      conn.db.$count(hbMember, and(eq(hbMember.roomId, roomId), eq(hbMember.role, 'owner'))).then(Number),
    async userIds(roomId, limit) {
      return (await conn.all(list, { roomId, limit, offset: 0 })).map((row) => row.userId)
    },
    async among(roomId, userIds) {
      if (userIds.length === 0) return []
      const rows = await conn.db
        .select({ userId: hbMember.userId })
        .from(hbMember)
        .where(and(eq(hbMember.roomId, roomId), inArray(hbMember.userId, [...userIds])))
      return rows.map((row) => row.userId)
    },
    async roomIdsOf(userId) {
      return (await conn.all(roomIds, { userId })).map((row) => row.id)
    },
    insert: (member, invitedBy) => insertMember(conn, member, invitedBy),
    async remove(roomId, userId) {
      await conn.db.delete(hbMember).where(mine(roomId, userId))
      await conn.db.delete(channelMember).where(theirs(roomId, userId))
      await conn.db
        .delete(hbThreadMember)
        .where(and(eq(hbThreadMember.userId, userId), eq(hbThreadMember.roomId, roomId)))
    },
    async setRole(roomId, userId, role, now) {
      await conn.db.update(hbMember).set({ role, updatedAt: now }).where(mine(roomId, userId))
      await conn.db
        .update(channelMember)
        .set({ role: theirRole(role), updatedAt: toNs(now) })
        .where(theirs(roomId, userId))
    },
    async updateOwn(member) {
      const { roomId, userId, muted, favourite, hidden, notifyProps, updatedAt } = member
      await conn.db
        .update(hbMember)
        .set({ muted, favourite, hidden, notifyProps, updatedAt })
        .where(mine(roomId, userId))
      await conn.db
        .update(channelMember)
        .set({
          isChannelMuted: muted,
          isChannelPinned: favourite,
          isActive: !hidden,
          updatedAt: toNs(updatedAt),
        })
        .where(theirs(roomId, userId))
    },
    async setRead(member, visible) {
      await conn.run(setRead, {
        roomId: member.roomId,
        userId: member.userId,
        lastReadAt: member.lastReadAt,
        lastReadMessageId: member.lastReadMessageId,
        readCount: member.readCount,
        readRootCount: member.readRootCount,
        mentionCount: member.mentionCount,
        mentionRootCount: member.mentionRootCount,
        updatedAt: member.updatedAt,
      })
      if (!visible) return
      const { roomId, userId, lastReadAt } = member
      await conn.run(setTheirMark, { roomId, userId, at: toNs(lastReadAt) })
    },
    async addMentions(roomId, who, senderId, isRoot) {
      const roots = isRoot ? 1 : 0
      if (who === 'all') {
        await conn.run(mentionAll, { roomId, senderId, roots })
        return
      }
      if (who.length === 0) return
      await conn.db
        .update(hbMember)
        .set({
          mentionCount: sql`${hbMember.mentionCount} + 1`,
          mentionRootCount: sql`${hbMember.mentionRootCount} + ${roots}`,
        })
        .where(and(eq(hbMember.roomId, roomId), inArray(hbMember.userId, [...who])))
    },
    async readTo(roomId, userId, to) {
      const zero = { mentionCount: 0, mentionRootCount: 0, updatedAt: to.lastReadAt }
      await conn.run(setRead, { roomId, userId, ...to, ...zero })
    },
    async markAllRead(roomId) {
      const { hbRoom } = conn.tables
      await conn.db
        .update(hbMember)
        .set({
          readCount: sql`(select message_count from ${hbRoom} where room_id = ${roomId})`,
          readRootCount: sql`(select root_count from ${hbRoom} where room_id = ${roomId})`,
          lastReadMessageId: null,
          mentionCount: 0,
          mentionRootCount: 0,
        })
        .where(eq(hbMember.roomId, roomId))
    },
    async unhideAll(roomId) {
      const hidden = (await conn.all(hiddenOnes, { roomId })).map((row) => row.userId)
      if (hidden.length === 0) return
      await conn.db.update(hbMember).set({ hidden: false }).where(eq(hbMember.roomId, roomId))
      await conn.db
        .update(channelMember)
        .set({ isActive: true })
        .where(and(eq(channelMember.channelId, roomId), inArray(channelMember.userId, hidden)))
    },
  }
}

async function insertMember(conn: Conn, member: Member, invitedBy: string | null): Promise<void> {
  const { hbMember, channelMember } = conn.tables
  const joinedNs = toNs(member.joinedAt)
  await conn.db.insert(hbMember).values(member)
  await conn.db
    .delete(channelMember)
    .where(and(eq(channelMember.channelId, member.roomId), eq(channelMember.userId, member.userId)))
  await conn.db.insert(channelMember).values({
    id: uuidV5(`member:${member.roomId}:${member.userId}:${member.joinedAt}`, NAMESPACES.name),
    channelId: member.roomId,
    userId: member.userId,
    createdAt: joinedNs,
    status: 'joined',
    isActive: !member.hidden,
    isChannelMuted: member.muted,
    isChannelPinned: member.favourite,
    joinedAt: joinedNs,
    lastReadAt: toNs(member.lastReadAt),
    updatedAt: joinedNs,
    role: theirRole(member.role),
    invitedBy,
    invitedAt: invitedBy === null ? null : joinedNs,
  })
}
