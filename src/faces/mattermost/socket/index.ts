/**
 * `/api/v4/websocket`: three ways to sign in, hello first, resume after a lost line. Sockets here are
 * only lines; what lives longer is in connection.ts.
 */
import type { Actor, Uuid } from '../../../core/types.ts'
import type { DomainEvent } from '../../../core/events.ts'
import type { EventListener, Hub } from '../../../realtime/hub.ts'
import type { Peer } from '../../../realtime/peer.ts'
import {
  closeCode,
  type Socket,
  type SocketAccept,
  type SocketData,
  type SocketFace,
} from '../../../realtime/sockets.ts'
import { credentialsOf, mayUseFace } from '../auth.ts'
import { MmError } from '../errors.ts'
import type { Face } from '../face.ts'
import { isWireId, toWire } from '../ids.ts'
import { type ClientAction, parseAction, runAction } from './actions.ts'
import { Connection, type Line } from './connection.ts'
import { Events } from './events.ts'
import { frameOf, okReply } from './frames.ts'
import { Registry } from './registry.ts'

/** Who has not signed in by then is cut off. */
const AUTH_DEADLINE_MS = 5_000
/** Largest client frame, as Mattermost's server takes. */
const FRAME_MAX = 8 * 1024
const QUEUED_MAX = 64
const SWEEP_MS = 30_000
const HOSTNAME = 'hubbub'

interface Standing {
  actor: Actor
  token: string
  rooms: Uuid[]
  teams: Uuid[]
  /** Of `#departures`, when rooms and teams were read. */
  departures: number
}

interface LineData extends SocketData {
  ip: string | null
  standing: Standing | null
  /** What the client wants to go on with; `broken` when it asks nonsense. */
  resume: { id: string; seq: number } | 'broken' | null
  connection: Connection | null
  line: Line | null
  cancelDeadline: (() => void) | null
  tail: Promise<void>
  queued: number
}

type LineSocket = Socket<LineData>

export interface MattermostSocketOptions {
  face: Face
  hub: Pick<Hub, 'connected' | 'disconnected'>
  clock: { now(): number; after(ms: number, run: () => void): () => void }
  originAllowed: (origin: string | null, request: Request) => boolean
}

export class MattermostSockets implements SocketFace, EventListener {
  readonly name = 'mattermost'
  readonly registry = new Registry()
  readonly #options: MattermostSocketOptions
  readonly #events: Events
  #sweeping = false
  /** Counts those who left rooms or teams: whoever read a membership can tell that it may be over. */
  #departures = 0

  constructor(options: MattermostSocketOptions) {
    this.#options = options
    this.#events = new Events(options.face, this.registry, options.clock.after)
  }

  match(pathname: string): boolean {
    return pathname === '/api/v4/websocket' || pathname === '/api/v4/websocket/'
  }

  async upgrade(request: Request, peer: Peer): Promise<SocketAccept | Response> {
    const { face, originAllowed } = this.#options
    const origin = request.headers.get('origin')
    if (origin !== null && !originAllowed(origin, request)) {
      const id = 'api.web_socket.connect.upgrade.app_error'
      return face.failure(new MmError(400, id, 'URL Blocked because of CORS.'))
    }
    const credentials = credentialsOf(request.headers)
    const standing = credentials ? await this.#standing(credentials.token, peer.ip) : null
    await face.config.load()
    const data: Omit<LineData, 'handler'> = {
      ip: peer.ip,
      standing,
      resume: standing ? resumeOf(request) : null,
      connection: null,
      line: null,
      cancelDeadline: null,
      tail: Promise.resolve(),
      queued: 0,
    }
    return { data }
  }

