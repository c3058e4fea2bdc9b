/** /api/search: messages by their text, in the rooms one is in. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentMessages } from '../../present-messages.ts'
import { presentRoom } from '../../present-room.ts'
import { documented, MessageReply, RoomReply } from '../../wire-rooms.ts'
import { errors } from '../../wire-users.ts'
import { placesOf } from './places.ts'

const SearchQuery = t.Object({
  q: t.Optional(
    t.String({
      maxLength: 512,
      description: 'Words, "phrases", -without, from:name, in:room, before:/after:/on:YYYY-MM-DD',
    }),
  ),
  room_id: t.Optional(t.String({ maxLength: 100 })),
  from: t.Optional(t.String({ maxLength: 200, description: 'Username or id' })),
  before: t.Optional(t.String({ maxLength: 100, description: 'A time, or a next_cursor' })),
  after: t.Optional(t.String({ maxLength: 100, description: 'A time' })),
  cursor: t.Optional(t.String({ maxLength: 100 })),
  limit: t.Optional(t.Numeric({ minimum: 1, maximum: 100, default: 20 })),
})

const SearchReply = t.Object({
  hits: t.Array(t.Object({ message: MessageReply, snippet: t.String(), room: RoomReply })),
  next_cursor: t.Union([t.String(), t.Null()]),
})

export const search = (core: Core) =>
  new Elysia({ name: 'native.search.routes' }).use(nativeAuth(core)).get(
    '/api/search',
    async ({ actor, query }) => {
      const { q = '', room_id: roomId, from, limit } = query
      const found = await core.messages.search(actor, { q, roomId, from, limit, ...placesOf(query) })
      const messages = await presentMessages(
        core,
        found.items.map(({ message }) => message),
      )
      return {
        hits: found.items.map(({ snippet, room }, at) => ({
          message: messages[at],
          snippet,
          room: presentRoom(room),
        })),
        next_cursor: found.nextCursor,
      }
    },
    {
      auth: true,
      query: SearchQuery,
      response: errors(400, 401, 403, 404, 422),
      detail: {
        tags: ['Search'],
        summary: 'Find messages: parts of words count, in any script',
        responses: documented(SearchReply, 'Newest first; go on with next_cursor as `before` or `cursor`'),
      },
    },
  )
