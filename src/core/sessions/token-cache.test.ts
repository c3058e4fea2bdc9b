import { expect, test } from 'bun:test'
import type { Actor } from '../types.ts'
import { TokenCache } from './token-cache.ts'

const entry = (userId: string, expiresAt: number | null = null) => ({
  actor: {
    user: { id: userId },
    via: 'session',
    scopes: ['*'],
    sessionId: null,
    ip: null,
  } as unknown as Actor,
  expiresAt,
})

test('what was read before a change is not kept after it', () => {
  const cache = new TokenCache()
  const before = cache.version
  // While someone reads the database, the session is ended and everything of the person forgotten.
  cache.forgetUser('u')
  cache.keep('t', entry('u'), before)
  expect(cache.get('t', 0)).toBeUndefined()
  cache.keep('t', entry('u'), cache.version)
  expect(cache.get('t', 0)).toBeDefined()
})

test('forgets all tokens of a person and no others', () => {
  const cache = new TokenCache()
  for (const [token, user] of [
    ['a', 'u'],
    ['b', 'u'],
    ['c', 'v'],
  ] as const) {
    cache.keep(token, entry(user), cache.version)
  }
  cache.forgetUser('u')
  expect(['a', 'b', 'c'].map((token) => cache.get(token, 0) !== undefined)).toEqual([false, false, true])
})

test('forgets at the moment of expiry', () => {
  const cache = new TokenCache()
  cache.keep('t', entry('u', 100), cache.version)
  expect(cache.get('t', 99)).toBeDefined()
  expect(cache.get('t', 100)).toBeUndefined()
})

test('holds so many, and those of a person can still be forgotten after some were pushed out', () => {
  const cache = new TokenCache(2)
  for (const token of ['a', 'b', 'c']) cache.keep(token, entry('u'), cache.version)
  expect(['a', 'b', 'c'].map((token) => cache.get(token, 0) !== undefined)).toEqual([false, true, true])
  cache.forgetUser('u')
  expect(cache.get('c', 0)).toBeUndefined()
})
