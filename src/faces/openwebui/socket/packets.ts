/**
 * Socket.IO 5 inside Engine.IO 4, as text. Frames that go out are built here once and are the same
 * bytes for every socket, so they can be published natively; frames that come in are decoded by
 * socket.io-parser, which also knows binary attachments.
 */
import { Decoder, PacketType, type Packet } from 'socket.io-parser'

/** First characters of Engine.IO packets (protocol version 4). */
export const ENGINE = {
  open: '0',
  close: '1',
  ping: '2',
  pong: '3',
  message: '4',
  upgrade: '5',
  noop: '6',
} as const

/** Largest frame a client may send, and what the open packet announces. */
export const MAX_PAYLOAD_BYTES = 16_777_216

export interface OpenPacket {
  sid: string
  upgrades: string[]
  pingTimeout: number
  pingInterval: number
  maxPayload: number
}

export const openFrame = (packet: OpenPacket): string => ENGINE.open + JSON.stringify(packet)
export const connectedFrame = (sid: string): string => `40${JSON.stringify({ sid })}`
export const disconnectFrame = '41'

/** `42["name",…]`, a message for whoever hears it. Nanosecond integers must already be safe (see json.ts). */
export function eventFrame(name: string, ...args: unknown[]): string {
  return `42${JSON.stringify([name, ...args])}`
}

export function ackFrame(id: number, ...args: unknown[]): string {
  return `43${id}${JSON.stringify(args)}`
}

export type Incoming =
  | { type: 'connect'; auth: Record<string, unknown> }
  | { type: 'event'; name: string; args: unknown[]; ackId: number | undefined }
  | { type: 'answer'; id: number; args: unknown[] }
  | { type: 'disconnect' }

/** Decodes what one socket sends. Throws on malformed packets: the socket is then closed, as socket.io does. */
export class PacketReader {
  readonly #decoder = new Decoder()
  readonly #ready: Incoming[] = []

  constructor() {
    this.#decoder.on('decoded', (packet: Packet) => {
      const incoming = understand(packet)
      if (incoming) this.#ready.push(incoming)
    })
  }

  /** The packets completed by this piece: text after the Engine.IO `4`, or the bytes of an attachment. */
  add(piece: string | Uint8Array): Incoming[] {
    this.#decoder.add(typeof piece === 'string' ? piece : Buffer.from(piece))
    return this.#ready.splice(0)
  }

  close(): void {
    this.#decoder.destroy()
  }
}

function understand(packet: Packet): Incoming | null {
  if (packet.nsp !== '/') return null
  switch (packet.type) {
    case PacketType.CONNECT:
      return { type: 'connect', auth: isRecord(packet.data) ? packet.data : {} }
    case PacketType.DISCONNECT:
      return { type: 'disconnect' }
    case PacketType.ACK:
    case PacketType.BINARY_ACK:
      return packet.id === undefined
        ? null
        : { type: 'answer', id: packet.id, args: (packet.data as unknown[]).map(bytesToNumbers) }
    case PacketType.EVENT:
    case PacketType.BINARY_EVENT: {
      const [name, ...args] = packet.data as unknown[]
      return { type: 'event', name: String(name), args: args.map(bytesToNumbers), ackId: packet.id }
    }
    default:
      return null
  }
}

/** The original turns binary attachments into arrays of integers; Yjs updates arrive so. */
function bytesToNumbers(value: unknown): unknown {
  if (value instanceof Uint8Array) return Array.from(value)
  if (Array.isArray(value)) return value.map(bytesToNumbers)
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bytesToNumbers(inner)]))
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
