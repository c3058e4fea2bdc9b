/**
 * Storage ports of core/rooms and its neighbours (members, messages, threads, invites, files, teams,
 * search): what src/db must offer. Absent rows are `null`, never an exception.
 */
import type {
  Invite,
  Member,
  MemberRole,
  Message,
  MessageEdit,
  Millis,
  Room,
  StoredFile,
  Team,
  TeamMember,
  Uuid,
} from '../types.ts'
import type { ReconcileRepository } from './reconcile-repository.ts'
import type { SearchRepository } from '../search/search-repository.ts'

export interface RoomRepositories {
  teams: TeamRepository
  rooms: RoomRepository
  members: MemberRepository
  messages: MessageRepository
  reactions: ReactionRepository
  threads: ThreadRepository
  invites: InviteRepository
  files: FileRepository
  search: SearchRepository
  reconcile: ReconcileRepository
}

export interface Slice {
  offset: number
  limit: number
}

export interface TeamRepository {
  /** The oldest team that is not deleted. */
  first(): Promise<Team | null>
  byId(id: Uuid): Promise<Team | null>
  bySlug(slug: string): Promise<Team | null>
  byInviteId(inviteId: string): Promise<Team | null>
  forUser(userId: Uuid): Promise<Team[]>
  list(page: Slice): Promise<{ teams: Team[]; total: number }>
  /** False when the slug is taken. */
  insert(team: Team): Promise<boolean>
  update(team: Team): Promise<void>
  /** Also memberships that have ended. */
  member(teamId: Uuid, userId: Uuid): Promise<TeamMember | null>
  members(teamId: Uuid, page: Slice): Promise<TeamMember[]>
  membershipsOf(userId: Uuid): Promise<TeamMember[]>
  putMember(member: TeamMember): Promise<void>
  counts(teamId: Uuid): Promise<{ total: number; active: number }>
  /** Puts everybody who is in no team at all into this one; how many. */
  adopt(teamId: Uuid, now: Millis): Promise<number>
}

export interface RoomWithMember {
  room: Room
  member: Member | null
}

export interface RoomRepository {
  get(id: Uuid): Promise<Room | null>
  getMany(ids: readonly Uuid[]): Promise<Room[]>
  /** The room and what this person is in it, in one read. */
  getFor(id: Uuid, userId: Uuid): Promise<RoomWithMember | null>
  /**
   * In a unit of work: as `getFor`, and on PostgreSQL holds the room's row, so that counters and
   * hash chain have one writer over all nodes.
   */
  lockFor(id: Uuid, userId: Uuid): Promise<RoomWithMember | null>
  bySlug(teamId: Uuid, slug: string): Promise<Room | null>
  byPairKey(pairKey: string): Promise<Room | null>
  /** Rooms a person is in; archived ones only when archived since `deletedSince`. */
  forUser(
    userId: Uuid,
    options: { teamId?: Uuid; deletedSince?: Millis },
  ): Promise<{ room: Room; member: Member }[]>
  /** Public rooms by name. */
  browse(options: {
    teamIds: readonly Uuid[]
    q?: string
    includeDeleted: boolean
    offset: number
    limit: number
  }): Promise<Room[]>
  /** False when slug or pair key is taken: then nothing was written that must not be undone by the unit. */
  insert(room: Room, pairKey: string | null): Promise<boolean>
  /** Writes everything but the counters. Replaces the grants when the kind changes between public and private. */
  update(room: Room, by: Uuid): Promise<void>
  setDeleted(id: Uuid, at: Millis | null, by: Uuid): Promise<void>
  /** Counters and head of the hash chain after a post. */
  setHead(room: Room): Promise<void>
  /** True when a grant of Open WebUI, to the person or one of their groups, lets them read. */
  granted(id: Uuid, userId: Uuid): Promise<boolean>
}

