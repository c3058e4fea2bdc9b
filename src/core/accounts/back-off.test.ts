import { expect, test } from 'bun:test'
import { createBackOff } from './back-off.ts'

test('waits longer with each failure beyond the bound, up to a quarter of an hour, and forgives after an hour', () => {
  let now = 0
  const backOff = createBackOff({ now: () => now })
  const waits: number[] = []
  for (let n = 0; n < 14; n += 1) {
    backOff.failed('a', 3)
    waits.push(backOff.waitS('a'))
  }
  expect(waits).toEqual([0, 0, 5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900])
  expect(backOff.waitS('b')).toBe(0)
  now += 3_600_000
  backOff.failed('a', 3)
  expect(backOff.waitS('a')).toBe(0)
})

test('of an address that many share, a slip a minute is forgiven', () => {
  let now = 0
  const backOff = createBackOff({ now: () => now }, { forgiveOneEveryMs: 60_000 })
  for (let n = 0; n < 500; n += 1) {
    backOff.failed('office', 5)
    expect(backOff.waitS('office')).toBe(0)
    now += 60_000
  }
  for (let n = 0; n < 5; n += 1) backOff.failed('guesser', 5)
  expect(backOff.waitS('guesser')).toBe(5)
})

test('lets through at once no more than may still fail, and the rest one after another', async () => {
  const backOff = createBackOff({ now: () => 0 })
  let running = 0
  let most = 0
  const attempt = () =>
    backOff.inTurn('a', 3, async () => {
      running += 1
      most = Math.max(most, running)
      await Promise.resolve()
      running -= 1
    })
  await Promise.all(Array.from({ length: 20 }, attempt))
  expect(most).toBe(3)
})

test('refuses more than it would keep waiting', async () => {
  const backOff = createBackOff({ now: () => 0 })
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const attempts = Array.from({ length: 1_002 }, () => backOff.inTurn('a', 1, () => gate))
  const last = attempts.at(-1)
  await expect(last).rejects.toMatchObject({ code: 'auth.too_many_attempts' })
  release()
  await Promise.all(attempts.slice(0, -1))
})
