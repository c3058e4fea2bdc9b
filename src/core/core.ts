/**
 * The whole core on one page: what a face can ask for. Each action lives in its own file under
 * core/<noun>/; create-core.ts binds them to the ports. Every action checks permission itself,
 * throws AppFault, and emits its events after commit. `actor` comes first where someone asks.
 */
import type {
  Actor,
  ApiKey,
  AuditEntry,
  Invite,
  Member,
  MemberRole,
  Message,
  MessageAi,
  MessageEdit,
  Millis,
  Preference,
  PresenceState,
  Room,
  RoomAi,
  RoomKind,
  Scope,
  Session,
  SessionKind,
  StoredFile,
  Team,
  TeamMember,
  User,
  UserProfile,
  UserRole,
  Uuid,
} from './types.ts'
import type { DomainEvent } from './events.ts'
import type { ChatDelta, FileStore, ModelInfo, NostrEvent } from './ports.ts'

export interface Page<T> {
  items: T[]
  hasMore: boolean
  nextCursor: string | null
}

export interface Accounts {
  /** Makes an account and (for native, mattermost) puts it into the first team. The first person on an empty server becomes admin, exactly one. */
  register(input: {
    username: string
    password: string
    displayName?: string
    email?: string | null
    face: SessionKind
    ip: string | null
    profile?: Partial<UserProfile>
  }): Promise<User>
  /** Made by an admin or the CLI: no sign-up rules. */
  create(input: {
    username: string
    password: string | null
    displayName?: string
    email?: string | null
    role?: UserRole
    isBot?: boolean
    botOwnerId?: Uuid
    /** AI member: the model it speaks for; its id is then the version-5 id of that name. */
    botModel?: string
    profile?: Partial<UserProfile>
  }): Promise<User>
  /** Username or e-mail and password; lock-out and back-off after failures; upgrades old hashes. */
  verifyPassword(login: string, password: string, ip: string | null): Promise<User>
  changePassword(
    actor: Actor,
    /** One's own session stays, unless `endsOwnSession`: Open WebUI's server refuses its token afterwards. */
    input: { userId?: Uuid; currentPassword?: string; newPassword: string; endsOwnSession?: boolean },
  ): Promise<void>
  /** One's own password once more, before what a stolen session should not do; without one, the session is enough. */
  confirmPassword(actor: Actor, password: string): Promise<void>
  updateProfile(
    actor: Actor,
    userId: Uuid,
    patch: {
      displayName?: string
      bio?: string
      email?: string | null
      username?: string
      profile?: Partial<UserProfile>
      profileImageUrl?: string
    },
  ): Promise<User>
  setRole(actor: Actor, userId: Uuid, role: UserRole): Promise<User>
  setActive(actor: Actor, userId: Uuid, active: boolean): Promise<User>
  remove(actor: Actor, userId: Uuid): Promise<void>
  setAvatar(actor: Actor, userId: Uuid, bytes: Uint8Array): Promise<User>
  clearAvatar(actor: Actor, userId: Uuid): Promise<User>
  /** The picture under a file-store key `avatars/…`; null when there is none. Public. */
  openAvatar(key: string): ReturnType<FileStore['get']>
  nostrChallenge(pubkey: string | null): Promise<{ challenge: string; expiresAt: Millis }>
  /** Signs in by a signed event (kind 22242 or 27235); makes the account the first time. `host` and `url` are ours, as the client sees them. */
  nostrSignIn(
    event: NostrEvent,
    context: { host: string; url: string; method: string; payloadSha256: string | null; ip: string | null },
  ): Promise<User>
  /** True until the first person has signed up. */
  isEmpty(): Promise<boolean>
  /** Whether this face takes new accounts (the first is always taken). */
  isSignupOpen(face: SessionKind): Promise<boolean>
  /** What a new account of this face becomes (the first becomes admin). */
  defaultRole(face: SessionKind): Promise<UserRole>
  /** At start: gives every user of Open WebUI that has none an account row of ours; how many. */
  reconcile(): Promise<number>
  /** An event of another node: drops what this node's caches hold of it. */
  heard(event: DomainEvent): void
  /** At the end: writes what waits in memory (last seen, audit log). */
  flush(): Promise<void>
}

