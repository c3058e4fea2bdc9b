/** Questions of the server to one socket, answered by an acknowledgement, and channels on which a socket sends pieces. */
import type { TabCall, TabChannel, TabPort } from '../../../core/chats/browser-calls.ts'
import type { Clock } from '../../../core/ports.ts'
import { toJson } from '../json.ts'
import { randomId } from '../random-id.ts'
import type { Client } from './client.ts'
import type { Engine } from './engine.ts'

const GONE = 'Client session disconnected.'
const SILENT = 'Event call timed out. The browser tab may be inactive or closed.'
/** Pieces that may wait for whoever reads a channel; a tab that sends more than is read is cut off. */
const CHANNEL_MAX = 10_000

interface Waiting {
  client: Client
  settle(answer: unknown, failed: string | null): void
}

export class TabCalls implements TabPort {
  readonly #engine: Engine
  readonly #clock: Clock
  readonly #waiting = new Map<number, Waiting>()
  readonly #channels = new Map<string, Channel>()
  #lastId = 0

  constructor(engine: Engine, clock: Clock) {
    this.#engine = engine
    this.#clock = clock
  }

  call({ userId, sessionId, chatId, messageId, type, data, timeoutMs, signal }: TabCall): Promise<unknown> {
    const client = this.#clientOf(userId, sessionId)
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      const settle: Waiting['settle'] = (answer, failed) => {
        if (!this.#waiting.delete(id)) return
        cancel()
        signal.removeEventListener('abort', stop)
        if (failed === null) resolve(answer)
        else reject(new Error(failed))
      }
      const stop = () => settle(null, 'The request was stopped.')
      const cancel = this.#clock.after(timeoutMs, () => settle(null, SILENT))
      this.#waiting.set(id, { client, settle })
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) return stop()
      const event = { chat_id: chatId, message_id: messageId, data: { type, data } }
      client.carrier.send(`42${id}${toJson(['events', event])}`)
    })
  }

  channel({ userId, sessionId, signal, idleMs }: Parameters<TabPort['channel']>[0]): TabChannel {
    const client = this.#clientOf(userId, sessionId)
    const name = `${userId}:${sessionId}:${randomId()}`
    const channel = new Channel(name, client, this.#clock, idleMs, () => {
      this.#channels.delete(name)
      signal.removeEventListener('abort', stop)
    })
    const stop = () => channel.end('The request was stopped.')
    this.#channels.set(name, channel)
    signal.addEventListener('abort', stop, { once: true })
    if (signal.aborted) stop()
    return channel
  }

  /** An acknowledgement came in: only the socket that was asked answers. */
  answered(client: Client, id: number, args: readonly unknown[]): void {
    const waiting = this.#waiting.get(id)
    if (waiting?.client === client) waiting.settle(args[0], null)
  }

  /** True when the name is that of a channel of this socket. */
  piece(client: Client, name: string, piece: unknown): boolean {
    const channel = this.#channels.get(name)
    if (channel?.client !== client) return false
    channel.push(piece)
    return true
  }

  gone(client: Client): void {
    for (const waiting of this.#waiting.values()) if (waiting.client === client) waiting.settle(null, GONE)
    for (const channel of this.#channels.values()) if (channel.client === client) channel.end(GONE)
  }

  #clientOf(userId: string, sessionId: string): Client {
    const client = this.#engine.bySid.get(sessionId)
    // The id comes from outside: nobody's tab but the person's own is asked.
    if (!client || client.userId !== userId) throw new Error(GONE)
    return client
  }
}

class Channel implements TabChannel {
  readonly name: string
  readonly client: Client
  readonly #clock: Clock
  readonly #idleMs: number
  readonly #closed: () => void
  readonly #pieces: unknown[] = []
  #wake: (() => void) | null = null
  #over = false
  #failed: string | null = null
  #cancelIdle: () => void

  constructor(name: string, client: Client, clock: Clock, idleMs: number, closed: () => void) {
    this.name = name
    this.client = client
    this.#clock = clock
    this.#idleMs = idleMs
    this.#closed = closed
    this.#cancelIdle = this.#idleLater()
  }

  get chunks(): AsyncIterable<unknown> {
    return this.#read()
  }

  push(piece: unknown): void {
    if (this.#over) return
    this.#cancelIdle()
    if (typeof piece === 'object' && piece !== null && 'done' in piece && piece.done === true)
      return this.end(null)
    if (this.#pieces.length >= CHANNEL_MAX) return this.end('The browser sends more than is read.')
    this.#pieces.push(piece)
    this.#cancelIdle = this.#idleLater()
    this.#wake?.()
  }

  end(failed: string | null): void {
    if (this.#over) return
    this.#over = true
    this.#failed = failed
    this.#cancelIdle()
    this.#closed()
    this.#wake?.()
  }

  close(): void {
    this.end(null)
  }

  #idleLater(): () => void {
    return this.#clock.after(this.#idleMs, () => this.end(SILENT))
  }

  async *#read(): AsyncGenerator<unknown> {
    for (;;) {
      while (this.#pieces.length > 0) yield this.#pieces.shift()
      if (this.#failed !== null) throw new Error(this.#failed)
      if (this.#over) return
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }
}
