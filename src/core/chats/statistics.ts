/** How much is asked and answered: counted from `chat_message` rows of a span of time, for people and administrators. */
import { requireAdmin } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import type { ChatMessageRow, Seconds } from './rows.ts'

export interface Span {
  from: Seconds | null
  to: Seconds | null
}

export interface Tally {
  messages: number
  inputTokens: number
  outputTokens: number
  chats: Set<Uuid>
  users: Set<Uuid>
}

/** How a chart divides time. */
export interface Buckets {
  minutes: number
  /** Tokens of answers instead of their number. */
  tokens: boolean
  /** Added to each message's time, so that an earlier span falls into the buckets of a later one. */
  shiftS: number
}

export interface DayTally {
  /** YYYY-MM-DD; UTC. */
  date: string
  messages: number
  tokens: number
  chats: Set<Uuid>
  models: Record<string, number>
}

export interface PersonalUsage {
  days: DayTally[]
  userMessages: number
  assistantMessages: number
  models: { id: string; tally: Tally }[]
  tools: { name: string; count: number }[]
  totalChats: number
  lifetime: { inputTokens: number; outputTokens: number; models: number }
  longestChatS: number
}

export type Statistics = ReturnType<typeof createStatistics>

const COLUMNS = ['chatId', 'userId', 'role', 'modelId', 'usage', 'createdAt'] as const
type Counted = Pick<ChatMessageRow, (typeof COLUMNS)[number]>