export type UserSort = 'username' | 'name' | 'email' | 'role' | 'created' | 'updated' | 'last_active'

/** What is sent to the address of an account, and stands for its owner. */
export interface MailLinks {
  /** Whether e-mail leaves this server; without it, asking for a link is refused. */
  readonly enabled: boolean
  /** Resolves alike whether there is such an account or not. `linkTo` makes the address of a page from the secret. */
  sendPasswordReset(asked: { email: string; ip: string | null; linkTo: (secret: string) => string }): Promise<void>
  sendEmailCheck(asked: { email: string; ip: string | null; linkTo: (secret: string) => string }): Promise<void>
  /** Throws `mail.bad_link` for one that is used, over, or never was. */
  resetPassword(input: { token: string; newPassword: string; ip: string | null }): Promise<void>
  confirmEmail(input: { token: string; ip: string | null }): Promise<void>
  /** An administrator vouches for the address of an account. */
  vouch(actor: Actor, userId: Uuid): Promise<User>
  /** Sends an administrator a letter, to see whether that works; throws what the mail server says. */
  sendTest(actor: Actor): Promise<void>
  /** By whoever may bring others into the team; `linkTo` makes the address of a page from the team's invite id. */
  inviteToTeam(
    actor: Actor,
    invitation: { teamId: Uuid; emails: readonly string[]; linkTo: (inviteId: string) => string },
  ): Promise<{ email: string; sent: boolean }[]>
}

export interface Users {
  /** From a small cache; bots and deactivated people included; null when unknown. */
  byId(id: Uuid): Promise<User | null>
  byIds(ids: readonly Uuid[]): Promise<User[]>
  byUsername(username: string): Promise<User | null>
  byEmail(email: string): Promise<User | null>
  search(
    actor: Actor,
    query: {
      q?: string
      limit?: number
      offset?: number
      teamId?: Uuid
      roomId?: Uuid
      notInRoomId?: Uuid
      /** Without the accounts of models. */
      peopleOnly?: boolean
      includeInactive?: boolean
      role?: UserRole
      sort?: UserSort
      /** Without it names run up and times down. */
      ascending?: boolean
      /** Members of this group of Open WebUI first, or last when `ascending`. */
      byGroupId?: Uuid
    },
  ): Promise<{ users: User[]; total: number }>
  count(): Promise<{ people: number; bots: number; active: number }>
}

export interface Sessions {
  /** JWT for native and Open WebUI (with `jti`, `session_stamp`, `typ`), an opaque 26-character token for Mattermost. */
  open(
    user: User,
    kind: SessionKind,
    details: { ip: string | null; deviceId?: string; device?: Record<string, string>; ttlS?: number | null },
  ): Promise<{ token: string; session: Session }>
  /** Who a bearer token (JWT, opaque session, `hb_…`/`sk-…` API key, personal access token) stands for; null when it stands for nobody. 0 queries when cached. */
  actorByToken(token: string, ip: string | null): Promise<Actor | null>
  /** Synchronous look-up in the cache; undefined = ask actorByToken. */
  cachedActor(token: string): Actor | null | undefined
  list(actor: Actor, userId: Uuid): Promise<Session[]>
  update(
    actor: Actor,
    sessionId: Uuid,
    patch: { deviceId?: string; device?: Record<string, string> },
  ): Promise<Session>
  /** Ends this one session; its sockets close at once, on every node. */
  close(actor: Actor, token: string): Promise<void>
  revoke(actor: Actor, userId: Uuid, sessionId: Uuid): Promise<void>
  revokeAll(actor: Actor, userId: Uuid, exceptSessionId?: Uuid | null): Promise<void>
  csrf(sessionId: Uuid): Promise<string | null>
}

