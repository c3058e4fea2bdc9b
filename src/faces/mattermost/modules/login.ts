/** Log-in, log-out, sign-up and a person's own sessions. */
import { Elysia } from 'elysia'
import { AppFault } from '../../../core/faults.ts'
import type { Actor, User } from '../../../core/types.ts'
import { clearedCookies, credentialsOf, loginCookies } from '../auth.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire, toWire } from '../ids.ts'
import { displayNameFrom, presentSession, presentUser } from '../present/people.ts'
import { systemRoles } from '../present/roles.ts'
import type { OpenCall } from '../wire/call.ts'
import type { Fields } from '../wire/fields.ts'
import { checkLink } from './mail.ts'

/** As Mattermost's default of thirty days. */
const SESSION_S = 30 * 24 * 3600

export const login = (face: Face) =>
  new Elysia({ name: 'mattermost.login' })
    .post(
      '/users/login',
      face.open((call) => signIn(face, call)),
    )
    .post(
      '/users/login/type',
      face.open(async (call) => {
        await call.fields()
        return face.json({ auth_service: '' })
      }),
    )
    .post(
      '/users/logout',
      face.open((call) => signOut(face, call)),
    )
    .post(
      '/users',
      face.open((call) => signUp(face, call)),
    )
    .get(
      '/users/:user_id/sessions',
      face.user(async (call) => {
        const userId = call.selfOrAdmin()
        const sessions = await face.core.sessions.list(call.actor, userId)
        const user = await face.core.users.byId(userId)
        return face.json(sessions.map((one) => presentSession(one, user ? systemRoles(user) : '')))
      }),
    )
    .post(
      '/users/:user_id/sessions/revoke',
      face.user(async (call) => {
        const sessionId = (await call.fields()).id('session_id')
        await face.core.sessions.revoke(call.actor, call.selfOrAdmin(), sessionId)
        return face.ok()
      }),
    )
    .post(
      '/users/:user_id/sessions/revoke/all',
      face.user(async (call) => {
        await face.core.sessions.revokeAll(call.actor, call.selfOrAdmin())
        return face.ok()
      }),
    )
    .put(
      '/users/sessions/device',
      face.user(async (call) => {
        await noteDevice(face, call.actor, await call.fields())
        return face.ok()
      }),
    )

async function signIn(face: Face, call: OpenCall): Promise<Response> {
  const body = await call.fields()
  const loginId = body.textOr('login_id') || (body.has('id') ? await usernameOf(face, body.textOr('id')) : '')
  if (loginId === '') throw refuse.bodyParam('login_id')
  const user = await verified(face, loginId, body.textOr('password'), call.ip)
  return openSession(face, call, user, body)
}

async function usernameOf(face: Face, wireId: string): Promise<string> {
  const id = fromWire(wireId)
  return (id && (await face.core.users.byId(id))?.username) ?? ''
}

async function verified(face: Face, loginId: string, password: string, ip: string | null): Promise<User> {
  try {
    const user = await face.core.accounts.verifyPassword(loginId, password, ip)
    if (user.role === 'pending') throw inactive()
    return user
  } catch (error) {
    if (!(error instanceof AppFault)) throw error
    if (error.kind === 'rate_limited') {
      const id = 'api.user.check_user_login_attempts.too_many.app_error'
      throw new MmError(401, id, 'Your account is locked because of too many failed password attempts.')
    }
    if (error.kind === 'forbidden') throw inactive()
    if (error.kind !== 'unauthenticated' && error.kind !== 'not_found' && error.kind !== 'invalid')
      throw error
    const id = 'api.user.login.invalid_credentials_email_username'
    throw new MmError(401, id, 'Enter a valid email or username and/or password.')
  }
}

function inactive(): MmError {
  const id = 'api.user.login.inactive.app_error'
  return new MmError(401, id, 'Login failed because your account has not been activated.')
}

