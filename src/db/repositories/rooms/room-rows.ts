/** Rooms and members as they lie in the tables: one half in Open WebUI's, one half in ours. */
import { completeRoomAi } from '../../../core/rooms/room-defaults.ts'
import type { Member, Room, RoomAi } from '../../../core/types.ts'
import type { Row, Tables } from '../../schema/index.ts'

const nsPerMs = 1_000_000n

export const toNs = (millis: number): bigint => BigInt(millis) * nsPerMs
export const fromNs = (ns: bigint | null): number => (ns === null ? 0 : Number(ns / nsPerMs))

/** Flat, so that reading a row makes one object. */
export const roomFields = (t: Tables) => ({
  id: t.hbRoom.roomId,
  kind: t.hbRoom.kind,
  teamId: t.hbRoom.teamId,
  slug: t.hbRoom.slug,
  name: t.channel.name,
  description: t.channel.description,
  header: t.hbRoom.header,
  ai: t.hbRoom.ai,
  props: t.hbRoom.props,
  creatorId: t.hbRoom.creatorId,
  messageCount: t.hbRoom.messageCount,
  rootCount: t.hbRoom.rootCount,
  lastMessageAt: t.hbRoom.lastMessageAt,
  lastRootAt: t.hbRoom.lastRootAt,
  lastMessageId: t.hbRoom.lastMessageId,
  lastHash: t.hbRoom.lastHash,
  createdAt: t.hbRoom.createdAt,
  updatedAt: t.hbRoom.updatedAt,
  deletedAt: t.hbRoom.deletedAt,
})

type RoomRow = Omit<Row<'hbRoom'>, 'roomId' | 'pairKey' | 'retentionDays'> & {
  id: string
  name: string | null
  description: string | null
}

export function toRoom(row: RoomRow): Room {
  return {
    id: row.id,
    kind: row.kind,
    teamId: row.teamId,
    slug: row.slug,
    name: row.name ?? '',
    description: row.description ?? '',
    header: row.header,
    ai: completeRoomAi(row.ai as Partial<RoomAi>),
    props: row.props,
    creatorId: row.creatorId,
    messageCount: row.messageCount,
    rootCount: row.rootCount,
    lastMessageAt: row.lastMessageAt,
    lastRootAt: row.lastRootAt,
    lastMessageId: row.lastMessageId,
    lastHash: row.lastHash,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    deletedAt: row.deletedAt,
  }
}

/** A member beside a room: names that both have are prefixed. `memberUserId` is null when there is none. */
export const memberFields = (t: Tables) => ({
  memberUserId: t.hbMember.userId,
  role: t.hbMember.role,
  joinedAt: t.hbMember.joinedAt,
  lastReadAt: t.hbMember.lastReadAt,
  lastReadMessageId: t.hbMember.lastReadMessageId,
  readCount: t.hbMember.readCount,
  readRootCount: t.hbMember.readRootCount,
  mentionCount: t.hbMember.mentionCount,
  mentionRootCount: t.hbMember.mentionRootCount,
  muted: t.hbMember.muted,
  favourite: t.hbMember.favourite,
  hidden: t.hbMember.hidden,
  notifyProps: t.hbMember.notifyProps,
  memberUpdatedAt: t.hbMember.updatedAt,
})

type Nullable<T> = { [K in keyof T]: T[K] | null }
type MemberRow = Omit<Row<'hbMember'>, 'roomId' | 'userId' | 'updatedAt'> & {
  memberUserId: string
  memberUpdatedAt: number
}

export function toMember(roomId: string, row: Nullable<MemberRow>): Member | null {
  if (row.memberUserId === null) return null
  const found = row as MemberRow
  return {
    roomId,
    userId: found.memberUserId,
    role: found.role,
    joinedAt: found.joinedAt,
    lastReadAt: found.lastReadAt,
    lastReadMessageId: found.lastReadMessageId,
    readCount: found.readCount,
    readRootCount: found.readRootCount,
    mentionCount: found.mentionCount,
    mentionRootCount: found.mentionRootCount,
    muted: found.muted,
    favourite: found.favourite,
    hidden: found.hidden,
    notifyProps: found.notifyProps,
    updatedAt: found.memberUpdatedAt,
  }
}

export const plainMember = (row: Row<'hbMember'>): Member => ({ ...row })
