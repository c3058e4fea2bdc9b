import { expect, test } from 'bun:test'
import { Connection, type Line, SENT_MAX, WAITING_MAX } from './connection.ts'

class FakeLine implements Line {
  frames: { n: number; seq: number }[] = []
  closed: number | null = null
  waiting = 0
  full = false
  send(text: string): number {
    if (this.full) return 0
    this.frames.push(JSON.parse(text) as { n: number; seq: number })
    return text.length
  }
  buffered(): number {
    return this.waiting
  }
  close(code: number): void {
    this.closed = code
  }
}

const frame = (n: number) => `{"n":${n},"seq":`
const seqs = (line: FakeLine) => line.frames.map((sent) => sent.seq)

test('events are numbered from nought without gaps', () => {
  const line = new FakeLine()
  const connection = new Connection(line)
  for (let n = 0; n < 300; n += 1) connection.deliver(frame(n))
  expect(seqs(line)).toEqual(Array.from({ length: 300 }, (_, i) => i))
})

test('a returning client gets what it missed, and what came meanwhile, in order', () => {
  const first = new FakeLine()
  const connection = new Connection(first)
  for (let n = 0; n < 10; n += 1) connection.deliver(frame(n))
  connection.detach(first, 1)
  connection.deliver(frame(10))
  connection.deliver(frame(11))
  const line = new FakeLine()
  expect(connection.resume(line, 7)).toBe(true)
  connection.deliver(frame(12))
  expect(line.frames).toEqual([7, 8, 9, 10, 11, 12].map((n) => ({ n, seq: n })))
})

test('a client that missed nothing just goes on', () => {
  const first = new FakeLine()
  const connection = new Connection(first)
  connection.deliver(frame(0))
  connection.detach(first, 1)
  const line = new FakeLine()
  expect(connection.resume(line, 1)).toBe(true)
  expect(line.frames).toEqual([])
})

test('what has fallen out of the ring cannot be asked for, nor the future', () => {
  const first = new FakeLine()
  const connection = new Connection(first)
  for (let n = 0; n < SENT_MAX + 5; n += 1) connection.deliver(frame(n))
  connection.detach(first, 1)
  expect(connection.resume(new FakeLine(), 4)).toBe(false)
  expect(connection.resume(new FakeLine(), SENT_MAX + 6)).toBe(false)
  expect(connection.resume(new FakeLine(), 5)).toBe(true)
})

test('a client that is back before its old line was seen to end takes over', () => {
  const first = new FakeLine()
  const connection = new Connection(first)
  connection.deliver(frame(0))
  const line = new FakeLine()
  expect(connection.resume(line, 1)).toBe(true)
  expect(first.closed).toBe(1001)
  expect(connection.detach(first, 1)).toBe(false)
  connection.deliver(frame(1))
  expect(seqs(line)).toEqual([1])
})

test('too many waiting events end the chance to return', () => {
  const first = new FakeLine()
  const connection = new Connection(first)
  connection.detach(first, 1)
  for (let n = 0; n <= WAITING_MAX; n += 1) connection.deliver(frame(n))
  expect(connection.overflown).toBe(true)
  expect(connection.resume(new FakeLine(), 0)).toBe(false)
})

test('a slow client misses passing events but no numbers; a lost one is closed', () => {
  const line = new FakeLine()
  const connection = new Connection(line)
  connection.deliver(frame(0))
  line.waiting = 1_000_000
  connection.deliverPassing(frame(1))
  connection.deliver(frame(2))
  expect(seqs(line)).toEqual([0, 1])
  line.full = true
  connection.deliver(frame(3))
  expect(line.closed).toBe(1013)
})
