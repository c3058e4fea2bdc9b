/** Repositories of what only Open WebUI stores: its tables, as they are. */
import type { SQLiteTable } from 'drizzle-orm/sqlite-core'
import type { ChatRepositories, OpenwebuiTables } from '../../../core/chats/repositories.ts'
import type { Conn } from '../../conn.ts'
import type { Factories } from '../factories.ts'
import { chatQueries } from './chat-queries.ts'
import { table } from './table.ts'

export const chatRepositories: Factories<ChatRepositories> = { openwebui: openwebuiTables }

/** Each table under the name that the core has for it. */
const TABLES = {
  people: 'user',
  apiKeys: 'apiKey',
  chats: 'chat',
  chatMessages: 'chatMessage',
  chatFiles: 'chatFile',
  sharedChats: 'sharedChat',
  folders: 'folder',
  tags: 'tag',
  feedbacks: 'feedback',
  models: 'model',
  modelHistory: 'modelHistory',
  groups: 'group',
  groupMembers: 'groupMember',
  grants: 'accessGrant',
  config: 'config',
  files: 'file',
  notes: 'note',
  pinnedNotes: 'pinnedNote',
  prompts: 'prompt',
  promptHistory: 'promptHistory',
  tools: 'tool',
  functions: 'function',
  skills: 'skill',
  knowledge: 'knowledge',
  knowledgeFiles: 'knowledgeFile',
  knowledgeDirectories: 'knowledgeDirectory',
  memories: 'memory',
  calendars: 'calendar',
  calendarEvents: 'calendarEvent',
  calendarAttendees: 'calendarEventAttendee',
  webhooks: 'channelWebhook',
} as const satisfies Record<Exclude<keyof OpenwebuiTables, 'chatQueries'>, keyof Conn['tables']>

/** A unit of work uses a few of them: each is made when it is asked for. */
class BoundTables {
  readonly conn: Conn
  readonly made: Record<string, unknown> = {}

  constructor(conn: Conn) {
    this.conn = conn
  }

  get chatQueries(): unknown {
    return (this.made['chatQueries'] ??= chatQueries(this.conn))
  }
}

for (const [name, tableName] of Object.entries(TABLES)) {
  Object.defineProperty(BoundTables.prototype, name, {
    get(this: BoundTables): unknown {
      return (this.made[name] ??= table(this.conn, this.conn.tables[tableName] as SQLiteTable))
    },
  })
}

function openwebuiTables(conn: Conn): OpenwebuiTables {
  return new BoundTables(conn) as unknown as OpenwebuiTables
}
