/**
 * `/ws` of the native face: authenticates, subscribes sockets to rooms, runs client frames through the
 * core, and publishes domain events. Contract: native.md, WebSocket.
 */
import type { Core } from '../../../core/core.ts'
import type { DomainEvent, EventOf } from '../../../core/events.ts'
import { AppFault } from '../../../core/faults.ts'
import type { Logger } from '../../../core/ports.ts'
import type { Actor } from '../../../core/types.ts'
import type { EventListener, Hub } from '../../../realtime/hub.ts'
import type { Peer } from '../../../realtime/peer.ts'
import {
  closeCode,
  type Publisher,
  type Socket,
  type SocketAccept,
  type SocketData,
  type SocketFace,
} from '../../../realtime/sockets.ts'
import { bearerToken } from '../auth-plugin.ts'
import { type ClientFrame, isProblem, maxClientFrameBytes, parseClientFrame } from './client-frames.ts'
import { runClientFrame } from './handle-frame.ts'
import { framesOf, presenceTopic, roomTopic, userTopic } from './server-frames.ts'

/** A socket that has not said who it is by then is closed. */
const authDeadlineMs = 10_000
/** How long a socket that says nothing may outlive its token. */
export const sweepMs = 30_000
/** Client frames that may wait for one socket; a client that sends faster is cut off. */
const maxQueuedFrames = 64

export interface NativeSocketData extends SocketData {
  token: string | null
  actor: Actor | null
  ip: string | null
  rooms: Set<string>
  /** Frames run one after the other: Bun does not wait for async handlers (STACK 2.1). */
  tail: Promise<void>
  queued: number
  cancelDeadline: (() => void) | null
}

export type NativeSocket = Socket<NativeSocketData>

interface Options {
  core: Core
  hub: Hub
  publisher: Publisher
  log: Logger
  after: (ms: number, run: () => void) => () => void
  /** True when a browser of this Origin may connect. */
  originAllowed: (origin: string | null, request: Request) => boolean
}

export class NativeSockets implements SocketFace, EventListener {
  readonly name = 'native'
  private readonly byUser = new Map<string, Set<NativeSocket>>()
  /** Counts those who left rooms: whoever reads a membership and then acts on it can tell that it may be over. */
  private departures = 0
  private sweeping = false
  private readonly options: Options

  constructor(options: Options) {
    this.options = options
  }

  match(pathname: string): boolean {
    return pathname === '/ws'
  }

  upgrade(request: Request, peer: Peer): SocketAccept | Response {
    if (!this.options.originAllowed(request.headers.get('origin'), request)) {
      return new Response('This origin may not connect.', { status: 403 })
    }
    const url = new URL(request.url)
    const token = bearerToken(request.headers.get('authorization')) ?? url.searchParams.get('token')
    return {
      data: {
        token: token === '' ? null : token,
        actor: null,
        ip: peer.ip,
        rooms: new Set<string>(),
        tail: Promise.resolve(),
        queued: 0,
        cancelDeadline: null,
      } satisfies Omit<NativeSocketData, 'handler'>,
    }
  }

  open(socket: NativeSocket): void {
    socket.data.cancelDeadline = this.options.after(authDeadlineMs, () => {
      if (!socket.data.actor) socket.close(closeCode.badToken, 'no token')
    })
    const { token } = socket.data
    if (token !== null) this.enqueue(socket, () => this.authenticate(socket, token))
  }

  message(socket: NativeSocket, data: string | Buffer): void {
    if (data.length > maxClientFrameBytes || Buffer.byteLength(data) > maxClientFrameBytes) {
      socket.close(closeCode.tooBig, 'frame too large')
      return
    }
    if (socket.data.queued >= maxQueuedFrames) {
      socket.close(closeCode.policy, 'too many frames at once')
      return
    }
    const frame = parseClientFrame(typeof data === 'string' ? data : data.toString('utf8'))
    if (isProblem(frame)) {
      this.send(socket, {
        type: 'error',
        client_id: frame.clientId ?? undefined,
        code: frame.code,
        message: frame.message,
      })
      return
    }
    this.enqueue(socket, () => this.run(socket, frame))
  }

  close(socket: NativeSocket): void {
    socket.data.cancelDeadline?.()
    const actor = socket.data.actor
    if (!actor) return
    const sockets = this.byUser.get(actor.user.id)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.byUser.delete(actor.user.id)
    this.options.hub.disconnected(actor.user.id)
  }

  onEvent(event: DomainEvent): void {
    if (event.type === 'sessions.revoked') return this.dropRevoked(event)
    if (event.type === 'member.removed' || event.type === 'member.left') this.unsubscribe(event)
    const { publisher } = this.options
    for (const frame of framesOf(event)) {
      if (publisher.listeners(frame.topic) > 0) publisher.publish(frame.topic, JSON.stringify(frame.body()))
    }
    if (event.type === 'room.deleted') this.forgetRoom(event.room.id)
  }