export interface ApiKeys {
  create(
    actor: Actor,
    input: { name: string; scopes?: Scope[]; expiresAt?: Millis | null; kind?: 'key' | 'pat'; userId?: Uuid },
  ): Promise<{ key: ApiKey; secret: string }>
  list(actor: Actor, userId?: Uuid): Promise<ApiKey[]>
  /** Of everybody, for administrators: personal access tokens, by part of a username or a whole id. */
  tokens(actor: Actor, query: { q?: string; offset: number; limit: number }): Promise<ApiKey[]>
  /** One's own, or anybody's for an administrator. */
  get(actor: Actor, id: Uuid): Promise<ApiKey>
  revoke(actor: Actor, id: Uuid): Promise<void>
  /** Switches a key off, and on again. */
  setEnabled(actor: Actor, id: Uuid, enabled: boolean): Promise<void>
}

export interface Teams {
  /** The team that always is. */
  first(): Promise<Team>
  byId(actor: Actor, id: Uuid): Promise<Team>
  bySlug(actor: Actor, slug: string): Promise<Team>
  forUser(actor: Actor, userId: Uuid): Promise<Team[]>
  listAll(actor: Actor, page: { offset: number; limit: number }): Promise<{ teams: Team[]; total: number }>
  create(
    actor: Actor,
    input: { slug: string; displayName: string; description?: string; open: boolean },
  ): Promise<Team>
  update(
    actor: Actor,
    id: Uuid,
    patch: { displayName?: string; description?: string; open?: boolean },
  ): Promise<Team>
  setDeleted(actor: Actor, id: Uuid, deleted: boolean): Promise<Team>
  regenerateInvite(actor: Actor, id: Uuid): Promise<Team>
  byInviteId(inviteId: string): Promise<Team | null>
  member(actor: Actor, teamId: Uuid, userId: Uuid): Promise<TeamMember | null>
  members(actor: Actor, teamId: Uuid, page: { offset: number; limit: number }): Promise<TeamMember[]>
  membershipsOf(actor: Actor, userId: Uuid): Promise<TeamMember[]>
  addMember(actor: Actor, teamId: Uuid, userId: Uuid, viaInviteId?: string): Promise<TeamMember>
  removeMember(actor: Actor, teamId: Uuid, userId: Uuid): Promise<void>
  setRole(actor: Actor, teamId: Uuid, userId: Uuid, role: 'admin' | 'member'): Promise<TeamMember>
  memberCount(teamId: Uuid): Promise<{ total: number; active: number }>
}

export interface RoomView {
  room: Room
  /** The asker's membership. */
  member: Member | null
  lastMessage?: Message | null
}

export interface NewRoom {
  kind: RoomKind
  name: string
  slug?: string
  description?: string
  header?: string
  teamId?: Uuid | null
  memberIds?: Uuid[]
  ai?: Partial<RoomAi>
  props?: Record<string, unknown>
}

export interface RoomPatch {
  name?: string
  slug?: string
  description?: string
  header?: string
  kind?: 'public' | 'private'
  ai?: Partial<RoomAi>
  props?: Record<string, unknown>
}

export interface Rooms {
  create(actor: Actor, input: NewRoom): Promise<Room>
  /** The one direct room of these two (or the one group of these up to eight), made when missing. */
  direct(actor: Actor, userIds: Uuid[]): Promise<Room>
  /** Members see it all; of a public room anyone in its team sees the room, not its messages. Else not_found. */
  get(actor: Actor, roomId: Uuid): Promise<RoomView>
  bySlug(actor: Actor, teamId: Uuid, slug: string, includeDeleted?: boolean): Promise<RoomView>
  /** Rooms the actor is in, with counters in the row: never by counting messages. */
  mine(
    actor: Actor,
    options?: { teamId?: Uuid; includeDeletedSince?: Millis; withLastMessage?: boolean },
  ): Promise<RoomView[]>
  /** Public rooms that may be joined. */
  browse(
    actor: Actor,
    options: { teamId?: Uuid; q?: string; offset?: number; limit?: number; includeDeleted?: boolean },
  ): Promise<Room[]>
  update(actor: Actor, roomId: Uuid, patch: RoomPatch): Promise<Room>
  /** Archives: history stays, nobody can write. Native DELETE and Mattermost archive. */
  archive(actor: Actor, roomId: Uuid): Promise<void>
  restore(actor: Actor, roomId: Uuid): Promise<Room>
  /** Removes the whole history for everybody (owner). */
  clear(actor: Actor, roomId: Uuid): Promise<void>
  join(actor: Actor, roomId: Uuid): Promise<RoomView>
  leave(actor: Actor, roomId: Uuid): Promise<void>
}

