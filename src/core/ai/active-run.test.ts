import { expect, test } from 'bun:test'
import type { DomainEvent } from '../events.ts'
import type { Clock } from '../ports.ts'
import type { Message } from '../types.ts'
import { ActiveRun, flushMs } from './active-run.ts'

/** Time that passes when told to. */
function handClock() {
  let now = 0
  let timers: { at: number; run: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    after: (ms, run) => {
      const timer = { at: now + ms, run }
      timers.push(timer)
      return () => void (timers = timers.filter((one) => one !== timer))
    },
  }
  const pass = (ms: number) => {
    now += ms
    const due = timers.filter((timer) => timer.at <= now)
    timers = timers.filter((timer) => timer.at > now)
    due.forEach((timer) => timer.run())
  }
  return { clock, pass }
}

function start() {
  const events: DomainEvent[] = []
  const { clock, pass } = handClock()
  const message = { id: 'm', roomId: 'r' } as Message
  const run = new ActiveRun(message, 'model', clock, { emit: (event) => void events.push(event) })
  const deltas = () =>
    events.flatMap((event) => (event.type === 'run.delta' ? [[event.offset, event.chunk]] : []))
  return { run, pass, deltas }
}

test('the first text goes out at once, what follows at most every 40 ms, with offsets that join up', () => {
  const { run, pass, deltas } = start()
  run.append('He')
  run.append('ll')
  run.append('o')
  expect(deltas()).toEqual([[0, 'He']])
  pass(flushMs)
  run.append(' you')
  pass(flushMs)
  expect(deltas()).toEqual([
    [0, 'He'],
    [2, 'llo'],
    [5, ' you'],
  ])
})

test('who joins gets only what was told, so that the next delta goes on from there', () => {
  const { run, pass } = start()
  run.append('a')
  run.append('b')
  expect(run.toldText).toBe('a')
  pass(flushMs)
  expect(run.toldText).toBe('ab')
})

test('nothing is told twice', () => {
  const { run, pass, deltas } = start()
  run.append('a')
  run.flush()
  pass(flushMs * 3)
  run.append('')
  expect(deltas()).toEqual([[0, 'a']])
})

test('the first reason to stop stands', () => {
  const { run } = start()
  run.stop('stopped')
  run.stop('interrupted')
  expect(run.stopReason).toBe('stopped')
  expect(run.abort.signal.aborted).toBe(true)
})
