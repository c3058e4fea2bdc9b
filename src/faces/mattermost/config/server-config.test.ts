import { expect, test } from 'bun:test'
import { difference, merge } from './server-config.ts'

test('only what is another is stored, and laid over it gives it back', () => {
  const base = { a: { x: 1, y: [1, 2], z: true }, b: 'text' }
  const next = { a: { x: 1, y: [2], z: false }, b: 'text', c: { fresh: 1 } }
  const changed = difference(base, next)
  expect(changed).toEqual({ a: { y: [2], z: false }, c: { fresh: 1 } })
  expect(merge(structuredClone(base), changed)).toEqual(next)
})

test('null means "not sent", and no key reaches the prototype', () => {
  const sent = JSON.parse('{"a":null,"__proto__":{"evil":1}}') as Record<string, unknown>
  const merged = merge({ a: 1 }, sent)
  expect(merged).toEqual({ a: 1 })
  expect(({} as Record<string, unknown>).evil).toBeUndefined()
})
