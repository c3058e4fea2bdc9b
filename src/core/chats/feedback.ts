/** Ratings of answers: one row per rated message, with a snapshot of the chat it was given in. */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { jsonOf, textOf, type OpenwebuiContext } from './context.ts'
import type { FeedbackRow, Json } from './rows.ts'

export type Feedbacks = ReturnType<typeof createFeedbacks>

export interface FeedbackInput {
  type: string
  data: unknown
  meta: unknown
  snapshot: unknown
}

const FEEDBACKS_PER_PAGE = 30

export function createFeedbacks(context: OpenwebuiContext) {
  const { read, deps } = context

  async function own(actor: Actor, id: Uuid): Promise<FeedbackRow> {
    const row = await read.feedbacks.get({ id })
    if (!row || (row.userId !== actor.user.id && actor.user.role !== 'admin'))
      throw fault.notFound('feedback.not_found')
    return row
  }

  return {
    own,
    async create(actor: Actor, input: FeedbackInput): Promise<FeedbackRow> {
      await context.own.permissions.require(actor, 'chat.rate_response')
      const chatId = textOf(jsonOf(input.meta)['chat_id'])
      if (chatId !== null && !(await context.own.chats.accessible(actor, chatId, 'read'))) {
        throw fault.notFound('chat.missing')
      }
      const { seconds } = context.now()
      const row: FeedbackRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        version: 0,
        ...input,
        createdAt: seconds,
        updatedAt: seconds,
      }
      await context.write((tables) => tables.feedbacks.insert(row))
      return row
    },
    async update(actor: Actor, id: Uuid, input: Partial<FeedbackInput>): Promise<FeedbackRow> {
      const row = await own(actor, id)
      const change = { ...input, updatedAt: context.now().seconds }
      await context.write((tables) => tables.feedbacks.update({ id }, change))
      return { ...row, ...change }
    },
    async remove(actor: Actor, id: Uuid): Promise<void> {
      await own(actor, id)
      await context.write((tables) => tables.feedbacks.remove({ id }))
    },
    async page(page: number) {
      const items = await read.feedbacks.find({
        order: [['updatedAt', 'desc']],
        limit: FEEDBACKS_PER_PAGE,
        offset: (Math.max(1, page) - 1) * FEEDBACKS_PER_PAGE,
      })
      return { items, total: await read.feedbacks.count() }
    },
    all: (): Promise<FeedbackRow[]> => read.feedbacks.find({ order: [['updatedAt', 'desc']] }),
    ofUser: (actor: Actor): Promise<FeedbackRow[]> =>
      read.feedbacks.find({ where: { userId: actor.user.id } }),

    /** Won and lost by model; ratings follow the Elo rule with K = 32, oldest first. */
    async leaderboard(): Promise<
      { modelId: string; rating: number; won: number; lost: number; count: number }[]
    > {
      const rows = await read.feedbacks.pick(['data'], { order: [['createdAt', 'asc']] })
      const table = new Map<string, { rating: number; won: number; lost: number; count: number }>()
      const entry = (id: string) => {
        const known = table.get(id) ?? { rating: 1000, won: 0, lost: 0, count: 0 }
        table.set(id, known)
        return known
      }
      for (const { data } of rows) score(jsonOf(data), entry)
      return [...table].map(([modelId, stats]) => ({ modelId, ...stats })).sort((a, b) => b.rating - a.rating)
    },
  }
}

type Stats = { rating: number; won: number; lost: number; count: number }

function score(data: Json, entry: (id: string) => Stats): void {
  const id = textOf(data['model_id'])
  const rating = Number(data['rating'])
  if (id === null || (rating !== 1 && rating !== -1)) return
  const model = entry(id)
  model.count += 1
  if (rating === 1) model.won += 1
  else model.lost += 1
  const siblings = Array.isArray(data['sibling_model_ids']) ? data['sibling_model_ids'] : []
  for (const sibling of siblings) {
    if (typeof sibling !== 'string') continue
    const other = entry(sibling)
    const expected = 1 / (1 + 10 ** ((other.rating - model.rating) / 400))
    const gain = 32 * ((rating === 1 ? 1 : 0) - expected)
    model.rating += gain
    other.rating -= gain
  }
}
