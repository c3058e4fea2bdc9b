/**
 * `/ws/socket.io` of this face: carriers, who is behind each socket, and domain events as frames. What
 * clients send is answered in client-events.ts; channel messages are presented in channel-frames.ts.
 */
import type { OpenwebuiCore } from '../../../core/chats/core-part.ts'
import type { Core } from '../../../core/core.ts'
import type { DomainEvent, EventOf } from '../../../core/events.ts'
import type { Clock, Logger } from '../../../core/ports.ts'
import type { Actor } from '../../../core/types.ts'
import type { EventListener, Hub } from '../../../realtime/hub.ts'
import type { Peer } from '../../../realtime/peer.ts'
import type { Publisher, SocketAccept, SocketFace } from '../../../realtime/sockets.ts'
import { actorByToken } from '../auth.ts'
import { faceCore, type FaceCore } from '../face-core.ts'
import { toJson } from '../json.ts'
import { channelFrames } from './channel-frames.ts'
import { handleClientEvent } from './client-events.ts'
import type { Client, OpenwebuiWebSocket } from './client.ts'
import { Documents } from './documents.ts'
import { Engine } from './engine.ts'
import { isOpenChat, OpenChats } from './open-chats.ts'
import { isRecord } from './packets.ts'
import { TabCalls } from './tab-calls.ts'
import { isChannel, openTopic, roomTopic, userTopic } from './topics.ts'
import { Transports } from './transports.ts'
import { UsagePool } from './usage-pool.ts'

export interface SocketOptions {
  core: Core
  openwebui: OpenwebuiCore
  hub: Hub
  publisher: Publisher
  log: Logger
  clock: Clock
  originAllowed: (origin: string | null, request: Request) => boolean
  /** False = long polling only. */
  websocket: boolean
  /** Seconds until this address may open another socket; 0 = now. */
  socketWaitS: (ip: string | null) => Promise<number>
}

const PATH = /^\/ws\/socket\.io\/?$/
const SWEEP_MS = 5_000

export class OpenwebuiSockets implements SocketFace, EventListener {
  readonly name = 'openwebui'
  readonly engine: Engine
  readonly transports: Transports
  readonly core: FaceCore
  readonly usage: UsagePool
  readonly documents: Documents
  readonly tabs: TabCalls
  readonly openChats = new OpenChats(this)
  readonly options: SocketOptions
  /** Frames that need a look into the database are built one after the other: order is kept. */
  #tail: Promise<void> = Promise.resolve()
  #departures = 0
  /** Who is where, without channels: those have many members, whom nobody asks for. */
  readonly #members = new Map<string, Set<Client>>()

  constructor(options: SocketOptions) {
    this.options = options
    this.core = faceCore(options.core, options.openwebui)
    this.usage = new UsagePool(() => options.clock.now())
    this.documents = new Documents(this.core, options.clock, options.log)
    this.engine = new Engine({
      connected: (client, auth) => this.#connected(client, auth),
      event: (client, name, args) => handleClientEvent(this, client, name, args),
      answered: (client, id, args) => this.tabs.answered(client, id, args),
      closed: (client) => this.#closed(client),
      failed: (error) => options.log.error('an openwebui frame failed', { error }),
    })
    this.tabs = new TabCalls(this.engine, options.clock)
    this.core.browsers.attach(this.tabs)
    this.transports = new Transports(this.engine, {
      publisher: options.publisher,
      originAllowed: options.originAllowed,
      websocket: options.websocket,
      waitS: options.socketWaitS,
      now: () => options.clock.now(),
    })
    this.#sweepLater()
  }

  // --- SocketFace -----------------------------------------------------------------------------

  match(pathname: string): boolean {
    return PATH.test(pathname)
  }

  upgrade(request: Request, peer: Peer): SocketAccept | Response {
    return this.transports.upgrade(request, peer)
  }

  open(socket: OpenwebuiWebSocket): void {
    this.transports.open(socket)
  }

