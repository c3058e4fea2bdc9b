/** Which models there are, what was spent, and the way on after the bots were paused. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { documented, done } from '../../wire-rooms.ts'
import { nativeAuth } from '../../auth-plugin.ts'

const roomParams = t.Object({ room_id: t.String({ maxLength: 64 }) })

const BudgetReply = t.Object({
  used: t.Integer(),
  limit: t.Union([t.Integer(), t.Null()]),
  per: t.Union([t.Literal('room'), t.Literal('user')]),
})

export const models = (core: Core) =>
  new Elysia({ prefix: '/api/rooms', name: 'native.models' })
    .use(nativeAuth(core))
    .get('/:room_id/ai/budget', ({ actor, params }) => core.ai.budget(actor, params.room_id), {
      auth: true,
      params: roomParams,
      detail: {
        tags: ['AI'],
        summary: "Tokens used and allowed today, by the room's budget",
        responses: documented(BudgetReply, 'What was used'),
      },
    })
    .post(
      '/:room_id/ai/resume',
      async ({ actor, params, status }) => {
        await core.ai.resume(actor, params.room_id)
        return status(204)
      },
      {
        auth: true,
        params: roomParams,
        detail: { tags: ['AI'], summary: 'Lets the AI members go on after they were paused', responses: done },
      },
    )
