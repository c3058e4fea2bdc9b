import { describe, expect, test } from 'bun:test'
import { CLOSE_UNAUTHORISED, Connection, type ConnectionState, type SocketLike } from './connection.ts'
import { backoffMs } from './backoff.ts'
import { parseFrame, type ServerFrame } from './frames.ts'
import { Pacer } from './pacer.ts'

class FakeSocket implements SocketLike {
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  sent: Record<string, unknown>[] = []
  closed = false
  send(data: string): void {
    this.sent.push(JSON.parse(data) as Record<string, unknown>)
  }
  close(): void {
    this.closed = true
  }
}

/** A connection with sockets and a clock that the test moves. */
function setUp() {
  const sockets: FakeSocket[] = []
  const timers = new Map<number, { at: number; run: () => void }>()
  const states: ConnectionState[] = []
  const frames: ServerFrame[] = []
  let now = 0
  let last = 0
  let refused = 0
  const connection = new Connection({
    open: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
    setTimer: (run, ms) => {
      last += 1
      timers.set(last, { at: now + ms, run })
      return last
    },
    clearTimer: (timer) => timers.delete(timer),
    random: () => 1,
    onState: (state) => states.push(state),
    onFrame: (frame) => frames.push(frame),
    onRefused: () => (refused += 1),
  })
  const pass = (ms: number) => {
    now += ms
    for (const [id, timer] of [...timers]) {
      if (timer.at > now || !timers.delete(id)) continue
      timer.run()
    }
  }
  const accept = () => {
    const socket = sockets.at(-1)
    socket?.onopen?.()
    socket?.onmessage?.({ data: '{"type":"pong"}' })
    return socket
  }
  return { connection, sockets, states, frames, pass, accept, refused: () => refused }
}

describe('Connection', () => {
  test('signs in by its first frame and is online at the first answer', () => {
    const { connection, sockets, states, accept } = setUp()
    connection.start('secret')
    expect(connection.send({ type: 'ping' })).toBe(false)
    accept()
    expect(sockets[0]?.sent[0]).toEqual({ type: 'auth', token: 'secret' })
    expect(states).toEqual(['connecting', 'online'])
    expect(connection.send({ type: 'typing', room_id: 'r' })).toBe(true)
  })

  test('comes back after a cut, with growing pauses, and starts over after success', () => {
    const { connection, sockets, pass, accept } = setUp()
    connection.start('t')
    sockets[0]?.onclose?.({ code: 1006 })
    pass(499)
    expect(sockets).toHaveLength(1)
    pass(1)
    expect(sockets).toHaveLength(2)
    sockets[1]?.onclose?.({ code: 1006 })
    pass(999)
    expect(sockets).toHaveLength(2)
    pass(1)
    expect(sockets).toHaveLength(3)
    accept()
    sockets[2]?.onclose?.({ code: 1006 })
    pass(500)
    expect(sockets).toHaveLength(4)
  })

  test('does not come back with a token that was refused', () => {
    const { connection, sockets, pass, refused } = setUp()
    connection.start('bad')
    sockets[0]?.onclose?.({ code: CLOSE_UNAUTHORISED })
    pass(600_000)
    expect(sockets).toHaveLength(1)
    expect(refused()).toBe(1)
  })

  test('a silent line is given up', () => {
    const { connection, sockets, states, pass, accept } = setUp()
    connection.start('t')
    accept()
    pass(20_000)
    expect(sockets[0]?.sent.at(-1)).toEqual({ type: 'ping' })
    pass(10_000)
    expect(sockets[0]?.closed).toBe(true)
    expect(states.at(-1)).toBe('waiting')
  })

  test('a socket that never opens is given up too', () => {
    const { connection, states, pass } = setUp()
    connection.start('t')
    pass(10_000)
    expect(states.at(-1)).toBe('waiting')
  })

  test('offline drops the socket at once; online again does not wait', () => {
    const { connection, sockets, states, accept } = setUp()
    connection.start('t')
    accept()
    connection.lost()
    expect(states.at(-1)).toBe('waiting')
    connection.wake()
    expect(sockets).toHaveLength(2)
    accept()
    expect(states.at(-1)).toBe('online')
  })

  test('stop is final, and late events of the old socket are not heard', () => {
    const { connection, sockets, states, pass, accept } = setUp()
    connection.start('t')
    accept()
    const close = sockets[0]?.onclose
    connection.stop()
    close?.({ code: 1006 })
    connection.wake()
    pass(600_000)
    expect(sockets).toHaveLength(1)
    expect(states.at(-1)).toBe('idle')
  })

  test('hands on frames and skips what is none', () => {
    const { connection, frames, accept } = setUp()
    connection.start('t')
    const socket = accept()
    socket?.onmessage?.({ data: 'not json' })
    socket?.onmessage?.({ data: '{"type":"room_deleted","room_id":"r"}' })
    expect(frames.map((frame) => frame.type)).toEqual(['pong', 'room_deleted'])
  })
})

describe('backoffMs', () => {
  test('doubles up to half a minute; half of it is random', () => {
    expect([0, 1, 2, 20].map((attempt) => backoffMs(attempt, () => 1))).toEqual([500, 1000, 2000, 30_000])
    expect(backoffMs(20, () => 0)).toBe(15_000)
  })
})

test.each(['', '[]', '{}', 'null', '{"type":5}'])('%p is no frame', (data) => {
  expect(parseFrame(data)).toBeNull()
})

describe('Pacer', () => {
  test('keeps the limit, the order, and asks for nothing twice', () => {
    const started: string[] = []
    const pacer = new Pacer((id) => started.push(id) > 0, 2)
    for (const id of ['a', 'b', 'c', 'c', 'd']) pacer.add(id)
    expect(started).toEqual(['a', 'b'])
    pacer.done('unknown')
    pacer.done('a')
    expect(started).toEqual(['a', 'b', 'c'])
    pacer.done('b')
    pacer.done('c')
    expect(started).toEqual(['a', 'b', 'c', 'd'])
  })

  test('drops the rest when the line is gone', () => {
    const started: string[] = []
    const pacer = new Pacer((id) => (started.push(id), false), 2)
    pacer.add('a')
    pacer.add('b')
    expect(started).toEqual(['a', 'b'])
  })
})
