/**
 * The nouns of Hubbub. All three faces present these rows in their own words; none of them adds a
 * noun here that only one wire format has. Times are epoch milliseconds, ids are UUID strings.
 */

export type Uuid = string
/** Epoch milliseconds. */
export type Millis = number

export type UserRole = 'admin' | 'user' | 'pending'

export interface User {
  id: Uuid
  /** Unique without regard to case. */
  username: string
  displayName: string
  /** `null` for accounts made without one (a placeholder stands in the table). */
  email: string | null
  /** Its owner has opened a link that was sent to it. */
  emailVerified: boolean
  role: UserRole
  isBot: boolean
  /** For an AI member: the model id it speaks for. */
  botModel: string | null
  botOwnerId: Uuid | null
  bio: string
  /** File-store key of the avatar, under `avatars/`. */
  avatarKey: string | null
  avatarUpdatedAt: Millis
  /** What Open WebUI keeps: a data: URI, a path or a URL. */
  profileImageUrl: string
  /** Nostr public key, lower-case hex. */
  nostrPubkey: string | null
  deactivatedAt: Millis | null
  passwordChangedAt: Millis
  createdAt: Millis
  updatedAt: Millis
  lastActiveAt: Millis
  profile: UserProfile
}

/** What Mattermost knows about a person beyond the rest; kept for all faces. */
export interface UserProfile {
  firstName: string
  lastName: string
  nickname: string
  position: string
  locale: string
  timezone: Record<string, string>
  notifyProps: Record<string, string>
  props: Record<string, string>
}

export interface Team {
  id: Uuid
  slug: string
  displayName: string
  description: string
  /** Anyone with an account may join. */
  open: boolean
  inviteId: string
  creatorId: Uuid | null
  createdAt: Millis
  updatedAt: Millis
  deletedAt: Millis | null
}

export interface TeamMember {
  teamId: Uuid
  userId: Uuid
  role: 'admin' | 'member'
  createdAt: Millis
  deletedAt: Millis | null
}

/** `group` is a conversation of three to eight people without a name of its own. */
export type RoomKind = 'public' | 'private' | 'direct' | 'group'
export type MemberRole = 'owner' | 'moderator' | 'member'

export interface RoomAi {
  /** Model id that `@ai` stands for here; null = the server's default model. */
  model: string | null
  respond: 'mention' | 'always' | 'never'
  systemPrompt: string
  temperature: number | null
  /** Upper bound on messages of history given to the model; the token window may cut earlier. */
  historyLimit: number
  /** Names of tools the model may use: `web_search`, `read_page`, `search_room`. */
  tools: string[]
  budget: { tokensPerDay: number | null; per: 'room' | 'user' }
}

export interface Room {
  id: Uuid
  kind: RoomKind
  teamId: Uuid | null
  /** Unique in its team; the name in a Mattermost URL. */
  slug: string
  /** The display name; empty for direct and group conversations. */
  name: string
  /** Mattermost's purpose, Open WebUI's description. */
  description: string
  header: string
  ai: RoomAi
  /** Free settings that one face keeps for itself, keyed by `<face>.<name>`. */
  props: Record<string, unknown>
  creatorId: Uuid | null
  messageCount: number
  rootCount: number
  lastMessageAt: Millis
  lastRootAt: Millis
  lastMessageId: Uuid | null
  lastHash: string | null
  createdAt: Millis
  updatedAt: Millis
  /** Archived (Mattermost) or deleted. */
  deletedAt: Millis | null
}

export interface Member {
  roomId: Uuid
  userId: Uuid
  role: MemberRole
  joinedAt: Millis
  lastReadAt: Millis
  lastReadMessageId: Uuid | null
  /** `room.messageCount` when this person last read; unread = room.messageCount − readCount. */
  readCount: number
  readRootCount: number
  mentionCount: number
  mentionRootCount: number
  muted: boolean
  favourite: boolean
  /** A direct conversation closed in the side bar. */
  hidden: boolean
  notifyProps: Record<string, string>
  updatedAt: Millis
}

/** `user` = written by a person or a bot; others are system messages, named as Mattermost's types without `system_`. */
export type MessageKind =
  | 'user'
  | 'join_room'
  | 'leave_room'
  | 'add_to_room'
  | 'remove_from_room'
  | 'name_change'
  | 'header_change'
  | 'description_change'
  | 'room_deleted'
  | 'room_restored'
  | 'ai_notice'
  | 'me'
  | 'ephemeral'

