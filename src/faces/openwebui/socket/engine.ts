/**
 * The Engine.IO side of the socket: open packet, heartbeat, limits, and the order of frames. Meaning
 * of events is given in by `handlers`; how bytes travel is the carrier's.
 */
import { randomId } from '../random-id.ts'
import {
  connectedFrame,
  disconnectFrame,
  ENGINE,
  ackFrame,
  MAX_PAYLOAD_BYTES,
  openFrame,
  PacketReader,
  type Incoming,
} from './packets.ts'
import type { Carrier, Client } from './client.ts'

export interface EngineSettings {
  pingIntervalMs: number
  pingTimeoutMs: number
  /** Frames of one client that may wait for their turn before it is closed. */
  maxQueued: number
  /** How long a socket may stay on which nobody has signed in: the front end opens one on its sign-in page too, and again. */
  strangerMs: number
  /** Largest frame of such a socket. */
  strangerBytes: number
}

export const ENGINE_DEFAULTS: EngineSettings = {
  pingIntervalMs: 25_000,
  pingTimeoutMs: 20_000,
  maxQueued: 512,
  strangerMs: 5 * 60_000,
  strangerBytes: 64 * 1024,
}

export interface EngineHandlers {
  /** After CONNECT was accepted; `auth` is what the client gave. */
  connected(client: Client, auth: Record<string, unknown>): Promise<void>
  /** The returned values are the acknowledgement; undefined = none beyond an empty one. */
  event(client: Client, name: string, args: unknown[]): Promise<unknown[] | undefined>
  /** The client acknowledged what it was sent under this id. */
  answered(client: Client, id: number, args: unknown[]): void
  closed(client: Client): void
  failed(error: unknown): void
}

type InTurn = Exclude<Incoming, { type: 'answer' }>

export class Engine {
  readonly clients = new Map<string, Client>()
  readonly bySid = new Map<string, Client>()
  readonly #settings: EngineSettings
  readonly #handlers: EngineHandlers
  readonly #now: () => number

  constructor(
    handlers: EngineHandlers,
    settings: EngineSettings = ENGINE_DEFAULTS,
    now: () => number = Date.now,
  ) {
    this.#handlers = handlers
    this.#settings = settings
    this.#now = now
  }

  open(carrier: Carrier, ip: string | null, upgrades: string[] = []): Client {
    const client: Client = {
      engineId: randomId(),
      sid: null,
      carrier,
      reader: new PacketReader(),
      ip,
      token: null,
      userId: null,
      sessionId: null,
      rooms: new Set(),
      openedAt: this.#now(),
      lastPingAt: this.#now(),
      awaitingPong: false,
      tail: Promise.resolve(),
      queued: 0,
    }
    this.clients.set(client.engineId, client)
    carrier.send(
      openFrame({
        sid: client.engineId,
        upgrades,
        pingTimeout: this.#settings.pingTimeoutMs,
        pingInterval: this.#settings.pingIntervalMs,
        maxPayload: MAX_PAYLOAD_BYTES,
      }),
    )
    return client
  }

  /** Another carrier takes a client over, in all its rooms. What the first has not sent yet is the caller's to send. */
  carryOn(client: Client, carrier: Carrier): void {
    for (const topic of client.rooms) {
      client.carrier.unsubscribe(topic)
      carrier.subscribe(topic)
    }
    client.carrier = carrier
  }

  /** The largest payload that the client may send, in bytes. */
  limitOf(client: Client): number {
    return client.userId === null ? this.#settings.strangerBytes : MAX_PAYLOAD_BYTES
  }

  /** One Engine.IO packet, as text or (attachments) as bytes. */
  receive(client: Client, data: string | Uint8Array): void {
    if (data.length > this.limitOf(client)) return this.close(client, 1009, 'frame too large')
    if (typeof data !== 'string') return this.#packets(client, data)
    switch (data[0]) {
      case ENGINE.pong:
        client.awaitingPong = false
        return
      case ENGINE.ping:
        return client.carrier.send(ENGINE.pong + data.slice(1))
      case ENGINE.close:
        return this.close(client, 1000, 'transport close')
      case ENGINE.message:
        return this.#packets(client, data.slice(1))
      default:
        return
    }
  }

  /** Forgets the client; called by the carrier when it is gone. */
  gone(client: Client): void {
    if (!this.clients.delete(client.engineId)) return
    if (client.sid !== null) this.bySid.delete(client.sid)
    client.reader.close()
    this.#handlers.closed(client)
  }

  /** Socket.IO disconnect: the client reconnects by itself after this. */
  disconnect(client: Client): void {
    client.carrier.send(disconnectFrame)
    this.close(client, 1000, 'io server disconnect')
  }

  close(client: Client, code: number, reason: string): void {
    this.gone(client)
    client.carrier.close(code, reason)
  }

  /** Heartbeats of all clients; the owner calls this every few seconds. */
  sweep(): void {
    const now = this.#now()
    const deadMs = this.#settings.pingIntervalMs + this.#settings.pingTimeoutMs
    for (const client of this.clients.values()) {
      const quietMs = now - client.lastPingAt
      if (client.awaitingPong && quietMs > this.#settings.pingTimeoutMs)
        this.close(client, 1001, 'ping timeout')
      else if (client.sid === null && quietMs > deadMs) this.close(client, 1002, 'no connect packet')
      else if (client.userId === null && now - client.openedAt > this.#settings.strangerMs)
        this.close(client, 1001, 'nobody signed in')
      else if (!client.awaitingPong && quietMs >= this.#settings.pingIntervalMs) this.#ping(client, now)
    }
  }

  #ping(client: Client, now: number): void {
    client.lastPingAt = now
    client.awaitingPong = true
    client.carrier.send(ENGINE.ping)
  }

  #packets(client: Client, piece: string | Uint8Array): void {
    let incoming: Incoming[]
    try {
      incoming = client.reader.add(piece)
    } catch {
      return this.close(client, 1003, 'parse error')
    }
    for (const packet of incoming) {
      // Not in the order of the frames: one before it may wait for this very answer.
      if (packet.type === 'answer') this.#handlers.answered(client, packet.id, packet.args)
      else this.#enqueue(client, packet)
    }
  }

  #enqueue(client: Client, packet: InTurn): void {
    if (client.queued >= this.#settings.maxQueued) return this.close(client, 1008, 'too many frames')
    client.queued += 1
    client.tail = client.tail
      .then(() => this.#handle(client, packet))
      .catch((error: unknown) => this.#handlers.failed(error))
      .finally(() => {
        client.queued -= 1
      })
  }

  async #handle(client: Client, packet: InTurn): Promise<void> {
    if (!this.clients.has(client.engineId)) return
    if (packet.type === 'disconnect') return this.close(client, 1000, 'client disconnect')
    if (packet.type === 'connect') return this.#connect(client, packet.auth)
    if (client.sid === null) return this.close(client, 1002, 'not connected')
    const reply = await this.#handlers.event(client, packet.name, packet.args)
    if (packet.ackId !== undefined) client.carrier.send(ackFrame(packet.ackId, ...(reply ?? [])))
  }

  /** CONNECT is always accepted, and answered before the token is looked at (`always_connect`). */
  async #connect(client: Client, auth: Record<string, unknown>): Promise<void> {
    if (client.sid !== null) return
    client.sid = randomId()
    this.bySid.set(client.sid, client)
    client.carrier.send(connectedFrame(client.sid))
    await this.#handlers.connected(client, auth)
  }
}
