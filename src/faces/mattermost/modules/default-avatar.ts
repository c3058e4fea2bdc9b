/**
 * The picture of somebody who has none: a mirrored pattern that follows from the name. A PNG, since not
 * every Mattermost app shows SVG; one bit a pixel and two colours, made in a few microseconds.
 */
import { createHash } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'

const SIDE = 128
const CELLS = 5
const CELL = 20
const MARGIN = (SIDE - CELLS * CELL) / 2
const PAPER = [240, 240, 245]
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

export function defaultAvatar(username: string): Buffer<ArrayBuffer> {
  const digest = createHash('sha1').update(username).digest()
  const header = Buffer.alloc(13)
  header.writeUInt32BE(SIDE, 0)
  header.writeUInt32BE(SIDE, 4)
  // One bit of depth, colours by palette; compression, filter and interlace are nought.
  header[8] = 1
  header[9] = 3
  const palette = Buffer.from([...PAPER, ...inkOf(digest)])
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', palette),
    chunk('IDAT', deflateSync(pixels(digest))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

/** Dark enough to stand out from the paper. */
function inkOf(digest: Buffer): number[] {
  return [digest[17]!, digest[18]!, digest[19]!].map((value) => 30 + (value % 140))
}

function pixels(digest: Buffer): Buffer {
  const stride = 1 + SIDE / 8
  const rows = Buffer.alloc(stride * SIDE)
  for (let y = MARGIN; y < SIDE - MARGIN; y += 1) {
    const line = Math.floor((y - MARGIN) / CELL)
    for (let x = MARGIN; x < SIDE - MARGIN; x += 1) {
      const column = Math.floor((x - MARGIN) / CELL)
      if (isFilled(digest, line, column)) rows[y * stride + 1 + (x >> 3)]! |= 0x80 >> (x & 7)
    }
  }
  return rows
}

function isFilled(digest: Buffer, line: number, column: number): boolean {
  const half = Math.min(column, CELLS - 1 - column)
  return (digest[line * 3 + half]! & 1) === 1
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const out = Buffer.alloc(body.length + 8)
  out.writeUInt32BE(data.length, 0)
  body.copy(out, 4)
  out.writeUInt32BE(crc32(body), body.length + 4)
  return out
}
