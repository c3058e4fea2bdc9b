/** /api/invites: bringing people in by link or by Nostr key. */
import { Elysia, t } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { nativeAuth } from '../../auth-plugin.ts'
import { presentInvite, presentInvitePreview } from '../../present-invite.ts'
import { presentRoomView } from '../../present-room.ts'
import { documented, done, InviteReply, RoomReply, TokenParams, type Responses } from '../../wire-rooms.ts'
import { errors } from '../../wire-users.ts'
import { pubkeyOf } from '../auth/nostr.ts'
import { originOf } from './origin.ts'

export interface InviteOptions {
  /** Our own address as people type it; undefined: whatever a request came to. */
  publicUrl?: string | undefined
}

const InviteBody = t.Object({
  room_id: t.String({ minLength: 1, maxLength: 100 }),
  max_uses: t.Optional(t.Union([t.Integer(), t.Null()])),
  expires_in: t.Optional(t.Union([t.Number({ description: 'Seconds' }), t.Null()])),
})
const NostrBody = t.Object({
  room_id: t.String({ minLength: 1, maxLength: 100 }),
  pubkey: t.Optional(t.String({ maxLength: 128 })),
  npub: t.Optional(t.String({ maxLength: 128 })),
})

const doc = (summary: string, responses: Responses) => ({ tags: ['Invites'], summary, responses })

export const invites = (core: Core, options: InviteOptions = {}) =>
  new Elysia({ name: 'native.invites.routes', prefix: '/api/invites' })
    .use(nativeAuth(core))
    .get(
      '',
      async ({ actor, request }) => {
        const made = await core.invites.mine(actor)
        return { invites: made.map((invite) => presentInvite(invite, originOf(request, options))) }
      },
      {
        auth: true,
        response: errors(401, 403),
        detail: doc(
          'Invites I made, newest first',
          documented(t.Object({ invites: t.Array(InviteReply) }), 'Invites'),
        ),
      },
    )
    .post(
      '',
      async ({ actor, body, request, set }) => {
        const input = { roomId: body.room_id, maxUses: body.max_uses, expiresInS: body.expires_in }
        const invite = await core.invites.create(actor, input)
        set.status = 201
        return presentInvite(invite, originOf(request, options))
      },
      {
        auth: true,
        body: InviteBody,
        response: errors(400, 401, 403, 404, 422),
        detail: doc('Make an invite', documented(InviteReply, 'The invite', 201)),
      },
    )
    .post(
      '/nostr',
      async ({ actor, body, set }) => {
        const pubkey = pubkeyOf(body.pubkey ?? body.npub ?? '') ?? ''
        await core.invites.inviteNostr(actor, body.room_id, pubkey)
        set.status = 201
        return { room_id: body.room_id, pubkey }
      },
      {
        auth: true,
        body: NostrBody,
        response: errors(400, 401, 403, 404, 422),
        detail: doc(
          'Let a Nostr key in when it signs in',
          documented(t.Object({ pubkey: t.String() }), 'Noted', 201),
        ),
      },
    )
    .get(
      '/:token',
      async ({ params, request }) =>
        presentInvitePreview(await core.invites.preview(params.token), originOf(request, options)),
      {
        params: TokenParams,
        response: errors(404, 410),
        detail: {
          ...doc('What an invite is for', documented(t.Object({ token: t.String() }), 'Preview')),
          security: [],
        },
      },
    )
    .delete(
      '/:token',
      async ({ actor, params }) => {
        await core.invites.revoke(actor, params.token)
        return new Response(null, { status: 204 })
      },
      { auth: true, params: TokenParams, detail: doc('Revoke (its maker, or who runs the room)', done) },
    )
    .post(
      '/:token/accept',
      async ({ actor, params }) => presentRoomView(await core.invites.accept(actor, params.token)),
      {
        auth: true,
        params: TokenParams,
        response: errors(401, 403, 404, 410),
        detail: doc('Come in', documented(RoomReply, 'The room')),
      },
    )
