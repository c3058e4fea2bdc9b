/**
 * Open WebUI's models, prompts, tools, functions and skills, with their histories. Times are seconds.
 * Columns only: the tables are created by Open WebUI's own DDL (db/ddl), never by Drizzle.
 */
import type { Columns } from '../../columns/sqlite.ts'

export function defineWorkspace(c: Columns) {
  const model = c.table('model', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    baseModelId: c.text('base_model_id'),
    name: c.text('name'),
    params: c.jsonText('params'),
    meta: c.jsonText('meta'),
    updatedAt: c.int('updated_at'),
    createdAt: c.int('created_at'),
    isActive: c.bool('is_active').notNull().default(true),
    versionId: c.text('version_id'),
  })

  const modelHistory = c.table('model_history', {
    id: c.text('id').primaryKey(),
    modelId: c.text('model_id').notNull(),
    parentId: c.text('parent_id'),
    snapshot: c.json('snapshot').notNull(),
    userId: c.text('user_id').notNull(),
    commitMessage: c.text('commit_message'),
    createdAt: c.int('created_at').notNull(),
  })

  const prompt = c.table('prompt', {
    id: c.text('id').primaryKey(),
    command: c.text('command'),
    userId: c.text('user_id').notNull(),
    name: c.text('name').notNull(),
    content: c.text('content').notNull(),
    data: c.json('data'),
    meta: c.json('meta'),
    isActive: c.bool('is_active').notNull().default(true),
    versionId: c.text('version_id'),
    tags: c.json('tags'),
    createdAt: c.int('created_at').notNull(),
    updatedAt: c.int('updated_at').notNull(),
  })

  const promptHistory = c.table('prompt_history', {
    id: c.text('id').primaryKey(),
    promptId: c.text('prompt_id').notNull(),
    parentId: c.text('parent_id'),
    snapshot: c.json('snapshot').notNull(),
    userId: c.text('user_id').notNull(),
    commitMessage: c.text('commit_message'),
    createdAt: c.int('created_at').notNull(),
  })

  const tool = c.table('tool', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    name: c.text('name'),
    content: c.text('content'),
    specs: c.jsonText('specs'),
    meta: c.jsonText('meta'),
    valves: c.text('valves'),
    updatedAt: c.int('updated_at'),
    createdAt: c.int('created_at'),
    versionId: c.text('version_id'),
  })

  const toolHistory = c.table('tool_history', {
    id: c.text('id').primaryKey(),
    toolId: c.text('tool_id').notNull(),
    parentId: c.text('parent_id'),
    snapshot: c.json('snapshot').notNull(),
    userId: c.text('user_id').notNull(),
    commitMessage: c.text('commit_message'),
    createdAt: c.int('created_at').notNull(),
  })

  const func = c.table('function', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id'),
    name: c.text('name'),
    type: c.text('type'),
    content: c.text('content'),
    meta: c.jsonText('meta'),
    valves: c.text('valves'),
    isActive: c.bool('is_active'),
    isGlobal: c.bool('is_global'),
    updatedAt: c.int('updated_at'),
    createdAt: c.int('created_at'),
    versionId: c.text('version_id'),
  })

  const functionHistory = c.table('function_history', {
    id: c.text('id').primaryKey(),
    functionId: c.text('function_id').notNull(),
    parentId: c.text('parent_id'),
    snapshot: c.json('snapshot').notNull(),
    userId: c.text('user_id').notNull(),
    commitMessage: c.text('commit_message'),
    createdAt: c.int('created_at').notNull(),
  })

  const skill = c.table('skill', {
    id: c.text('id').primaryKey(),
    userId: c.text('user_id').notNull(),
    name: c.text('name').notNull(),
    description: c.text('description'),
    content: c.text('content').notNull(),
    meta: c.json('meta'),
    isActive: c.bool('is_active').notNull(),
    updatedAt: c.int('updated_at').notNull(),
    createdAt: c.int('created_at').notNull(),
    versionId: c.text('version_id'),
    data: c.json('data'),
  })

  const skillHistory = c.table('skill_history', {
    id: c.text('id').primaryKey(),
    skillId: c.text('skill_id').notNull(),
    parentId: c.text('parent_id'),
    snapshot: c.json('snapshot').notNull(),
    userId: c.text('user_id').notNull(),
    commitMessage: c.text('commit_message'),
    createdAt: c.int('created_at').notNull(),
  })

  return {
    model,
    modelHistory,
    prompt,
    promptHistory,
    tool,
    toolHistory,
    function: func,
    functionHistory,
    skill,
    skillHistory,
  }
}
