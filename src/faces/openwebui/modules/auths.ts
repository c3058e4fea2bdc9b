/** Signing up, in and out; one's own profile, password and API key. */
import { Elysia, t } from 'elysia'
import type { Actor, User } from '../../../core/types.ts'
import { peerOf } from '../../../realtime/peer.ts'
import { openwebuiAuth, tokenOf } from '../auth.ts'
import { Detail, detail, TEXT } from '../errors.ts'
import type { FaceCore } from '../face-core.ts'
import { form, maybe, maybeText } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { checkPassword } from '../passwords.ts'
import { imagePath, presentAccount, statusOf } from '../present/users.ts'

const SignIn = form({ email: t.String(), password: t.String() })
const SignUp = form({
  name: t.String(),
  email: t.String(),
  password: t.String(),
  profile_image_url: maybeText,
})
const AddUser = form({
  name: t.String(),
  email: t.String(),
  password: t.String(),
  profile_image_url: maybeText,
  role: maybeText,
})
const Profile = form({
  profile_image_url: t.String(),
  name: t.String(),
  bio: maybeText,
  gender: maybeText,
  date_of_birth: maybe(t.String({ format: 'date' })),
})

export const auths = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.auths', prefix: '/api/v1/auths' })
    .use(openwebuiAuth(core))
    .onAfterHandle(({ response }) => {
      if (response instanceof Response) response.headers.set('cache-control', 'no-store')
    })
    .get('/', ({ actor, request }) => currentSession(face, actor, request), { rank: 'any' })
    .post('/signin', ({ body, request }) => signIn(face, body, request), { body: SignIn })
    .post('/signup', ({ body, request }) => signUp(face, body, request), { body: SignUp })
    .post('/signout', ({ request }) => signOut(core, request))
    .get('/signout', ({ request }) => {
      // A picture or a link on some page is not somebody who wants to leave; the front end asks by fetch.
      if ((request.headers.get('sec-fetch-dest') ?? 'empty') !== 'empty') throw detail.forbidden()
      return signOut(core, request)
    })
    .post('/add', async ({ actor, body }) => json(await addUser(face, actor, body)), {
      rank: 'admin',
      body: AddUser,
    })
    .post('/update/profile', async ({ actor, body }) => json(await updateProfile(core, actor, body)), {
      rank: 'user',
      body: Profile,
    })
    .post(
      '/update/timezone',
      async ({ actor, body }) => {
        await core.people.setTimezone(actor, body.timezone.slice(0, 100))
        return json({ status: true })
      },
      { rank: 'any', body: form({ timezone: t.String() }) },
    )
    .post(
      '/update/password',
      async ({ actor, body }) => {
        if (!core.settings.get('ui.enable_password_change_form', true))
          throw detail.bad(TEXT.actionProhibited)
        checkPassword(face, body.new_password)
        await changePassword(core, actor, body.password, body.new_password)
        return json(true)
      },
      { rank: 'any', body: form({ password: t.String(), new_password: t.String() }) },
    )
    .get('/admin/details', async () => json(await adminDetails(core)), { rank: 'any' })
    .get('/api_key', async ({ actor }) => json({ api_key: await ownKey(face, actor) }), { rank: 'any' })
    .post(
      '/api_key',
      async ({ actor }) => {
        await mayHaveKey(face, actor)
        return json({ api_key: await core.people.makeApiKey(actor) })
      },
      { rank: 'any' },
    )
    .delete(
      '/api_key',
      async ({ actor }) => {
        await mayHaveKey(face, actor)
        return json(await core.people.removeApiKey(actor))
      },
      { rank: 'any' },
    )
    .get('/mfa/status', () => json({ enabled: false, required: false, recovery_codes_remaining: 0 }), {
      rank: 'any',
    })
}

interface SessionDetails {
  token: string
  expiresAt: number | null
}

/** `token` for the browser's own use, and for requests that carry no header. */
function cookie(face: FaceContext, { token, expiresAt }: SessionDetails): string {
  const { sameSite, secure } = face.config.auth.cookie
  const maxAge =
    expiresAt === null ? '' : `; Max-Age=${Math.max(0, expiresAt - Math.floor(Date.now() / 1000))}`
  return `token=${token}; HttpOnly; Path=/; SameSite=${sameSite}${secure ? '; Secure' : ''}${maxAge}`
}

