/** Figures: an administrator's analytics, and one's own usage in the settings. */
import { Elysia } from 'elysia'
import type { DayTally, PersonalUsage, Span, Tally } from '../../../core/chats/statistics.ts'
import type { Json } from '../../../core/chats/rows.ts'
import { openwebuiAuth } from '../auth.ts'
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
        const found = await core.statistics.byTime(actor, spanOf(query), query['granularity'] === 'hourly')
        const data = found.map(({ date, models }) => ({
          date,
          models,
          start: null,
          end: null,
          previous: null,
        }))
        return json({ data })
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
        const days = Math.min(366, Math.max(1, Number(query['days'] ?? 365) || 365))
        const now = Math.floor(Date.now() / 1000)
        const span = spanOf(query)
        const period = { from: span.from ?? now - days * DAY_S, to: span.to ?? now }
        return json(personal(await core.statistics.personal(actor, period), { days, ...period }))
      },
      { rank: 'user' },
    )
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

function personal(usage: PersonalUsage, period: { days: number; from: number; to: number }): Json {
  const messages = usage.userMessages + usage.assistantMessages
  const input = usage.models.reduce((sum, { tally }) => sum + tally.inputTokens, 0)
  const output = usage.models.reduce((sum, { tally }) => sum + tally.outputTokens, 0)
  const streak = streaks(usage.days, period.to)
  const chats = new Set(usage.days.flatMap((day) => [...day.chats])).size
  const share = (part: number): number => (messages === 0 ? 0 : part / messages)
  const each = (whole: number, parts: number): number => (parts === 0 ? 0 : Math.round(whole / parts))
  return {
    totals: {
      messages,
      user_messages: usage.userMessages,
      assistant_messages: usage.assistantMessages,
      input_tokens: input,
      output_tokens: output,
      lifetime_tokens: usage.lifetimeTokens,
      peak_daily_tokens: Math.max(0, ...usage.days.map((day) => day.tokens)),
      total_chats: usage.totalChats,
      models_used: usage.models.length,
      active_days: usage.days.length,
      current_streak: streak.current,
      longest_streak: streak.longest,
      longest_chat_seconds: usage.longestChatS,
    },
    heatmap: usage.days.map(heat),
    weekly_heatmap: summed(usage.days, weekOf),
    cumulative_heatmap: cumulative(usage.days),
    insights: {
      most_used_model: usage.models[0]?.id ?? null,
      user_message_share: share(usage.userMessages),
      assistant_message_share: share(usage.assistantMessages),
      average_messages_per_active_day: each(messages, usage.days.length),
      average_tokens_per_chat: each(input + output, chats),
    },
    top_models: usage.models
      .slice(0, 10)
      .map(({ id, tally }) => ({ ...modelTokens(id, tally), messages: tally.messages })),
    top_tools: usage.tools.slice(0, 10),
    period: { days: period.days, start_date: period.from, end_date: period.to },
  }
}

const heat = (day: DayTally): Json => ({
  date: day.date,
  messages: day.messages,
  tokens: day.tokens,
  chats: day.chats.size,
  models: day.models,
})

/** The Monday of a day's week. */
function weekOf(date: string): string {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7))
  return day.toISOString().slice(0, 10)
}

function summed(days: readonly DayTally[], key: (date: string) => string): Json[] {
  const byKey = new Map<string, DayTally>()
  for (const day of days) {
    const date = key(day.date)
    const sum = byKey.get(date) ?? { date, messages: 0, tokens: 0, chats: new Set<string>(), models: {} }
    byKey.set(date, sum)
    sum.messages += day.messages
    sum.tokens += day.tokens
    for (const chat of day.chats) sum.chats.add(chat)
    for (const [model, count] of Object.entries(day.models))
      sum.models[model] = (sum.models[model] ?? 0) + count
  }
  return [...byKey.values()].map(heat)
}

function cumulative(days: readonly DayTally[]): Json[] {
  let messages = 0
  let used = 0
  return days.map((day) => {
    messages += day.messages
    used += day.tokens
    return { ...heat(day), messages, tokens: used }
  })
}

/** Days in a row with messages: the longest, and the one that reaches today or yesterday. */
function streaks(days: readonly DayTally[], nowS: number): { current: number; longest: number } {
  let longest = 0
  let run = 0
  let last: number | null = null
  for (const { date } of days) {
    const at = Date.parse(`${date}T00:00:00Z`) / 1000 / DAY_S
    run = last !== null && at === last + 1 ? run + 1 : 1
    longest = Math.max(longest, run)
    last = at
  }
  const today = Math.floor(nowS / DAY_S)
  return { longest, current: last !== null && last >= today - 1 ? run : 0 }
}
