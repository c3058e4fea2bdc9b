/**
 * One WebSocket that comes back: signs in by its first frame, watches the line
 * with pings, and reconnects with growing pauses. What frames mean is decided
 * elsewhere; sockets, timers and chance are passed in so that it can be tested.
 */
import { backoffMs } from './backoff.ts'
import { type ClientFrame, parseFrame, type ServerFrame } from './frames.ts'

export type ConnectionState = 'idle' | 'connecting' | 'online' | 'waiting'

/** The part of WebSocket that is used here. */
export interface SocketLike {
  onopen: (() => void) | null
  onmessage: ((event: { data: unknown }) => void) | null
  onclose: ((event: { code: number }) => void) | null
  send(data: string): void
  close(code?: number): void
}

export interface ConnectionDeps {
  open: () => SocketLike
  setTimer: (run: () => void, ms: number) => number
  clearTimer: (timer: number) => void
  random: () => number
  onState: (state: ConnectionState) => void
  onFrame: (frame: ServerFrame) => void
  /** The server refused the token (close code 4401). */
  onRefused: () => void
}

/** Next attempt, next ping, and the moment a silent line is given up. */
interface Timers {
  retry: number | null
  ping: number | null
  dead: number | null
}

/** Close code of the server for a token that is not good (any more). */
export const CLOSE_UNAUTHORISED = 4401

const PING_EVERY_MS = 20_000
const ANSWER_WITHIN_MS = 10_000

export class Connection {
  #deps: ConnectionDeps
  #socket: SocketLike | null = null
  #token: string | null = null
  #state: ConnectionState = 'idle'
  #attempt = 0
  #timers: Timers = { retry: null, ping: null, dead: null }

  constructor(deps: ConnectionDeps) {
    this.#deps = deps
  }

  get state(): ConnectionState {
    return this.#state
  }

  /** Connects with this token, now, and keeps connected until `stop`. */
  start(token: string): void {
    this.stop()
    this.#token = token
    this.#connect()
  }

  /** Closes and forgets the token. */
  stop(): void {
    this.#token = null
    this.#drop()
    this.#attempt = 0
    this.#setState('idle')
  }

  /** The network is back, or the page woke up: try now instead of waiting. */
  wake(): void {
    if (!this.#token) return
    if (this.#state === 'waiting') {
      this.#attempt = 0
      this.#connect()
    } else if (this.#state === 'online') this.#ping()
  }

  /** The browser says the network is gone: do not trust the open socket. */
  lost(): void {
    if (!this.#token) return
    this.#drop()
    this.#retryLater()
  }

  /** Sends when online; false when the frame did not go out. */
  send(frame: ClientFrame): boolean {
    if (this.#state !== 'online' || !this.#socket) return false
    this.#socket.send(JSON.stringify(frame))
    return true
  }

  #connect(): void {
    const token = this.#token
    if (!token) return
    this.#drop()
    this.#setState('connecting')
    const socket = this.#deps.open()
    this.#socket = socket
    socket.onopen = () => {
      socket.send(JSON.stringify({ type: 'auth', token }))
      // The first answer, whichever it is, tells that the token was good.
      socket.send(JSON.stringify({ type: 'ping' }))
    }
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = ({ code }) => this.#closed(code)
    this.#expectAnswer()
  }

  #receive(data: unknown): void {
    this.#answered()
    const frame = parseFrame(data)
    if (!frame) return
    if (this.#state !== 'online' && frame.type !== 'error') {
      this.#attempt = 0
      this.#setState('online')
    }
    this.#deps.onFrame(frame)
  }

  #closed(code: number): void {
    this.#drop()
    if (code === CLOSE_UNAUTHORISED) {
      this.#token = null
      this.#setState('idle')
      this.#deps.onRefused()
    } else if (this.#token) this.#retryLater()
  }

  #retryLater(): void {
    this.#setState('waiting')
    const delay = backoffMs(this.#attempt, this.#deps.random)
    this.#attempt += 1
    this.#timers.retry = this.#deps.setTimer(() => this.#connect(), delay)
  }

  #ping(): void {
    if (!this.send({ type: 'ping' })) return
    this.#expectAnswer()
  }

  #expectAnswer(): void {
    this.#clear('dead')
    this.#timers.dead = this.#deps.setTimer(() => this.lost(), ANSWER_WITHIN_MS)
  }

  #answered(): void {
    this.#clear('dead')
    this.#clear('ping')
    this.#timers.ping = this.#deps.setTimer(() => this.#ping(), PING_EVERY_MS)
  }

  #clear(name: keyof Timers): void {
    const timer = this.#timers[name]
    if (timer !== null) this.#deps.clearTimer(timer)
    this.#timers[name] = null
  }

  /** Lets go of the socket and all timers, without a word to the owner. */
  #drop(): void {
    this.#clear('retry')
    this.#clear('ping')
    this.#clear('dead')
    const socket = this.#socket
    if (!socket) return
    this.#socket = null
    socket.onopen = socket.onmessage = socket.onclose = null
    socket.close(1000)
  }

  #setState(state: ConnectionState): void {
    if (state === this.#state) return
    this.#state = state
    this.#deps.onState(state)
  }
}
