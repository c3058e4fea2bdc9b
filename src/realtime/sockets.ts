/**
 * The seam between Bun's one websocket handler and the faces. A face that speaks websockets gives a
 * SocketFace; the server hands it raw sockets, since Elysia's wrapper costs twice the memory (STACK 1.6).
 */
import type { ServerWebSocket } from 'bun'
import type { Peer } from './peer.ts'

/** What every socket carries; a face extends it with its own state. */
export interface SocketData {
  /** Routes callbacks to the face; set by the server at the upgrade. */
  handler: SocketFace
}

export type Socket<D extends SocketData = SocketData> = ServerWebSocket<D>

export interface SocketFace {
  readonly name: string
  /** True when an upgrade request for this path is this face's. */
  match(pathname: string): boolean
  /** The socket's data (accepted) or the answer that refuses it. */
  upgrade(request: Request, peer: Peer): Promise<SocketAccept | Response> | SocketAccept | Response
  // Methods are bivariant on purpose: a face narrows the data to its own.
  open(socket: Socket): void
  /** Must not throw; work that waits is chained per socket by the face. */
  message(socket: Socket, data: string | Buffer): void
  close(socket: Socket, code: number, reason: string): void
  drain?(socket: Socket): void
}

export interface SocketAccept {
  data: Omit<SocketData, 'handler'> & Record<string, unknown>
  headers?: Record<string, string>
}

/** Native publish: one string to all sockets of a topic, whatever their number. */
export interface Publisher {
  publish(topic: string, frame: string): void
  /** 0 = nobody on this node listens, so no frame need be made. */
  listeners(topic: string): number
}

/** Largest client frame any face takes: Open WebUI's 16 MiB. Faces with smaller limits close with 1009 themselves. */
export const maxFrameBytes = 16 * 1024 * 1024
/** What may wait for one slow socket before it is closed; it reconnects and resyncs. */
export const backpressureBytes = 1024 * 1024

/** RFC 6455 codes used by the faces; 4401 is native's "token is bad". */
export const closeCode = {
  goingAway: 1001,
  policy: 1008,
  tooBig: 1009,
  tryAgain: 1013,
  badToken: 4401,
} as const