export interface MemberRepository {
  get(roomId: Uuid, userId: Uuid): Promise<Member | null>
  /** By joining time. */
  list(roomId: Uuid, page: Slice): Promise<Member[]>
  count(roomId: Uuid): Promise<number>
  countOwners(roomId: Uuid): Promise<number>
  userIds(roomId: Uuid, limit: number): Promise<Uuid[]>
  /** Those of `userIds` who are in the room. */
  among(roomId: Uuid, userIds: readonly Uuid[]): Promise<Uuid[]>
  roomIdsOf(userId: Uuid): Promise<Uuid[]>
  insert(member: Member, invitedBy: Uuid | null): Promise<void>
  /** Also forgets what the person followed in the room. */
  remove(roomId: Uuid, userId: Uuid): Promise<void>
  setRole(roomId: Uuid, userId: Uuid, role: MemberRole, now: Millis): Promise<void>
  /** The person's own settings: muted, favourite, hidden, notifyProps. */
  updateOwn(member: Member): Promise<void>
  /** Read position and counters. `visible` also moves Open WebUI's own mark. */
  setRead(member: Member, visible: boolean): Promise<void>
  /** One more mention for each of these; `'all'` = everybody but the sender. */
  addMentions(roomId: Uuid, who: readonly Uuid[] | 'all', senderId: Uuid, isRoot: boolean): Promise<void>
  /** Who wrote has read all that is above: nothing calls them any more. */
  readTo(
    roomId: Uuid,
    userId: Uuid,
    to: { lastReadAt: Millis; lastReadMessageId: Uuid; readCount: number; readRootCount: number },
  ): Promise<void>
  /** Everybody has read everything: there is nothing left to read. */
  markAllRead(roomId: Uuid): Promise<void>
  /** A conversation closed in the side bar opens again when somebody writes. */
  unhideAll(roomId: Uuid): Promise<void>
}

export interface MessagePage {
  roomId: Uuid
  /** Message ids, exclusive; at most one of the two. */
  before?: Uuid
  after?: Uuid
  /** Replies of this root, without the root. */
  threadId?: Uuid
  rootsOnly?: boolean
  limit: number
}

export interface MessageRepository {
  /** Returns `seq`. */
  insert(message: Message): Promise<number>
  /** For imports: the `seq` of each, in the order given. */
  insertMany(messages: readonly Message[]): Promise<number[]>
  /** Deleted ones are absent everywhere unless said otherwise. */
  get(id: Uuid): Promise<Message | null>
  getMany(ids: readonly Uuid[]): Promise<Message[]>
  /** In the order of the room; with `before` (or neither) the newest `limit`, oldest first. */
  page(query: MessagePage): Promise<Message[]>
  /** For a deleted message of the room: the next living one on that side, if there is one; null for all other messages. */
  besideDeleted(roomId: Uuid, id: Uuid, side: 'newer' | 'older'): Promise<{ id: Uuid | null } | null>
  byHash(hash: string): Promise<Message[]>
  byClientId(roomId: Uuid, senderId: Uuid, clientId: string): Promise<Message | null>
  /** Grows with every change of a message of this room. */
  newestChange(roomId: Uuid): Promise<{ updatedAt: Millis; seq: number }>
  /** Newest message that is left; null in an empty room. */
  newest(roomId: Uuid): Promise<Message | null>
  /** By time of change, deleted ones included (content empty). */
  changedSince(roomId: Uuid, since: Millis, limit: number): Promise<Message[]>
  pins(roomId: Uuid, limit: number): Promise<Message[]>
  /** Content, mentions, props, names of files, AI side, hash, times. */
  update(message: Message): Promise<void>
  setPin(message: Message): Promise<void>
  touch(id: Uuid, updatedAt: Millis): Promise<void>
  /** Takes the row out of every list; the tombstone keeps order and hash. */
  remove(id: Uuid, at: Millis, by: Uuid): Promise<void>
  replyIds(rootId: Uuid, limit: number): Promise<Uuid[]>
  setReplies(rootId: Uuid, replyCount: number, lastReplyAt: Millis | null, updatedAt: Millis): Promise<void>
  lastReplyAt(rootId: Uuid): Promise<Millis | null>
  insertEdit(edit: MessageEdit): Promise<void>
  edits(messageId: Uuid): Promise<MessageEdit[]>
  /** Mentions of a person in messages beyond this ordinal: what partial read marks recount. */
  mentionsAfter(
    roomId: Uuid,
    userId: Uuid,
    ordinal: number,
    everyMessage: boolean,
  ): Promise<{ all: number; roots: number }>
  maxSeq(): Promise<number>
  /**
   * Deletes up to `limit` messages of a room with everything that hangs on them, tombstones too. The bytes
   * of `files` are for the caller to delete.
   */
  purge(
    roomId: Uuid,
    maxSeq: number,
    limit: number,
  ): Promise<{ seqs: number[]; files: { key: string; thumbKey: string | null }[] }>
}

