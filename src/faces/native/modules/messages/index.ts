/** /api/rooms/:room_id/messages and what hangs on a message: reactions, pins, earlier texts. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentEdit } from '../../present-edit.ts'
import { presentMessage } from '../../present-message.ts'
import { presentMessages, presentOne } from '../../present-messages.ts'
import {
  documented,
  done,
  EditBody,
  EditsReply,
  HistoryQuery,
  MessageParams,
  MessageReply,
  NewMessageBody,
  PageReply,
  ReactionParams,
  RoomParams,
  type Responses,
} from '../../wire-rooms.ts'
import { errors } from '../../wire-users.ts'
import { historyQueryOf, inRoom, newMessageOf } from './input.ts'

const noContent = () => new Response(null, { status: 204 })
const doc = (summary: string, responses: Responses) => ({ tags: ['Messages'], summary, responses })
const base = '/api/rooms/:room_id/messages'

export const messages = (core: Core) =>
  new Elysia({ name: 'native.messages.routes' })
    .use(nativeAuth(core))
    .get(
      base,
      async ({ actor, params, query }) => {
        const page = await core.messages.history(actor, params.room_id, historyQueryOf(query))
        return {
          messages: await presentMessages(core, page.items),
          has_more: page.hasMore,
          next_cursor: page.nextCursor,
        }
      },
      {
        auth: true,
        params: RoomParams,
        query: HistoryQuery,
        response: errors(400, 401, 403, 404, 422),
        detail: doc('A page of history, newest last', documented(PageReply, 'A page')),
      },
    )
    .post(
      base,
      async ({ actor, params, body, set }) => {
        const message = await core.messages.post(actor, params.room_id, newMessageOf(body))
        set.status = 201
        return presentMessage(message, actor.user)
      },
      {
        auth: true,
        params: RoomParams,
        body: NewMessageBody,
        response: errors(400, 401, 403, 404, 422),
        detail: doc(
          'Post; the same client_id twice gives the same message',
          documented(MessageReply, 'The message', 201),
        ),
      },
    )
    .get(`${base}/:id`, async ({ actor, params }) => presentOne(core, await inRoom(core, actor, params)), {
      auth: true,
      params: MessageParams,
      response: errors(401, 403, 404),
      detail: doc('One message', documented(MessageReply, 'The message')),
    })
    .patch(
      `${base}/:id`,
      async ({ actor, params, body }) => {
        const { id } = await inRoom(core, actor, params)
        return presentOne(core, await core.messages.edit(actor, id, { content: body.content }))
      },
      {
        auth: true,
        params: MessageParams,
        body: EditBody,
        response: errors(400, 401, 403, 404, 422),
        detail: doc(
          'Change my message; the text before stays in /edits',
          documented(MessageReply, 'The message'),
        ),
      },
    )
    .delete(
      `${base}/:id`,
      async ({ actor, params }) => {
        const { id } = await inRoom(core, actor, params)
        await core.messages.remove(actor, id)
        return noContent()
      },
      { auth: true, params: MessageParams, detail: doc('Delete (author, moderators)', done) },
    )
    .put(
      `${base}/:id/reactions/:emoji`,
      async ({ actor, params }) => {
        const { id } = await inRoom(core, actor, params)
        await core.messages.react(actor, id, params.emoji)
        return noContent()
      },
      { auth: true, params: ReactionParams, detail: doc('React', done) },
    )
    .delete(
      `${base}/:id/reactions/:emoji`,
      async ({ actor, params }) => {
        const { id } = await inRoom(core, actor, params)
        await core.messages.unreact(actor, id, params.emoji)
        return noContent()
      },
      { auth: true, params: ReactionParams, detail: doc('Take my reaction back', done) },
    )
    .put(
      `${base}/:id/pin`,
      async ({ actor, params }) => {
        const { id } = await inRoom(core, actor, params)
        await core.messages.pin(actor, id)
        return noContent()
      },
      { auth: true, params: MessageParams, detail: doc('Pin', done) },
    )
    .delete(
      `${base}/:id/pin`,
      async ({ actor, params }) => {
        const { id } = await inRoom(core, actor, params)
        await core.messages.unpin(actor, id)
        return noContent()
      },
      { auth: true, params: MessageParams, detail: doc('Unpin', done) },
    )
    .get(
      `${base}/:id/edits`,
      async ({ actor, params }) => {
        const { id } = await inRoom(core, actor, params)
        return { edits: (await core.messages.edits(actor, id)).map(presentEdit) }
      },
      {
        auth: true,
        params: MessageParams,
        response: errors(401, 403, 404),
        detail: doc('Earlier texts, oldest first', documented(EditsReply, 'Texts')),
      },
    )
    .get(
      '/api/rooms/:room_id/pins',
      async ({ actor, params }) => ({
        messages: await presentMessages(core, await core.messages.pins(actor, params.room_id)),
      }),
      {
        auth: true,
        params: RoomParams,
        response: errors(401, 403, 404),
        detail: doc(
          'Pinned messages, newest pin first',
          documented(t.Object({ messages: t.Array(MessageReply) }), 'Messages'),
        ),
      },
    )
    .get(
      '/api/messages/hash/:hash',
      async ({ actor, params }) => presentOne(core, await core.messages.byHash(actor, params.hash)),
      {
        auth: true,
        params: t.Object({ hash: t.String({ maxLength: 128 }) }),
        response: errors(401, 403, 404),
        detail: doc(
          'The message with this hash, if I may read its room',
          documented(MessageReply, 'The message'),
        ),
      },
    )
