import { expect, test } from 'bun:test'
import { fromWire, isWireId, NO_UUID, randomWireId, toWire, toWireOr, uuidOfName } from './ids.ts'

test('a thousand UUIDs survive the way there and back', () => {
  for (let i = 0; i < 1000; i += 1) {
    const id = crypto.randomUUID()
    const wire = toWire(id)
    expect(wire).toMatch(/^[ybndrfg8ejkmcpqxot1uwisza345h769]{26}$/)
    expect(fromWire(wire)).toBe(id)
  }
})

test('the spelling is base32 of the sixteen bytes without padding', () => {
  expect(toWire('00000000-0000-0000-0000-000000000000')).toBe('y'.repeat(26))
  // All ones: 25 full groups and three bits left, padded with two zero bits.
  expect(toWire('ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe(`${'9'.repeat(25)}h`)
})

test('what is no id is null, what nobody encodes to is nobody', () => {
  for (const text of ['', 'me', 'a'.repeat(25), `${'a'.repeat(25)}-`]) expect(fromWire(text)).toBeNull()
  expect(fromWire('A'.repeat(26))).toBe(NO_UUID)
  expect(fromWire('9'.repeat(26))).toBe(NO_UUID)
})

test('names get stable ids of version 5', () => {
  expect(toWire('gpt-4o')).toBe(toWire('gpt-4o'))
  expect(toWire('gpt-4o')).not.toBe(toWire('gpt-4'))
  expect(uuidOfName('x')[14]).toBe('5')
})

test('absent ids are empty strings, random ids are well formed', () => {
  expect(toWireOr(null)).toBe('')
  expect(isWireId(randomWireId())).toBe(true)
})
