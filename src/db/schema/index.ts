/**
 * All tables, defined once over the column builders and made for each dialect. Everything above is
 * typed by the SQLite tables; proof.ts shows at compile time that PostgreSQL's have the same row types.
 */
import { pgColumns } from '../columns/pg.ts'
import { type Columns, sqliteColumns } from '../columns/sqlite.ts'
import { defineHbAccounts } from './hubbub/accounts.ts'
import { defineHbIntegrations } from './hubbub/integrations.ts'
import { defineHbMessages } from './hubbub/messages.ts'
import { defineHbRetrieval } from './hubbub/retrieval.ts'
import { defineHbRooms } from './hubbub/rooms.ts'
import { defineHbServer } from './hubbub/server.ts'
import { defineAccounts } from './openwebui/accounts.ts'
import { defineChannels } from './openwebui/channels.ts'
import { defineChats } from './openwebui/chats.ts'
import { defineKnowledge } from './openwebui/knowledge.ts'
import { definePlanning } from './openwebui/planning.ts'
import { defineWorkspace } from './openwebui/workspace.ts'

/** Open WebUI's tables; created by its own DDL (see ../ddl). */
export function defineOpenWebui(c: Columns) {
  return {
    ...defineAccounts(c),
    ...defineChannels(c),
    ...defineChats(c),
    ...defineWorkspace(c),
    ...defineKnowledge(c),
    ...definePlanning(c),
  }
}

/** Our own tables, `hb_…`; created by the migrations in drizzle/. */
export function defineHubbub(c: Columns) {
  return {
    ...defineHbAccounts(c),
    ...defineHbRooms(c),
    ...defineHbMessages(c),
    ...defineHbServer(c),
    ...defineHbIntegrations(c),
    ...defineHbRetrieval(c),
  }
}

// The one place where the dialects are made to look alike; proof.ts is what makes it true.
const pg = pgColumns as unknown as Columns

export const sqliteHubbub = defineHubbub(sqliteColumns)
export const pgHubbub = defineHubbub(pg)

export const sqliteTables = { ...defineOpenWebui(sqliteColumns), ...sqliteHubbub }
export const pgTables: Tables = { ...defineOpenWebui(pg), ...pgHubbub }

export type Tables = typeof sqliteTables
/** A row as it is read: `Row<'message'>`. */
export type Row<Name extends keyof Tables> = Tables[Name]['$inferSelect']
/** A row as it is written; what has a default may be left out. */
export type NewRow<Name extends keyof Tables> = Tables[Name]['$inferInsert']