export interface Members {
  list(
    actor: Actor,
    roomId: Uuid,
    page?: { offset: number; limit: number },
  ): Promise<{ member: Member; user: User }[]>
  get(actor: Actor, roomId: Uuid, userId: Uuid): Promise<Member | null>
  count(actor: Actor, roomId: Uuid): Promise<number>
  add(actor: Actor, roomId: Uuid, userIds: Uuid[]): Promise<Member[]>
  remove(actor: Actor, roomId: Uuid, userId: Uuid): Promise<void>
  setRole(actor: Actor, roomId: Uuid, userId: Uuid, role: MemberRole): Promise<Member>
  /** The actor's own settings for a room. */
  updateOwn(
    actor: Actor,
    roomId: Uuid,
    patch: { muted?: boolean; favourite?: boolean; hidden?: boolean; notifyProps?: Record<string, string> },
  ): Promise<Member>
  /** Ids of rooms a person is in, cached: what sockets subscribe to. */
  roomIdsOf(userId: Uuid): Promise<Uuid[]>
}

export interface NewMessage {
  content: string
  threadId?: Uuid | null
  replyTo?: Uuid | null
  fileIds?: Uuid[]
  /** The same id twice from the same person in the same room gives the same message. */
  clientId?: string | null
  props?: Record<string, unknown>
}

export interface HistoryQuery {
  /** Message ids; at most one of the three. */
  before?: Uuid
  after?: Uuid
  around?: Uuid
  /** 1..200 */
  limit: number
  /** Only this thread (its root and replies). */
  threadId?: Uuid
  /** Only messages that are no replies (collapsed threads). */
  rootsOnly?: boolean
}

export interface Messages {
  post(actor: Actor, roomId: Uuid, input: NewMessage): Promise<Message>
  edit(
    actor: Actor,
    messageId: Uuid,
    patch: { content?: string; props?: Record<string, unknown>; fileIds?: Uuid[] },
  ): Promise<Message>
  /** Soft: the text goes into the edit history, the row leaves every list. */
  remove(actor: Actor, messageId: Uuid): Promise<void>
  get(actor: Actor, messageId: Uuid): Promise<{ message: Message; room: Room }>
  getMany(actor: Actor, messageIds: Uuid[]): Promise<Message[]>
  byHash(actor: Actor, hash: string): Promise<Message>
  /** Newest last. `hasMore`: there is more on the far side of the direction asked. */
  history(actor: Actor, roomId: Uuid, query: HistoryQuery): Promise<Page<Message>>
  /** Everything changed since then, deleted ones (deletedAt set, content empty) included; at most 1,000. */
  changedSince(actor: Actor, roomId: Uuid, since: Millis): Promise<Message[]>
  edits(actor: Actor, messageId: Uuid): Promise<MessageEdit[]>
  /** Only the asker sees it; stored nowhere. */
  react(actor: Actor, messageId: Uuid, emoji: string): Promise<Message>
  unreact(actor: Actor, messageId: Uuid, emoji: string): Promise<Message>
  pin(actor: Actor, messageId: Uuid): Promise<Message>
  unpin(actor: Actor, messageId: Uuid): Promise<Message>
  pins(actor: Actor, roomId: Uuid): Promise<Message[]>
  search(
    actor: Actor,
    query: {
      q: string
      roomId?: Uuid
      from?: string
      before?: Millis
      after?: Millis
      limit?: number
      cursor?: string | null
      teamId?: Uuid
      hasFile?: boolean
    },
  ): Promise<Page<{ message: Message; room: Room; snippet: string }>>
  /**
   * An AI member begins a reply: stored with empty content and `ai.state` running, hash '' until it is finished.
   * No permission check: the AI part has decided. Emits message.created.
   */
  beginReply(
    room: Room,
    input: {
      /** Made by the caller, who keeps a row of its own under it. */
      id: Uuid
      sender: User
      threadId: Uuid | null
      replyTo: Uuid | null
      ai: MessageAi
      props?: Record<string, unknown>
    },
  ): Promise<Message>
  /** Its end: final text and `ai` in one write, not an edit; now the hash is made over the final text. Emits run.ended. */
  finishReply(messageId: Uuid, input: { content: string; ai: MessageAi; fileIds?: Uuid[] }): Promise<Message>
  /** A message the server writes (joins, changes, AI notices). */
  system(
    room: Room,
    input: {
      kind: Message['kind']
      content: string
      senderId: Uuid
      threadId?: Uuid | null
      props?: Record<string, unknown>
    },
  ): Promise<Message>
}

