/**
 * Storage ports of what only Open WebUI stores: what src/db must offer. Absent rows are `null`,
 * never an exception. All tables hang under one name, so that they cannot meet those of other nouns.
 */
import type { Uuid } from '../types.ts'
import type {
  ApiKeyRow,
  CalendarAttendeeRow,
  CalendarEventRow,
  CalendarRow,
  ChatFileRow,
  ChatMessageRow,
  ChatRow,
  ConfigRow,
  FeedbackRow,
  FileRow,
  FolderRow,
  FunctionRow,
  GrantRow,
  GroupMemberRow,
  GroupRow,
  KnowledgeDirectoryRow,
  KnowledgeFileRow,
  KnowledgeRow,
  MemoryRow,
  ModelHistoryRow,
  ModelRow,
  NoteRow,
  PersonRow,
  PinnedNoteRow,
  PromptHistoryRow,
  PromptRow,
  SharedChatRow,
  SkillRow,
  TagRow,
  ToolRow,
  WebhookRow,
} from './rows.ts'
import type { Table } from './table.ts'

export interface ChatRepositories {
  openwebui: OpenwebuiTables
}

export interface OpenwebuiTables {
  people: Table<PersonRow>
  apiKeys: Table<ApiKeyRow>
  chats: Table<ChatRow>
  chatMessages: Table<ChatMessageRow>
  chatFiles: Table<ChatFileRow>
  sharedChats: Table<SharedChatRow>
  folders: Table<FolderRow>
  tags: Table<TagRow>
  feedbacks: Table<FeedbackRow>
  models: Table<ModelRow>
  modelHistory: Table<ModelHistoryRow>
  groups: Table<GroupRow>
  groupMembers: Table<GroupMemberRow>
  grants: Table<GrantRow>
  config: Table<ConfigRow>
  files: Table<FileRow>
  notes: Table<NoteRow>
  pinnedNotes: Table<PinnedNoteRow>
  prompts: Table<PromptRow>
  promptHistory: Table<PromptHistoryRow>
  tools: Table<ToolRow>
  functions: Table<FunctionRow>
  skills: Table<SkillRow>
  knowledge: Table<KnowledgeRow>
  knowledgeFiles: Table<KnowledgeFileRow>
  knowledgeDirectories: Table<KnowledgeDirectoryRow>
  memories: Table<MemoryRow>
  calendars: Table<CalendarRow>
  calendarEvents: Table<CalendarEventRow>
  calendarAttendees: Table<CalendarAttendeeRow>
  webhooks: Table<WebhookRow>
  chatQueries: ChatQueries
}

/** Questions about chats that need more than rows and equality. */
export interface ChatQueries {
  /** Titles for a list; internal chats (notes, sub-agents) never appear. */
  titles(query: {
    userId: Uuid
    limit: number | null
    offset: number
    /** null = both. */
    archived: boolean | null
    /** null = see `includePinned`. */
    pinned: boolean | null
    includePinned: boolean
    includeFolders: boolean
    folderIds: readonly Uuid[] | null
    /** Part of the title. */
    q: string | null
    sortBy: 'updated_at' | 'created_at' | 'title'
    sortDir: 'asc' | 'desc'
  }): Promise<TitleRow[]>
  /** In the order of the ids. */
  titlesByIds(userId: Uuid, ids: readonly Uuid[]): Promise<TitleRow[]>
  /** Chats of this person that carry all these tags (ids), newest first. */
  idsByTags(userId: Uuid, tagIds: readonly string[]): Promise<Uuid[]>
  /** Chats in which a message or the title contains the text, newest first; reads messages, not blobs. */
  idsByText(userId: Uuid, text: string, limit: number): Promise<Uuid[]>
  /** Chats with news since they were last read, counted by folder. */
  unreadByFolder(userId: Uuid): Promise<Record<string, number>>
}

export type TitleRow = Pick<
  ChatRow,
  'id' | 'title' | 'createdAt' | 'updatedAt' | 'lastReadAt' | 'archived' | 'folderId'
>
