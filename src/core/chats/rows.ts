/**
 * Rows that only Open WebUI stores, as they lie in its tables (names in camel case). Times are epoch
 * seconds as there, `bigint` columns are nanoseconds. Both servers write them, so unknown keys in
 * JSON are kept when a row is changed.
 */
import type { Uuid } from '../types.ts'

/** Epoch seconds. */
export type Seconds = number
export type Json = Record<string, unknown>

/** The columns of `user` that the core's User does not carry. */
export interface PersonRow {
  id: Uuid
  name: string | null
  email: string | null
  role: string | null
  profileImageUrl: string | null
  profileBannerImageUrl: string | null
  bio: string | null
  gender: string | null
  dateOfBirth: string | null
  timezone: string | null
  presenceState: string | null
  statusEmoji: string | null
  statusMessage: string | null
  statusExpiresAt: Seconds | null
  oauth: unknown
  info: unknown
  settings: unknown
  scim: unknown
  variables: unknown
  lastActiveAt: Seconds | null
  updatedAt: Seconds | null
  createdAt: Seconds | null
  username: string | null
}

export interface ApiKeyRow {
  id: string
  userId: Uuid | null
  key: string
  data: unknown
  expiresAt: Seconds | null
  lastUsedAt: Seconds | null
  createdAt: Seconds
  updatedAt: Seconds
}

export interface ChatRow {
  id: Uuid
  userId: Uuid | null
  title: string | null
  chat: unknown
  createdAt: Seconds | null
  updatedAt: Seconds | null
  shareId: string | null
  archived: boolean | null
  pinned: boolean | null
  meta: unknown
  folderId: Uuid | null
  tasks: unknown
  summary: string | null
  lastReadAt: Seconds | null
  currentMessageId: Uuid | null
  variables: unknown
  timerAt: bigint | null
}

export interface ChatMessageRow {
  /** `{chat id}-{message id}` */
  id: string
  chatId: Uuid
  userId: Uuid | null
  role: string
  parentId: Uuid | null
  content: unknown
  output: unknown
  modelId: string | null
  files: unknown
  sources: unknown
  embeds: unknown
  done: boolean | null
  statusHistory: unknown
  error: unknown
  usage: unknown
  createdAt: Seconds | null
  updatedAt: Seconds | null
  contextSummary: string | null
  meta: unknown
}

export interface ChatFileRow {
  id: Uuid
  userId: Uuid
  chatId: Uuid
  fileId: Uuid
  messageId: Uuid | null
  createdAt: Seconds
  updatedAt: Seconds
}

export interface SharedChatRow {
  id: string
  chatId: Uuid
  userId: Uuid
  title: string | null
  chat: unknown
  createdAt: Seconds | null
  updatedAt: Seconds | null
}

export interface FolderRow {
  id: Uuid
  parentId: Uuid | null
  userId: Uuid
  name: string
  items: unknown
  meta: unknown
  isExpanded: boolean
  createdAt: Seconds
  updatedAt: Seconds
  data: unknown
}

export interface TagRow {
  id: string
  name: string | null
  userId: Uuid
  meta: unknown
}

export interface FeedbackRow {
  id: Uuid
  userId: Uuid | null
  version: number | null
  type: string | null
  data: unknown
  meta: unknown
  snapshot: unknown
  createdAt: Seconds
  updatedAt: Seconds
}

export interface ModelRow {
  id: string
  userId: Uuid | null
  baseModelId: string | null
  name: string | null
  params: unknown
  meta: unknown
  updatedAt: Seconds | null
  createdAt: Seconds | null
  isActive: boolean
  versionId: string | null
}

export interface ModelHistoryRow {
  id: Uuid
  modelId: string
  parentId: Uuid | null
  snapshot: unknown
  userId: Uuid
  commitMessage: string | null
  createdAt: Seconds
}

export interface GroupRow {
  id: Uuid
  userId: Uuid | null
  name: string | null
  description: string | null
  data: unknown
  meta: unknown
  permissions: unknown
  createdAt: Seconds | null
  updatedAt: Seconds | null
  parentGroupId: Uuid | null
}

export interface GroupMemberRow {
  id: Uuid
  groupId: Uuid
  userId: Uuid
  createdAt: Seconds | null
  updatedAt: Seconds | null
}