export function createStatistics(context: OpenwebuiContext) {
  const { read } = context

  async function rows(span: Span, userId?: Uuid): Promise<Counted[]> {
    const found = await read.chatMessages.pick(COLUMNS, {
      where: {
        ...(userId === undefined ? {} : { userId }),
        ...(span.from === null ? {} : { createdAt: { gt: span.from - 1 } }),
      },
    })
    return found.filter((row) => span.to === null || (row.createdAt ?? 0) <= span.to)
  }

  return {
    async totals(actor: Actor, span: Span) {
      requireAdmin(actor)
      const all = await rows(span)
      return {
        messages: all.filter(({ role }) => role === 'assistant').length,
        chats: new Set(all.map(({ chatId }) => chatId)).size,
        models: new Set(all.flatMap(({ modelId }) => modelId ?? [])).size,
        users: new Set(all.flatMap(({ userId }) => userId ?? [])).size,
      }
    },

    async byModel(actor: Actor, span: Span): Promise<Map<string, Tally>> {
      requireAdmin(actor)
      return tallied(await rows(span), ({ modelId }) => modelId)
    },

    async byUser(actor: Actor, span: Span): Promise<Map<string, Tally>> {
      requireAdmin(actor)
      return tallied(await rows(span), ({ userId }) => userId)
    },

    /** Answers by bucket and model; a bounded span has every bucket, also those without answers. */
    async byTime(actor: Actor, span: Span, buckets: Buckets): Promise<Map<string, Record<string, number>>> {
      requireAdmin(actor)
      return charted(await rows(span), span, buckets)
    },

    /** One's own. */
    async personal(actor: Actor, span: Span): Promise<PersonalUsage> {
      const [all, lifetime, totalChats] = await Promise.all([
        rows(span, actor.user.id),
        rows({ from: null, to: null }, actor.user.id),
        read.chats.count({ userId: actor.user.id }),
      ])
      const models = [...tallied(all, ({ modelId }) => modelId)].map(([id, tally]) => ({ id, tally }))
      return {
        days: days(all, span),
        userMessages: all.filter(({ role }) => role === 'user').length,
        assistantMessages: all.filter(({ role }) => role === 'assistant').length,
        models: models.sort((a, b) => b.tally.messages - a.tally.messages),
        tools: await tools(actor.user.id, span),
        totalChats,
        lifetime: {
          inputTokens: lifetime.reduce((sum, row) => sum + tokensOf(row).input, 0),
          outputTokens: lifetime.reduce((sum, row) => sum + tokensOf(row).output, 0),
          models: tallied(lifetime, ({ modelId }) => modelId).size,
        },
        longestChatS: longest(all),
      }
    },
  }

  async function tools(userId: Uuid, span: Span): Promise<{ name: string; count: number }[]> {
    const found = await read.chatMessages.pick(['output', 'createdAt'], {
      where: {
        userId,
        role: 'assistant',
        ...(span.from === null ? {} : { createdAt: { gt: span.from - 1 } }),
      },
    })
    const counts = new Map<string, number>()
    for (const item of found.flatMap(({ output }) => listOf(output)).filter(isJson)) {
      const name = item['type'] === 'function_call' ? textOf(item['name']) : null
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    return [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count)
  }
}

export function tokensOf({ usage }: Pick<Counted, 'usage'>): { input: number; output: number; sum: number } {
  const counted = jsonOf(usage)
  const input = Number(counted['input_tokens'] ?? counted['prompt_tokens'] ?? 0) || 0
  const output = Number(counted['output_tokens'] ?? counted['completion_tokens'] ?? 0) || 0
  return { input, output, sum: input + output }
}

function tallied(rows: readonly Counted[], key: (row: Counted) => string | null): Map<string, Tally> {
  const tallies = new Map<string, Tally>()
  for (const row of rows) {
    const id = key(row)
    if (row.role !== 'assistant' || id === null) continue
    const tally = tallies.get(id) ?? {
      messages: 0,
      inputTokens: 0,
      outputTokens: 0,
      chats: new Set<Uuid>(),
      users: new Set<Uuid>(),
    }
    tallies.set(id, tally)
    const { input, output } = tokensOf(row)
    tally.messages += 1
    tally.inputTokens += input
    tally.outputTokens += output
    tally.chats.add(row.chatId)
    if (row.userId !== null) tally.users.add(row.userId)
  }
  return tallies
}

const DAY_MINUTES = 1440
/** Two years of days are 732; more is not asked for by any page. */
const MAX_BUCKETS = 20_000

function bucketOf(atS: Seconds, minutes: number): string {
  const step = minutes * 60
  const stamp = new Date(Math.floor(atS / step) * step * 1000).toISOString()
  return minutes === DAY_MINUTES ? stamp.slice(0, 10) : stamp.slice(0, 16).replace('T', ' ')
}

/** Names of all buckets of a bounded span, oldest first. */
function bucketsOf({ from, to }: Span, minutes: number): string[] {
  if (from === null || to === null) return []
  const step = minutes * 60
  const first = Math.floor(from / step) * step
  const count = Math.min(MAX_BUCKETS, Math.max(0, Math.floor((to - first) / step) + 1))
  return Array.from({ length: count }, (_, n) => bucketOf(first + n * step, minutes))
}

function charted(
  rows: readonly Counted[],
  span: Span,
  { minutes, tokens, shiftS }: Buckets,
): Map<string, Record<string, number>> {
  const shifted = (at: Seconds | null): Seconds | null => (at === null ? null : at + shiftS)
  const names = bucketsOf({ from: shifted(span.from), to: shifted(span.to) }, minutes)
  const chart = new Map<string, Record<string, number>>(names.map((name) => [name, {}]))
  for (const row of rows) {
    if (row.role !== 'assistant' || row.modelId === null) continue
    const name = bucketOf((row.createdAt ?? 0) + shiftS, minutes)
    const bucket = chart.get(name) ?? {}
    chart.set(name, bucket)
    bucket[row.modelId] = (bucket[row.modelId] ?? 0) + (tokens ? tokensOf(row).sum : 1)
  }
  return new Map([...chart].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function days(rows: readonly Counted[], span: Span): DayTally[] {
  const empty = (date: string): DayTally => ({
    date,
    messages: 0,
    tokens: 0,
    chats: new Set<Uuid>(),
    models: {},
  })
  const byDate = new Map(bucketsOf(span, DAY_MINUTES).map((date) => [date, empty(date)]))
  for (const row of rows) {
    const date = bucketOf(row.createdAt ?? 0, DAY_MINUTES)
    const day = byDate.get(date) ?? empty(date)
    byDate.set(date, day)
    day.messages += 1
    day.tokens += tokensOf(row).sum
    day.chats.add(row.chatId)
    if (row.role === 'assistant' && row.modelId !== null)
      day.models[row.modelId] = (day.models[row.modelId] ?? 0) + 1
  }
  return [...byDate.values()].sort((a, b) => (a.date < b.date ? -1 : 1))
}

/** Seconds from the first to the last message of the chat that went on longest. */
function longest(rows: readonly Counted[]): number {
  const spans = new Map<Uuid, { first: Seconds; last: Seconds }>()
  for (const { chatId, createdAt } of rows) {
    const at = createdAt ?? 0
    const span = spans.get(chatId) ?? { first: at, last: at }
    spans.set(chatId, { first: Math.min(span.first, at), last: Math.max(span.last, at) })
  }
  return Math.max(0, ...[...spans.values()].map(({ first, last }) => last - first))
}