async function openSession(face: Face, call: OpenCall, user: User, body: Fields): Promise<Response> {
  const deviceId = body.textOr('device_id')
  const { token, session } = await face.core.sessions.open(user, 'mattermost', {
    ip: call.ip,
    ttlS: SESSION_S,
    device: deviceOf(call, deviceId !== ''),
    ...(deviceId ? { deviceId } : {}),
  })
  const actor: Actor = { user, via: 'session', scopes: ['*'], sessionId: session.id, ip: call.ip }
  await face.mm.defaultRooms.enter(actor)
  const headers = face.replies.headers('application/json', { Token: token })
  if (call.header('x-requested-with') === 'XMLHttpRequest') {
    const csrf = session.csrf ?? (await face.core.sessions.csrf(session.id)) ?? ''
    const secure = isSecure(call, face.options.siteUrl)
    const cookies = loginCookies(token, toWire(user.id), csrf, { secure, maxAgeS: SESSION_S })
    for (const cookie of cookies) headers.append('Set-Cookie', cookie)
  }
  return new Response(JSON.stringify(presentUser(user, 'self', face.privacy)), { headers })
}

async function signOut(face: Face, call: OpenCall): Promise<Response> {
  const credentials = credentialsOf(call.request.headers)
  const actor = credentials && (await face.core.sessions.actorByToken(credentials.token, call.ip))
  if (actor && credentials) await face.core.sessions.close(actor, credentials.token)
  const headers = face.replies.headers('application/json')
  for (const cookie of clearedCookies()) headers.append('Set-Cookie', cookie)
  return new Response('{"status":"OK"}', { headers })
}

async function signUp(face: Face, call: OpenCall): Promise<Response> {
  const body = await call.fields()
  const username = body.text('username').toLowerCase()
  const profile = {
    firstName: body.textOr('first_name'),
    lastName: body.textOr('last_name'),
    nickname: body.textOr('nickname'),
    position: body.textOr('position'),
    locale: body.textOr('locale'),
    ...(body.strings('timezone') ? { timezone: body.strings('timezone')! } : {}),
    ...(body.strings('notify_props') ? { notifyProps: body.strings('notify_props')! } : {}),
    ...(body.strings('props') ? { props: body.strings('props')! } : {}),
  }
  const user = await face.core.accounts.register({
    username,
    password: body.text('password'),
    email: body.textOr('email') || null,
    displayName: displayNameFrom(username, profile),
    face: 'mattermost',
    ip: call.ip,
    profile,
  })
  await joinByInvite(face, user, call.text('iid'))
  checkEmailOf(face, user)
  return face.json(presentUser(user, 'self', face.privacy), 201)
}

/** Behind the answer: whoever signs up need not wait for a mail server. */
function checkEmailOf(face: Face, { email }: User): void {
  if (email === null || !face.core.mailLinks.enabled) return
  face.core.mailLinks
    .sendEmailCheck({ email, ip: null, linkTo: checkLink(face, email) })
    .catch((error: unknown) => face.log.warn('an address was not checked', { error }))
}

async function joinByInvite(face: Face, user: User, inviteId: string): Promise<void> {
  const team = inviteId ? await face.core.teams.byInviteId(inviteId) : null
  if (!team) return
  const actor: Actor = { user, via: 'session', scopes: ['*'], sessionId: null, ip: null }
  await face.core.teams.addMember(actor, team.id, user.id, inviteId)
}

async function noteDevice(face: Face, actor: Actor, body: Fields): Promise<void> {
  if (!actor.sessionId) return
  const device: Record<string, string> = {}
  for (const name of ['device_notification_disabled', 'mobile_version', 'voip_device_id']) {
    if (body.has(name)) device[name] = body.textOr(name)
  }
  const deviceId = body.textOr('device_id')
  await face.core.sessions.update(actor, actor.sessionId, { device, ...(deviceId ? { deviceId } : {}) })
}

/** What the list of sessions shows about a client. */
function deviceOf(call: OpenCall, mobile: boolean): Record<string, string> {
  const agent = call.header('user-agent') ?? ''
  const browser = /(Edg|Firefox|Chrome|Safari|Mattermost(?: Mobile)?)\/([\d.]+)/.exec(agent)
  const os = /(Windows|Mac OS X|Android|iPhone|Linux)/.exec(agent)?.[1] ?? ''
  return {
    platform: os,
    os,
    browser: browser ? `${browser[1]}/${browser[2]}` : agent.slice(0, 60),
    isMobile: String(mobile),
    is_guest: 'false',
    isSaml: 'false',
    isOAuthUser: 'false',
  }
}

function isSecure(call: OpenCall, siteUrl: string): boolean {
  return siteUrl.startsWith('https:') || call.header('x-forwarded-proto') === 'https'
}
