/** TypeBox shapes of people, shared by the native modules: what goes out, and what any error looks like. */
import { t } from 'elysia'

const Nullable = (schema: ReturnType<typeof t.String>) => t.Union([schema, t.Null()])

export const UserReply = t.Object(
  {
    id: t.String({ format: 'uuid' }),
    username: t.String(),
    display_name: t.String(),
    avatar_url: Nullable(t.String()),
    bio: t.String(),
    email: Nullable(t.String()),
    npub: Nullable(t.String()),
    role: t.String({ description: '`admin`, `user`, or `pending` while the account waits for approval' }),
    is_bot: t.Boolean(),
    created_at: t.String(),
  },
  { description: 'A person or a bot. Of others, `email` is null.' },
)

export const SignedReply = t.Object(
  { token: t.String({ description: 'For `Authorization: Bearer …`' }), user: UserReply },
  { description: 'Who signed in, and the token of the new session' },
)

export const ErrorReply = t.Object(
  {
    error: t.Object({
      code: t.String({ description: 'Stable and machine-readable, like `room.not_found`' }),
      message: t.String({ description: 'For people' }),
      fields: t.Optional(t.Record(t.String(), t.String())),
    }),
  },
  { description: 'What went wrong' },
)

/** `errors(401, 404)`: the entries of a `response` schema for these statuses. */
export function errors<Status extends number>(...statuses: Status[]): Record<Status, typeof ErrorReply> {
  return Object.fromEntries(statuses.map((status) => [status, ErrorReply])) as Record<
    Status,
    typeof ErrorReply
  >
}

export const IdParams = t.Object({ id: t.String({ minLength: 1, maxLength: 100 }) })
