/**
 * Storage ports of core/mattermost: nouns that only Mattermost has. Absent rows are `null`, never an
 * exception.
 */
import type { KeywordChoice } from './messages/keywords.ts'
import type { Millis, Uuid } from './types.ts'

export interface MattermostRepositories {
  categories: CategoryRepository
  drafts: DraftRepository
  incomingHooks: IncomingHookRepository
  outgoingHooks: OutgoingHookRepository
  commands: CommandRepository
  reminders: ReminderRepository
  uploads: UploadRepository
  customEmoji: CustomEmojiRepository
  roomLists: RoomListRepository
  keywords: KeywordRepository
}

export type CategoryKind = 'favorites' | 'channels' | 'direct_messages' | 'custom'

/** A group of rooms in somebody's side bar. */
export interface Category {
  /** A UUID, or `<kind>_<userId>_<teamId>` for the three that everybody has. */
  id: string
  userId: Uuid
  teamId: Uuid
  kind: CategoryKind
  displayName: string
  sorting: '' | 'manual' | 'recent' | 'alpha'
  sortOrder: number
  muted: boolean
  collapsed: boolean
}

export interface CategoryRepository {
  list(userId: Uuid, teamId: Uuid): Promise<Category[]>
  /** Inserts or replaces. */
  put(category: Category): Promise<void>
  /** With its places. */
  remove(id: string): Promise<void>
  /** Which category each room stands in, by sort order; of all teams. */
  places(userId: Uuid): Promise<{ categoryId: string; roomId: Uuid }[]>
  /** Makes these rooms the category's, in this order; they leave the person's other categories of the team. */
  setPlaces(category: Category, roomIds: readonly Uuid[], others: readonly string[]): Promise<void>
}

export interface Draft {
  userId: Uuid
  roomId: Uuid
  rootId: Uuid | null
  message: string
  props: Record<string, unknown>
  fileIds: Uuid[]
  createdAt: Millis
  updatedAt: Millis
}

export interface DraftRepository {
  ofUser(userId: Uuid): Promise<Draft[]>
  get(userId: Uuid, roomId: Uuid, rootId: Uuid | null): Promise<Draft | null>
  put(draft: Draft): Promise<void>
  remove(userId: Uuid, roomId: Uuid, rootId: Uuid | null): Promise<void>
}

export interface IncomingHook {
  /** Also the secret in its URL. */
  id: Uuid
  userId: Uuid
  teamId: Uuid
  roomId: Uuid
  displayName: string
  description: string
  username: string
  iconUrl: string
  roomLocked: boolean
  createdAt: Millis
  updatedAt: Millis
}

export interface IncomingHookRepository {
  get(id: Uuid): Promise<IncomingHook | null>
  list(teamId: Uuid | null): Promise<IncomingHook[]>
  put(hook: IncomingHook): Promise<void>
  remove(id: Uuid): Promise<void>
}

export interface OutgoingHook {
  id: Uuid
  token: string
  userId: Uuid
  teamId: Uuid
  roomId: Uuid | null
  triggerWords: string[]
  /** 0: the first word is exactly a trigger word; 1: it begins with one. */
  triggerWhen: number
  callbackUrls: string[]
  displayName: string
  description: string
  contentType: string
  username: string
  iconUrl: string
  createdAt: Millis
  updatedAt: Millis
}

export interface OutgoingHookRepository {
  get(id: Uuid): Promise<OutgoingHook | null>
  list(teamId: Uuid | null): Promise<OutgoingHook[]>
  put(hook: OutgoingHook): Promise<void>
  remove(id: Uuid): Promise<void>
}

export interface SlashCommand {
  id: Uuid
  token: string
  userId: Uuid
  teamId: Uuid
  /** Lower case, without the slash. */
  trigger: string
  method: 'P' | 'G'
  url: string
  username: string
  iconUrl: string
  autoComplete: boolean
  autoCompleteDesc: string
  autoCompleteHint: string
  displayName: string
  description: string
  createdAt: Millis
  updatedAt: Millis
}

export interface CommandRepository {
  get(id: Uuid): Promise<SlashCommand | null>
  byTrigger(teamId: Uuid, trigger: string): Promise<SlashCommand | null>
  list(teamId: Uuid): Promise<SlashCommand[]>
  put(command: SlashCommand): Promise<void>
  remove(id: Uuid): Promise<void>
}

export interface Reminder {
  userId: Uuid
  messageId: Uuid
  dueAt: Millis
}

export interface ReminderRepository {
  put(reminder: Reminder): Promise<void>
  due(now: Millis, limit: number): Promise<Reminder[]>
  remove(userId: Uuid, messageId: Uuid): Promise<void>
}

export interface Upload {
  id: Uuid
  userId: Uuid
  roomId: Uuid
  name: string
  size: number
  received: number
  /** How many parts lie in the file store. */
  parts: number
  createdAt: Millis
}

export interface UploadRepository {
  get(id: Uuid): Promise<Upload | null>
  ofUser(userId: Uuid): Promise<Upload[]>
  put(upload: Upload): Promise<void>
  remove(id: Uuid): Promise<void>
  olderThan(at: Millis, limit: number): Promise<Upload[]>
}

export interface CustomEmoji {
  id: Uuid
  name: string
  creatorId: Uuid
  storeKey: string
  createdAt: Millis
  updatedAt: Millis
}

export interface CustomEmojiRepository {
  all(): Promise<CustomEmoji[]>
  insert(emoji: CustomEmoji): Promise<void>
  remove(id: Uuid): Promise<void>
}

/** What core/messages/keywords.ts keeps in memory. */
export interface KeywordRepository {
  all(): Promise<KeywordChoice[]>
}

/** Lists for administrators, over all teams and kinds. */
export interface RoomListRepository {
  /** Named rooms (public, private) by name. */
  find(query: RoomListQuery): Promise<{ ids: Uuid[]; total: number }>
  /** Files that stand in messages of a room. */
  fileCount(roomId: Uuid): Promise<number>
}

export interface RoomListQuery {
  /** A piece of the name; empty = all. */
  q: string
  teamId?: Uuid
  kind?: 'public' | 'private'
  includeDeleted: boolean
  offset: number
  limit: number
}
