/** Sends what lies in a file store: ranges, conditional requests, and nothing that a browser would run. */
import type { FileStore } from '../../core/ports.ts'

export type OpenedFile = NonNullable<Awaited<ReturnType<FileStore['get']>>>
export type ByteRange = NonNullable<Parameters<FileStore['get']>[1]>

/** `bytes=10-20` and `bytes=10-`; anything else means the whole file. */
export function rangeOf(request: Request): ByteRange | undefined {
  const parts = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '')
  if (!parts) return undefined
  const start = Number(parts[1])
  const end = parts[2] === '' ? Number.MAX_SAFE_INTEGER : Number(parts[2])
  return end < start ? undefined : { start, end }
}

/** `opened` holds what `rangeOf` asked for. */
export function sendStored(
  request: Request,
  opened: OpenedFile,
  shown: { type: string; name: string; attachment: boolean },
): Response {
  const { type, name, attachment } = shown
  const { etag, lastModified, sizeBytes } = opened.object
  const headers: Record<string, string> = {
    'content-type': type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    'content-disposition': `${attachment ? 'attachment' : 'inline'}; filename*=UTF-8''${encodeURIComponent(name)}`,
    'accept-ranges': 'bytes',
    etag,
    'last-modified': new Date(lastModified).toUTCString(),
    'cache-control': 'private',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
  }
  if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers })
  const range = rangeOf(request)
  if (!range) return new Response(opened.body, { headers })
  if (range.start >= sizeBytes)
    return new Response(null, {
      status: 416,
      headers: { ...headers, 'content-range': `bytes */${sizeBytes}` },
    })
  const end = Math.min(range.end, sizeBytes - 1)
  return new Response(opened.body, {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${range.start}-${end}/${sizeBytes}` },
  })
}
