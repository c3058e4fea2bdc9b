/**
 * Wire shapes of the native face, as the client reads them.
 * Mirrors contracts/native.md; holds no behaviour.
 */

export type Role = 'admin' | 'user' | 'pending'
export type MemberRole = 'owner' | 'moderator' | 'member'
export type RoomKind = 'public' | 'private' | 'direct' | 'group'
export type RespondPolicy = 'mention' | 'always' | 'never'

export interface User {
  id: string
  username: string
  display_name: string
  avatar_url: string | null
  bio?: string | null
  email?: string | null
  npub?: string | null
  role?: Role
  is_bot: boolean
  created_at?: string
}

export type Sender = Pick<User, 'id' | 'username' | 'display_name' | 'avatar_url' | 'is_bot'>

export interface AdminUser extends User {
  role: Role
  active: boolean
}

export interface Member extends User {
  member_role: MemberRole
}

export interface AiSettings {
  model: string | null
  respond: RespondPolicy
  system_prompt: string
  temperature: number | null
  history_limit: number
  tools: string[]
  budget: { tokens_per_day: number | null; per: 'room' | 'user' }
}

export interface Room {
  id: string
  name: string
  description: string
  kind: RoomKind
  ai: AiSettings | null
  unread_count: number
  mention_count: number
  last_read_message_id?: string | null
  last_message: Message | null
  members?: Member[]
  member_count?: number
  /** My own role; null in a public room that I have not joined. */
  role?: MemberRole | null
  created_at?: string
}

export interface Image {
  url: string
  width: number | null
  height: number | null
}

export interface FileRef {
  id: string
  name?: string
  url: string
  size?: number
  content_type?: string
}

export interface ToolUse {
  name: string
  arguments?: unknown
  ok: boolean
  ms: number
  summary?: string
}

export interface Usage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  cost_usd: number | null
}

export interface AiMeta {
  model: string
  usage: Usage | null
  tools: ToolUse[]
  finish_reason: string | null
  latency_ms: number | null
}

export interface Message {
  id: string
  hash?: string
  room_id: string
  thread_id: string | null
  reply_to: string | null
  sender: Sender
  content: string
  images: Image[]
  files: FileRef[]
  reactions: Record<string, string[]>
  mentions: string[]
  ai: AiMeta | null
  edited_at: string | null
  created_at: string
  reply_count?: number
  pinned?: boolean
  client_id?: string | null
  /** `user` for what people and models write; others are notices of the room. */
  kind?: string
}

export interface MessagePage {
  messages: Message[]
  has_more: boolean
  next_cursor: string | null
}

export interface Edit {
  content: string
  /** When this text was replaced. */
  edited_at: string
}

export interface SearchHit {
  message: Message
  snippet: string
  room: Pick<Room, 'id' | 'name' | 'kind'>
}

export interface Upload {
  id: string
  url: string
  width: number
  height: number
  size: number
  content_type: string
}

export interface Model {
  id: string
  name: string
  owned_by: string
}

export interface Invite {
  token: string
  url: string
  room_id: string
  max_uses?: number | null
  uses?: number
  expires_at?: string | null
  revoked_at?: string | null
  created_at?: string
}

export interface InvitePreview {
  room: Pick<Room, 'id' | 'name' | 'kind'> & {
    description?: string
    member_count?: number
  }
  inviter?: Sender | null
  expires_at?: string | null
}

export interface ApiKey {
  id: string
  name: string
  prefix?: string
  scopes: string[]
  expires_at: string | null
  last_used_at?: string | null
  created_at: string
}

export interface ServerSettings {
  signup_enabled: boolean
  default_role: 'user' | 'pending'
  max_tokens_per_day: number | null
  default_model: string | null
}

export interface UsageRow {
  day: string
  room_id: string | null
  user_id: string | null
  model: string
  total_tokens: number
  cost_usd: number | null
}

export interface NostrEvent {
  id?: string
  pubkey?: string
  sig?: string
  kind: number
  created_at: number
  tags: string[][]
  content: string
}