const CLEARED = 'token=; HttpOnly; Path=/; SameSite=lax; Max-Age=0'

async function openSession(face: FaceContext, user: User, request: Request): Promise<Response> {
  const opened = await face.core.sessions.open(user, 'openwebui', {
    ip: peerOf(request).ip,
    device: { user_agent: (request.headers.get('user-agent') ?? '').slice(0, 300) },
  })
  const expiresAt = opened.session.expiresAt === null ? null : Math.floor(opened.session.expiresAt / 1000)
  const body = { ...(await sessionBody(face.core, user, opened.token, expiresAt)) }
  return json(body, 200, { 'set-cookie': cookie(face, { token: opened.token, expiresAt }) })
}

async function sessionBody(core: FaceCore, user: User, token: string, expiresAt: number | null) {
  return {
    token,
    token_type: 'Bearer',
    expires_at: expiresAt,
    ...presentAccount(user),
    permissions: (await core.permissions.tree(user.id)).tree,
  }
}

/** Also sets the cookie again, so that a token from local storage works for images too. */
async function currentSession(face: FaceContext, actor: Actor, request: Request): Promise<Response> {
  if (actor.via !== 'session') throw detail.forbidden('A human session is required.')
  const token = tokenOf(request) ?? ''
  const expiresAt = expiryOf(token)
  const person = await face.core.people.row(actor.user.id)
  const body = {
    ...(await sessionBody(face.core, actor.user, token, expiresAt)),
    ...statusOf(person),
    profile_image_url: person.profileImageUrl || imagePath(actor.user.id),
    bio: person.bio || null,
    gender: person.gender,
    date_of_birth: person.dateOfBirth,
  }
  return json(body, 200, { 'set-cookie': cookie(face, { token, expiresAt }) })
}

/** `exp` of a token that was verified already. */
function expiryOf(token: string): number | null {
  try {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')) as {
      exp?: unknown
    }
    return typeof claims.exp === 'number' ? claims.exp : null
  } catch {
    return null
  }
}

async function signIn(
  face: FaceContext,
  body: { email: string; password: string },
  request: Request,
): Promise<Response> {
  let user: User
  try {
    user = await face.core.accounts.verifyPassword(
      body.email.trim().toLowerCase(),
      body.password,
      peerOf(request).ip,
    )
  } catch (error) {
    throw inWords(error)
  }
  return openSession(face, user, request)
}

async function signUp(
  face: FaceContext,
  body: { name: string; email: string; password: string; profile_image_url?: string | null },
  request: Request,
): Promise<Response> {
  const { core } = face
  const first = await core.accounts.isEmpty()
  if (!first && !(face.setting('ui.enable_signup') && face.setting('ui.enable_login_form')))
    throw detail.forbidden()
  const email = checkedEmail(body.email)
  checkPassword(face, body.password)
  let user: User
  try {
    user = await register(core, { email, password: body.password, name: body.name }, request)
  } catch (error) {
    throw inWords(error)
  }
  const actor: Actor = { user, via: 'system', scopes: ['*'], sessionId: null, ip: null }
  if (body.profile_image_url)
    await core.accounts.updateProfile(actor, user.id, { profileImageUrl: body.profile_image_url })
  // The first person becomes administrator, and opens the door to others when they choose to.
  if (first && user.role === 'admin') await core.openConfig.set(actor, { 'ui.enable_signup': false })
  return openSession(face, (await core.users.byId(user.id)) ?? user, request)
}

/** People here have e-mail addresses; the username that other faces need is made of one. */
async function register(
  core: FaceCore,
  input: { email: string; password: string; name: string },
  request: Request,
): Promise<User> {
  return core.accounts.register({
    username: await freeUsername(core, input.email),
    password: input.password,
    displayName: input.name,
    email: input.email,
    face: 'openwebui',
    ip: peerOf(request).ip,
  })
}

