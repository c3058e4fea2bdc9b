/** Ratings of answers: one row per rated message, with a snapshot of the chat it was given in. */
import { fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'
import { jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
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
    /** Those of a person, or everybody's. Whether there were any. */
    async removeAll(actor: Actor, of: 'own' | 'everybody'): Promise<boolean> {
      if (of === 'everybody') requireAdmin(actor)
      const rows = await read.feedbacks.pick(['id'], of === 'own' ? { where: { userId: actor.user.id } } : {})
      if (rows.length === 0) return false
      const ids = rows.map(({ id }) => id)
      return (await context.write((tables) => tables.feedbacks.remove({ id: { in: ids } }))) > 0
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
    async leaderboard(): Promise<Standing[]> {
      const rows = await read.feedbacks.pick(['data'], { order: [['createdAt', 'asc']] })
      return standings(rows.map(({ data }) => jsonOf(data)))
    },
  }
}

export interface Standing {
  modelId: string
  rating: number
  won: number
  lost: number
  /** The tags that its rated answers bear most often. */
  topTags: { tag: string; count: number }[]
}

const TOP_TAGS = 5
const FIRST_RATING = 1000
const K = 32

/** An answer without siblings was in no contest: its rating moves nobody. */
export function standings(ratings: readonly Json[]): Standing[] {
  const table = new Map<string, Omit<Standing, 'modelId' | 'topTags'>>()
  const tags = new Map<string, Map<string, number>>()
  const entry = (id: string) => {
    const known = table.get(id) ?? { rating: FIRST_RATING, won: 0, lost: 0 }
    table.set(id, known)
    return known
  }
  for (const data of ratings) {
    const id = textOf(data['model_id'])
    if (id === null) continue
    const counts = tags.get(id) ?? new Map<string, number>()
    tags.set(id, counts)
    for (const tag of texts(data['tags'])) counts.set(tag, (counts.get(tag) ?? 0) + 1)
    const rating = Number(data['rating'])
    if (rating !== 1 && rating !== -1) continue
    for (const sibling of texts(data['sibling_model_ids'])) contest(entry(id), entry(sibling), rating === 1)
  }
  const top = (id: string) =>
    [...(tags.get(id) ?? [])]
      .map(([tag, count]) => ({ tag, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, TOP_TAGS)
  return [...table]
    .map(([modelId, stats]) => ({ modelId, ...stats, topTags: top(modelId) }))
    .sort((a, b) => b.rating - a.rating)
}

const texts = (value: unknown): string[] =>
  listOf(value).filter((entry): entry is string => typeof entry === 'string')

type Stats = Pick<Standing, 'rating' | 'won' | 'lost'>

function contest(model: Stats, other: Stats, won: boolean): void {
  const expected = 1 / (1 + 10 ** ((other.rating - model.rating) / 400))
  const gain = K * ((won ? 1 : 0) - expected)
  model.rating += gain
  other.rating -= gain
  model[won ? 'won' : 'lost'] += 1
  other[won ? 'lost' : 'won'] += 1
}
