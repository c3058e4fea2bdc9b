// Type and size of an image from its first bytes, without decoding. Believes magic numbers only: never a file
// name, a Content-Type, or markup. PNG, JPEG, WebP and GIF; everything else is null.
import type { ImageInfo } from '../../core/ports.ts'

/** Reads the header; null when the bytes are none of the four, or cut off before the size. */
export function readImageHeader(bytes: Uint8Array): ImageInfo | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return readPng(view) ?? readGif(view) ?? readWebp(view) ?? readJpeg(view)
  } catch (error) {
    if (error instanceof RangeError) return null // the header goes on after the end
    throw error
  }
}

function readPng(view: DataView): ImageInfo | null {
  if (view.byteLength < 24 || view.getUint32(0) !== 0x89504e47 || view.getUint32(4) !== 0x0d0a1a0a)
    return null
  if (ascii(view, 12, 4) !== 'IHDR') return null
  return sized('image/png', view.getUint32(16), view.getUint32(20))
}

function readGif(view: DataView): ImageInfo | null {
  if (view.byteLength < 10 || !/^GIF8[79]a$/.test(ascii(view, 0, 6))) return null
  return sized('image/gif', view.getUint16(6, true), view.getUint16(8, true))
}

function readWebp(view: DataView): ImageInfo | null {
  if (view.byteLength < 30 || ascii(view, 0, 4) !== 'RIFF' || ascii(view, 8, 4) !== 'WEBP') return null
  switch (ascii(view, 12, 4)) {
    case 'VP8X': // 24-bit sizes, minus one
      return sized('image/webp', 1 + uint24(view, 24), 1 + uint24(view, 27))
    case 'VP8L': {
      if (view.getUint8(20) !== 0x2f) return null
      const bits = view.getUint32(21, true) // 14 bits each, minus one
      return sized('image/webp', 1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff))
    }
    case 'VP8 ':
      if (uint24(view, 23) !== 0x2a019d) return null
      return sized('image/webp', view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
    default:
      return null
  }
}

/** Walks the segments to the frame header; the EXIF orientation on the way may turn the picture. */
function readJpeg(view: DataView): ImageInfo | null {
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8 || view.getUint8(2) !== 0xff) return null
  let turned = false
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at++ // fill byte
      continue
    }
    const length = view.getUint16(at + 2)
    if (isFrameHeader(marker)) {
      const height = view.getUint16(at + 5)
      const width = view.getUint16(at + 7)
      return turned ? sized('image/jpeg', height, width) : sized('image/jpeg', width, height)
    }
    if (marker === 0xe1) turned = exifOrientation(view, at + 4, length - 2) >= 5
    if (marker === 0xda || marker === 0xd9 || length < 2) return null
    at += 2 + length
  }
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which share the range. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** EXIF tag 0x0112: 1 to 8, of which 5 to 8 swap width and height. 1 when there is none. */
function exifOrientation(view: DataView, start: number, length: number): number {
  if (length < 14 || ascii(view, start, 6) !== 'Exif\0\0') return 1
  const tiff = start + 6
  const little = view.getUint16(tiff) === 0x4949
  const directory = tiff + view.getUint32(tiff + 4, little)
  const end = start + length
  if (directory + 2 > end) return 1
  const entries = view.getUint16(directory, little)
  for (let n = 0; n < entries && directory + 14 + n * 12 <= end; n++) {
    const entry = directory + 2 + n * 12
    if (view.getUint16(entry, little) === 0x0112) return view.getUint16(entry + 8, little)
  }
  return 1
}

function sized(type: ImageInfo['type'], width: number, height: number): ImageInfo | null {
  return width > 0 && height > 0 ? { type, width, height } : null
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
}

function ascii(view: DataView, at: number, length: number): string {
  let out = ''
  for (let n = 0; n < length; n++) out += String.fromCharCode(view.getUint8(at + n))
  return out
}
