/** Notes, prompts, knowledge, tools, skills, functions, files and memories on the wire. */
import { jsonOf, listOf } from '../../../core/chats/context.ts'
import type {
  FeedbackRow,
  FileRow,
  FunctionRow,
  GrantRow,
  KnowledgeRow,
  MemoryRow,
  NoteRow,
  PromptRow,
  SkillRow,
  ToolRow,
} from '../../../core/chats/rows.ts'
import type { NoteView } from '../../../core/notes/notes.ts'
import type { ListedServer } from '../../../core/tools/tool-servers.ts'
import type { Granted } from '../../../core/workspace/workspace.ts'
import { row } from '../json.ts'
import { presentGrant } from './grants.ts'

type Shape = Record<string, unknown>

const access = ({ grants, writable }: { grants: readonly GrantRow[]; writable: boolean }): Shape => ({
  access_grants: grants.map(presentGrant),
  write_access: writable,
})

const NOTE = ['id', 'userId', 'title', 'data', 'meta', 'createdAt', 'updatedAt'] as const

export const presentNoteRow = (note: NoteRow, pinned: boolean): Shape => ({
  ...row(note, NOTE),
  is_pinned: pinned,
})

export const presentNote = (note: NoteView): Shape => ({
  ...presentNoteRow(note, note.pinned),
  ...access(note),
})

const PROMPT = [
  'id',
  'command',
  'userId',
  'name',
  'content',
  'data',
  'meta',
  'tags',
  'isActive',
  'versionId',
  'createdAt',
  'updatedAt',
] as const

export const presentPrompt = (prompt: Granted<PromptRow>): Shape => ({
  ...row(prompt, PROMPT),
  data: prompt.data ?? {},
  meta: prompt.meta ?? {},
  tags: listOf(prompt.tags),
  ...access(prompt),
})

const KNOWLEDGE = ['id', 'userId', 'name', 'description', 'meta', 'createdAt', 'updatedAt'] as const

/** What changes a collection answers without saying whether one may write: one did. */
export const presentWrittenKnowledge = (knowledge: Granted<KnowledgeRow>): Shape => {
  const { write_access: _, ...shown } = presentKnowledge(knowledge)
  return shown
}

export const presentKnowledge = (knowledge: Granted<KnowledgeRow>): Shape => ({
  ...row(knowledge, KNOWLEDGE),
  ...access(knowledge),
})

/** Code and secrets of a tool are for its writers only; lists never show them. */
const TOOL = ['versionId', 'id', 'userId', 'name', 'meta', 'updatedAt', 'createdAt'] as const
const SKILL = [
  'versionId',
  'id',
  'userId',
  'name',
  'description',
  'meta',
  'isActive',
  'updatedAt',
  'createdAt',
] as const
const FUNCTION = [
  'versionId',
  'id',
  'userId',
  'type',
  'name',
  'meta',
  'isActive',
  'isGlobal',
  'updatedAt',
  'createdAt',
] as const

export const presentTool = (tool: Granted<ToolRow>): Shape => ({
  ...row(tool, TOOL),
  meta: jsonOf(tool.meta),
  ...access(tool),
})

/** A server of tools, listed as if it were one. */
export const presentToolServer = ({ id, name, description }: ListedServer, seconds: number): Shape => ({
  version_id: null,
  id,
  user_id: id,
  name,
  meta: { i18n: null, description, manifest: {}, has_user_valves: false },
  access_grants: [],
  updated_at: seconds,
  created_at: seconds,
  user: null,
})
export const presentSkill = (skill: Granted<SkillRow>): Shape => ({ ...row(skill, SKILL), ...access(skill) })
export const presentFunction = (item: FunctionRow): Shape => ({
  ...row(item, FUNCTION),
  meta: jsonOf(item.meta),
})

export const presentMemory = (memory: MemoryRow): Shape => row(memory)

const FILE = ['id', 'userId', 'hash', 'filename', 'meta', 'createdAt', 'updatedAt'] as const

/** Without `data.content`: a file's text may be megabytes. */
export function presentFile(file: FileRow): Shape {
  const { content: _, ...data } = jsonOf(file.data)
  return { ...row(file, FILE), data }
}

export const presentFileWithText = (file: FileRow): Shape => row(file, [...FILE, 'data'])

/** As collections name their files. */
export const presentFileMeta = (file: Omit<FileRow, 'data'>): Shape =>
  row(file, ['id', 'hash', 'meta', 'createdAt', 'updatedAt'])

export const presentWholeFile = (file: FileRow): Shape => row(file)

const FEEDBACK = ['id', 'userId', 'version', 'type', 'data', 'meta', 'createdAt', 'updatedAt'] as const

export const presentFeedback = (feedback: FeedbackRow): Shape => row(feedback, FEEDBACK)
export const presentWholeFeedback = (feedback: FeedbackRow): Shape => row(feedback)
