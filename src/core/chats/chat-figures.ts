/** A chat in figures, without what was said: how long its messages are, who answered, how it was rated. */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import { branch, historyOf, type ChatMessage } from './history.ts'
import type { ChatRow, Seconds } from './rows.ts'

export interface MessageFigures {
  id: string
  role: string
  model: string | null
  /** In code points, of its texts. */
  contentLength: number
  timestamp: number | null
  rating: number | null
  tags: string[] | null
}

export interface Figures {
  messages: Record<string, MessageFigures>
  currentId: string | null
  averageResponseS: number
  averageQuestionLength: number
  averageAnswerLength: number
  /** Answers by model: in the open branch, and in all. */
  models: Record<string, number>
  allModels: Record<string, number>
  branchLength: number
  messageCount: number
  questionCount: number
  answerCount: number
  tags: string[]
}

export interface CountedChat {
  row: ChatRow
  figures: Figures
}

export type ChatFigures = ReturnType<typeof createChatFigures>

const CHATS_PER_PAGE = 10

export function createChatFigures(context: OpenwebuiContext) {
  const { read } = context

  function requireSharing(actor: Actor): void {
    if (actor.user.role !== 'admin' && !context.setting('ui.enable_community_sharing', true))
      throw fault.forbidden('chat.no_community_sharing')
  }

  return {
    /** One's own chats that changed since, oldest change first. */
    async changed(actor: Actor, since: Seconds): Promise<Uuid[]> {
      requireSharing(actor)
      const titles = await context.own.chats.list(actor, {
        page: null,
        archived: null,
        includePinned: true,
        includeFolders: true,
        sortBy: 'updated_at',
        sortDir: 'asc',
      })
      return titles.filter(({ updatedAt }) => (updatedAt ?? 0) > since).map(({ id }) => id)
    },

    /** A page of what `changed` found, from 1, ten a page; null behind the last. */
    async page(actor: Actor, changed: readonly Uuid[], page: number): Promise<CountedChat[] | null> {
      const ids = changed.slice((page - 1) * CHATS_PER_PAGE, page * CHATS_PER_PAGE)
      if (ids.length === 0) return null
      const rows = await read.chats.find({ where: { id: { in: ids }, userId: actor.user.id } })
      const byId = new Map(rows.map((row) => [row.id, row]))
      return ids.flatMap((id) => byId.get(id) ?? []).map(counted)
    },

    /** Of an own chat, or for administrators of any. Throws `chat.not_found`, `chat.missing`. */
    async one(actor: Actor, id: Uuid): Promise<CountedChat> {
      requireSharing(actor)
      const row = await read.chats.get({ id })
      if (!row) throw fault.notFound('chat.missing')
      if (row.userId !== actor.user.id && actor.user.role !== 'admin') throw fault.notFound('chat.not_found')
      return counted(row)
    },
  }
}

function counted(row: ChatRow): CountedChat {
  return { row, figures: figuresOf(row) }
}

function figuresOf({ chat, meta }: ChatRow): Figures {
  const { messages: byId, currentId } = historyOf(chat)
  const all = Object.values(byId)
  const questions = all.filter(({ role }) => role === 'user')
  const answers = all.filter(({ role }) => role === 'assistant')
  const open = branch(byId, currentId)
  return {
    messages: Object.fromEntries(
      Object.entries(byId).flatMap(([key, message]) => {
        const figures = figuresOfMessage(message)
        return figures ? [[key, figures]] : []
      }),
    ),
    currentId,
    averageResponseS: average(answers.flatMap((answer) => waited(byId, answer))),
    averageQuestionLength: average(questions.map(lengthOf)),
    averageAnswerLength: average(answers.map(lengthOf)),
    models: byModel(open.toReversed()),
    allModels: byModel(all),
    branchLength: open.length,
    messageCount: all.length,
    questionCount: questions.length,
    answerCount: answers.length,
    tags: listOf(jsonOf(meta)['tags']).filter((tag): tag is string => typeof tag === 'string'),
  }
}

/** Null for what is no message: it has no id or no role. */
function figuresOfMessage(message: ChatMessage): MessageFigures | null {
  const [id, role] = [textOf(message.id), textOf(message.role)]
  if (id === null || role === null) return null
  const annotation = jsonOf(message['annotation'])
  const tags = annotation['tags']
  return {
    id,
    role,
    model: textOf(message['model']),
    contentLength: lengthOf(message),
    timestamp: whole(message.timestamp),
    rating: whole(annotation['rating']),
    tags: Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : null,
  }
}

function lengthOf({ content }: ChatMessage): number {
  if (typeof content === 'string') return [...content].length
  return listOf(content).reduce<number>(
    (sum, part) =>
      sum + (isJson(part) && part['type'] === 'text' ? [...String(part['text'] ?? '')].length : 0),
    0,
  )
}

/** Seconds from a question to its answer. */
function waited(byId: Record<string, ChatMessage>, answer: ChatMessage): number[] {
  const asked = answer.parentId ? byId[answer.parentId]?.timestamp : undefined
  return asked && answer.timestamp ? [answer.timestamp - asked] : []
}

function byModel(messages: readonly ChatMessage[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const message of messages) {
    const model = message.role === 'assistant' ? textOf(message['model']) : null
    if (model !== null) counts[model] = (counts[model] ?? 0) + 1
  }
  return counts
}

const whole = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) ? value : null

const average = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length