export interface Usage {
  promptTokens: number
  completionTokens: number
  totalTokens: number
  costUsd: number | null
}

export interface ToolUse {
  name: string
  arguments: Record<string, unknown>
  ok: boolean
  ms: number
  /** One line for people: "searched the web for …". */
  summary: string
}

export type RunState = 'running' | 'done' | 'stopped' | 'failed' | 'interrupted'

/** The AI side of a message that a model wrote. */
export interface MessageAi {
  model: string
  state: RunState
  askedBy: Uuid
  usage: Usage | null
  tools: ToolUse[]
  /** The provider's word, or `error`, `stopped`, `interrupted`. */
  finishReason: string | null
  latencyMs: number | null
  errorCode: string | null
}

export interface MessageFile {
  id: Uuid
  name: string
  contentType: string
  sizeBytes: number
  width: number | null
  height: number | null
  blurhash: string | null
  /** File-store key. */
  key: string
  thumbKey: string | null
  /** Public path `/uploads/…` of images, as the native face shows them. */
  url: string
}

export interface Message {
  /** Server-wide order of insertion; also the row id of the search index. */
  seq: number
  id: Uuid
  roomId: Uuid
  senderId: Uuid
  kind: MessageKind
  content: string
  /** Root of the thread this is a reply in. */
  threadId: Uuid | null
  /** The message that is quoted. */
  replyTo: Uuid | null
  hash: string
  previous: string | null
  clientId: string | null
  createdAt: Millis
  updatedAt: Millis
  editedAt: Millis | null
  deletedAt: Millis | null
  pinnedAt: Millis | null
  pinnedBy: Uuid | null
  mentions: Uuid[]
  files: MessageFile[]
  /** By emoji short name (`+1`), each with the people in the order they reacted. */
  reactions: Record<string, Uuid[]>
  ai: MessageAi | null
  /** Free settings that one face keeps for itself, keyed by `<face>.<name>`. */
  props: Record<string, unknown>
  /** How many messages this room had with this one: what read marks count by. */
  ordinal: number
  rootOrdinal: number
  replyCount: number
  lastReplyAt: Millis | null
}

export interface MessageEdit {
  id: Uuid
  messageId: Uuid
  content: string
  editedBy: Uuid
  editedAt: Millis
}

export interface Invite {
  token: string
  roomId: Uuid
  createdBy: Uuid
  maxUses: number | null
  uses: number
  expiresAt: Millis | null
  revokedAt: Millis | null
  createdAt: Millis
}

export interface StoredFile {
  id: Uuid
  ownerId: Uuid
  roomId: Uuid | null
  messageId: Uuid | null
  kind: 'avatar' | 'chat_image' | 'attachment'
  key: string
  name: string
  contentType: string
  sizeBytes: number
  width: number | null
  height: number | null
  blurhash: string | null
  thumbKey: string | null
  sha256: string
  createdAt: Millis
}

export type SessionKind = 'native' | 'mattermost' | 'openwebui'

export interface Session {
  id: Uuid
  userId: Uuid
  kind: SessionKind
  csrf: string | null
  deviceId: string | null
  device: Record<string, string>
  createdAt: Millis
  expiresAt: Millis | null
  lastUsedAt: Millis
}

/** What an API key may do. `*` = all that its owner may; else a list of `<noun>:<read|write>`. */
export type Scope = string

export interface ApiKey {
  id: Uuid
  userId: Uuid
  name: string
  kind: 'key' | 'pat'
  /** First characters, to tell keys apart. */
  prefix: string
  scopes: Scope[]
  expiresAt: Millis | null
  lastUsedAt: Millis | null
  createdAt: Millis
  revokedAt: Millis | null
  /** Switched off for now. */
  disabledAt: Millis | null
}

/** Who asks, and through what. Every core action takes one first. */
export interface Actor {
  user: User
  via: 'session' | 'api_key' | 'system'
  /** `['*']` for sessions. */
  scopes: readonly Scope[]
  sessionId: Uuid | null
  /** Client address, for limits and the audit log. */
  ip: string | null
}

export type PresenceState = 'online' | 'away' | 'dnd' | 'offline'

export interface Preference {
  userId: Uuid
  category: string
  name: string
  value: string
}

export interface AuditEntry {
  id: Uuid
  at: Millis
  actorId: Uuid | null
  action: string
  targetType: string
  targetId: string
  ip: string | null
  details: Record<string, unknown>
}
