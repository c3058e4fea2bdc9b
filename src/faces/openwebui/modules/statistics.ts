/** Figures: an administrator's analytics, and one's own usage in the settings. */
import { Elysia } from 'elysia'
import type { Actor } from '../../../core/types.ts'
import type { DayTally, PersonalUsage, Span, Tally } from '../../../core/chats/statistics.ts'
import type { Json } from '../../../core/chats/rows.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

type Query = Record<string, string | undefined>

const DAY_S = 86_400

function spanOf(query: Query): Span {
  const at = (name: string): number | null => {
    const value = Number(query[name])
    return query[name] !== undefined && Number.isFinite(value) ? value : null
  }
  return { from: at('start_date'), to: at('end_date') }
}

export const statistics = (face: FaceContext) => {
  const { core } = face
  const admin = { rank: 'admin' } as const
  return new Elysia({ name: 'openwebui.statistics' })
    .use(openwebuiAuth(core))
    .get(
      '/api/v1/analytics/summary',
      async ({ actor, query }) => {
        const { messages, chats, models, users } = await core.statistics.totals(actor, spanOf(query))
        return json({
          total_messages: messages,
          total_chats: chats,
          total_models: models,
          total_users: users,
        })
      },
      admin,
    )
    .get(
      '/api/v1/analytics/models',
      async ({ actor, query }) => {
        const found = await core.statistics.byModel(actor, spanOf(query))
        const models = [...found].map(([id, tally]) => ({
          model_id: id,
          count: tally.messages,
          unique_chats: tally.chats.size,
          unique_users: tally.users.size,
        }))
        return json({ models: models.sort((a, b) => b.count - a.count) })
      },
      admin,
    )
    .get(
      '/api/v1/analytics/users',
      async ({ actor, query }) => {
        const found = await core.statistics.byUser(actor, spanOf(query))
        return json({ users: await people(face, found, Number(query['limit'] ?? 50) || 50) })
      },
      admin,
    )
    .get(
      '/api/v1/analytics/daily',
      async ({ actor, query }) => {
        return json({ data: await chart(face, actor, query) })
      },
      admin,
    )
    .get(
      '/api/v1/analytics/tokens',
      async ({ actor, query }) => json(tokens(await core.statistics.byModel(actor, spanOf(query)))),
      admin,
    )
    .get(
      '/api/v1/users/usage',
      async ({ actor, query }) => {
        return json(await ownUsage(face, actor, query))
      },
      { rank: 'user' },
    )
}

const MINUTES: Readonly<Record<string, number>> = {
  '10m': 10,
  hourly: 60,
  '3h': 180,
  '6h': 360,
  daily: 1440,
}

/** With `compare`, each bucket also has what was there one span earlier. */
async function chart(face: FaceContext, actor: Actor, query: Query): Promise<Json[]> {
  const span = spanOf(query)
  const minutes = MINUTES[query['granularity'] ?? 'daily'] ?? 1440
  const buckets = { minutes, tokens: query['metric'] === 'tokens', shiftS: 0 }
  const found = await face.core.statistics.byTime(actor, span, buckets)
  const bare = { start: null, end: null, previous: null }
  if (query['compare'] !== 'true') return [...found].map(([date, models]) => ({ date, models, ...bare }))
  const { from, to } = span
  if (from === null || to === null || from > to) throw detail.bad('Comparison requires a bounded date range')
  const shiftS = to - from + 1
  const earlier = { from: from - shiftS, to: from - 1 }
  const previous = await face.core.statistics.byTime(actor, earlier, { ...buckets, shiftS })
  return [...found].map(([date, models]) => {
    const bucket = Date.parse(`${date.replace(' ', 'T')}${date.includes(' ') ? ':00Z' : 'T00:00:00Z'}`) / 1000
    const start = Math.max(from, bucket)
    const end = Math.min(to + 1, bucket + minutes * 60)
    const before = { start: stamp(start - shiftS), end: stamp(end - shiftS) }
    return {
      date,
      models,
      start: stamp(start),
      end: stamp(end),
      previous: { models: previous.get(date) ?? {}, ...before },
    }
  })
}

/** As Python writes a time without its zone. */
const stamp = (atS: number): string => new Date(atS * 1000).toISOString().slice(0, 19)

const DAYS = { usual: 730, least: 7, most: 732 }

async function ownUsage(face: FaceContext, actor: Actor, query: Query): Promise<Json> {
  const asked = Number(query['days'] ?? DAYS.usual) || DAYS.usual
  const days = Math.min(DAYS.most, Math.max(DAYS.least, Math.trunc(asked)))
  const span = spanOf(query)
  const to = span.to ?? Math.floor(Date.now() / 1000)
  const from = Math.max(span.from ?? to - (days - 1) * DAY_S, to - DAYS.most * DAY_S)
  if (from > to) throw detail.bad('start_date must be before end_date')
  return personal(await face.core.statistics.personal(actor, { from, to }), { from, to })
}