async function freeUsername(core: FaceCore, email: string): Promise<string> {
  const wanted = (email.split('@')[0] ?? '')
    .replace(/[^a-z0-9._-]/g, '')
    .replace(/^[^a-z]+/, '')
    .slice(0, 40)
  const base = wanted.length >= 3 ? wanted : `user-${wanted}`
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}${n}`
    if (!(await core.users.byUsername(name))) return name
  }
}

function checkedEmail(given: string): string {
  const email = given.trim().toLowerCase()
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) throw detail.bad(TEXT.invalidEmail)
  return email
}

/** Faults of accounts in the original's words. */
function inWords(error: unknown): unknown {
  const code = (error as { code?: unknown }).code
  const kind = (error as { kind?: unknown }).kind
  if (kind === 'unauthenticated') return detail.bad(TEXT.invalidCredentials)
  if (kind === 'conflict' && typeof code === 'string' && code.includes('email'))
    return detail.bad(TEXT.emailTaken)
  return error
}

async function signOut(core: FaceCore, request: Request): Promise<Response> {
  const token = tokenOf(request)
  const actor = token === null ? null : await core.sessions.actorByToken(token, peerOf(request).ip)
  if (token !== null && actor?.via === 'session') await core.sessions.close(actor, token)
  return json({ status: true }, 200, { 'set-cookie': CLEARED })
}

async function addUser(
  face: FaceContext,
  actor: Actor,
  body: {
    name: string
    email: string
    password: string
    role?: string | null
    profile_image_url?: string | null
  },
) {
  const { core } = face
  const email = checkedEmail(body.email)
  checkPassword(face, body.password)
  if (await core.users.byEmail(email)) throw detail.bad(TEXT.emailTaken)
  const role = body.role === 'admin' || body.role === 'user' ? body.role : 'pending'
  const user = await core.accounts.create({
    username: await freeUsername(core, email),
    password: body.password,
    displayName: body.name,
    email,
    role,
  })
  if (body.profile_image_url && body.profile_image_url !== '/user.png')
    await core.accounts.updateProfile(actor, user.id, { profileImageUrl: body.profile_image_url })
  const { token } = await core.sessions.open(user, 'openwebui', { ip: null })
  return { token, token_type: 'Bearer', ...presentAccount(user) }
}

async function updateProfile(
  core: FaceCore,
  actor: Actor,
  body: {
    profile_image_url: string
    name: string
    bio?: string | null
    gender?: string | null
    date_of_birth?: string | null
  },
) {
  // What the browser was given as picture is our own address: then nothing changed.
  const changed = body.profile_image_url !== imagePath(actor.user.id)
  const user = await core.accounts.updateProfile(actor, actor.user.id, {
    displayName: body.name,
    ...(changed ? { profileImageUrl: body.profile_image_url } : {}),
  })
  await core.people.setDetails(actor, {
    bio: body.bio ?? null,
    gender: body.gender ?? null,
    dateOfBirth: body.date_of_birth ?? null,
  })
  return { ...presentAccount(user), profile_image_url: user.profileImageUrl || imagePath(user.id) }
}

async function changePassword(
  core: FaceCore,
  actor: Actor,
  currentPassword: string,
  newPassword: string,
): Promise<void> {
  try {
    await core.accounts.changePassword(actor, { currentPassword, newPassword, endsOwnSession: true })
  } catch (error) {
    throw (error as { kind?: unknown }).kind === 'unauthenticated' ||
      (error as { kind?: unknown }).kind === 'forbidden'
      ? detail.bad(TEXT.incorrectPassword)
      : error
  }
}

async function adminDetails(core: FaceCore): Promise<Record<string, unknown>> {
  if (!core.settings.get('auth.admin.show', true)) throw new Detail(400, TEXT.actionProhibited)
  const email = core.settings.get<string | null>('auth.admin.email', null)
  const admin = email ? await core.users.byEmail(email) : await core.roomReads.firstAdmin()
  return { name: admin?.displayName ?? null, email: admin?.email ?? email }
}

async function mayHaveKey(face: FaceContext, actor: Actor): Promise<void> {
  const on =
    face.setting('auth.enable_api_keys') && (await face.core.permissions.has(actor, 'features.api_keys'))
  if (!on) throw detail.forbidden(TEXT.apiKeyCreationNotAllowed)
}

async function ownKey(face: FaceContext, actor: Actor): Promise<string> {
  const key = await face.core.people.apiKey(actor)
  if (key === null) throw new Detail(404, TEXT.apiKeyNotFound)
  return key
}
