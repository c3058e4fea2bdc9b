/**
 * How many requests a minute: of an account where one is known at a glance, else of an address; fewer for those that
 * sign in. What single actions allow (messages, AI answers, sign-ups) is the core's.
 */
import type { RateLimiter } from '../core/ports.ts'
import { networkOf } from '../core/support/network-of.ts'
import { peerOf } from '../realtime/peer.ts'
import { pathnameOf } from '../server.ts'
import { isLongPoll } from './face-of.ts'
import type { Refusal } from './refusal.ts'

export interface LimitOptions {
  limiter: RateLimiter
  perMinute: { ip: number; user: number; auth: number }
  /** The account behind a request's credentials, if it is in memory. */
  accountOf(request: Request): string | null
}

/** Ways to sign in, of all faces. Sign-ups are counted in the core, where they are made. */
const SIGN_IN = new Set([
  '/api/auth/login',
  '/api/auth/nostr/challenge',
  '/api/v1/auths/signin',
  '/api/v1/auths/ldap',
  '/api/v4/users/login',
  '/api/v4/users/password/reset/send',
])

/** null = go on. */
export function requestLimits({ limiter, perMinute, accountOf }: LimitOptions) {
  return async (request: Request): Promise<Refusal | null> => {
    const { ip } = peerOf(request)
    // What a socket may say and hear is limited where sockets are, whatever carries it.
    if (ip === null || isLongPoll(request.url)) return null
    const account = accountOf(request)
    const address = networkOf(ip)
    const waitS =
      account === null
        ? await limiter.hit(`ip:${address}`, perMinute.ip, 60)
        : await limiter.hit(`user:${account}`, perMinute.user, 60)
    if (waitS > 0) return tooMany(account === null ? 'from this address' : 'of this account', waitS)
    if (request.method !== 'POST' || !SIGN_IN.has(pathnameOf(request.url))) return null
    const authWaitS = await limiter.hit(`auth:${address}`, perMinute.auth, 60)
    return authWaitS > 0 ? tooMany('to sign in from this address', authWaitS) : null
  }
}

export function tooMany(whose: string, retryAfterS: number): Refusal {
  return { status: 429, code: 'rate_limited', message: `Too many requests ${whose}.`, retryAfterS }
}
