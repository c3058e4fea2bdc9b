/** Storage port of reconciling: what Open WebUI's own server did to the database while we were away. */
import type { Message, Millis, Room, RoomKind, Uuid } from '../types.ts'

/** A `channel` without an `hb_room`. */
export interface StrangeRoom {
  id: Uuid
  name: string
  kind: RoomKind
  /** Neither a group nor a conversation: its grants say who may enter. */
  isStandard: boolean
  /** Everybody may read it, and not everybody write. */
  readOnly: boolean
  creatorId: Uuid | null
  createdAt: Millis
  updatedAt: Millis
  deletedAt: Millis | null
}

/** A `message` that we do not know, or that was changed since we last saw it. */
export interface StrangeMessage {
  id: Uuid
  roomId: Uuid
  senderId: Uuid
  content: string
  threadId: Uuid | null
  createdAt: Millis
  updatedAt: Millis
  /** Model that wrote it, as Open WebUI notes in `meta`. */
  model: string | null
  known: boolean
}

export interface ReconcileRepository {
  strangeRooms(limit: number): Promise<StrangeRoom[]>
  peopleOf(roomId: Uuid): Promise<Uuid[]>
  /** Writes `hb_room` beside a channel that is there. */
  adoptRoom(room: Room, pairKey: string | null): Promise<void>
  /** Rooms whose `channel` is gone. */
  lostRooms(limit: number): Promise<Uuid[]>
  dropRoom(id: Uuid): Promise<void>
  /** Rooms that were archived, deleted or brought back over there; how many. */
  mirrorDeleted(): Promise<number>
  /** Rooms whose grants were changed over there become public or private. */
  mirrorKinds(): Promise<number>
  strangeMembers(limit: number): Promise<{ roomId: Uuid; userId: Uuid; manager: boolean; creator: boolean }[]>
  adoptMember(roomId: Uuid, userId: Uuid, role: 'owner' | 'moderator' | 'member'): Promise<void>
  /** Takes over mute, pin, hidden and read marks that are newer than ours. */
  mirrorMembers(): Promise<number>
  dropLostMembers(): Promise<number>
  /**
   * Messages changed at or after `since` (nanoseconds, as text) that are unknown or differ, in the order
   * of their making; `next` is where to go on, null at the end.
   */
  strangeMessages(
    since: string,
    limit: number,
  ): Promise<{ messages: StrangeMessage[]; scanned: number; next: string | null }>
  /** Writes `hb_message` beside a message that is there. */
  adoptMessage(message: Message): Promise<void>
  /** Replies that were taken over before their root: it was changed later than they were. */
  knownReplies(rootId: Uuid): Promise<{ count: number; lastAt: Millis | null }>
  noteEdit(id: Uuid, at: Millis): Promise<void>
  /** Makes tombstones of messages that are gone. */
  bury(ids: readonly Uuid[], at: Millis): Promise<{ roomId: Uuid; seq: number; threadId: Uuid | null }[]>
  counts(): Promise<{ stored: number; known: number }>
  /** Ids of messages that we know and that are gone, after `seq`. */
  lostMessages(afterSeq: number, span: number): Promise<{ ids: Uuid[]; nextSeq: number | null }>
  /** Files named by a message of theirs get a row of ours. */
  adoptFiles(messageId: Uuid, roomId: Uuid): Promise<number>
  state(name: string): Promise<number | null>
  setState(name: string, value: number): Promise<void>
  /** Rooms whose clearing was cut short: room and the last `seq` that was to go. */
  unfinishedClears(): Promise<{ roomId: Uuid; maxSeq: number }[]>
}