  message(socket: OpenwebuiWebSocket, data: string | Buffer): void {
    this.transports.message(socket, data)
  }

  close(socket: OpenwebuiWebSocket): void {
    this.transports.close(socket)
  }

  stop(): void {
    this.transports.stop()
  }

  // --- who is behind a socket -----------------------------------------------------------------

  /** Takes the token and joins the person's rooms. Null when the token stands for nobody who may be here. */
  async authenticate(client: Client, token: string): Promise<Actor | null> {
    // API keys are for programs that speak HTTP.
    const actor = token.startsWith('sk-') ? null : await actorByToken(this.core, token, client.ip)
    if (!actor || actor.via !== 'session' || actor.user.role === 'pending') return null
    if (!this.engine.clients.has(client.engineId)) return null
    if (client.userId !== actor.user.id) {
      if (client.userId !== null) this.#leaveAll(client)
      client.userId = actor.user.id
      this.options.hub.connected(actor.user.id)
      this.join(client, userTopic(actor.user.id))
    }
    client.token = token
    client.sessionId = actor.sessionId
    // Ended while it was looked up: then nobody told this socket, which was not theirs yet.
    return this.actorOf(client)
  }

  /** Asked before every event: the token may have ended since. Such a socket is disconnected. */
  async actorOf(client: Client): Promise<Actor | null> {
    const actor = client.token === null ? null : await actorByToken(this.core, client.token, client.ip)
    if (actor && actor.user.role !== 'pending') return actor
    this.engine.disconnect(client)
    return null
  }

  join(client: Client, topic: string): void {
    if (client.rooms.has(topic)) return
    client.rooms.add(topic)
    client.carrier.subscribe(topic)
    if (isChannel(topic)) return
    const members = this.#members.get(topic) ?? new Set()
    this.#members.set(topic, members.add(client))
  }

  leave(client: Client, topic: string): void {
    if (!client.rooms.delete(topic)) return
    client.carrier.unsubscribe(topic)
    const members = this.#members.get(topic)
    if (members?.delete(client) && members.size === 0) this.#members.delete(topic)
  }

  async joinRooms(client: Client, actor: Actor): Promise<void> {
    if (!(await this.core.permissions.has(actor, 'features.channels'))) return
    for (const roomId of await this.#roomsOf(actor.user.id)) {
      if (client.userId === actor.user.id) this.join(client, roomTopic(roomId))
    }
  }

  /** Read again while anybody leaves a room meanwhile: a membership that is over must not be joined. */
  async #roomsOf(userId: string): Promise<string[]> {
    for (;;) {
      const before = this.#departures
      const rooms = await this.core.members.roomIdsOf(userId)
      if (before === this.#departures) return rooms
    }
  }