export interface GrantRow {
  id: Uuid
  resourceType: string
  resourceId: string
  principalType: string
  principalId: string
  permission: string
  createdAt: Seconds
}

export interface ConfigRow {
  key: string
  value: unknown
  updatedAt: Seconds | null
}

export interface FileRow {
  id: Uuid
  userId: Uuid | null
  filename: string | null
  meta: unknown
  createdAt: Seconds | null
  hash: string | null
  data: unknown
  updatedAt: Seconds | null
  path: string | null
}

export interface NoteRow {
  id: Uuid
  userId: Uuid | null
  title: string | null
  data: unknown
  meta: unknown
  createdAt: bigint | null
  updatedAt: bigint | null
}

export interface PinnedNoteRow {
  id: Uuid
  userId: Uuid
  noteId: Uuid
  createdAt: bigint
}

export interface PromptRow {
  id: Uuid
  command: string | null
  userId: Uuid
  name: string
  content: string
  data: unknown
  meta: unknown
  isActive: boolean
  versionId: string | null
  tags: unknown
  createdAt: Seconds
  updatedAt: Seconds
}

export interface PromptHistoryRow {
  id: Uuid
  promptId: Uuid
  parentId: Uuid | null
  snapshot: unknown
  userId: Uuid
  commitMessage: string | null
  createdAt: Seconds
}

export interface ToolRow {
  id: string
  userId: Uuid | null
  name: string | null
  content: string | null
  specs: unknown
  meta: unknown
  valves: string | null
  updatedAt: Seconds | null
  createdAt: Seconds | null
  versionId: string | null
}

export interface FunctionRow {
  id: string
  userId: Uuid | null
  name: string | null
  type: string | null
  content: string | null
  meta: unknown
  valves: string | null
  isActive: boolean | null
  isGlobal: boolean | null
  updatedAt: Seconds | null
  createdAt: Seconds | null
  versionId: string | null
}

export interface SkillRow {
  id: string
  userId: Uuid
  name: string
  description: string | null
  content: string
  meta: unknown
  isActive: boolean
  updatedAt: Seconds
  createdAt: Seconds
  versionId: string | null
  data: unknown
}

export interface KnowledgeRow {
  id: Uuid
  userId: Uuid
  name: string
  description: string | null
  meta: unknown
  createdAt: Seconds
  updatedAt: Seconds | null
  data: unknown
}

export interface KnowledgeFileRow {
  id: Uuid
  userId: Uuid
  knowledgeId: Uuid
  fileId: Uuid
  createdAt: Seconds
  updatedAt: Seconds
  directoryId: Uuid | null
}

export interface KnowledgeDirectoryRow {
  id: Uuid
  knowledgeId: Uuid
  parentId: Uuid | null
  name: string
  userId: Uuid
  createdAt: Seconds
  updatedAt: Seconds
}

export interface CalendarRow {
  id: Uuid
  userId: Uuid
  name: string
  color: string | null
  isDefault: boolean
  data: unknown
  meta: unknown
  createdAt: bigint
  updatedAt: bigint
}

export interface CalendarEventRow {
  id: Uuid
  calendarId: Uuid
  userId: Uuid
  title: string
  description: string | null
  startAt: bigint
  endAt: bigint | null
  allDay: boolean
  /** RFC 5545; null = once. */
  rrule: string | null
  color: string | null
  location: string | null
  data: unknown
  meta: unknown
  isCancelled: boolean
  createdAt: bigint
  updatedAt: bigint
}

export interface CalendarAttendeeRow {
  id: Uuid
  eventId: Uuid
  userId: Uuid
  status: string
  meta: unknown
  createdAt: bigint
  updatedAt: bigint
}

export interface MemoryRow {
  id: Uuid
  userId: Uuid | null
  content: string | null
  updatedAt: Seconds | null
  createdAt: Seconds | null
  type: string
  path: string | null
  meta: unknown
}

export interface WebhookRow {
  id: Uuid
  userId: Uuid
  channelId: Uuid
  name: string
  profileImageUrl: string | null
  token: string
  lastUsedAt: bigint | null
  createdAt: bigint
  updatedAt: bigint
}
