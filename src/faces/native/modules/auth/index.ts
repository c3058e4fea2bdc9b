/** /api/auth: signing up, in and out, and one's own profile. Keys are in ../keys. */
import { Elysia } from 'elysia'
import type { Core } from '../../../../core/core.ts'
import { peerOf } from '../../../../realtime/peer.ts'
import { bearerToken, nativeAuth } from '../../auth-plugin.ts'
import { presentSelf, timestamp } from '../../present-user.ts'
import { errors, SignedReply, UserReply } from '../../wire-users.ts'
import { nostrContext, pubkeyOf } from './nostr.ts'
import {
  AvatarBody,
  ChallengeBody,
  ChallengeReply,
  LoginBody,
  OptionsReply,
  ProfileBody,
  RegisterBody,
  VerifyBody,
} from './schema.ts'
import { signIn } from './sign-in.ts'
import { saveProfile } from './save-profile.ts'

export interface AuthOptions {
  /** Our own address as people type it; undefined: whatever a request came to. Nostr sign-ins are bound to it. */
  publicUrl?: string | undefined
}

const open = { tags: ['Accounts'], security: [] }
const own = { tags: ['Accounts'] }

export const auth = (core: Core, options: AuthOptions = {}) =>
  new Elysia({ name: 'native.auth.routes', prefix: '/api/auth' })
    .use(nativeAuth(core))
    .post(
      '/register',
      async ({ body, request, status }) => {
        const ip = peerOf(request).ip
        const user = await core.accounts.register({
          username: body.username,
          password: body.password,
          displayName: body.display_name ?? undefined,
          email: body.email,
          face: 'native',
          ip,
        })
        return status(201, await signIn(core, user, ip))
      },
      {
        body: RegisterBody,
        parse: 'json',
        response: { 201: SignedReply, ...errors(400, 403, 409, 422, 429) },
        detail: { ...open, summary: 'Sign up. The first account of a server is its administrator.' },
      },
    )
    .post(
      '/login',
      async ({ body, request }) => {
        const ip = peerOf(request).ip
        return signIn(core, await core.accounts.verifyPassword(body.username, body.password, ip), ip)
      },
      {
        body: LoginBody,
        parse: 'json',
        response: { 200: SignedReply, ...errors(400, 401, 403, 422, 429) },
        detail: { ...open, summary: 'Sign in by username or e-mail address' },
      },
    )
    .get(
      '/options',
      async () => ({
        first_account: await core.accounts.isEmpty(),
        signup_enabled: await core.accounts.isSignupOpen('native'),
      }),
      {
        response: { 200: OptionsReply },
        detail: { ...open, summary: 'What a sign-in page has to offer: nobody is here yet, sign-up is open' },
      },
    )
    .get('/me', ({ actor }) => presentSelf(actor.user), {
      auth: 'pending',
      response: { 200: UserReply, ...errors(401) },
      detail: { ...own, summary: 'Who I am' },
    })
    .post(
      '/logout',
      async ({ actor, request }) => {
        await core.sessions.close(actor, bearerToken(request.headers.get('authorization')) ?? '')
        return new Response(null, { status: 204 })
      },
      {
        auth: 'pending',
        detail: { ...own, summary: 'Sign out: this token and its sockets end at once', responses: gone },
      },
    )
    .patch('/profile', ({ actor, body }) => saveProfile(core, actor, body), profileRoute('Change my profile'))
    .put(
      '/profile',
      ({ actor, body }) => saveProfile(core, actor, body),
      profileRoute('The same as PATCH: fields that are left out stay as they are'),
    )
    .post(
      '/avatar',
      async ({ actor, body }) => {
        const bytes = new Uint8Array(await body.file.arrayBuffer())
        return presentSelf(await core.accounts.setAvatar(actor, actor.user.id, bytes))
      },
      {
        auth: true,
        body: AvatarBody,
        response: { 200: UserReply, ...errors(401, 413, 415, 422) },
        detail: { ...own, summary: 'Set my picture' },
      },
    )
    .delete(
      '/avatar',
      async ({ actor }) => presentSelf(await core.accounts.clearAvatar(actor, actor.user.id)),
      {
        auth: true,
        response: { 200: UserReply, ...errors(401) },
        detail: { ...own, summary: 'Remove my picture' },
      },
    )
    .post(
      '/nostr/challenge',
      async ({ body }) => {
        const { challenge, expiresAt } = await core.accounts.nostrChallenge(pubkeyOf(body?.pubkey))
        return { challenge, expires_at: timestamp(expiresAt) }
      },
      {
        body: ChallengeBody,
        parse: 'json',
        response: { 200: ChallengeReply, ...errors(400, 422, 429) },
        detail: { ...open, summary: 'A text to sign by a Nostr key: good once, for five minutes' },
      },
    )
    .post(
      '/nostr/verify',
      async ({ body, request }) => {
        const context = nostrContext(request, options.publicUrl ?? null)
        return signIn(core, await core.accounts.nostrSignIn(body.event, context), context.ip)
      },
      {
        body: VerifyBody,
        parse: 'json',
        response: { 200: SignedReply, ...errors(401, 403, 422, 429) },
        detail: { ...open, summary: 'Sign in by a signed Nostr event; the first time makes the account' },
      },
    )

const gone = { 204: { description: 'Done' }, 401: { description: 'No or bad token' } }

function profileRoute(summary: string) {
  return {
    auth: true,
    body: ProfileBody,
    response: { 200: UserReply, ...errors(400, 401, 403, 409, 422) },
    detail: { ...own, summary },
  } as const
}
