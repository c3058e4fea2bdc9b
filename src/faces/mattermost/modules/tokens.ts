/** Personal access tokens: made once, shown never again, switched off and on, revoked. */
import { Elysia } from 'elysia'
import type { ApiKey } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import type { Call } from '../wire/call.ts'
import { refuse } from '../errors.ts'
import type { Json } from '../wire/fields.ts'

const FOUND_MAX = 100

export const tokens = (face: Face) =>
  new Elysia({ name: 'mattermost.tokens' })
    .get(
      '/users/:user_id/tokens',
      face.user(async (call) => {
        const { offset, limit } = call.page()
        const keys = (await face.core.apiKeys.list(call.actor, call.selfOrAdmin())).filter(
          ({ kind }) => kind === 'pat',
        )
        return face.json(keys.slice(offset, offset + limit).map(present))
      }),
    )
    .post(
      '/users/:user_id/tokens',
      face.user((call) => create(face, call)),
    )
    .get(
      '/users/tokens',
      face.admin(async (call) => {
        const { offset, limit } = call.page()
        return face.json((await face.core.apiKeys.tokens(call.actor, { offset, limit })).map(present))
      }),
    )
    .post(
      '/users/tokens/search',
      face.admin((call) => search(face, call)),
    )
    .get(
      '/users/tokens/:token_id',
      face.user(async (call) =>
        face.json(present(await face.core.apiKeys.get(call.actor, call.id('token_id')))),
      ),
    )
    .post(
      '/users/tokens/revoke',
      face.user(async (call) => {
        await face.core.apiKeys.revoke(call.actor, (await call.fields()).id('token_id'))
        return face.ok()
      }),
    )
    .post(
      '/users/tokens/disable',
      face.user((call) => setEnabled(face, call, false)),
    )
    .post(
      '/users/tokens/enable',
      face.user((call) => setEnabled(face, call, true)),
    )

async function create(face: Face, call: Call): Promise<Response> {
  const userId = call.selfOrAdmin()
  const name = (await call.fields()).text('description')
  const { key, secret } = await face.core.apiKeys.create(call.actor, {
    name,
    kind: 'pat',
    scopes: ['*'],
    userId,
  })
  return face.json({ ...present(key), token: secret })
}

async function search(face: Face, call: Call): Promise<Response> {
  const term = (await call.fields()).text('term').trim()
  if (term === '') throw refuse.bodyParam('term')
  const q = fromWire(term) ?? term
  const found = await face.core.apiKeys.tokens(call.actor, { q, offset: 0, limit: FOUND_MAX })
  return face.json(found.map(present))
}

async function setEnabled(face: Face, call: Call, enabled: boolean): Promise<Response> {
  await face.core.apiKeys.setEnabled(call.actor, (await call.fields()).id('token_id'), enabled)
  return face.ok()
}

function present(key: ApiKey): Json {
  return {
    id: toWire(key.id),
    user_id: toWire(key.userId),
    description: key.name,
    is_active: key.disabledAt === null,
  }
}
