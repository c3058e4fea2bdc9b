// Goal: only real pictures of safe size are taken, and what comes out has the right shape, pixels and no metadata.
// Method: pictures made here (PNG by hand, JPEG and WebP by Bun.Image), headers forged byte by byte.
import { describe, expect, test } from 'bun:test'
import { crc32, deflateSync } from 'node:zlib'
import { BunImageTool, ImageError } from './bun-image.ts'
import { cropPng } from './crop-png.ts'

const tool = new BunImageTool()

type Pixel = [number, number, number, number]

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length)
  out.writeUInt32BE(data.length, 0)
  out.write(type, 4)
  out.set(data, 8)
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length)
  return out
}

/** A PNG whose pixels the test chooses; `claim` lies about its size. */
function png(
  width: number,
  height: number,
  pixel: (x: number, y: number) => Pixel,
  claim?: [number, number],
): Uint8Array {
  const rows = Buffer.alloc((width * 4 + 1) * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(pixel(x, y), y * (width * 4 + 1) + 1 + x * 4)
  }
  const head = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 6, 0, 0, 0])
  head.writeUInt32BE(claim?.[0] ?? width, 0)
  head.writeUInt32BE(claim?.[1] ?? height, 4)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const red: Pixel = [255, 0, 0, 255]
const green: Pixel = [0, 255, 0, 255]
const blue: Pixel = [0, 0, 255, 255]
const source = png(60, 40, () => red)
const jpegOf = (bytes: Uint8Array) =>
  new Bun.Image(bytes as Uint8Array<ArrayBuffer>).jpeg({ quality: 95 }).bytes()
const GIF = Buffer.from('R0lGODlhAQABAPAAAP8AAAAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==', 'base64')

/** Puts an EXIF segment with this orientation and a GPS-like note behind the first two bytes of a JPEG. */
function withExif(jpeg: Uint8Array, orientation: number): Uint8Array {
  const tiff = Buffer.alloc(26)
  tiff.write('MM', 0)
  tiff.writeUInt16BE(42, 2)
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(0x0112, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff, Buffer.from('SECRET-PLACE')])
  const length = Buffer.alloc(2)
  length.writeUInt16BE(body.length + 2)
  return Buffer.concat([jpeg.subarray(0, 2), Buffer.from([0xff, 0xe1]), length, body, jpeg.subarray(2)])
}

/** The pixel in the middle of `bytes`, as PNG of one pixel. */
async function pixelAt(bytes: Uint8Array, x: number, y: number): Promise<number[]> {
  const full = await new Bun.Image(bytes as Uint8Array<ArrayBuffer>).png({ compressionLevel: 0 }).bytes()
  const one = Buffer.from(await cropPng(full, { x, y, width: 1, height: 1 }))
  const idat = one.indexOf('IDAT')
  const length = one.readUInt32BE(idat - 4)
  return [...Bun.inflateSync(one.subarray(idat + 6, idat + 4 + length - 4)).subarray(1, 4)]
}

const near = (pixel: number[], wanted: Pixel) => pixel.every((value, n) => Math.abs(value - wanted[n]!) < 40)

