/**
 * One Mattermost websocket session: who it is, its event counter, and the rings that let it go on after
 * a lost line. Knows no sockets and no core; the line is whatever can send text.
 */
import type { Actor, Uuid } from '../../../core/types.ts'
import { randomWireId } from '../ids.ts'

/** Events already sent that a client may ask for again. */
export const SENT_MAX = 128
/** Events that may wait for a client that is away. */
export const WAITING_MAX = 256
/** How long a lost line may take to come back. */
export const RESUME_MS = 5 * 60_000
/** Beyond this many unsent bytes, passing events (typing, presence) are left out. */
const BUSY_BYTES = 128 * 1024

export interface Line {
  /** 0 = the socket has dropped it and is lost. */
  send(text: string): number
  /** Bytes that wait for the network. */
  buffered(): number
  close(code: number, reason: string): void
}

/** An event frame up to and including `"seq":`; the number and the brace come per connection. */
export type SharedFrame = string

/** What the client says it looks at: filters typing and reactions. */
export interface Focus {
  channelId: Uuid | null
  threadChannelId: Uuid | null
}

export class Connection {
  id = randomWireId()
  actor: Actor | null = null
  token = ''
  focus: Focus = { channelId: null, threadChannelId: null }
  /** Rooms this connection hears; kept so that leaving the registry is cheap. */
  readonly rooms = new Set<Uuid>()
  readonly teams = new Set<Uuid>()
  lostAt: number | null = null
  #line: Line | null
  #seq = 0
  #sent: SharedFrame[] = []
  #waiting: SharedFrame[] = []
  #overflown = false

  constructor(line: Line) {
    this.#line = line
  }

  get userId(): Uuid | null {
    return this.actor?.user.id ?? null
  }

  get nextSeq(): number {
    return this.#seq
  }

  get attached(): boolean {
    return this.#line !== null
  }

  /** Too much was missed: a return is a new beginning. */
  get overflown(): boolean {
    return this.#overflown
  }

  /** Numbers and sends one event, or keeps it for a client that is away. */
  deliver(frame: SharedFrame): void {
    const line = this.#line
    if (!line) return this.#keep(frame)
    const seq = this.#seq
    this.#seq = seq + 1
    this.#sent[seq % SENT_MAX] = frame
    if (line.send(`${frame}${seq}}`) === 0) line.close(1013, 'too slow')
  }

  /** For events that nobody misses: left out when the client is away or slow, before they get a number. */
  deliverPassing(frame: SharedFrame): void {
    if (this.#line && this.#line.buffered() < BUSY_BYTES) this.deliver(frame)
  }

  /** Replies carry no event number. */
  reply(text: string): void {
    this.#line?.send(text)
  }

  close(code: number, reason: string): void {
    this.#line?.close(code, reason)
  }

  /** This line was lost at `now`; false when another has taken over meanwhile. */
  detach(line: Line, now: number): boolean {
    if (this.#line !== line) return false
    this.#line = null
    this.lostAt = now
    return true
  }

  /**
   * A new line wants to go on with event `wanted`: false when that is no longer possible. A line that
   * still seems to be there is one whose end has not been noticed yet: clients have one at a time.
   */
  resume(line: Line, wanted: number): boolean {
    if (this.#overflown || !this.#has(wanted)) return false
    this.#line?.close(1001, 'taken over')
    this.#line = line
    this.lostAt = null
    for (let seq = wanted; seq < this.#seq; seq += 1) {
      line.send(`${this.#sent[seq % SENT_MAX]}${seq}}`)
    }
    const waiting = this.#waiting
    this.#waiting = []
    for (const frame of waiting) this.deliver(frame)
    return true
  }

  #has(seq: number): boolean {
    return seq <= this.#seq && seq >= 0 && seq >= this.#seq - SENT_MAX
  }

  #keep(frame: SharedFrame): void {
    if (this.#waiting.length >= WAITING_MAX) {
      this.#overflown = true
      this.#waiting = []
      this.#sent = []
    }
    if (!this.#overflown) this.#waiting.push(frame)
  }
}