  /** Sends one frame to one socket. */
  send(socket: NativeSocket, frame: object): void {
    socket.send(JSON.stringify(frame))
  }

  private enqueue(socket: NativeSocket, work: () => Promise<void>): void {
    const { data } = socket
    data.queued += 1
    data.tail = data.tail.then(work).then(
      () => void (data.queued -= 1),
      (error: unknown) => {
        data.queued -= 1
        this.options.log.error('a native frame failed', { error })
      },
    )
  }

  private async run(socket: NativeSocket, frame: ClientFrame): Promise<void> {
    if (frame.type === 'auth') return socket.data.actor ? undefined : this.authenticate(socket, frame.token)
    const actor = this.currentActor(socket)
    if (actor === undefined) {
      const found = await this.options.core.sessions.actorByToken(socket.data.token ?? '', socket.data.ip)
      if (!found) return void socket.close(closeCode.badToken, 'token is no longer valid')
      socket.data.actor = found
    }
    if (!socket.data.actor) return void socket.close(closeCode.badToken, 'not signed in')
    try {
      await runClientFrame({
        core: this.options.core,
        socket,
        actor: socket.data.actor,
        frame,
        send: (body) => this.send(socket, body),
        departures: () => this.departures,
      })
    } catch (error) {
      this.sendError(socket, frame, error)
    }
  }

  /** Checked on every frame: undefined = ask the core again, null = never signed in. */
  private currentActor(socket: NativeSocket): Actor | null | undefined {
    if (!socket.data.actor || socket.data.token === null) return null
    return this.options.core.sessions.cachedActor(socket.data.token) ?? undefined
  }

  private sendError(socket: NativeSocket, frame: ClientFrame, error: unknown): void {
    const known = error instanceof AppFault
    if (!known) this.options.log.error('a native frame failed', { type: frame.type, error })
    this.send(socket, {
      type: 'error',
      ...('client_id' in frame && frame.client_id ? { client_id: frame.client_id } : {}),
      ...('room_id' in frame ? { room_id: frame.room_id } : {}),
      code: known ? error.code : 'internal',
      message: known ? error.message : 'Something went wrong on our side.',
    })
  }

  private async authenticate(socket: NativeSocket, token: string): Promise<void> {
    const { sessions } = this.options.core
    const actor = await sessions.actorByToken(token, socket.data.ip)
    if (!actor || actor.user.role === 'pending') return void socket.close(closeCode.badToken, 'bad token')
    if (socket.readyState !== WebSocket.OPEN) return
    socket.data.cancelDeadline?.()
    socket.data.token = token
    socket.data.actor = actor
    const sockets = this.byUser.get(actor.user.id) ?? new Set()
    this.byUser.set(actor.user.id, sockets.add(socket))
    socket.subscribe(userTopic(actor.user.id))
    socket.subscribe(presenceTopic)
    this.options.hub.connected(actor.user.id)
    this.startSweep()
    // Ended while it was looked up: then nobody told this socket, which was not on the list yet.
    const ended = !sessions.cachedActor(token) && !(await sessions.actorByToken(token, socket.data.ip))
    if (ended) socket.close(closeCode.badToken, 'signed out')
  }

  /** Tokens that expire tell nobody: sockets that only listen are looked at now and then. */
  private startSweep(): void {
    if (this.sweeping) return
    this.sweeping = true
    this.options.after(sweepMs, () => {
      this.sweeping = false
      for (const sockets of this.byUser.values()) for (const socket of sockets) this.recheck(socket)
      if (this.byUser.size > 0) this.startSweep()
    })
  }

  private recheck(socket: NativeSocket): void {
    const { sessions } = this.options.core
    const { token, ip } = socket.data
    if (token === null || sessions.cachedActor(token)) return
    this.enqueue(socket, async () => {
      if (!(await sessions.actorByToken(token, ip))) socket.close(closeCode.badToken, 'token has expired')
    })
  }

  private dropRevoked(event: EventOf<'sessions.revoked'>): void {
    for (const socket of this.byUser.get(event.userId) ?? []) {
      const sessionId = socket.data.actor?.sessionId ?? null
      const named = event.sessionIds === null || (sessionId !== null && event.sessionIds.includes(sessionId))
      const kept = sessionId !== null && sessionId === event.except
      if (named && !kept) socket.close(closeCode.badToken, 'signed out')
    }
  }

  private unsubscribe(event: EventOf<'member.left' | 'member.removed'>): void {
    this.departures += 1
    const roomId = event.room.id
    for (const socket of this.byUser.get(event.userId) ?? []) {
      socket.unsubscribe(roomTopic(roomId))
      socket.data.rooms.delete(roomId)
      if (event.type === 'member.removed') this.send(socket, { type: 'removed', room_id: roomId })
    }
  }

  private forgetRoom(roomId: string): void {
    for (const sockets of this.byUser.values()) {
      for (const socket of sockets) {
        if (socket.data.rooms.delete(roomId)) socket.unsubscribe(roomTopic(roomId))
      }
    }
  }
}
