/**
 * Carries frames over long polling: what is sent waits in a queue until a request takes it. Rooms of such
 * sockets are kept here, since Bun's topics know WebSockets only; a frame is the same string for all of them.
 */
import { backpressureBytes } from '../../../realtime/sockets.ts'
import type { Carrier } from './client.ts'
import { ENGINE } from './packets.ts'

/** Between the packets of one answer. */
export const SEPARATOR = '\x1e'

/** Who polls, by topic. */
export class PollingTopics {
  readonly #members = new Map<string, Set<PollingCarrier>>()

  listeners(topic: string): number {
    return this.#members.get(topic)?.size ?? 0
  }

  publish(topic: string, frame: string, except?: PollingCarrier): void {
    for (const carrier of this.#members.get(topic) ?? []) if (carrier !== except) carrier.send(frame)
  }

  join(topic: string, carrier: PollingCarrier): void {
    const members = this.#members.get(topic) ?? new Set()
    this.#members.set(topic, members.add(carrier))
  }

  leave(topic: string, carrier: PollingCarrier): void {
    const members = this.#members.get(topic)
    if (members?.delete(carrier) && members.size === 0) this.#members.delete(topic)
  }
}

export interface PollingEnds {
  /** Sends to all WebSockets of a topic. */
  publish(topic: string, frame: string): void
  /** More waits than a slow client may have waiting. */
  overflowed(): void
  /** It ended; requests may take what is left, the end last. */
  leftOver(): void
}

export class PollingCarrier implements Carrier {
  /** The client tries a WebSocket: requests are answered at once, so that it can let go of them. */
  probing = false
  #queue: string[] = []
  #waitingChars = 0
  #parked: ((payload: string) => void) | null = null
  #flushing = false
  #over = false
  readonly #topics: PollingTopics
  readonly #ends: PollingEnds

  constructor(topics: PollingTopics, ends: PollingEnds) {
    this.#topics = topics
    this.#ends = ends
  }

  send(frame: string): void {
    this.#queue.push(frame)
    this.#waitingChars += frame.length
    if (this.#waitingChars > backpressureBytes) {
      this.#take()
      return this.#ends.overflowed()
    }
    if (this.#parked === null || this.#flushing) return
    this.#flushing = true
    // What is sent together goes together.
    queueMicrotask(() => {
      this.#flushing = false
      this.#answer()
    })
  }

  /** What waits, as soon as something does. A later request takes the place of an earlier one. */
  poll(signal: AbortSignal): Promise<string> {
    this.#release()
    if (this.#queue.length > 0) return Promise.resolve(this.#take())
    if (this.#over) return Promise.resolve(ENGINE.close)
    if (this.probing) return Promise.resolve(ENGINE.noop)
    return new Promise((resolve) => {
      this.#parked = resolve
      signal.addEventListener('abort', () => {
        if (this.#parked === resolve) this.#parked = null
      })
    })
  }

  probe(): void {
    this.probing = true
    this.#release()
  }

  /** Ends the polling and gives what nobody has taken: another carrier goes on. */
  handOver(): string[] {
    this.#release()
    this.#waitingChars = 0
    return this.#queue.splice(0)
  }

  subscribe(topic: string): void {
    this.#topics.join(topic, this)
  }

  unsubscribe(topic: string): void {
    this.#topics.leave(topic, this)
  }

  publish(topic: string, frame: string): void {
    this.#ends.publish(topic, frame)
    this.#topics.publish(topic, frame, this)
  }

  /** The end goes by itself: of one answer with a last word in it, clients would hear the end first. */
  close(): void {
    this.#over = true
    this.#answer()
    this.#ends.leftOver()
  }

  #answer(): void {
    const parked = this.#parked
    if (parked === null || (this.#queue.length === 0 && !this.#over)) return
    this.#parked = null
    parked(this.#take() || ENGINE.close)
  }

  #release(): void {
    this.#parked?.(ENGINE.noop)
    this.#parked = null
  }

  #take(): string {
    this.#waitingChars = 0
    return this.#queue.splice(0).join(SEPARATOR)
  }
}
