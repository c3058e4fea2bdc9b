/**
 * The two ways of Engine.IO 4 to carry a session: WebSocket, and long polling, which may go over into a WebSocket. Who
 * holds a session's id, a random one that only its client is told, is that client. What sessions mean: engine.ts.
 */
import type { Peer } from '../../../realtime/peer.ts'
import type { Publisher, SocketAccept } from '../../../realtime/sockets.ts'
import { detailResponse } from '../errors.ts'
import { webSocketCarrier, type Client, type OpenwebuiSocketData, type OpenwebuiWebSocket } from './client.ts'
import type { Engine } from './engine.ts'
import { ENGINE } from './packets.ts'
import { PollingCarrier, PollingTopics, SEPARATOR } from './polling-carrier.ts'

export interface TransportOptions {
  publisher: Publisher
  originAllowed: (origin: string | null, request: Request) => boolean
  /** `ENABLE_WEBSOCKET_SUPPORT`: without it there is polling only. */
  websocket: boolean
  /** Seconds until this address may open another session; 0 = now. */
  waitS: (ip: string | null) => Promise<number>
  now: () => number
}

/** Sessions that poll, on this node. */
const MAX_POLLING = 10_000
const MAX_PACKETS = 512
/** What an ended session has left is kept so long, of so many sessions. */
const LEFT_OVER_MS = 10_000
const MAX_LEFT_OVER = 1_000

/** Errors of Engine.IO, as its servers say them. */
const REFUSED = {
  transport: [0, 'Transport unknown'],
  session: [1, 'Session ID unknown'],
  method: [2, 'Bad handshake method'],
  request: [3, 'Bad request'],
  protocol: [5, 'Unsupported protocol version'],
} as const

export class Transports {
  readonly topics = new PollingTopics()
  readonly #engine: Engine
  readonly #options: TransportOptions
  readonly #polling = new Map<string, PollingCarrier>()
  readonly #leftOver = new Map<string, { carrier: PollingCarrier; at: number }>()

  constructor(engine: Engine, options: TransportOptions) {
    this.#engine = engine
    this.#options = options
  }

  // --- polling --------------------------------------------------------------------------------

  async request(request: Request, peer: Peer): Promise<Response> {
    if (!this.#options.originAllowed(request.headers.get('origin'), request)) return foreign()
    const query = new URL(request.url).searchParams
    const transport = query.get('transport')
    if (transport === 'websocket') return detailResponse(400, 'Invalid WebSocket upgrade request')
    if (transport !== 'polling') return text('"Invalid transport"', 400)
    if (query.get('EIO') !== '4') return refused('protocol')
    const sid = query.get('sid')
    if (sid === null) return request.method === 'GET' ? this.#openPolling(request, peer) : refused('method')
    const carrier = this.#polling.get(sid)
    if (!carrier) return request.method === 'GET' ? this.#lastWords(sid, request) : refused('session')
    return request.method === 'GET' ? text(await carrier.poll(request.signal)) : this.#receive(sid, request)
  }

  async #openPolling(request: Request, { ip }: Peer): Promise<Response> {
    const seconds = await this.#options.waitS(ip)
    if (seconds > 0 || this.#polling.size >= MAX_POLLING) {
      const headers = { 'retry-after': String(seconds || 10) }
      return new Response('Too many sockets.', { status: seconds > 0 ? 429 : 503, headers })
    }
    const { publisher, websocket } = this.#options
    const carrier: PollingCarrier = new PollingCarrier(this.topics, {
      publish: (topic, frame) => publisher.publish(topic, frame),
      overflowed: () => this.#engine.close(client, 1013, 'too slow'),
      leftOver: () => this.#keep(client.engineId, carrier),
    })
    const client = this.#engine.open(carrier, ip, websocket ? ['websocket'] : [])
    this.#polling.set(client.engineId, carrier)
    return text(await carrier.poll(request.signal))
  }

  async #receive(sid: string, request: Request): Promise<Response> {
    const client = this.#engine.clients.get(sid)
    const limit = client ? this.#engine.limitOf(client) : 0
    const length = Number(request.headers.get('content-length') ?? Number.NaN)
    if (!(length <= limit)) {
      if (client) this.#engine.close(client, 1009, 'payload too large')
      return text('Payload too large', 413)
    }
    const packets = (await request.text()).split(SEPARATOR)
    if (client && packets.length > MAX_PACKETS) this.#engine.close(client, 1008, 'too many packets')
    for (const packet of packets) {
      if (!client || !this.#engine.clients.has(sid)) return refused('session')
      this.#engine.receive(client, packet[0] === 'b' ? Buffer.from(packet.slice(1), 'base64') : packet)
    }
    return text('ok')
  }

