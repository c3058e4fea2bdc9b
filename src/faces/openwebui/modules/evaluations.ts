/** Ratings of answers, and what they say about models. */
import { Elysia, t } from 'elysia'
import { jsonOf, textOf } from '../../../core/chats/context.ts'
import type { FeedbackInput } from '../../../core/chats/feedback.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import { dict, form, maybe, pageOf } from '../forms.ts'
import { done, json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentFeedback, presentWholeFeedback } from '../present/workspace.ts'
import { owner } from './models.ts'

const Feedback = form({ type: t.String(), data: maybe(dict), meta: maybe(dict), snapshot: maybe(dict) })

const inputOf = (body: typeof Feedback.static): FeedbackInput => ({
  type: body.type,
  data: body.data ?? null,
  meta: body.meta ?? null,
  snapshot: body.snapshot ?? null,
})

const PER_PAGE = 30

export const evaluations = (face: FaceContext) => {
  const { core } = face
  const user = { rank: 'user' } as const
  const admin = { rank: 'admin' } as const
  return new Elysia({ name: 'openwebui.evaluations', prefix: '/api/v1/evaluations' })
    .use(openwebuiAuth(core))
    .post(
      '/feedback',
      async ({ actor, body }) => {
        if (!face.setting('ui.enable_message_rating')) throw detail.forbidden()
        return json(presentWholeFeedback(await core.feedbacks.create(actor, inputOf(body))))
      },
      { rank: 'user', body: Feedback },
    )
    .get(
      '/feedback/:id',
      async ({ actor, params }) => json(presentWholeFeedback(await core.feedbacks.own(actor, params.id))),
      user,
    )
    .post(
      '/feedback/:id',
      async ({ actor, params, body }) =>
        json(presentWholeFeedback(await core.feedbacks.update(actor, params.id, inputOf(body)))),
      { rank: 'user', body: Feedback },
    )
    .delete('/feedback/:id', ({ actor, params }) => done(core.feedbacks.remove(actor, params.id)), user)
    .get(
      '/feedbacks/user',
      async ({ actor, query }) => {
        const all = await core.feedbacks.ofUser(actor)
        const start = (pageOf(query) - 1) * PER_PAGE
        return json({ items: all.slice(start, start + PER_PAGE).map(presentFeedback), total: all.length })
      },
      user,
    )
    .get('/feedbacks/all', async () => json((await core.feedbacks.all()).map(presentFeedback)), admin)
    .delete(
      '/feedbacks/all',
      async ({ actor }) => json(await core.feedbacks.removeAll(actor, 'everybody')),
      admin,
    )
    .delete('/feedbacks', async ({ actor }) => json(await core.feedbacks.removeAll(actor, 'own')), user)
    .get(
      '/feedbacks/all/ids',
      async () =>
        json(
          (await core.feedbacks.all()).map((item) => row(item, ['id', 'userId', 'createdAt', 'updatedAt'])),
        ),
      admin,
    )
    .get(
      '/feedbacks/all/export',
      async () => json((await core.feedbacks.all()).map(presentWholeFeedback)),
      admin,
    )
    .get('/feedbacks/models', async () => json(await ratedModels(face)), admin)
    .get(
      '/feedbacks/list',
      async ({ query }) => {
        const { items, total } = await core.feedbacks.page(pageOf(query))
        const shown = items.map(async (item) => ({
          ...presentFeedback(item),
          user: await owner(face, item.userId),
        }))
        return json({ items: await Promise.all(shown), total })
      },
      admin,
    )
    .get(
      '/leaderboard',
      async () => {
        const entries = await core.feedbacks.leaderboard()
        return json({
          entries: entries.map(({ modelId, rating, won, lost, topTags }) => ({
            model_id: modelId,
            rating: Math.round(rating),
            won,
            lost,
            count: won + lost,
            top_tags: topTags,
          })),
        })
      },
      admin,
    )
}

async function ratedModels(face: FaceContext): Promise<string[]> {
  const rows = await face.core.feedbacks.all()
  return [...new Set(rows.flatMap((row) => textOf(jsonOf(row.data)['model_id']) ?? []))].sort()
}
