// Files in a bucket of any S3-compatible service, by Bun's own client. An object is whole or absent as S3 promises it;
// bodies of unknown length are spooled to a temporary file first, so that one that breaks off leaves nothing.
import { open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileStore, Ids, StoredObject } from '../../core/ports.ts'
import { assertFileKey, bareType, isFileKey } from './keys.ts'

export interface S3Options {
  bucket: string
  endpoint: string | undefined
  region: string
  accessKeyId: string
  secretAccessKey: string
  /** Before every key; with its own slash if it is to be a folder. */
  keyPrefix: string
  /** The bucket is part of the host name. */
  virtualHosted: boolean
}

export class S3FileStore implements FileStore {
  private readonly client: Bun.S3Client
  private readonly prefix: string

  constructor(
    options: S3Options,
    private readonly ids: Pick<Ids, 'secret'>,
  ) {
    const { bucket, endpoint, region, accessKeyId, secretAccessKey, virtualHosted } = options
    this.prefix = options.keyPrefix.replace(/^\/+/, '')
    const credentials = { accessKeyId, secretAccessKey }
    this.client = new Bun.S3Client({
      bucket,
      endpoint,
      region,
      ...credentials,
      virtualHostedStyle: virtualHosted,
    })
  }

  async put(
    key: string,
    body: Uint8Array | Blob | ReadableStream<Uint8Array>,
    contentType: string,
  ): Promise<StoredObject> {
    assertFileKey(key)
    const type = bareType(contentType)
    if (body instanceof ReadableStream) await this.putSpooled(key, body, type)
    else await this.file(key).write(body as Uint8Array<ArrayBuffer> | Blob, { type })
    const stored = await this.stat(key)
    if (stored === null) throw new Error('a file vanished while it was stored')
    return stored
  }

  async get(
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ object: StoredObject; body: ReadableStream<Uint8Array> } | null> {
    const object = await this.stat(key)
    if (object === null) return null
    const end = Math.min(range?.end ?? Infinity, object.sizeBytes - 1)
    const start = range?.start ?? 0
    if (start > end) return { object, body: new Blob().stream() }
    const file = this.file(key)
    return { object, body: (range ? file.slice(start, end + 1) : file).stream() }
  }

  async stat(key: string): Promise<StoredObject | null> {
    if (!isFileKey(key)) return null
    try {
      const found = await this.file(key).stat()
      return {
        sizeBytes: found.size,
        contentType: bareType(found.type),
        etag: `"${found.etag.replaceAll('"', '')}"`,
        lastModified: found.lastModified.getTime(),
      }
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  async delete(key: string): Promise<void> {
    assertFileKey(key)
    try {
      await this.file(key).delete()
    } catch (error) {
      if (!isMissing(error)) throw error
    }
  }

  /** Keys that begin with `prefix`, in their order. */
  async *list(prefix = ''): AsyncGenerator<string> {
    let continuationToken: string | undefined
    do {
      const page = await this.client.list({ prefix: this.prefix + prefix, continuationToken })
      for (const { key } of page.contents ?? []) yield key.slice(this.prefix.length)
      continuationToken = page.isTruncated ? page.nextContinuationToken : undefined
    } while (continuationToken !== undefined)
  }

  private file(key: string): Bun.S3File {
    return this.client.file(this.prefix + key)
  }

  private async putSpooled(key: string, body: ReadableStream<Uint8Array>, type: string): Promise<void> {
    const path = join(tmpdir(), `hubbub-${this.ids.secret(16)}`)
    const spool = await open(path, 'wx', 0o600)
    try {
      for await (const chunk of body) await spool.appendFile(chunk)
      await this.file(key).write(Bun.file(path), { type })
    } finally {
      await spool.close()
      await unlink(path)
    }
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return code === 'NoSuchKey' || code === 'NotFound' || code === 'ERR_S3_FILE_NOT_FOUND'
}
