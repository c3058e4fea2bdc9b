// The image port on Bun.Image, which decodes and encodes on its own threads. Guards against pictures that are
// small as files and huge in memory; re-encoding drops EXIF and everything else that is no pixel or colour profile.
import type { EncodedImage, ImageInfo, ImageTool } from '../../core/ports.ts'
import { cropPng } from './crop-png.ts'
import { readImageHeader } from './header.ts'
import { Turnstile } from '../../core/support/turnstile.ts'

/** 40 megapixels are 160 MB when decoded. */
export const PIXELS_MAX = 40_000_000
export const SIDE_MAX = 16_384
/** Pictures decoded at the same time; bounds memory to about PIXELS_MAX × 4 bytes × this. */
const AT_ONCE = 2
const PLACEHOLDER_SIDE = 20

/** The bytes were not what their header said, or no image at all. */
export class ImageError extends Error {
  override readonly name = 'ImageError'
}

export class BunImageTool implements ImageTool {
  private readonly turnstile = new Turnstile(AT_ONCE)

  constructor(private readonly maxPixels = PIXELS_MAX) {}

  /** Null also for pictures too large to be decoded safely. Animations are taken; only their first frame is processed. */
  inspect(bytes: Uint8Array): ImageInfo | null {
    const info = readImageHeader(bytes)
    if (info === null || info.width > SIDE_MAX || info.height > SIDE_MAX) return null
    return info.width * info.height > this.maxPixels ? null : info
  }

  /** Cuts the middle square; never enlarges. */
  avatar(bytes: Uint8Array, side: number): Promise<EncodedImage> {
    return this.process(bytes, async (info) => {
      const square = Math.min(side, info.width, info.height)
      const scale = square / Math.min(info.width, info.height)
      const width = Math.max(square, Math.round(info.width * scale))
      const height = Math.max(square, Math.round(info.height * scale))
      let source = open(bytes).resize(width, height)
      if (width !== height) {
        const png = await source.png({ compressionLevel: 0 }).bytes()
        const cut = { x: (width - square) >> 1, y: (height - square) >> 1, width: square, height: square }
        source = new Bun.Image(await cropPng(png, cut))
      }
      return encoded(await source.webp({ quality: 85 }).bytes(), square, square)
    })
  }

  thumbnail(bytes: Uint8Array, maxSide: number): Promise<EncodedImage> {
    return this.process(bytes, async () => {
      const image = open(bytes).resize(maxSide, maxSide, { fit: 'inside', withoutEnlargement: true })
      const out = await image.webp({ quality: 80 }).bytes()
      return encoded(out, image.width, image.height)
    })
  }

  /** A `data:` URI of a picture of at most 20 pixels a side, about 200 characters. Null when it cannot be made. */
  async placeholder(bytes: Uint8Array): Promise<string | null> {
    try {
      return await this.process(bytes, () =>
        open(bytes)
          .resize(PLACEHOLDER_SIDE, PLACEHOLDER_SIDE, { fit: 'inside', withoutEnlargement: true })
          .webp({ quality: 40 })
          .dataurl(),
      )
    } catch (error) {
      if (error instanceof ImageError) return null
      throw error
    }
  }

  private async process<T>(bytes: Uint8Array, work: (info: ImageInfo) => Promise<T>): Promise<T> {
    const info = this.inspect(bytes)
    if (info === null) throw new ImageError('This is no picture that can be processed.')
    try {
      return await this.turnstile.run(() => work(info))
    } catch (error) {
      throw new ImageError('The picture is damaged.', { cause: error })
    }
  }
}

function open(bytes: Uint8Array): Bun.Image {
  return new Bun.Image(bytes as Uint8Array<ArrayBuffer>, { maxPixels: PIXELS_MAX })
}

function encoded(bytes: Uint8Array, width: number, height: number): EncodedImage {
  return { bytes, contentType: 'image/webp', width, height }
}
