/**
 * TypeBox shapes of rooms and messages. What comes in is checked by them; what goes out is made by the
 * presenters and only documented here, since checking long lists again would cost more than making them.
 */
import { t, type TSchema } from 'elysia'

const Nullable = <S extends TSchema>(schema: S) => t.Union([schema, t.Null()])
const Id = t.String({ format: 'uuid' })
const Time = t.String({ description: 'RFC 3339, UTC, milliseconds' })

/** Not `format: uuid`: an id that cannot be is answered as one that is not there (404). */
const IdParam = t.String({ minLength: 1, maxLength: 100 })
export const RoomParams = t.Object({ room_id: IdParam })
export const MessageParams = t.Object({ room_id: IdParam, id: IdParam })
export const MemberParams = t.Object({ room_id: IdParam, user_id: IdParam })
export const ReactionParams = t.Object({
  room_id: IdParam,
  id: IdParam,
  emoji: t.String({
    minLength: 1,
    maxLength: 256,
    description: 'The character, or its name with or without colons',
  }),
})
export const TokenParams = t.Object({ token: t.String({ minLength: 1, maxLength: 128 }) })

export const AiReply = t.Object({
  model: Nullable(t.String({ description: "null = the server's default" })),
  respond: t.Union([t.Literal('mention'), t.Literal('always'), t.Literal('never')]),
  system_prompt: t.String(),
  temperature: Nullable(t.Number()),
  history_limit: t.Integer(),
  tools: t.Array(t.String()),
  budget: t.Object({
    tokens_per_day: Nullable(t.Integer()),
    per: t.Union([t.Literal('room'), t.Literal('user')]),
  }),
})

export const AiBody = t.Partial(
  t.Object({
    ...AiReply.properties,
    budget: t.Partial(AiReply.properties.budget),
  }),
)

export const NewRoomBody = t.Object({
  name: t.Optional(t.String({ description: 'Not needed for direct rooms' })),
  description: t.Optional(Nullable(t.String())),
  kind: t.Optional(t.Union([t.Literal('public'), t.Literal('private'), t.Literal('direct')])),
  member_ids: t.Optional(t.Array(IdParam, { maxItems: 200 })),
  ai: t.Optional(AiBody),
})

export const RoomPatchBody = t.Object({
  name: t.Optional(t.String()),
  description: t.Optional(Nullable(t.String())),
  header: t.Optional(t.String()),
  slug: t.Optional(t.String()),
  kind: t.Optional(t.Union([t.Literal('public'), t.Literal('private')])),
  ai: t.Optional(AiBody),
})

export const NewMessageBody = t.Object({
  content: t.Optional(t.String()),
  reply_to: t.Optional(Nullable(IdParam)),
  thread: t.Optional(Nullable(IdParam)),
  image_urls: t.Optional(t.Array(t.String({ maxLength: 500 }), { maxItems: 20 })),
  file_ids: t.Optional(t.Array(IdParam, { maxItems: 20 })),
  client_id: t.Optional(Nullable(t.String({ maxLength: 128 }))),
})

export const EditBody = t.Object({ content: t.String() })

export const HistoryQuery = t.Object({
  before: t.Optional(IdParam),
  after: t.Optional(IdParam),
  around: t.Optional(IdParam),
  limit: t.Optional(t.Numeric({ minimum: 1, maximum: 200, default: 50 })),
  thread: t.Optional(IdParam),
  roots: t.Optional(t.BooleanString({ description: 'Leaves out replies in threads' })),
})

const PersonReply = t.Object({
  id: Id,
  username: t.String(),
  display_name: t.String(),
  avatar_url: Nullable(t.String()),
  is_bot: t.Boolean(),
})

export const MessageReply = t.Object({
  id: Id,
  hash: t.String({
    description: 'SHA-256 of the JCS form of room_id, sender_id, created_at, content, previous',
  }),
  previous: Nullable(t.String()),
  room_id: Id,
  kind: t.String({ description: '`user`, or what the server tells' }),
  thread_id: Nullable(Id),
  reply_to: Nullable(Id),
  sender: PersonReply,
  content: t.String(),
  images: t.Array(t.Object({ url: t.String(), width: Nullable(t.Integer()), height: Nullable(t.Integer()) })),
  files: t.Array(
    t.Object({ id: Id, name: t.String(), url: t.String(), content_type: t.String(), size: t.Integer() }),
  ),
  reactions: t.Record(t.String(), t.Array(Id)),
  mentions: t.Array(Id),
  ai: Nullable(t.Object({ model: t.String(), state: t.String() }, { additionalProperties: true })),
  pinned: t.Boolean(),
  reply_count: t.Integer(),
  last_reply_at: Nullable(Time),
  client_id: Nullable(t.String()),
  edited_at: Nullable(Time),
  created_at: Time,
})

export const PageReply = t.Object({
  messages: t.Array(MessageReply),
  has_more: t.Boolean(),
  next_cursor: Nullable(t.String()),
})

export const EditsReply = t.Object({
  edits: t.Array(t.Object({ id: Id, message_id: Id, content: t.String(), edited_by: Id, edited_at: Time })),
})

export const MemberReply = t.Object({
  ...PersonReply.properties,
  role: t.Union([t.Literal('owner'), t.Literal('moderator'), t.Literal('member')]),
  joined_at: Time,
})

export const RoomReply = t.Object({
  id: Id,
  kind: t.Union([t.Literal('public'), t.Literal('private'), t.Literal('direct'), t.Literal('group')]),
  name: t.String(),
  slug: t.String(),
  description: t.String(),
  header: t.String(),
  team_id: Nullable(Id),
  ai: AiReply,
  created_by: Nullable(Id),
  message_count: t.Integer(),
  last_message_at: Nullable(Time),
  archived_at: Nullable(Time),
  created_at: Time,
  updated_at: Time,
  role: t.Optional(Nullable(t.String())),
  unread_count: t.Optional(t.Integer()),
  mention_count: t.Optional(t.Integer()),
  last_message: t.Optional(Nullable(MessageReply)),
  members: t.Optional(t.Array(MemberReply)),
})

export const InviteReply = t.Object({
  token: t.String(),
  url: t.String(),
  room_id: Id,
  max_uses: Nullable(t.Integer()),
  uses: t.Integer(),
  expires_at: Nullable(Time),
  revoked_at: Nullable(Time),
  created_at: Time,
})

export type Responses = Record<
  string,
  { description: string; content?: { 'application/json': { schema: Record<string, never> } } }
>

/** An answer that is documented but not checked: for `detail.responses`. */
export function documented(schema: TSchema | null, description: string, status = 200): Responses {
  if (schema === null) return { [status]: { description } }
  const content = { 'application/json': { schema: schema as unknown as Record<string, never> } }
  return { [status]: { description, content } }
}

export const done = documented(null, 'Done', 204)