  /** The session is over; what it said last may not have been taken. */
  async #lastWords(sid: string, request: Request): Promise<Response> {
    const left = this.#leftOver.get(sid)
    if (!left) return refused('session')
    const payload = await left.carrier.poll(request.signal)
    if (payload === ENGINE.close) this.#leftOver.delete(sid)
    return text(payload)
  }

  #keep(sid: string, carrier: PollingCarrier): void {
    if (this.#leftOver.size < MAX_LEFT_OVER) this.#leftOver.set(sid, { carrier, at: this.#options.now() })
  }

  // --- websocket ------------------------------------------------------------------------------

  upgrade(request: Request, peer: Peer): SocketAccept | Response {
    if (!this.#options.originAllowed(request.headers.get('origin'), request)) return foreign()
    const query = new URL(request.url).searchParams
    if (!this.#options.websocket) return text('"Invalid transport"', 400)
    if (query.get('transport') !== 'websocket')
      return detailResponse(400, 'Invalid WebSocket upgrade request')
    const sid = query.get('sid')
    const polling = sid === null ? null : (this.#polling.get(sid) ?? null)
    // One at a time may take a session over.
    if (sid !== null && (polling === null || polling.probing)) return refused('session')
    const client = sid === null ? null : (this.#engine.clients.get(sid) ?? null)
    const data: Omit<OpenwebuiSocketData, 'handler'> = { ip: peer.ip, client, probes: polling }
    return { data: { ...data } }
  }

  open(socket: OpenwebuiWebSocket): void {
    if (!socket.data.probes) socket.data.client = this.#engine.open(this.#carrier(socket), socket.data.ip)
  }

  message(socket: OpenwebuiWebSocket, data: string | Buffer): void {
    const { client, probes } = socket.data
    if (!client) return
    if (probes) this.#probe(socket, client, probes, data)
    else this.#engine.receive(client, data)
  }

  close(socket: OpenwebuiWebSocket): void {
    const { client, probes } = socket.data
    if (probes) probes.probing = false
    else if (client) this.#engine.gone(client)
  }

  /** `2probe` asks whether this works; `5` goes over to it. */
  #probe(socket: OpenwebuiWebSocket, client: Client, polling: PollingCarrier, data: string | Buffer): void {
    if (client.carrier !== polling || !this.#engine.clients.has(client.engineId))
      return socket.close(1002, 'no such session')
    if (data === `${ENGINE.ping}probe`) {
      polling.probe()
      socket.send(`${ENGINE.pong}probe`)
    } else if (data === ENGINE.upgrade && polling.probing) {
      this.#polling.delete(client.engineId)
      socket.data.probes = null
      this.#engine.carryOn(client, this.#carrier(socket))
      for (const frame of polling.handOver()) socket.send(frame)
    } else socket.close(1002, 'no probe')
  }

  #carrier(socket: OpenwebuiWebSocket) {
    return webSocketCarrier(socket, this.topics)
  }

  // --- all ------------------------------------------------------------------------------------

  /** The engine has forgotten the client. */
  forget(client: Client): void {
    this.#polling.delete(client.engineId)
  }

  /** Called every few seconds. */
  sweep(): void {
    const before = this.#options.now() - LEFT_OVER_MS
    for (const [sid, { at }] of this.#leftOver) if (at < before) this.#leftOver.delete(sid)
  }

  /** At a stop: requests that wait are answered. WebSockets are closed by the server. */
  stop(): void {
    for (const sid of this.#polling.keys()) {
      const client = this.#engine.clients.get(sid)
      if (client) this.#engine.close(client, 1001, 'the server stops')
    }
  }
}

function text(body: string, status = 200): Response {
  const headers = { 'content-type': 'text/plain; charset=UTF-8', 'cache-control': 'no-store' }
  return new Response(body, { status, headers })
}

function refused(why: keyof typeof REFUSED): Response {
  const [code, message] = REFUSED[why]
  return Response.json({ code, message }, { status: 400 })
}

const foreign = (): Response => new Response('"Not an accepted origin."', { status: 400 })
