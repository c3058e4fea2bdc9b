// Reading an answer's body within a limit. Used where the sender is not trusted; decompression is done
// here and not by fetch, because zlib's output limit stops a bomb before its memory is taken.
import { promisify } from 'node:util'
import { brotliDecompress, gunzip, inflate } from 'node:zlib'
import { GuardedFetchError } from './guarded-fetch-error.ts'

const decoders = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const

/** Reads at most `maxBytes`; stops the download and throws 'too_large' when there is more. */
export async function readLimited(response: Response, maxBytes: number): Promise<Uint8Array> {
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(maxBytes)
  if (response.body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body) {
    size += chunk.byteLength
    if (size > maxBytes) throw tooLarge(maxBytes)
    chunks.push(chunk)
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size)
}

/** Undoes one content encoding, off the event loop, within `maxBytes` of output. */
export async function decodeBody(
  raw: Uint8Array,
  encoding: string | null,
  maxBytes: number,
): Promise<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? ''
  if (name === '' || name === 'identity' || raw.byteLength === 0) return raw
  if (!(name in decoders)) throw new GuardedFetchError('bad_response', 'The answer uses an unknown encoding.')
  try {
    return await decoders[name as keyof typeof decoders](raw, { maxOutputLength: maxBytes })
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(maxBytes)
    throw new GuardedFetchError('bad_response', 'The answer could not be decompressed.', { cause: error })
  }
}

function tooLarge(maxBytes: number): GuardedFetchError {
  return new GuardedFetchError('too_large', `The answer is larger than ${Math.floor(maxBytes / 1024)} KB.`)
}
