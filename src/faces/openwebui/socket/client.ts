/**
 * One Engine.IO connection, whatever carries it. The WebSocket carrier subscribes to Bun's native
 * topics; the polling carrier (polling-carrier.ts) keeps a queue. Who may hear what is decided in index.ts, not here.
 */
import type { Socket, SocketData } from '../../../realtime/sockets.ts'
import type { PacketReader } from './packets.ts'
import type { PollingCarrier, PollingTopics } from './polling-carrier.ts'

export interface Carrier {
  send(frame: string): void
  subscribe(topic: string): void
  unsubscribe(topic: string): void
  /** Sends to everybody else on the topic. */
  publish(topic: string, frame: string): void
  close(code: number, reason: string): void
}

export interface Client {
  /** Engine.IO session id, only known to the transport. */
  engineId: string
  /** Socket.IO id, given at CONNECT: what clients send as `session_id`. */
  sid: string | null
  carrier: Carrier
  reader: PacketReader
  ip: string | null
  token: string | null
  userId: string | null
  sessionId: string | null
  /** Rooms (topics) joined, for leaving and for membership checks. */
  rooms: Set<string>
  openedAt: number
  lastPingAt: number
  awaitingPong: boolean
  /** Handlers of one client run one after the other, in the order of its frames. */
  tail: Promise<void>
  queued: number
}

export interface OpenwebuiSocketData extends SocketData {
  ip: string | null
  client: Client | null
  /** Set while the socket only tries to take the client over from polling. */
  probes: PollingCarrier | null
}

export type OpenwebuiWebSocket = Socket<OpenwebuiSocketData>

/** Carries frames over a WebSocket; topics are Bun's own, so a publish to thousands costs one call. */
export function webSocketCarrier(ws: OpenwebuiWebSocket, polling: PollingTopics): Carrier {
  return {
    send: (frame) => void ws.send(frame),
    subscribe: (topic) => void ws.subscribe(topic),
    unsubscribe: (topic) => void ws.unsubscribe(topic),
    publish: (topic, frame) => {
      ws.publish(topic, frame, false)
      polling.publish(topic, frame)
    },
    close: (code, reason) => ws.close(code, reason),
  }
}
