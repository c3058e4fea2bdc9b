/**
 * A file over HTTP: only pictures are shown, everything else is a download, and nothing may run. Ranges
 * and ETags as in RFC 9110; one range a request.
 */
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import type { StoredFile } from '../../../../core/types.ts'

const shown = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif'])

export async function uploadedFile(core: Core, key: string, request: Request): Promise<Response> {
  const { file, variant } = await core.files.byAddress(decoded(key))
  const size = variant === 'original' ? file.sizeBytes : null
  const etag = `"${variant === 'original' ? file.sha256.slice(0, 32) : `${file.id}-t`}"`
  const headers = { ...headersOf(file, variant), etag }
  if (request.headers.get('if-none-match')?.includes(etag))
    return new Response(null, { status: 304, headers })
  const range = size === null || !mayPart(request, etag) ? null : rangeOf(request.headers.get('range'), size)
  if (range === 'unsatisfiable') {
    return new Response(null, { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` } })
  }
  const found = await core.files.open(file, variant, range ?? undefined)
  if (!found) throw fault.notFound('file.not_found', 'There is no such file.')
  if (!range) return new Response(found.body, { headers })
  const part = {
    'content-range': `bytes ${range.start}-${range.end}/${size}`,
    'content-length': String(range.end - range.start + 1),
  }
  return new Response(found.body, { status: 206, headers: { ...headers, ...part } })
}

function decoded(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    throw fault.notFound('file.not_found', 'There is no such file.')
  }
}

function headersOf(file: StoredFile, variant: 'original' | 'thumbnail'): Record<string, string> {
  const type = variant === 'thumbnail' ? 'image/webp' : file.contentType
  const inline = shown.has(type)
  return {
    'content-type': inline ? type : 'application/octet-stream',
    'content-disposition': `${inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(file.name)}`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=31536000, immutable',
    'accept-ranges': 'bytes',
  }
}

/** RFC 8187: everything but letters, digits and a few marks is percent-encoded. */
function encodeName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  )
}

/** If-Range: a part only of what the client has the rest of. */
function mayPart(request: Request, etag: string): boolean {
  const condition = request.headers.get('if-range')
  return condition === null || condition === etag
}

function rangeOf(
  header: string | null,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return null
  const [, first, last] = match
  if (first === '') {
    const start = Math.max(0, size - Number(last))
    return Number(last) === 0 ? 'unsatisfiable' : { start, end: size - 1 }
  }
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (start >= size) return 'unsatisfiable'
  return end < start ? null : { start, end }
}
