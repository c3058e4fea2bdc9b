import { expect, test } from 'bun:test'
import { memoryLimiter } from './limiter.ts'

test('allows so many in a window, then says how long to wait', async () => {
  let now = 0
  const limiter = memoryLimiter({ now: () => now })
  expect([await limiter.hit('a', 2, 60), await limiter.hit('a', 2, 60)]).toEqual([0, 0])
  now = 45_500
  expect(await limiter.hit('a', 2, 60)).toBe(15)
  expect(await limiter.hit('b', 2, 60)).toBe(0)
  now = 60_000
  expect(await limiter.hit('a', 2, 60)).toBe(0)
})

test('forgets the oldest key beyond its bound', async () => {
  const limiter = memoryLimiter({ now: () => 0 }, 2)
  await limiter.hit('a', 1, 60)
  await limiter.hit('b', 1, 60)
  await limiter.hit('c', 1, 60)
  expect(await limiter.hit('c', 1, 60)).toBe(60)
  expect(await limiter.hit('a', 1, 60)).toBe(0)
})
