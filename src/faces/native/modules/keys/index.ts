/** /api/auth/keys: keys for bots and integrations. A key is shown once, when it is made. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import type { ApiKey } from '../../../../core/types.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { timestamp } from '../../present-user.ts'
import { errors, IdParams } from '../../wire-users.ts'
import { expiryOf } from './expiry.ts'

const NewKeyBody = t.Object({
  name: t.String({ minLength: 1, maxLength: 200 }),
  scopes: t.Optional(
    t.Array(t.String({ maxLength: 50 }), {
      maxItems: 20,
      description:
        'rooms:read, rooms:write, messages:read, messages:write, files:write, account:read, account:write, admin, or * for all',
    }),
  ),
  expires_at: t.Optional(t.Union([t.String({ maxLength: 40, description: 'RFC 3339' }), t.Null()])),
  expires_in: t.Optional(t.Union([t.Integer({ minimum: 1, description: 'Seconds' }), t.Null()])),
})

const KeyReply = t.Object({
  id: t.String(),
  name: t.String(),
  prefix: t.String({ description: 'Its first characters, to tell keys apart' }),
  scopes: t.Array(t.String()),
  expires_at: t.Union([t.String(), t.Null()]),
  last_used_at: t.Union([t.String(), t.Null()]),
  created_at: t.String(),
})

const detail = { tags: ['API keys'] }

export const keys = (core: Core) =>
  new Elysia({ name: 'native.keys.routes', prefix: '/api/auth/keys' })
    .use(nativeAuth(core))
    .get('', async ({ actor }) => ({ keys: (await core.apiKeys.list(actor)).map(presentKey) }), {
      auth: true,
      response: { 200: t.Object({ keys: t.Array(KeyReply) }), ...errors(401, 403) },
      detail: { ...detail, summary: 'My keys' },
    })
    .post(
      '',
      async ({ actor, body, status }) => {
        const { key, secret } = await core.apiKeys.create(actor, {
          name: body.name,
          scopes: body.scopes,
          expiresAt: expiryOf(body),
        })
        return status(201, { ...presentKey(key), key: secret })
      },
      {
        auth: true,
        body: NewKeyBody,
        response: {
          201: t.Composite([KeyReply, t.Object({ key: t.String({ description: 'Shown only now' }) })]),
          ...errors(400, 401, 403, 409, 422),
        },
        detail: { ...detail, summary: 'Make a key' },
      },
    )
    .delete(
      '/:id',
      async ({ actor, params }) => {
        await core.apiKeys.revoke(actor, params.id)
        return new Response(null, { status: 204 })
      },
      {
        auth: true,
        params: IdParams,
        detail: {
          ...detail,
          summary: 'End a key at once',
          responses: { 204: { description: 'Done' }, 404: { description: 'There is no such key' } },
        },
      },
    )

function presentKey(key: ApiKey): typeof KeyReply.static {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes,
    expires_at: key.expiresAt === null ? null : timestamp(key.expiresAt),
    last_used_at: key.lastUsedAt === null ? null : timestamp(key.lastUsedAt),
    created_at: timestamp(key.createdAt),
  }
}