async function people(face: FaceContext, found: ReadonlyMap<string, Tally>, limit: number): Promise<Json[]> {
  const users = new Map((await face.core.users.byIds([...found.keys()])).map((user) => [user.id, user]))
  return [...found]
    .map(([id, tally]) => ({
      user_id: id,
      name: users.get(id)?.displayName ?? null,
      email: users.get(id)?.email ?? null,
      count: tally.messages,
      input_tokens: tally.inputTokens,
      output_tokens: tally.outputTokens,
      total_tokens: tally.inputTokens + tally.outputTokens,
    }))
    .sort((a, b) => b.count - a.count)
    .slice(0, limit)
}

const modelTokens = (id: string, tally: Tally) => ({
  model_id: id,
  input_tokens: tally.inputTokens,
  output_tokens: tally.outputTokens,
  total_tokens: tally.inputTokens + tally.outputTokens,
})

function tokens(found: ReadonlyMap<string, Tally>): Json {
  const models = [...found].map(([id, tally]) => ({
    ...modelTokens(id, tally),
    message_count: tally.messages,
  }))
  const sum = (key: 'input_tokens' | 'output_tokens' | 'total_tokens'): number =>
    models.reduce((total, model) => total + model[key], 0)
  return {
    models,
    total_input_tokens: sum('input_tokens'),
    total_output_tokens: sum('output_tokens'),
    total_tokens: sum('total_tokens'),
  }
}

function personal(usage: PersonalUsage, period: { from: number; to: number }): Json {
  const messages = usage.userMessages + usage.assistantMessages
  const { inputTokens, outputTokens, models } = usage.lifetime
  const active = usage.days.filter((day) => day.messages > 0).length
  const share = (part: number): number => (messages === 0 ? 0 : tenth((part / messages) * 100))
  const each = (whole: number, parts: number): number => (parts === 0 ? 0 : tenth(whole / parts))
  return {
    totals: {
      messages,
      user_messages: usage.userMessages,
      assistant_messages: usage.assistantMessages,
      input_tokens: inputTokens,
      output_tokens: outputTokens,
      lifetime_tokens: inputTokens + outputTokens,
      peak_daily_tokens: Math.max(0, ...usage.days.map((day) => day.tokens)),
      total_chats: usage.totalChats,
      models_used: models,
      active_days: active,
      ...streaks(usage.days),
      longest_chat_seconds: usage.longestChatS,
    },
    heatmap: usage.days.map(heat),
    weekly_heatmap: weekly(usage.days.map(heat)),
    cumulative_heatmap: cumulative(usage.days.map(heat)),
    insights: {
      most_used_model: usage.models[0]?.id ?? null,
      user_message_share: share(usage.userMessages),
      assistant_message_share: share(usage.assistantMessages),
      average_messages_per_active_day: each(messages, active),
      average_tokens_per_chat: each(inputTokens + outputTokens, usage.totalChats),
    },
    top_models: usage.models
      .slice(0, 10)
      .map(({ id, tally }) => ({ ...modelTokens(id, tally), messages: tally.messages })),
    top_tools: usage.tools.slice(0, 10),
    period: {
      days: Math.max(1, Math.floor((period.to - period.from) / DAY_S) + 1),
      start_date: period.from,
      end_date: period.to,
    },
  }
}

const tenth = (value: number): number => Math.round(value * 10) / 10

interface Heat {
  date: string
  messages: number
  chats: number
  tokens: number
  models: Record<string, number>
}

const heat = (day: DayTally): Heat => ({
  date: day.date,
  messages: day.messages,
  chats: day.chats.size,
  tokens: day.tokens,
  models: day.models,
})

/** The Monday of a day's week. */
function weekOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}

function added(sum: Heat, day: Heat, date: string): Heat {
  const models = { ...sum.models }
  for (const [model, count] of Object.entries(day.models)) models[model] = (models[model] ?? 0) + count
  return {
    date,
    messages: sum.messages + day.messages,
    chats: sum.chats + day.chats,
    tokens: sum.tokens + day.tokens,
    models,
  }
}

const NOTHING: Heat = { date: '', messages: 0, chats: 0, tokens: 0, models: {} }

function weekly(days: readonly Heat[]): Heat[] {
  const weeks = new Map<string, Heat>()
  for (const day of days) {
    const week = weekOf(day.date)
    weeks.set(week, added(weeks.get(week) ?? NOTHING, day, week))
  }
  return [...weeks.values()]
}

function cumulative(days: readonly Heat[]): Heat[] {
  let sum = NOTHING
  return days.map((day) => (sum = added(sum, day, day.date)))
}

/** Days in a row with messages: the longest, and the one that reaches the last day. */
function streaks(days: readonly DayTally[]): { current_streak: number; longest_streak: number } {
  let longest = 0
  let run = 0
  for (const { messages } of days) {
    run = messages > 0 ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return { current_streak: run, longest_streak: longest }
}
