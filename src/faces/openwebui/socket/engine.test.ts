// Goal: the Engine.IO session keeps its promises to any client: order, heartbeat, limits, and no crash on nonsense.
import { describe, expect, test } from 'bun:test'
import type { Client } from './client.ts'
import { Engine, ENGINE_DEFAULTS, type EngineHandlers } from './engine.ts'

function session(handlers: Partial<EngineHandlers> = {}) {
  let now = 0
  const sent: string[] = []
  const seen: string[] = []
  let closed: number | null = null
  const engine = new Engine(
    {
      connected: async () => {},
      event: async (_client, name, args) => {
        seen.push(name)
        return args
      },
      answered: () => {},
      closed: () => {},
      failed: () => {},
      ...handlers,
    },
    { ...ENGINE_DEFAULTS, pingIntervalMs: 25_000, pingTimeoutMs: 20_000, maxQueued: 3 },
    () => now,
  )
  const carrier = {
    send: (frame: string) => void sent.push(frame),
    subscribe: () => {},
    unsubscribe: () => {},
    publish: () => {},
    close: (code: number) => void (closed = code),
  }
  const client: Client = engine.open(carrier, null)
  return { engine, client, sent, seen, closed: () => closed, later: (ms: number) => void (now += ms) }
}

describe('a session', () => {
  test('opens, connects always, and acknowledges in order', async () => {
    const { engine, client, sent, seen } = session()
    expect(JSON.parse(sent[0]?.slice(1) ?? '')).toMatchObject({
      pingInterval: 25_000,
      pingTimeout: 20_000,
      upgrades: [],
    })
    engine.receive(client, '40{}')
    engine.receive(client, '421["first",1]')
    engine.receive(client, '422["second",{"a":"ü"}]')
    await client.tail
    expect(sent[1]).toMatch(/^40\{"sid":"[\w-]{20}"\}$/)
    expect(sent.slice(2)).toEqual(['431[1]', '432[{"a":"ü"}]'])
    expect(seen).toEqual(['first', 'second'])
  })

  test('an event before CONNECT ends it', async () => {
    const { engine, client, closed } = session()
    engine.receive(client, '42["early"]')
    await client.tail
    expect(closed()).toBe(1002)
  })

  test.each(['4x', '42{"not":"an array"}', '42["a"', '45-', '49'])('%p ends it and harms nobody', (frame) => {
    const { engine, client, closed } = session()
    engine.receive(client, '40{}')
    engine.receive(client, frame)
    expect(closed()).not.toBeNull()
  })

  test('a flood ends it', () => {
    const { engine, client, closed } = session({ event: () => new Promise(() => {}) })
    engine.receive(client, '40{}')
    for (let n = 0; n < 4; n++) engine.receive(client, '42["slow"]')
    expect(closed()).toBe(1008)
  })

  test('binary attachments arrive as numbers', async () => {
    const got: unknown[] = []
    const { engine, client } = session({ event: async (_client, _name, args) => void got.push(...args) })
    engine.receive(client, '40{}')
    engine.receive(client, '451-["bytes",{"_placeholder":true,"num":0}]')
    engine.receive(client, new Uint8Array([1, 2, 255]))
    await client.tail
    expect(got).toEqual([[1, 2, 255]])
  })
})

describe('the heartbeat', () => {
  test('pings after the interval, and closes when nothing comes back', () => {
    const { engine, client, sent, closed, later } = session()
    engine.receive(client, '40{}')
    later(25_000)
    engine.sweep()
    expect(sent.at(-1)).toBe('2')
    engine.receive(client, '3')
    later(25_000)
    engine.sweep()
    expect(closed()).toBeNull()
    later(20_001)
    engine.sweep()
    expect(closed()).toBe(1001)
  })

  test('a silent stranger is closed', () => {
    const { engine, closed, later } = session()
    later(60_000)
    engine.sweep()
    engine.sweep()
    later(60_000)
    engine.sweep()
    expect(closed()).not.toBeNull()
  })
})
