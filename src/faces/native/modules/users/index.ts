/** /api/users: other people, as anyone may see them; and their pictures under /uploads/avatars. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import { requireScope } from '../../../../core/permissions/scopes.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentSelf, presentUser } from '../../present-user.ts'
import { errors, IdParams, UserReply } from '../../wire-users.ts'
import { avatarResponse } from './avatar-response.ts'

const SearchQuery = t.Object({
  q: t.Optional(t.String({ maxLength: 200, description: 'Part of a name' })),
  limit: t.Optional(t.Numeric({ minimum: 1, maximum: 200 })),
  offset: t.Optional(t.Numeric({ minimum: 0 })),
})

const PresenceReply = t.Object({
  online: t.Array(t.Object({ user_id: t.String(), state: t.String() })),
})

const detail = { tags: ['Users'] }

export const users = (core: Core) =>
  new Elysia({ name: 'native.users.routes' })
    .use(nativeAuth(core))
    .get(
      '/api/users',
      async ({ actor, query }) => {
        const { users, total } = await core.users.search(actor, query)
        return { users: users.map(presentUser), total }
      },
      {
        auth: true,
        query: SearchQuery,
        response: {
          200: t.Object({ users: t.Array(UserReply), total: t.Number() }),
          ...errors(401, 403, 422),
        },
        detail: { ...detail, summary: 'Find people by name, for mentions and direct rooms' },
      },
    )
    .get(
      '/api/presence',
      ({ actor }) => ({
        online: core.presence.online(actor).map(({ userId, state }) => ({ user_id: userId, state })),
      }),
      {
        auth: true,
        response: { 200: PresenceReply, ...errors(401, 403) },
        detail: { ...detail, summary: 'Who is here now; changes come as `presence` frames' },
      },
    )
    .get(
      '/api/users/:id',
      async ({ actor, params }) => {
        requireScope(actor, 'account:read')
        const user = await core.users.byId(params.id)
        if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
        return user.id === actor.user.id ? presentSelf(user) : presentUser(user)
      },
      {
        auth: true,
        params: IdParams,
        response: { 200: UserReply, ...errors(401, 403, 404) },
        detail: { ...detail, summary: 'One person' },
      },
    )
    .get('/uploads/avatars/:file', ({ params, request }) => avatarResponse(core, params.file, request), {
      detail: {
        ...detail,
        security: [],
        summary: 'The picture of a person',
        responses: { 200: { description: 'The image' }, 404: { description: 'There is none' } },
      },
    })