describe('inspect', () => {
  test('reads type and size of the four kinds', async () => {
    const image = () => new Bun.Image(source as Uint8Array<ArrayBuffer>)
    expect(tool.inspect(source)).toEqual({ type: 'image/png', width: 60, height: 40 })
    expect(tool.inspect(await image().jpeg().bytes())).toEqual({ type: 'image/jpeg', width: 60, height: 40 })
    expect(tool.inspect(await image().jpeg({ progressive: true }).bytes())).toMatchObject({
      width: 60,
      height: 40,
    })
    expect(tool.inspect(await image().webp().bytes())).toEqual({ type: 'image/webp', width: 60, height: 40 })
    expect(tool.inspect(await image().webp({ lossless: true }).bytes())).toMatchObject({
      width: 60,
      height: 40,
    })
    expect(tool.inspect(GIF)).toEqual({ type: 'image/gif', width: 1, height: 1 })
  })

  test('reads an extended WebP (animation, alpha)', () => {
    const bytes = Buffer.alloc(30)
    bytes.write('RIFF', 0)
    bytes.write('WEBPVP8X', 8)
    bytes.writeUIntLE(639, 24, 3)
    bytes.writeUIntLE(479, 27, 3)
    expect(tool.inspect(bytes)).toEqual({ type: 'image/webp', width: 640, height: 480 })
  })

  test('turns the size with the EXIF orientation', async () => {
    const jpeg = await jpegOf(source)
    expect(tool.inspect(withExif(jpeg, 6))).toEqual({ type: 'image/jpeg', width: 40, height: 60 })
    expect(tool.inspect(withExif(jpeg, 3))).toEqual({ type: 'image/jpeg', width: 60, height: 40 })
  })

  const refused: [string, Uint8Array][] = [
    ['nothing', new Uint8Array()],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['an SVG with prologue', Buffer.from('<?xml version="1.0"?><svg/>')],
    ['HTML', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['HTML behind a GIF-like start', Buffer.from('GIF89<script>alert(1)</script>')],
    ['a BMP', Buffer.from(`BM${'\0'.repeat(60)}`)],
    ['a TIFF', Buffer.from('II*\0\x08\0\0\0\0\0\0\0\0\0\0\0\0\0')],
    ['an ICO', Buffer.from([0, 0, 1, 0, 1, 0, 16, 16, 0, 0, 1, 0, 32, 0])],
    ['a PDF', Buffer.from('%PDF-1.7 and more text behind it')],
    ['an MP4', Buffer.from('\0\0\0 ftypisom\0\0\0\0isomiso2avc1mp41')],
    ['a PNG signature alone', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')],
    ['a cut JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0x00])],
    ['a JPEG of size zero', Buffer.from([0xff, 0xd8, 0xff, 0xc0, 0, 11, 8, 0, 0, 0, 0, 1, 1, 0x11, 0])],
    ['a RIFF that is no WebP', Buffer.from(`RIFF\0\0\0\0WAVEfmt ${'\0'.repeat(30)}`)],
    ['a PNG of 100,000 × 100,000', png(1, 1, () => red, [100_000, 100_000])],
    ['a PNG of 8,000 × 8,000', png(1, 1, () => red, [8_000, 8_000])],
    ['a PNG of 20,000 × 1', png(1, 1, () => red, [20_000, 1])],
    ['a PNG of 0 × 5', png(1, 1, () => red, [0, 5])],
  ]
  test.each(refused)('refuses %s', async (_what, bytes) => {
    expect(tool.inspect(bytes)).toBeNull()
    await expect(tool.thumbnail(bytes, 100)).rejects.toBeInstanceOf(ImageError)
    expect(await tool.placeholder(bytes)).toBeNull()
  })
})

describe('avatar', () => {
  test('is the middle square of a wide picture', async () => {
    const wide = png(90, 30, (x) => (x < 30 ? red : x < 60 ? green : blue))
    const avatar = await tool.avatar(wide, 512)
    expect(avatar).toMatchObject({ contentType: 'image/webp', width: 30, height: 30 })
    expect(tool.inspect(avatar.bytes)).toEqual({ type: 'image/webp', width: 30, height: 30 })
    for (const [x, y] of [
      [5, 5],
      [24, 24],
      [15, 15],
    ] as const)
      expect(near(await pixelAt(avatar.bytes, x, y), green)).toBe(true)
  })

  test('is the middle square of a tall JPEG that EXIF turns', async () => {
    const wide = png(90, 30, (x) => (x < 30 ? red : x < 60 ? green : blue))
    const avatar = await tool.avatar(withExif(await jpegOf(wide), 6), 20)
    expect(tool.inspect(avatar.bytes)).toEqual({ type: 'image/webp', width: 20, height: 20 })
    expect(near(await pixelAt(avatar.bytes, 10, 10), green)).toBe(true)
  })

  test('shrinks to the side asked for and keeps no metadata', async () => {
    const big = withExif(await jpegOf(png(800, 800, (x, y) => [x % 256, y % 256, 0, 255])), 1)
    expect(Buffer.from(big).includes('SECRET-PLACE')).toBe(true)
    const avatar = await tool.avatar(big, 512)
    expect(avatar).toMatchObject({ width: 512, height: 512 })
    expect(Buffer.from(avatar.bytes).includes('SECRET-PLACE')).toBe(false)
    expect(Buffer.from(avatar.bytes).includes('Exif')).toBe(false)
  })

  test('of one pixel and of a line', async () => {
    expect(await tool.avatar(GIF, 512)).toMatchObject({ width: 1, height: 1 })
    expect(
      await tool.avatar(
        png(300, 1, () => red),
        512,
      ),
    ).toMatchObject({ width: 1, height: 1 })
  })
})

describe('thumbnail and placeholder', () => {
  test('keeps the shape, never enlarges', async () => {
    expect(
      await tool.thumbnail(
        png(1024, 256, () => red),
        512,
      ),
    ).toMatchObject({ width: 512, height: 128 })
    expect(await tool.thumbnail(source, 512)).toMatchObject({
      width: 60,
      height: 40,
      contentType: 'image/webp',
    })
  })

  test('the placeholder is short', async () => {
    const placeholder = await tool.placeholder(png(640, 480, (x, y) => [x % 256, y % 256, 90, 255]))
    expect(placeholder).toStartWith('data:image/webp;base64,')
    expect(placeholder!.length).toBeLessThan(600)
  })

  test('a picture whose body is torn is an ImageError, not a crash', async () => {
    const torn = source.slice(0, 50)
    expect(tool.inspect(torn)).not.toBeNull()
    await expect(tool.thumbnail(torn, 10)).rejects.toBeInstanceOf(ImageError)
    await expect(tool.avatar(torn, 10)).rejects.toBeInstanceOf(ImageError)
  })

  test('many at once all come through', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, () => tool.thumbnail(source, 10)))
    expect(all.every((image) => image.width === 10)).toBe(true)
  })
})
