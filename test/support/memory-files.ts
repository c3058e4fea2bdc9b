/** A FileStore in memory, for tests that need no disk. */
import type { FileStore, StoredObject } from '../../src/core/ports.ts'

export function memoryFiles(): FileStore & { keys(): string[] } {
  const kept = new Map<string, { object: StoredObject; bytes: Uint8Array<ArrayBuffer> }>()
  return {
    keys: () => [...kept.keys()],
    async put(key, body, contentType) {
      const bytes = new Uint8Array(await new Response(body as BodyInit).arrayBuffer())
      const object = { sizeBytes: bytes.byteLength, contentType, etag: `"${key}"`, lastModified: 0 }
      kept.set(key, { object, bytes })
      return object
    },
    async get(key, range) {
      const found = kept.get(key)
      if (!found) return null
      const part = range ? found.bytes.slice(range.start, range.end + 1) : found.bytes
      return { object: found.object, body: new Blob([part]) }
    },
    stat: async (key) => kept.get(key)?.object ?? null,
    delete: async (key) => void kept.delete(key),
  }
}
