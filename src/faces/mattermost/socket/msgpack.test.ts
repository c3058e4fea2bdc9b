import { expect, test } from 'bun:test'
import { decodeMsgpack } from './msgpack.ts'

test('a client frame of the Go client is read', () => {
  // {"seq": 1, "action": "ping", "data": nil}, as encoded by msgpack.
  const bytes = Uint8Array.from([
    0x83, 0xa3, 0x73, 0x65, 0x71, 0x01, 0xa6, 0x61, 0x63, 0x74, 0x69, 0x6f, 0x6e, 0xa4, 0x70, 0x69, 0x6e,
    0x67, 0xa4, 0x64, 0x61, 0x74, 0x61, 0xc0,
  ])
  expect(decodeMsgpack(bytes)).toEqual({ seq: 1, action: 'ping', data: null })
})

test('numbers of all sizes, floats, lists and long text', () => {
  expect(decodeMsgpack(Uint8Array.from([0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe]))).toBe(-2)
  expect(decodeMsgpack(Uint8Array.from([0xcd, 0x01, 0x00]))).toBe(256)
  expect(decodeMsgpack(Uint8Array.from([0xcb, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0]))).toBe(1.5)
  expect(decodeMsgpack(Uint8Array.from([0x92, 0xc3, 0xff]))).toEqual([true, -1])
  const long = new TextEncoder().encode('x'.repeat(200))
  expect(decodeMsgpack(Uint8Array.from([0xd9, 200, ...long]))).toBe('x'.repeat(200))
})

test('what is cut, left over or nested too deeply is refused', () => {
  expect(() => decodeMsgpack(Uint8Array.from([0xa5, 0x61]))).toThrow(RangeError)
  expect(() => decodeMsgpack(Uint8Array.from([0xc0, 0xc0]))).toThrow(RangeError)
  expect(() => decodeMsgpack(new Uint8Array(64).fill(0x91))).toThrow(RangeError)
})
