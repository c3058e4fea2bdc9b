/**
 * Who asks: cookie before header, CSRF for cookies only, and the three cookies of a log-in.
 * Knows the carriers of a token; what a token is worth, the core knows.
 */
import type { Core } from '../../core/core.ts'
import type { Actor } from '../../core/types.ts'
import { refuse } from './errors.ts'
import { Call, type OpenCall } from './wire/call.ts'

const TOKEN_COOKIE = 'MMAUTHTOKEN'
const CLEARED = ['MMAUTHTOKEN', 'MMUSERID', 'MMCSRF']

export interface Credentials {
  token: string
  from: 'cookie' | 'header'
}

/** Cookie wins over `Authorization`; null when the request carries neither. */
export function credentialsOf(headers: Headers): Credentials | null {
  const cookies = headers.get('cookie')
  const token = cookies ? cookieOf(cookies, TOKEN_COOKIE) : null
  if (token) return { token, from: 'cookie' }
  const header = headers.get('authorization')
  const match = header ? /^(?:bearer|token)\s+(\S+)$/i.exec(header) : null
  return match?.[1] ? { token: match[1], from: 'header' } : null
}

/** Anonymous requests give null; a bad token does too (the caller decides what that means). */
export async function actorOf(core: Core, headers: Headers, ip: string | null): Promise<Actor | null> {
  const credentials = credentialsOf(headers)
  if (!credentials) return null
  return (
    core.sessions.cachedActor(credentials.token) ?? (await core.sessions.actorByToken(credentials.token, ip))
  )
}

/** Accounts that wait for approval stay outside; a key with few scopes is for the native face, since nothing here knows scopes. */
export function mayUseFace(actor: Actor): boolean {
  return actor.user.role !== 'pending' && (actor.via !== 'api_key' || actor.scopes.includes('*'))
}

/** Throws 401 when nobody stands behind the request, or a cookie's write has no CSRF proof. */
export async function authenticate(open: OpenCall): Promise<Call> {
  const credentials = credentialsOf(open.request.headers)
  if (!credentials) throw refuse.session()
  const { sessions } = open.core
  const cached = sessions.cachedActor(credentials.token)
  const actor = cached === undefined ? await sessions.actorByToken(credentials.token, open.ip) : cached
  if (!actor || !mayUseFace(actor)) throw refuse.session()
  if (credentials.from === 'cookie' && open.request.method !== 'GET') await checkCsrf(open, actor)
  return new Call(open, actor, credentials.token)
}

async function checkCsrf(open: OpenCall, actor: Actor): Promise<void> {
  if (open.request.method === 'HEAD') return
  if (open.header('x-requested-with') === 'XMLHttpRequest') return
  const sent = open.header('x-csrf-token')
  const expected = actor.sessionId ? await open.core.sessions.csrf(actor.sessionId) : null
  if (!sent || !expected || sent !== expected) throw refuse.session()
}

/** The cookies of a log-in: two of them readable by scripts, else the web app believes it is signed out. */
export function loginCookies(
  token: string,
  wireUserId: string,
  csrf: string,
  options: { secure: boolean; maxAgeS: number },
): string[] {
  const tail = `Path=/; Max-Age=${options.maxAgeS}${options.secure ? '; Secure' : ''}; SameSite=Lax`
  return [
    `MMAUTHTOKEN=${token}; ${tail}; HttpOnly`,
    `MMUSERID=${wireUserId}; ${tail}`,
    `MMCSRF=${csrf}; ${tail}`,
  ]
}

export function clearedCookies(): string[] {
  return CLEARED.map((name) => `${name}=; Path=/; Max-Age=0`)
}

function cookieOf(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const at = part.indexOf('=')
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim() || null
  }
  return null
}