export interface ReactionRepository {
  /** False when it was there already. */
  add(id: Uuid, messageId: Uuid, userId: Uuid, name: string, at: Millis): Promise<boolean>
  /** False when there was none. */
  remove(messageId: Uuid, userId: Uuid, name: string): Promise<boolean>
  /** Names used on a message: what the limit of different ones counts. */
  names(messageId: Uuid): Promise<string[]>
}

export interface ThreadFollower {
  rootId: Uuid
  roomId: Uuid
  userId: Uuid
  following: boolean
  lastViewedAt: Millis
  unreadReplies: number
  unreadMentions: number
  updatedAt: Millis
}

export interface ThreadRepository {
  get(rootId: Uuid, userId: Uuid): Promise<ThreadFollower | null>
  put(follower: ThreadFollower): Promise<void>
  /** Makes them follow unless they said no; `force` also when they did. */
  follow(rootId: Uuid, roomId: Uuid, userIds: readonly Uuid[], now: Millis, force: boolean): Promise<void>
  /** One more unread reply for each follower but the writer; the followers as they are afterwards. */
  addReply(
    rootId: Uuid,
    writerId: Uuid,
    mentioned: readonly Uuid[] | 'all',
    now: Millis,
  ): Promise<ThreadFollower[]>
  /** Threads a person follows, by last reply, newest first. */
  followedBy(
    userId: Uuid,
    query: {
      teamId?: Uuid | null
      unreadOnly?: boolean
      since?: Millis
      before?: { lastReplyAt: Millis; rootId: Uuid }
      after?: { lastReplyAt: Millis; rootId: Uuid }
      limit: number
    },
  ): Promise<ThreadFollower[]>
  totals(
    userId: Uuid,
    teamId?: Uuid | null,
  ): Promise<{ total: number; totalUnread: number; totalUnreadMentions: number }>
  /** People who wrote in the thread, root's author first, at most `limit` each. */
  participants(rootIds: readonly Uuid[], limit: number): Promise<Map<Uuid, Uuid[]>>
  unreadAfter(rootId: Uuid, userId: Uuid, at: Millis): Promise<{ replies: number; mentions: number }>
  markAllRead(userId: Uuid, teamId: Uuid, at: Millis): Promise<void>
}

export interface InviteRepository {
  get(token: string): Promise<Invite | null>
  byCreator(userId: Uuid): Promise<Invite[]>
  insert(invite: Invite): Promise<void>
  revoke(token: string, at: Millis): Promise<void>
  /** Takes one use if there is one left and it is still good at `now`; false otherwise. Atomic. */
  use(token: string, userId: Uuid, now: Millis): Promise<boolean>
  insertNostr(roomId: Uuid, pubkey: string, invitedBy: Uuid, now: Millis): Promise<void>
}

export interface FileRepository {
  get(id: Uuid): Promise<StoredFile | null>
  getMany(ids: readonly Uuid[]): Promise<StoredFile[]>
  byKey(key: string): Promise<StoredFile | null>
  /** `path`: where Open WebUI's server looks for the bytes. */
  insert(file: StoredFile, path: string): Promise<void>
  /** Gives a person's unattached files to a message; how many were. */
  attach(files: readonly StoredFile[], roomId: Uuid, messageId: Uuid, now: Millis): Promise<number>
  detach(fileIds: readonly Uuid[]): Promise<void>
  ofRoom(roomId: Uuid, page: Slice): Promise<StoredFile[]>
  remove(fileIds: readonly Uuid[]): Promise<void>
}
