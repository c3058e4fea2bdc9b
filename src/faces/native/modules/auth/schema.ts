/**
 * Bodies of /api/auth. Only what is listed here reaches the core: a role or an id in a body is dropped.
 * Passwords have no maximum here, so that the core answers 400 with its rule instead of a lesson in schemas.
 */
import { t } from 'elysia'

const Password = t.String({ description: '8 to 1,000 characters' })
const DisplayName = t.String({ maxLength: 200, description: 'At most 80 characters' })
const Email = t.Union([t.String({ maxLength: 254 }), t.Null()])

export const RegisterBody = t.Object({
  username: t.String({
    minLength: 1,
    maxLength: 200,
    description: '2 to 32 of a–z, 0–9, dot, hyphen, underscore',
  }),
  password: Password,
  display_name: t.Optional(t.Union([DisplayName, t.Null()])),
  email: t.Optional(Email),
})

export const LoginBody = t.Object({
  username: t.String({ minLength: 1, maxLength: 254, description: 'Username or e-mail address' }),
  password: t.String(),
})

export const ProfileBody = t.Object({
  display_name: t.Optional(DisplayName),
  bio: t.Optional(t.String({ maxLength: 5_000, description: 'At most 500 characters' })),
  email: t.Optional(Email),
  current_password: t.Optional(t.String()),
  new_password: t.Optional(Password),
})

export const AvatarBody = t.Object({
  file: t.File({ description: 'PNG, JPEG, WebP or GIF, at most 2 MB' }),
})

export const ChallengeBody = t.Optional(
  t.Object({
    pubkey: t.Optional(t.Union([t.String({ maxLength: 80, description: 'Hex or npub' }), t.Null()])),
  }),
)

export const ChallengeReply = t.Object({ challenge: t.String(), expires_at: t.String() })

const Hex = (chars: number) => t.String({ minLength: chars, maxLength: chars, pattern: '^[0-9a-f]+$' })

export const VerifyBody = t.Object({
  event: t.Object(
    {
      id: Hex(64),
      pubkey: Hex(64),
      created_at: t.Integer(),
      kind: t.Integer(),
      tags: t.Array(t.Array(t.String({ maxLength: 2_048 }), { maxItems: 20 }), { maxItems: 50 }),
      content: t.String({ maxLength: 4_096 }),
      sig: Hex(128),
    },
    { description: 'Signed, of kind 22242 (NIP-42) or 27235 (NIP-98), not older than 60 s' },
  ),
})

export const OptionsReply = t.Object({ first_account: t.Boolean(), signup_enabled: t.Boolean() })
