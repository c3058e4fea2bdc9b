/**
 * Open WebUI's files, knowledge, memories and notes. Times are seconds; notes and pins are nanoseconds.
 * Columns only: the tables are created by Open WebUI's own DDL (db/ddl), never by Drizzle.
 */
import type { Columns } from '../../columns/sqlite.ts'

export function defineKnowledge(c: Columns) {
  const file = c.table('file', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    filename: c.text('filename'),
    meta: c.json('meta'),
    createdAt: c.int('created_at'),
    hash: c.text('hash'),
    data: c.json('data'),
    updatedAt: c.int('updated_at'),
    path: c.text('path'),
  })

  const knowledge = c.table('knowledge', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    name: c.text('name').notNull(),
    description: c.text('description'),
    meta: c.json('meta'),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at'),
    data: c.json('data'),
  })

  const knowledgeFile = c.table('knowledge_file', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    knowledgeId: c.text('knowledge_id').notNull(),
    fileId: c.text('file_id').notNull(),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
    directoryId: c.text('directory_id'),
  })

  const knowledgeDirectory = c.table('knowledge_directory', {
    id: c.text('id').primaryKey(),
    knowledgeId: c.text('knowledge_id').notNull(),
    parentId: c.text('parent_id'),
    name: c.text('name').notNull(),
    userId: c.text('user_id').notNull(),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const memory = c.table('memory', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    content: c.text('content'),
    updatedAt: c.int('updated_at'),
    createdAt: c.int('created_at'),
    type: c.text('type').notNull().default('context'),
    path: c.text('path'),
    meta: c.json('meta'),
  })

  const note = c.table('note', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    title: c.text('title'),
    data: c.json('data'),
    meta: c.json('meta'),
    createdAt: c.ns('created_at'),
    updatedAt: c.ns('updated_at'),
  })

  const pinnedNote = c.table('pinned_note', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    noteId: c.text('note_id').notNull(),
    createdAt: c.ns('created_at').notNull(),
  })

  const document = c.table('document', {
    collectionName: c.text('collection_name').primaryKey(),
    name: c.text('name'),
    title: c.text('title'),
    filename: c.text('filename'),
    content: c.text('content'),
    userId: c.text('user_id'),
    timestamp: c.int('timestamp'),
  })

  return { file, knowledge, knowledgeFile, knowledgeDirectory, memory, note, pinnedNote, document }
}