  /** Sockets of a topic on this node: of a person, or one that is joined on request. */
  inRoom(topic: string): Client[] {
    return [...(this.#members.get(topic) ?? [])]
  }

  /** Sockets of a topic on this node, whatever carries them. */
  listeners(topic: string): number {
    return this.options.publisher.listeners(topic) + this.transports.topics.listeners(topic)
  }

  /** `except`: the id of a socket that is left out. */
  publish(topic: string, name: string, data: unknown, except?: string): void {
    const left = except === undefined ? undefined : this.engine.bySid.get(except)
    const without = left?.rooms.has(topic) ? left : null
    if (this.listeners(topic) === (without ? 1 : 0)) return
    const frame = `42${toJson([name, data])}`
    if (without) return without.carrier.publish(topic, frame)
    this.options.publisher.publish(topic, frame)
    this.transports.topics.publish(topic, frame)
  }

  emit(client: Client, name: string, data: unknown): void {
    client.carrier.send(`42${toJson([name, data])}`)
  }

  // --- events ---------------------------------------------------------------------------------

  onEvent(event: DomainEvent): void {
    switch (event.type) {
      case 'face':
        if (event.face === 'openwebui') this.#publishFace(event)
        return
      case 'settings.changed':
        return this.core.openConfig.heard(event.keys)
      case 'sessions.revoked':
        return this.#dropRevoked(event)
      case 'user.updated':
      case 'user.deactivated':
        return this.#recheck(event.user.id)
      case 'room.created':
        for (const userId of event.memberIds) {
          this.#ofUser(userId, (client) => this.join(client, roomTopic(event.room.id)))
        }
        break
      case 'member.joined':
        this.#ofUser(event.user.id, (client) => this.join(client, roomTopic(event.room.id)))
        break
      case 'member.left':
      case 'member.removed':
        this.#departures += 1
        this.#ofUser(event.userId, (client) => this.leave(client, roomTopic(event.room.id)))
        break
      default:
        break
    }
    const wanted = channelFrames(this.core, event)
    if (!wanted || !this.#heard(wanted.topics)) return
    this.#tail = this.#tail
      .then(async () => {
        for (const frame of await wanted.build()) this.publish(frame.topic, frame.name, frame.data)
      })
      .catch((error: unknown) =>
        this.options.log.error('an openwebui event failed', { event: event.type, error }),
      )
  }

  #heard(topics: readonly string[]): boolean {
    return topics.some((topic) => this.listeners(topic) > 0)
  }

  #publishFace(event: EventOf<'face'>): void {
    const { to, name, data } = event
    if (name === 'chat:access') return this.#chatAccess(to)
    if (name === 'note:access') return this.documents.recheck(this, String(to.topic).slice('note:'.length))
    for (const userId of to.users ?? []) this.publish(userTopic(userId), name, data)
    for (const roomId of to.rooms ?? []) this.publish(roomTopic(roomId), name, data)
    if (to.topic) this.publish(openTopic(to.topic), name, data, to.except)
    // They come back by themselves, and read anew what they may.
    if (name === 'access:updated')
      for (const userId of to.users ?? []) this.#ofUser(userId, (client) => this.engine.disconnect(client))
  }

  /** `chat:<id>`, or any chat of these people. */
  #chatAccess({ topic, users = [] }: EventOf<'face'>['to']): void {
    if (topic) this.openChats.recheck(topic.slice('chat:'.length))
    for (const userId of users) this.openChats.recheckOf(userId)
  }

  #dropRevoked(event: EventOf<'sessions.revoked'>): void {
    this.#ofUser(event.userId, (client) => {
      const named =
        event.sessionIds === null ||
        (client.sessionId !== null && event.sessionIds.includes(client.sessionId))
      const kept = client.sessionId !== null && client.sessionId === event.except
      if (named && !kept) this.engine.disconnect(client)
    })
  }

  /** A role may have changed: whoever may no longer be here goes. */
  #recheck(userId: string): void {
    this.#ofUser(userId, (client) => {
      void this.actorOf(client).catch((error: unknown) =>
        this.options.log.error('a recheck failed', { error }),
      )
    })
  }

  #ofUser(userId: string, act: (client: Client) => void): void {
    for (const client of this.inRoom(userTopic(userId))) act(client)
  }

  async #connected(client: Client, auth: Record<string, unknown>): Promise<void> {
    const token = isRecord(auth) ? auth['token'] : null
    if (typeof token === 'string') await this.authenticate(client, token)
  }

  #closed(client: Client): void {
    this.transports.forget(client)
    this.tabs.gone(client)
    this.documents.leaveAll(client)
    this.usage.forget(client.engineId)
    const chats = [...client.rooms].filter(isOpenChat)
    this.#leaveAll(client)
    for (const topic of chats) this.openChats.announce(topic.slice(openTopic('chat:').length))
  }

  #leaveAll(client: Client): void {
    if (client.userId !== null) this.options.hub.disconnected(client.userId)
    client.userId = null
    for (const topic of [...client.rooms]) this.leave(client, topic)
  }

  #sweepLater(): void {
    this.options.clock.after(SWEEP_MS, () => {
      this.engine.sweep()
      this.transports.sweep()
      this.#sweepLater()
    })
  }
}
