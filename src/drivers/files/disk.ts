// Files in a folder. A file is complete or absent: it is written beside its place, flushed, and renamed into it.
// A media type that the extension does not tell is kept in a hidden file beside.
import { mkdir, open, readFile, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { FileStore, Ids, StoredObject } from '../../core/ports.ts'
import { assertFileKey, bareType, isFileKey, typeOfKey } from './keys.ts'

/** Hidden, so that no key leads here; in the root, so that it is on the same file system. */
const TEMPORARY_FOLDER = '.incoming'

export class DiskFileStore implements FileStore {
  constructor(
    private readonly root: string,
    private readonly ids: Pick<Ids, 'secret'>,
  ) {}

  async put(
    key: string,
    body: Uint8Array | Blob | ReadableStream<Uint8Array>,
    contentType: string,
  ): Promise<StoredObject> {
    assertFileKey(key)
    const path = join(this.root, key)
    await mkdir(dirname(path), { recursive: true })
    const type = bareType(contentType)
    const known = type === typeOfKey(key)
    // The type first: a file is never seen without it. A stale one does no harm once the extension tells.
    if (!known) await this.writeWhole(typePath(path), Buffer.from(type))
    await this.writeWhole(path, body)
    if (known) await removeIfThere(typePath(path))
    const stored = await this.stat(key)
    if (stored === null) throw new Error('a file vanished while it was stored')
    return stored
  }

  async get(
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ object: StoredObject; body: Blob } | null> {
    const object = await this.stat(key)
    if (object === null) return null
    const file = Bun.file(join(this.root, key), { type: object.contentType })
    const body = range
      ? file.slice(range.start, Math.min(range.end + 1, object.sizeBytes), object.contentType)
      : file
    return { object, body }
  }

  /** Null also for names that no file can have. */
  async stat(key: string): Promise<StoredObject | null> {
    if (!isFileKey(key)) return null
    const path = join(this.root, key)
    const found = await orNull(stat(path))
    if (!found?.isFile()) return null
    const lastModified = Math.floor(found.mtimeMs)
    const etag = `"${found.ino.toString(36)}-${found.size.toString(36)}-${lastModified.toString(36)}"`
    return { sizeBytes: found.size, contentType: await contentTypeOf(key, path), etag, lastModified }
  }

  /** Deleting what is not there is no error. */
  async delete(key: string): Promise<void> {
    assertFileKey(key)
    const path = join(this.root, key)
    await removeIfThere(path)
    await removeIfThere(typePath(path))
  }

  /** Keys that begin with `prefix`, in no particular order. */
  async *list(prefix = ''): AsyncGenerator<string> {
    const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
    if (folder !== '' && !isFileKey(folder.slice(0, -1))) return
    for await (const key of this.walk(folder)) if (key.startsWith(prefix)) yield key
  }

  private async *walk(folder: string): AsyncGenerator<string> {
    const entries = (await orNull(readdir(join(this.root, folder), { withFileTypes: true }))) ?? []
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      if (entry.isDirectory()) yield* this.walk(`${folder}${entry.name}/`)
      else if (entry.isFile()) yield folder + entry.name
    }
  }

  private async writeWhole(
    path: string,
    body: Uint8Array | Blob | ReadableStream<Uint8Array>,
  ): Promise<void> {
    const temporary = join(this.root, TEMPORARY_FOLDER, this.ids.secret(16))
    await mkdir(dirname(temporary), { recursive: true })
    try {
      const handle = await open(temporary, 'wx', 0o640)
      try {
        for await (const chunk of chunksOf(body)) await writeAll(handle, chunk)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(temporary, path)
    } catch (error) {
      await removeIfThere(temporary)
      throw error
    }
    await syncFolder(dirname(path))
  }
}

function chunksOf(
  body: Uint8Array | Blob | ReadableStream<Uint8Array>,
): AsyncIterable<Uint8Array> | Uint8Array[] {
  if (body instanceof Uint8Array) return [body]
  return body instanceof Blob ? body.stream() : body
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.byteLength;) {
    done += (await handle.write(chunk, done, chunk.byteLength - done)).bytesWritten
  }
}

/** Makes the rename itself survive a power cut. */
async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function typePath(path: string): string {
  const slash = path.lastIndexOf('/')
  return `${path.slice(0, slash + 1)}.type.${path.slice(slash + 1)}`
}

async function contentTypeOf(key: string, path: string): Promise<string> {
  const kept = await orNull(readFile(typePath(path), 'utf8'))
  return kept ?? typeOfKey(key)
}

async function removeIfThere(path: string): Promise<void> {
  await orNull(unlink(path))
}

/** Turns "there is no such file" in all its forms into null. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'ENAMETOOLONG') return null
    throw error
  }
}
