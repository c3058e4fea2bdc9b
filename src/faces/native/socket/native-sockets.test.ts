import { expect, test } from 'bun:test'
import type { Core } from '../../../core/core.ts'
import type { Logger } from '../../../core/ports.ts'
import type { Actor } from '../../../core/types.ts'
import type { Hub } from '../../../realtime/hub.ts'
import { NativeSockets, type NativeSocket, sweepMs } from './native-sockets.ts'

test('a socket that only listens is closed soon after its token expires', async () => {
  const actor = { user: { id: 'u', role: 'user' }, sessionId: 's' } as Actor
  let valid = true
  const timers: { ms: number; run: () => void }[] = []
  const sockets = new NativeSockets({
    core: {
      sessions: {
        cachedActor: () => (valid ? actor : undefined),
        actorByToken: async () => (valid ? actor : null),
      },
    } as unknown as Core,
    hub: { connected() {}, disconnected() {} } as unknown as Hub,
    publisher: { publish() {}, listeners: () => 0 },
    log: {} as Logger,
    after: (ms, run) => {
      const timer = { ms, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), 1)
    },
    originAllowed: () => true,
  })
  const accept = sockets.upgrade(new Request('http://localhost/ws?token=t'), { ip: null, requestId: '' })
  if (accept instanceof Response) throw new Error('refused')
  const closed: number[] = []
  const socket = {
    data: accept.data,
    readyState: WebSocket.OPEN,
    subscribe() {},
    close: (code: number) => closed.push(code),
  } as unknown as NativeSocket
  sockets.open(socket)
  await socket.data.tail
  expect(timers.map(({ ms }) => ms)).toEqual([sweepMs])

  timers.shift()?.run()
  await socket.data.tail
  expect(closed).toEqual([])

  valid = false
  timers.shift()?.run()
  await socket.data.tail
  expect(closed).toEqual([4401])
})
