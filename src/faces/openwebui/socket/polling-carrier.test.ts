// Goal: long polling loses nothing, repeats nothing, and holds no more than it may.
import { expect, test } from 'bun:test'
import { backpressureBytes } from '../../../realtime/sockets.ts'
import { PollingCarrier, PollingTopics } from './polling-carrier.ts'

function polled(topics = new PollingTopics()) {
  const said: string[] = []
  const carrier = new PollingCarrier(topics, {
    publish: (topic, frame) => void said.push(`${topic} ${frame}`),
    overflowed: () => void said.push('overflowed'),
    leftOver: () => void said.push('left over'),
  })
  const poll = (signal = new AbortController().signal) => carrier.poll(signal)
  return { topics, carrier, said, poll }
}

test('what waits comes at once, together and in order; then a request waits', async () => {
  const { carrier, poll } = polled()
  for (const frame of ['42["a"]', '42["b"]']) carrier.send(frame)
  expect(await poll()).toBe('42["a"]\x1e42["b"]')
  const waits = poll()
  for (const frame of ['42["c"]', '42["d"]']) carrier.send(frame)
  expect(await waits).toBe('42["c"]\x1e42["d"]')
})

test('a request that was given up takes nothing with it', async () => {
  const { carrier, poll } = polled()
  const control = new AbortController()
  void poll(control.signal)
  control.abort()
  carrier.send('42["a"]')
  expect(await poll()).toBe('42["a"]')
})

test('who never asks is ended before much waits, and what waited is dropped', () => {
  const { carrier, said } = polled()
  const frame = 'x'.repeat(10_000)
  for (let n = 0; n <= backpressureBytes / frame.length; n++) carrier.send(frame)
  expect(said).toEqual(['overflowed'])
  expect(carrier.handOver()).toEqual([])
})

test('topics are those joined, a publish leaves the speaker out', async () => {
  const one = polled()
  const two = polled(one.topics)
  for (const { carrier } of [one, two]) carrier.subscribe('room')
  one.carrier.publish('room', '42["hi"]')
  expect(one.said).toEqual(['room 42["hi"]'])
  expect(await two.poll()).toBe('42["hi"]')
  expect(one.carrier.handOver()).toEqual([])
  two.carrier.unsubscribe('room')
  expect(one.topics.listeners('room')).toBe(1)
  one.carrier.unsubscribe('room')
  expect(one.topics.listeners('room')).toBe(0)
})

test('the end comes after the last word, in an answer of its own', async () => {
  const { carrier, poll, said } = polled()
  const waits = poll()
  carrier.send('41')
  carrier.close()
  expect(await waits).toBe('41')
  expect(said).toEqual(['left over'])
  expect(await poll()).toBe('1')
})

test('a probe lets go of the request that waits; what came meanwhile is handed over', async () => {
  const { carrier, poll } = polled()
  const waits = poll()
  carrier.probe()
  expect(await waits).toBe('6')
  expect(await poll()).toBe('6')
  carrier.send('42["late"]')
  expect(carrier.handOver()).toEqual(['42["late"]'])
})