  open(socket: LineSocket): void {
    const { data } = socket
    if (data.resume === 'broken') {
      socket.close(closeCode.policy, 'bad connection_id or sequence_number')
    } else if (data.standing) {
      this.#signIn(socket, data.standing, data.resume)
    } else {
      data.cancelDeadline = this.#options.clock.after(AUTH_DEADLINE_MS, () => {
        if (!data.connection) socket.close(closeCode.policy, 'not signed in')
      })
    }
  }

  message(socket: LineSocket, frame: string | Buffer): void {
    const { data } = socket
    if (frame.length > FRAME_MAX) return socket.close(closeCode.tooBig, 'frame too large')
    if (data.queued >= QUEUED_MAX) return socket.close(closeCode.policy, 'too many frames at once')
    const action = parseAction(frame)
    if (!action) return socket.close(closeCode.policy, 'not a frame')
    data.queued += 1
    data.tail = data.tail
      .then(() => this.#run(socket, action))
      .catch((error: unknown) => this.#options.face.log.error('a websocket frame failed', { error }))
      .finally(() => {
        data.queued -= 1
      })
  }

  close(socket: LineSocket): void {
    const { data } = socket
    data.cancelDeadline?.()
    const { connection } = data
    if (!connection?.userId) return
    this.#options.hub.disconnected(connection.userId)
    if (data.line && connection.detach(data.line, this.#options.clock.now())) this.#sweepLater()
  }

  onEvent(event: DomainEvent): void {
    if (
      event.type === 'member.left' ||
      event.type === 'member.removed' ||
      event.type === 'team.member_left'
    ) {
      this.#departures += 1
    }
    this.#events.push(event)
  }

  async #run(socket: LineSocket, asked: ClientAction): Promise<void> {
    const { connection } = socket.data
    if (asked.action === 'authentication_challenge') {
      if (!connection) await this.#challenge(socket, asked)
      return
    }
    if (connection?.actor) {
      if (!(await this.#mayGoOn(connection, socket.data.ip))) return
      this.#options.face.core.presence.touch(connection.actor.user.id)
      return runAction(this.#options.face, connection, asked)
    }
    await runAction(this.#options.face, new Connection(lineOf(socket)), asked)
  }

  /** Asked before each action and after a sign-in: the session may have ended, by log-out or by its time. */
  async #mayGoOn(connection: Connection, ip: string | null): Promise<boolean> {
    const { sessions } = this.#options.face.core
    const { token } = connection
    const actor = sessions.cachedActor(token) ?? (await sessions.actorByToken(token, ip))
    if (actor && mayUseFace(actor)) return true
    connection.close(closeCode.policy, 'signed out')
    this.registry.remove(connection)
    return false
  }

  /** A bad token closes the socket without a word. */
  async #challenge(socket: LineSocket, asked: ClientAction): Promise<void> {
    const token = typeof asked.data.token === 'string' ? asked.data.token : ''
    const standing = token ? await this.#standing(token, socket.data.ip) : null
    if (!standing) {
      socket.close(closeCode.policy, 'bad token')
      return
    }
    socket.data.cancelDeadline?.()
    this.#signIn(socket, standing, null)
    // After the hello, as Mattermost's hub has it: Python's driver takes any other first frame for a refusal.
    socket.send(okReply(asked.seq))
  }

  async #standing(token: string, ip: string | null): Promise<Standing | null> {
    const { core } = this.#options.face
    const actor = core.sessions.cachedActor(token) ?? (await core.sessions.actorByToken(token, ip))
    if (!actor || !mayUseFace(actor)) return null
    return { actor, token, ...(await this.#placesOf(actor, actor.user.id)) }
  }

  #signIn(socket: LineSocket, standing: Standing, resume: { id: string; seq: number } | null): void {
    const userId = standing.actor.user.id
    this.#options.hub.connected(userId)
    const old = resume && this.registry.byId(resume.id)
    const line = lineOf(socket)
    socket.data.line = line
    if (resume && old?.userId === userId && old.resume(line, resume.seq)) {
      // Who signed in anew meanwhile goes on with the new session: the old one may end.
      old.actor = standing.actor
      old.token = standing.token
      socket.data.connection = old
      return
    }
    if (old && old.userId === userId && !old.attached) this.registry.remove(old)
    const connection = new Connection(line)
    connection.actor = standing.actor
    connection.token = standing.token
    socket.data.connection = connection
    this.registry.add(connection)
    // Read before somebody left somewhere: catching up tells what still holds.
    if (standing.departures === this.#departures) {
      for (const roomId of standing.rooms) this.registry.joinRoom(connection, roomId)
      for (const teamId of standing.teams) this.registry.joinTeam(connection, teamId)
    }
    connection.deliver(this.#hello(connection, userId))
    this.#catchUp(socket, connection, userId)
  }

  #hello(connection: Connection, userId: Uuid): string {
    const data = {
      connection_id: connection.id,
      server_hostname: HOSTNAME,
      server_version: this.#options.face.config.versionId(),
    }
    return frameOf('hello', data, { user: toWire(userId) })
  }

  /** What changed between the look-up and the registration: rooms would be deaf, or heard by those who are out. */
  #catchUp(socket: LineSocket, connection: Connection, userId: Uuid): void {
    socket.data.tail = socket.data.tail
      .then(async () => {
        if (!(await this.#mayGoOn(connection, socket.data.ip))) return
        const now = await this.#placesOf(connection.actor as Actor, userId)
        if (this.registry.byId(connection.id) !== connection) return
        for (const roomId of now.rooms) this.registry.joinRoom(connection, roomId)
        for (const teamId of now.teams) this.registry.joinTeam(connection, teamId)
      })
      .catch((error: unknown) => this.#options.face.log.error('a websocket could not catch up', { error }))
  }

  /** Where somebody is, read again while anybody leaves anything meanwhile. */
  async #placesOf(actor: Actor, userId: Uuid): Promise<Pick<Standing, 'rooms' | 'teams' | 'departures'>> {
    const { core } = this.#options.face
    for (;;) {
      const departures = this.#departures
      const [rooms, memberships] = await Promise.all([
        core.members.roomIdsOf(userId),
        core.teams.membershipsOf(actor, userId),
      ])
      const teams = memberships.filter((one) => one.deletedAt === null).map((one) => one.teamId)
      if (departures === this.#departures) return { rooms, teams, departures }
    }
  }

  #sweepLater(): void {
    if (this.#sweeping) return
    this.#sweeping = true
    this.#options.clock.after(SWEEP_MS, () => {
      this.#sweeping = false
      this.registry.sweep(this.#options.clock.now())
      for (const connection of this.registry.all()) {
        if (!connection.attached) return this.#sweepLater()
      }
    })
  }
}

function lineOf(socket: LineSocket): Line {
  return {
    send: (text) => socket.send(text),
    buffered: () => socket.getBufferedAmount(),
    close: (code, reason) => socket.close(code, reason),
  }
}

/** `connection_id=` (empty) and none at all both begin anew. */
function resumeOf(request: Request): LineData['resume'] {
  const query = new URL(request.url).searchParams
  const id = query.get('connection_id') ?? ''
  if (id === '') return null
  const seq = Number(query.get('sequence_number') || NaN)
  if (!isWireId(id) || !Number.isInteger(seq) || seq < 0) return 'broken'
  return { id, seq }
}
