/** A person's notification targets. */
import { Elysia, t } from 'elysia'
import { openwebuiAuth } from '../auth.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const TargetForm = form({
  id: maybe(t.String({ maxLength: 200 })),
  type: maybeText,
  enabled: maybe(t.Boolean()),
  events: maybe(t.Array(t.String(), { maxItems: 50 })),
  delivery: maybeText,
  config: maybe(dict),
})

export const notifications = (face: FaceContext) => {
  const { notifications: part } = face.core
  return new Elysia({ name: 'openwebui.notifications', prefix: '/api/v1/notifications' })
    .use(openwebuiAuth(face.core))
    .get('/events', async ({ actor }) => json({ events: await part.offered(actor) }), { rank: 'user' })
    .get('/targets', async ({ actor }) => json({ targets: await part.list(actor) }), { rank: 'user' })
    .post('/targets', async ({ actor, body }) => json(await part.add(actor, body)), {
      rank: 'user',
      body: TargetForm,
    })
    .put(
      '/targets/:target_id',
      async ({ actor, params, body }) => json(await part.update(actor, params.target_id, body)),
      { rank: 'user', body: TargetForm },
    )
    .delete(
      '/targets/:target_id',
      async ({ actor, params }) => {
        await part.remove(actor, params.target_id)
        return json({ ok: true })
      },
      { rank: 'user' },
    )
    .put(
      '/targets/:target_id/default',
      async ({ actor, params }) => json(await part.setDefault(actor, params.target_id)),
      { rank: 'user' },
    )
    .post(
      '/targets/:target_id/test',
      async ({ actor, params }) => {
        await part.test(actor, params.target_id)
        return json({ ok: true })
      },
      { rank: 'user' },
    )
}
