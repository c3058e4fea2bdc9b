/**
 * The one Bun.serve: websocket upgrades go to the faces that own their path, the rest to Elysia.
 * Also here: who the client is behind proxies, request ids, and the socket limits.
 */
import type { Server } from 'bun'
import { belowBase } from './http/base-path.ts'
import { notePeer, type Peer } from './realtime/peer.ts'
import {
  backpressureBytes,
  maxFrameBytes,
  type Publisher,
  type Socket,
  type SocketData,
  type SocketFace,
} from './realtime/sockets.ts'

export interface ServerOptions {
  hostname: string
  port: number
  /** Path below which people reach the server, '' at the root: http/base-path.ts. */
  basePath?: string
  /** Largest request body, in bytes; the guard and single routes set lower limits. */
  maxBodyBytes: number
  /** Seconds that this address has to wait before it may open another socket; 0 = now. Absent = no limit. */
  socketWaitS?(ip: string | null): Promise<number>
  sockets: SocketFace[]
  fetch(request: Request): Response | Promise<Response>
  /** Client address by the proxy rules of the configuration. */
  clientIp(request: Request, socketIp: string | null): string | null
  nextRequestId(): string
}

export type AppServer = Server<SocketData>

/** Starts listening. Port 0 takes a free one: read `server.port`. */
export function listen(options: ServerOptions): AppServer {
  const { sockets, basePath = '' } = options
  const open = new Set<Socket>()
  const listening = Bun.serve<SocketData>({
    hostname: options.hostname,
    port: options.port,
    maxRequestBodySize: options.maxBodyBytes,
    // The longest quiet time of a request; streams lift it for themselves.
    idleTimeout: 60,
    development: false,
    fetch(request, server) {
      const socketIp = server.requestIP(request)?.address ?? null
      const peer: Peer = {
        ip: options.clientIp(request, socketIp),
        requestId: options.nextRequestId(),
        local: isLoopback(socketIp) && !request.headers.has('x-forwarded-for'),
      }
      const asked = belowBase(request, basePath)
      notePeer(request, peer)
      notePeer(asked, peer)
      if (request.headers.get('upgrade')?.toLowerCase() === 'websocket') {
        const face = sockets.find((candidate) => candidate.match(pathnameOf(asked.url)))
        if (face) return upgrade(server, face, request, { peer, waitS: options.socketWaitS })
      }
      return options.fetch(asked)
    },
    websocket: {
      maxPayloadLength: maxFrameBytes,
      backpressureLimit: backpressureBytes,
      closeOnBackpressureLimit: true,
      idleTimeout: 120,
      perMessageDeflate: false,
      open(socket: Socket) {
        open.add(socket)
        return socket.data.handler.open(socket)
      },
      message: (socket: Socket, data) => socket.data.handler.message(socket, data),
      close(socket: Socket, code, reason) {
        open.delete(socket)
        return socket.data.handler.close(socket, code, reason)
      },
      drain: (socket: Socket) => socket.data.handler.drain?.(socket),
    },
  })
  openSockets.set(listening, open)
  return listening
}

const openSockets = new WeakMap<AppServer, ReadonlySet<Socket>>()

/** How long requests under way may take when a server stops. */
const LAST_REQUESTS_MS = 2_000

/**
 * Accepts nothing more, runs `finish` (which may still send to sockets), closes sockets with 1001 (going away), gives
 * requests under way a moment, and cuts off the rest.
 */
export async function stopServer(server: AppServer, finish: () => Promise<void>): Promise<void> {
  void server.stop() // Resolves only when idle keep-alive connections have gone too: nobody waits for those.
  await finish()
  for (const socket of openSockets.get(server) ?? []) socket.close(1001, 'The server stops.')
  const deadline = performance.now() + LAST_REQUESTS_MS
  while (server.pendingRequests > 0 && performance.now() < deadline) await Bun.sleep(5)
  await server.stop(true)
}

async function upgrade(
  server: AppServer,
  face: SocketFace,
  request: Request,
  { peer, waitS }: { peer: Peer; waitS: ServerOptions['socketWaitS'] },
): Promise<Response | undefined> {
  const seconds = waitS ? await waitS(peer.ip) : 0
  if (seconds > 0) {
    const headers = { 'retry-after': String(seconds), 'x-request-id': peer.requestId }
    return new Response('Too many sockets from this address.', { status: 429, headers })
  }
  const accept = await face.upgrade(request, peer)
  if (accept instanceof Response) return accept
  const data: SocketData = { ...accept.data, handler: face }
  const headers = accept.headers ?? {}
  if (server.upgrade(request, { data, headers })) return undefined
  return new Response('Expected a websocket handshake.', { status: 400 })
}

function isLoopback(ip: string | null): boolean {
  return ip !== null && (ip === '::1' || ip.startsWith('127.') || ip.startsWith('::ffff:127.'))
}

/** Path without query, from an absolute URL, without the cost of `new URL`. */
export function pathnameOf(url: string): string {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  if (start < 0) return '/'
  const query = url.indexOf('?', start)
  return query < 0 ? url.slice(start) : url.slice(start, query)
}

/** Native publish of the running server; before it listens nobody is subscribed. */
export function publisher(server: () => AppServer | null): Publisher {
  return {
    // `false`: Bun would compress each frame otherwise where deflate was negotiated (STACK 2.1).
    publish: (topic, frame) => void server()?.publish(topic, frame, false),
    listeners: (topic) => server()?.subscriberCount(topic) ?? 0,
  }
}
