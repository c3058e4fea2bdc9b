import { expect, test } from 'bun:test'
import { createIds } from './ids.ts'

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('ids are version 7 and bear the time', () => {
  const id = createIds({ now: () => 1_700_000_000_123 }).next()
  expect(id).toMatch(UUID_V7)
  expect(Number.parseInt(id.replace('-', '').slice(0, 12), 16)).toBe(1_700_000_000_123)
})

test('ids increase within a millisecond, beyond its counter, and when the clock goes back', () => {
  let now = 1_700_000_000_000
  const ids = createIds({ now: () => now })
  const made = Array.from({ length: 20_000 }, () => ids.next())
  now -= 60_000
  made.push(...Array.from({ length: 20_000 }, () => ids.next()))
  expect(made).toEqual(made.toSorted())
  expect(new Set(made).size).toBe(made.length)
  expect(made.every((id) => UUID_V7.test(id))).toBe(true)
})

test('secrets have the length asked for and differ', () => {
  const ids = createIds({ now: Date.now })
  expect(ids.secret(20)).toMatch(/^[0-9a-f]{40}$/)
  expect(ids.secret(20)).not.toBe(ids.secret(20))
})