export interface Reads {
  /** Marks read up to this message (default: the newest). Bursts share a transaction. */
  mark(actor: Actor, roomId: Uuid, messageId?: Uuid): Promise<Member>
  /** Makes this message and all after it unread. */
  markUnread(actor: Actor, messageId: Uuid): Promise<Member>
}

export interface ThreadState {
  root: Message
  following: boolean
  lastViewedAt: Millis
  unreadReplies: number
  unreadMentions: number
  participants: Uuid[]
}

export interface Threads {
  list(
    actor: Actor,
    query: {
      teamId?: Uuid | null
      unreadOnly?: boolean
      since?: Millis
      before?: Uuid
      after?: Uuid
      limit: number
    },
  ): Promise<{ threads: ThreadState[]; total: number; totalUnread: number; totalUnreadMentions: number }>
  get(actor: Actor, rootId: Uuid): Promise<ThreadState>
  follow(actor: Actor, rootId: Uuid, following: boolean): Promise<void>
  markRead(actor: Actor, rootId: Uuid, at: Millis): Promise<ThreadState>
  markAllRead(actor: Actor, teamId: Uuid): Promise<void>
}

export interface Invites {
  create(
    actor: Actor,
    input: { roomId: Uuid; maxUses?: number | null; expiresInS?: number | null },
  ): Promise<Invite>
  mine(actor: Actor): Promise<Invite[]>
  revoke(actor: Actor, token: string): Promise<void>
  /** What it is for; gone when used up, expired or revoked. */
  preview(token: string): Promise<{ invite: Invite; room: Room; inviter: User; memberCount: number }>
  accept(actor: Actor, token: string): Promise<RoomView>
  inviteNostr(actor: Actor, roomId: Uuid, pubkey: string): Promise<void>
}

export interface Files {
  /** A picture for a message: png, jpeg, webp, gif; 5 MB. */
  uploadImage(actor: Actor, bytes: Uint8Array, name: string): Promise<StoredFile>
  /** Any file for a room (Mattermost, Open WebUI channels). */
  uploadAttachment(
    actor: Actor,
    input: { roomId: Uuid | null; name: string; bytes: Uint8Array; contentType: string },
  ): Promise<StoredFile>
  /** Metadata, when the actor may read it: the uploader, or a reader of the room it was posted in. */
  get(actor: Actor, fileId: Uuid): Promise<StoredFile>
  /** By file-store key, for `/uploads/*`. */
  byKey(actor: Actor, key: string): Promise<StoredFile>
  /**
   * By file-store key, for whoever knows it: keys that we made hold 122 bits of randomness, and image tags
   * carry no token. Files under names of others' making are not found so.
   */
  byAddress(key: string): Promise<{ file: StoredFile; variant: 'original' | 'thumbnail' }>
  open(
    file: StoredFile,
    variant: 'original' | 'thumbnail',
    range?: { start: number; end: number },
  ): ReturnType<FileStore['get']>
}

