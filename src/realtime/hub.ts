/**
 * Hands domain events to the faces and knows who is connected. One event becomes at most one frame a
 * face; making and publishing frames is the face's. With a bus that reaches other nodes, events cross it.
 */
import type { DomainEvent } from '../core/events.ts'
import type { Connections, EventSink, Logger } from '../core/ports.ts'
import type { Uuid } from '../core/types.ts'

/** A face that wants events. Synchronous, so that events keep their order. */
export interface EventListener {
  readonly name: string
  onEvent(event: DomainEvent): void
}

/** Carries events between nodes; the local one does nothing. */
export interface Bus {
  publish(event: DomainEvent): void
  /** Calls back for events of other nodes. */
  onEvent(receive: (event: DomainEvent) => void): void
  close(): Promise<void>
}

export const localBus = (): Bus => ({
  publish: () => {},
  onEvent: () => {},
  close: async () => {},
})

const FACES: ReadonlySet<string> = new Set(['native', 'openwebui', 'mattermost'])

/** First connection of a person came, or the last one went. */
export interface PresenceSink {
  connected(userId: Uuid): void
  disconnected(userId: Uuid): void
}

export class Hub implements EventSink, Connections {
  private readonly listeners: EventListener[] = []
  private readonly localListeners: EventListener[] = []
  private readonly sockets = new Map<Uuid, number>()
  private presence: PresenceSink | null = null
  private readonly bus: Bus
  private readonly log: Logger

  constructor(bus: Bus, log: Logger) {
    this.bus = bus
    this.log = log
    bus.onEvent((event) => this.deliver(event, this.listeners))
  }

  /** Told once the core exists: presence lives there. */
  attachPresence(sink: PresenceSink): void {
    this.presence = sink
  }

  listen(listener: EventListener): void {
    this.listeners.push(listener)
  }

  /** Wants only what happened on this node: work that must be done once, not once a node. */
  listenLocal(listener: EventListener): void {
    this.localListeners.push(listener)
  }

  emit(event: DomainEvent): void {
    this.deliver(event, this.listeners)
    this.deliver(event, this.localListeners)
    this.bus.publish(event)
  }

  /** A socket of this person was authenticated. */
  connected(userId: Uuid): void {
    const open = (this.sockets.get(userId) ?? 0) + 1
    this.sockets.set(userId, open)
    if (open === 1) this.presence?.connected(userId)
  }

  disconnected(userId: Uuid): void {
    const open = (this.sockets.get(userId) ?? 0) - 1
    if (open > 0) {
      this.sockets.set(userId, open)
      return
    }
    this.sockets.delete(userId)
    this.presence?.disconnected(userId)
  }

  isConnected(userId: Uuid): boolean {
    return this.sockets.has(userId)
  }

  /** Authenticated sockets on this node, all faces. */
  socketCount(): number {
    let sum = 0
    for (const open of this.sockets.values()) sum += open
    return sum
  }

  private deliver(event: DomainEvent, listeners: readonly EventListener[]): void {
    const only = event.type === 'face' ? event.face : null
    for (const listener of listeners) {
      // Tokens of a stream are such events: no other face looks at them.
      if (only !== null && listener.name !== only && FACES.has(listener.name)) continue
      try {
        listener.onEvent(event)
      } catch (error) {
        // One face's fault must not silence the others.
        this.log.error('a face failed on an event', { face: listener.name, event: event.type, error })
      }
    }
  }
}
