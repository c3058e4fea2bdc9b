/** /api/rooms/:room_id/members: who is in a room, and as what. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import type { Actor, User } from '../../../../core/types.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentMember } from '../../present-room.ts'
import { documented, done, MemberParams, MemberReply, RoomParams, type Responses } from '../../wire-rooms.ts'
import { errors } from '../../wire-users.ts'

const PageQuery = t.Object({
  limit: t.Optional(t.Numeric({ minimum: 1, maximum: 1000 })),
  offset: t.Optional(t.Numeric({ minimum: 0 })),
})
const AddBody = t.Object({
  user_id: t.Optional(t.String({ maxLength: 100 })),
  username: t.Optional(t.String({ maxLength: 200 })),
})
const RoleBody = t.Object({
  role: t.Union([t.Literal('owner'), t.Literal('moderator'), t.Literal('member')]),
})

const doc = (summary: string, responses: Responses) => ({ tags: ['Rooms'], summary, responses })
const base = '/api/rooms/:room_id/members'

export const members = (core: Core) =>
  new Elysia({ name: 'native.members.routes' })
    .use(nativeAuth(core))
    .get(
      base,
      async ({ actor, params, query }) => {
        const page = { offset: query.offset ?? 0, limit: query.limit ?? 1000 }
        const found = await core.members.list(actor, params.room_id, page)
        return { members: found.map(({ member, user }) => presentMember(member, user)) }
      },
      {
        auth: true,
        params: RoomParams,
        query: PageQuery,
        response: errors(401, 403, 404, 422),
        detail: doc(
          'Members, longest first',
          documented(t.Object({ members: t.Array(MemberReply) }), 'Members'),
        ),
      },
    )
    .post(
      base,
      async ({ actor, params, body, set }) => {
        // The room first: who may not see it learns nothing about people either.
        await core.rooms.get(actor, params.room_id)
        const member = await addOne(core, actor, params.room_id, await wanted(core, body))
        set.status = 201
        return member
      },
      {
        auth: true,
        params: RoomParams,
        body: AddBody,
        response: errors(400, 401, 403, 404, 422),
        detail: doc('Bring somebody in', documented(MemberReply, 'The member', 201)),
      },
    )
    .patch(
      `${base}/:user_id`,
      async ({ actor, params, body }) => {
        const member = await core.members.setRole(actor, params.room_id, params.user_id, body.role)
        return presentMember(member, await known(core, member.userId))
      },
      {
        auth: true,
        params: MemberParams,
        body: RoleBody,
        response: errors(400, 401, 403, 404, 409, 422),
        detail: doc(
          'Make somebody owner, moderator or member (owner)',
          documented(MemberReply, 'The member'),
        ),
      },
    )
    .delete(
      `${base}/:user_id`,
      async ({ actor, params }) => {
        await core.members.remove(actor, params.room_id, params.user_id)
        return new Response(null, { status: 204 })
      },
      { auth: true, params: MemberParams, detail: doc('Take somebody out (owner, moderators)', done) },
    )

async function wanted(core: Core, body: typeof AddBody.static): Promise<User> {
  const { user_id: id, username } = body
  const user = id ? await core.users.byId(id) : username ? await core.users.byUsername(username) : null
  if (!id && !username) {
    throw fault.invalid('member.who', 'Say whom: user_id or username.', { user_id: 'This or username.' })
  }
  if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
  return user
}

async function addOne(core: Core, actor: Actor, roomId: string, user: User) {
  const [member] = await core.members.add(actor, roomId, [user.id])
  if (!member) throw fault.notFound('user.not_found', 'There is no such person.')
  return presentMember(member, user)
}

async function known(core: Core, userId: string): Promise<User> {
  const user = await core.users.byId(userId)
  if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
  return user
}
