/** /api/rooms: rooms themselves; their messages and members have modules of their own. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentRoomView } from '../../present-room.ts'
import { myRooms, roomsToJoin, roomWithMembers } from '../../room-answers.ts'
import { newRoomOf, roomPatchOf } from '../../room-input.ts'
import {
  documented,
  done,
  NewRoomBody,
  RoomParams,
  RoomPatchBody,
  RoomReply,
  type Responses,
} from '../../wire-rooms.ts'
import { errors } from '../../wire-users.ts'

const RoomsQuery = t.Object({
  scope: t.Optional(t.Union([t.Literal('mine'), t.Literal('public')])),
  q: t.Optional(t.String({ maxLength: 200 })),
})
const ReadBody = t.Object({ message_id: t.Optional(t.String({ maxLength: 100 })) })

const noContent = () => new Response(null, { status: 204 })
const doc = (summary: string, responses: Responses) => ({ tags: ['Rooms'], summary, responses })

export const rooms = (core: Core) =>
  new Elysia({ name: 'native.rooms.routes', prefix: '/api/rooms' })
    .use(nativeAuth(core))
    .get(
      '',
      async ({ actor, query }) => ({
        rooms: await (query.scope === 'public' ? roomsToJoin(core, actor, query.q) : myRooms(core, actor)),
      }),
      {
        auth: true,
        query: RoomsQuery,
        response: errors(401, 403, 422),
        detail: doc(
          'Rooms I am in, or (scope=public) may join',
          documented(t.Object({ rooms: t.Array(RoomReply) }), 'Most recent first'),
        ),
      },
    )
    .post(
      '',
      async ({ actor, body, set }) => {
        const { id } = await core.rooms.create(actor, newRoomOf(body))
        const view = await core.rooms.get(actor, id)
        set.status = 201
        return presentRoomView(view)
      },
      {
        auth: true,
        body: NewRoomBody,
        response: errors(400, 401, 403, 404, 409, 422),
        detail: doc(
          'Make a room; of the same people there is one direct room, which is found again',
          documented(RoomReply, 'The room', 201),
        ),
      },
    )
    .get(
      '/:room_id',
      async ({ actor, params }) => roomWithMembers(core, actor, await core.rooms.get(actor, params.room_id)),
      {
        auth: true,
        params: RoomParams,
        response: errors(401, 403, 404),
        detail: doc('A room with its members', documented(RoomReply, 'The room')),
      },
    )
    .patch(
      '/:room_id',
      async ({ actor, params, body }) => {
        await core.rooms.update(actor, params.room_id, roomPatchOf(body))
        return roomWithMembers(core, actor, await core.rooms.get(actor, params.room_id))
      },
      {
        auth: true,
        params: RoomParams,
        body: RoomPatchBody,
        response: errors(400, 401, 403, 404, 409, 422),
        detail: doc('Change a room (owner, moderators)', documented(RoomReply, 'The room')),
      },
    )
    .delete(
      '/:room_id',
      async ({ actor, params }) => {
        await core.rooms.archive(actor, params.room_id)
        return noContent()
      },
      {
        auth: true,
        params: RoomParams,
        detail: doc('Delete a room (owner, moderators); its history is kept, nobody can write', done),
      },
    )
    .post(
      '/:room_id/join',
      async ({ actor, params }) => presentRoomView(await core.rooms.join(actor, params.room_id)),
      {
        auth: true,
        params: RoomParams,
        response: errors(401, 403, 404),
        detail: doc('Join a public room', documented(RoomReply, 'The room')),
      },
    )
    .post(
      '/:room_id/leave',
      async ({ actor, params }) => {
        await core.rooms.leave(actor, params.room_id)
        return noContent()
      },
      { auth: true, params: RoomParams, detail: doc('Leave; the last owner cannot (409)', done) },
    )
    .post(
      '/:room_id/clear',
      async ({ actor, params }) => {
        await core.rooms.clear(actor, params.room_id)
        return noContent()
      },
      { auth: true, params: RoomParams, detail: doc('Remove the whole history for everybody (owner)', done) },
    )
    .post(
      '/:room_id/read',
      async ({ actor, params, body }) => {
        await core.reads.mark(actor, params.room_id, body?.message_id)
        return noContent()
      },
      {
        auth: true,
        params: RoomParams,
        body: t.Optional(ReadBody),
        detail: doc('I have read up to this message; without one, up to the newest', done),
      },
    )
