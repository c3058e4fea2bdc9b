/** Repositories of what only Open WebUI stores: its tables, as they are. */
import type { ChatRepositories, OpenwebuiTables } from '../../../core/chats/repositories.ts'
import type { Conn } from '../../conn.ts'
import type { Factories } from '../factories.ts'
import { chatQueries } from './chat-queries.ts'
import { table } from './table.ts'

export const chatRepositories: Factories<ChatRepositories> = { openwebui: openwebuiTables }

function openwebuiTables(conn: Conn): OpenwebuiTables {
  const t = conn.tables
  return {
    people: table(conn, t.user),
    apiKeys: table(conn, t.apiKey),
    chats: table(conn, t.chat),
    chatMessages: table(conn, t.chatMessage),
    chatFiles: table(conn, t.chatFile),
    sharedChats: table(conn, t.sharedChat),
    folders: table(conn, t.folder),
    tags: table(conn, t.tag),
    feedbacks: table(conn, t.feedback),
    models: table(conn, t.model),
    modelHistory: table(conn, t.modelHistory),
    groups: table(conn, t.group),
    groupMembers: table(conn, t.groupMember),
    grants: table(conn, t.accessGrant),
    config: table(conn, t.config),
    files: table(conn, t.file),
    notes: table(conn, t.note),
    pinnedNotes: table(conn, t.pinnedNote),
    prompts: table(conn, t.prompt),
    promptHistory: table(conn, t.promptHistory),
    tools: table(conn, t.tool),
    functions: table(conn, t.function),
    skills: table(conn, t.skill),
    knowledge: table(conn, t.knowledge),
    knowledgeFiles: table(conn, t.knowledgeFile),
    memories: table(conn, t.memory),
    webhooks: table(conn, t.channelWebhook),
    chatQueries: chatQueries(conn),
  }
}
