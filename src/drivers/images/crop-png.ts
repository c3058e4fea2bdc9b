// Cuts a rectangle out of an 8-bit PNG as Bun.Image writes it (RGB or RGBA, not interlaced), because Bun.Image
// has no crop. Not a general PNG reader.
import { crc32, deflate, inflate, constants } from 'node:zlib'
import { promisify } from 'node:util'

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
/** Say how colours are meant, and so go along. */
const COLOUR_CHUNKS = new Set(['iCCP', 'sRGB', 'gAMA', 'cHRM'])

export interface Rectangle {
  x: number
  y: number
  width: number
  height: number
}

/** The cut-out as a PNG. Throws when the input is not of the kind above. */
export async function cropPng(png: Uint8Array, cut: Rectangle): Promise<Uint8Array> {
  const chunks = readChunks(png)
  const head = chunks.find(({ type }) => type === 'IHDR')?.data
  if (!head || head[8] !== 8 || head[12] !== 0 || (head[9] !== 2 && head[9] !== 6))
    throw new Error('unexpected PNG form')
  const channels = head[9] === 6 ? 4 : 3
  const width = Buffer.from(head).readUInt32BE(0)
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))
  const rows = await promisify(inflate)(packed)
  const pixels = cutRows(rows, width * channels, channels, cut)
  const newHead = Buffer.from(head)
  newHead.writeUInt32BE(cut.width, 0)
  newHead.writeUInt32BE(cut.height, 4)
  const body = await promisify(deflate)(pixels, { level: constants.Z_NO_COMPRESSION })
  return Buffer.concat([
    SIGNATURE,
    writeChunk('IHDR', newHead),
    ...chunks.filter(({ type }) => COLOUR_CHUNKS.has(type)).map(({ type, data }) => writeChunk(type, data)),
    writeChunk('IDAT', body),
    writeChunk('IEND', new Uint8Array()),
  ])
}

interface Chunk {
  type: string
  data: Uint8Array
}

function readChunks(png: Uint8Array): Chunk[] {
  const buffer = Buffer.from(png.buffer, png.byteOffset, png.byteLength)
  const out: Chunk[] = []
  for (let at = SIGNATURE.length; at + 12 <= buffer.length;) {
    const length = buffer.readUInt32BE(at)
    out.push({
      type: buffer.toString('latin1', at + 4, at + 8),
      data: buffer.subarray(at + 8, at + 8 + length),
    })
    at += 12 + length
  }
  return out
}

function writeChunk(type: string, data: Uint8Array): Uint8Array {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(type, 4, 'latin1')
  out.set(data, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}

/** Undoes the row filters (PNG specification, section 9) down to the last row needed, and cuts. */
function cutRows(rows: Uint8Array, stride: number, channels: number, cut: Rectangle): Uint8Array {
  const outStride = cut.width * channels
  const out = new Uint8Array((outStride + 1) * cut.height) // filter 0 on every row
  let above: Uint8Array = new Uint8Array(stride)
  for (let y = 0; y < cut.y + cut.height; y++) {
    const start = y * (stride + 1)
    const row = rows.subarray(start + 1, start + 1 + stride)
    unfilter(rows[start]!, row, above, channels)
    if (y >= cut.y) {
      const from = cut.x * channels
      out.set(row.subarray(from, from + outStride), (y - cut.y) * (outStride + 1) + 1)
    }
    above = row
  }
  return out
}

function unfilter(filter: number, row: Uint8Array, above: Uint8Array, channels: number): void {
  if (filter === 0) return
  for (let n = 0; n < row.length; n++) {
    const left = n >= channels ? row[n - channels]! : 0
    const up = above[n]!
    const upLeft = n >= channels ? above[n - channels]! : 0
    row[n] = row[n]! + predict(filter, left, up, upLeft)
  }
}

function predict(filter: number, left: number, up: number, upLeft: number): number {
  if (filter === 1) return left
  if (filter === 2) return up
  if (filter === 3) return (left + up) >> 1
  const base = left + up - upLeft
  const toLeft = Math.abs(base - left)
  const toUp = Math.abs(base - up)
  const toUpLeft = Math.abs(base - upLeft)
  if (toLeft <= toUp && toLeft <= toUpLeft) return left
  return toUp <= toUpLeft ? up : upLeft
}