export interface Ai {
  readonly enabled: boolean
  /** Why it is off, for 503 bodies. */
  readonly reason: string | null
  models(): Promise<ModelInfo[]>
  /** Bot account of a model, made when missing. */
  botFor(modelId: string): Promise<User>
  /** Bots that can speak, for member lists and mentions. */
  bots(): Promise<User[]>
  stop(actor: Actor, messageId: Uuid): Promise<void>
  /** Runs going on on this node. */
  runCount(): number
  /** Text so far of a run that is going on here or elsewhere; null when it is not running. */
  progress(messageId: Uuid): { roomId: Uuid; text: string } | null
  running(roomId: Uuid): { messageId: Uuid; model: string; text: string }[]
  usage(
    actor: Actor,
    query: { fromDay?: string; toDay?: string; roomId?: Uuid; userId?: Uuid },
  ): Promise<
    {
      day: string
      roomId: Uuid
      userId: Uuid
      model: string
      totalTokens: number
      costUsd: number | null
      requests: number
    }[]
  >
  /** Tokens used and allowed today. */
  budget(actor: Actor, roomId: Uuid): Promise<{ used: number; limit: number | null; per: 'room' | 'user' }>
  /** Text generated here or elsewhere is heard of through events; this one starts replies: called with each event of this node. */
  onLocalEvent(event: DomainEvent): void
  /** A person goes on after the loop guard paused the bots. */
  resume(actor: Actor, roomId: Uuid): Promise<void>
  /** Direct completion for faces with 1:1 chats (Open WebUI); the caller owns permission and storage. */
  stream(request: {
    model: string
    messages: unknown[]
    extra?: Record<string, unknown>
    signal: AbortSignal
  }): AsyncIterable<ChatDelta>
}

export interface Presence {
  of(
    userIds: readonly Uuid[],
  ): Promise<
    Map<Uuid, { state: PresenceState; manual: boolean; lastActiveAt: Millis; dndEndAt: Millis | null }>
  >
  /** Who is here now and is not hidden as offline; at most 5,000. */
  online(actor: Actor): { userId: Uuid; state: PresenceState }[]
  /** A person chose a state; `null` goes back to automatic. */
  set(actor: Actor, state: PresenceState | null, dndEndAt?: Millis | null): Promise<void>
  /** Something was done on a socket; no write per beat. */
  touch(userId: Uuid): void
  connected(userId: Uuid): void
  disconnected(userId: Uuid): void
}

export interface Preferences {
  list(actor: Actor, userId: Uuid, category?: string): Promise<Preference[]>
  get(actor: Actor, userId: Uuid, category: string, name: string): Promise<Preference | null>
  set(actor: Actor, userId: Uuid, preferences: Preference[]): Promise<void>
  remove(actor: Actor, userId: Uuid, preferences: Preference[]): Promise<void>
}

export interface Settings {
  /** Environment first, then Open WebUI's `config` row, then the default. Synchronous: cached, changes arrive by event. */
  get<T>(key: string, fallback: T): T
  /** Awaited at start, before `get` means anything. */
  ready(): Promise<void>
  /** Reads what is stored again: rows were written behind its back. */
  reload(): Promise<void>
  /** Whether somebody chose the value (the environment or an administrator), rather than Open WebUI's own seeding. */
  isExplicit(key: string): boolean
  /** Admin only. Keys are Open WebUI's dotted names (`ui.enable_signup`), ours start with `hubbub.`. */
  set(actor: Actor, values: Record<string, unknown>): Promise<void>
  all(actor: Actor): Promise<Record<string, unknown>>
}

export interface Audit {
  /** Also called by actions themselves. Never throws. */
  record(entry: Omit<AuditEntry, 'id' | 'at'>): void
  list(actor: Actor, page: { before?: Millis; limit: number }): Promise<AuditEntry[]>
}

export interface Typing {
  /** Tells the room; throttled to one per person, room and 2 s. */
  start(actor: Actor, roomId: Uuid, threadId?: Uuid | null): Promise<void>
}

export interface Core {
  accounts: Accounts
  users: Users
  sessions: Sessions
  apiKeys: ApiKeys
  mailLinks: MailLinks
  teams: Teams
  rooms: Rooms
  members: Members
  messages: Messages
  reads: Reads
  threads: Threads
  invites: Invites
  files: Files
  ai: Ai
  presence: Presence
  preferences: Preferences
  settings: Settings
  audit: Audit
  typing: Typing
  /** Begins background work (interrupted runs, reconciling, index catch-up). */
  start(): Promise<void>
  /** Instead of `start`, for a command without a server: only takes over what Open WebUI's server changed, to its end. */
  reconcile(): Promise<void>
  /** Ends it: running replies are marked interrupted, queues are flushed. */
  stop(): Promise<void>
}
