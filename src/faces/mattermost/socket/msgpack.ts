/** Reads the part of MessagePack that client frames use: maps, lists, text, numbers, booleans, nil. */

const utf8 = new TextDecoder()
const DEPTH_MAX = 8

/** Throws on anything that is not one whole value. */
export function decodeMsgpack(bytes: Uint8Array): unknown {
  const reader = new Reader(bytes)
  const value = reader.value(0)
  if (!reader.done) throw new RangeError('Bytes are left over.')
  return value
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  value(depth: number): unknown {
    if (depth > DEPTH_MAX) throw new RangeError('Nested too deeply.')
    const tag = this.#uint(1)
    if (tag < 0x80) return tag
    if (tag < 0x90) return this.#map(tag & 15, depth)
    if (tag < 0xa0) return this.#list(tag & 15, depth)
    if (tag < 0xc0) return this.#text(tag & 31)
    if (tag >= 0xe0) return tag - 256
    return this.#tagged(tag, depth)
  }

  #tagged(tag: number, depth: number): unknown {
    switch (tag) {
      case 0xc0:
        return null
      case 0xc2:
        return false
      case 0xc3:
        return true
      case 0xca:
        return this.#view.getFloat32(this.#take(4))
      case 0xcb:
        return this.#view.getFloat64(this.#take(8))
      case 0xcc:
        return this.#uint(1)
      case 0xcd:
        return this.#uint(2)
      case 0xce:
        return this.#uint(4)
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#take(8)))
      case 0xd0:
        return this.#view.getInt8(this.#take(1))
      case 0xd1:
        return this.#view.getInt16(this.#take(2))
      case 0xd2:
        return this.#view.getInt32(this.#take(4))
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#take(8)))
      case 0xc4:
      case 0xd9:
        return this.#text(this.#uint(1))
      case 0xc5:
      case 0xda:
        return this.#text(this.#uint(2))
      case 0xdc:
        return this.#list(this.#uint(2), depth)
      case 0xde:
        return this.#map(this.#uint(2), depth)
      default:
        throw new RangeError(`Tag ${tag} is not known here.`)
    }
  }

  #map(size: number, depth: number): Record<string, unknown> {
    const out: Record<string, unknown> = {}
    for (let i = 0; i < size; i += 1) out[String(this.value(depth + 1))] = this.value(depth + 1)
    return out
  }

  #list(size: number, depth: number): unknown[] {
    const out: unknown[] = []
    for (let i = 0; i < size; i += 1) out.push(this.value(depth + 1))
    return out
  }

  #text(size: number): string {
    const at = this.#take(size)
    return utf8.decode(this.#bytes.subarray(at, at + size))
  }

  #uint(size: 1 | 2 | 4): number {
    const at = this.#take(size)
    return size === 1
      ? this.#view.getUint8(at)
      : size === 2
        ? this.#view.getUint16(at)
        : this.#view.getUint32(at)
  }

  #take(size: number): number {
    const at = this.#at
    if (at + size > this.#bytes.length) throw new RangeError('The frame ends too early.')
    this.#at += size
    return at
  }
}
