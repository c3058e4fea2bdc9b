/** Incoming webhooks of channels. */
import { Elysia, t } from 'elysia'
import { peerOf } from '../../../realtime/peer.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import { form, maybeText } from '../forms.ts'
import { done, json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { modelPicture } from '../pictures.ts'

const Webhook = form({ name: t.String({ minLength: 1 }), profile_image_url: maybeText })

const inputOf = (body: typeof Webhook.static) => ({
  name: body.name,
  profileImageUrl: body.profile_image_url ?? null,
})

export const webhooks = (face: FaceContext) => {
  const { core } = face
  const enabled = (): void => {
    if (!face.setting('channels.enable')) throw detail.forbidden()
  }
  const user = { rank: 'user', beforeHandle: enabled } as const
  return new Elysia({ name: 'openwebui.webhooks', prefix: '/api/v1/channels' })
    .use(openwebuiAuth(core))
    .get(
      '/:id/webhooks',
      async ({ actor, params }) =>
        json((await core.webhooks.list(actor, params.id)).map((hook) => row(hook))),
      user,
    )
    .post(
      '/:id/webhooks/create',
      async ({ actor, params, body }) =>
        json(row(await core.webhooks.create(actor, params.id, inputOf(body)))),
      {
        ...user,
        body: Webhook,
      },
    )
    .post(
      '/:id/webhooks/:webhook_id/update',
      async ({ actor, params, body }) =>
        json(row(await core.webhooks.update(actor, params.id, params.webhook_id, inputOf(body)))),
      { ...user, body: Webhook },
    )
    .delete(
      '/:id/webhooks/:webhook_id/delete',
      ({ actor, params }) => done(core.webhooks.remove(actor, params.id, params.webhook_id)),
      user,
    )
    .get(
      '/webhooks/:webhook_id/profile/image',
      async ({ actor, params }) => modelPicture(await core.webhooks.picture(actor, params.webhook_id)),
      user,
    )
    .post(
      '/webhooks/:webhook_id/:token',
      async ({ params, body, request }) => {
        enabled()
        const { id } = await core.webhooks.post(
          params.webhook_id,
          params.token,
          body.content,
          peerOf(request).ip,
        )
        return json({ success: true, message_id: id })
      },
      { body: form({ content: t.String({ minLength: 1 }) }) },
    )
}
