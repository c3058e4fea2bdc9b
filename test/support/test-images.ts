/** An ImageTool that knows pictures by their first bytes and re-encodes nothing: for tests of who may do what. */
import type { ImageInfo, ImageTool } from '../../src/core/ports.ts'

/** A picture of one pixel. */
export const TINY_PNG = Uint8Array.fromBase64(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
)

export function testImages(): ImageTool {
  const inspect = (bytes: Uint8Array): ImageInfo | null =>
    bytes[0] === 0x89 && bytes[1] === 0x50 ? { type: 'image/png', width: 1, height: 1 } : null
  const same = async (bytes: Uint8Array) => ({ bytes, contentType: 'image/png', width: 1, height: 1 })
  return { inspect, avatar: same, thumbnail: same, placeholder: async () => null }
}
