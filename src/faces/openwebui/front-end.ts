/**
 * Serves a built Open WebUI front end as its own server does: real files with ETag, Last-Modified and
 * ranges, `index.html` for every other path, 404 for a missing script, and no caching of pages.
 */
import { stat } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { detailResponse } from './errors.ts'

export interface FrontEndFiles {
  /** The front end's answer to this GET or HEAD; never null, since unknown paths show the app. */
  respond(request: Request): Promise<Response>
}

interface Entry {
  path: string
  sizeBytes: number
  etag: string
  lastModified: string
  compressed: Map<string, Promise<Uint8Array<ArrayBuffer>>>
}

const COMPRESSIBLE = /^(text\/|application\/(json|javascript|manifest|xml|wasm)|image\/svg)/
const COMPRESS_FROM_BYTES = 500
/** Of 11: near the size of the best, in a tenth of its time. */
const BROTLI_QUALITY = 5
/** Larger files are sent as they are rather than compressed in memory. */
const COMPRESS_TO_BYTES = 4_000_000

export function frontEndFiles(folder: string): FrontEndFiles {
  const entries = new Map<string, Entry>()

  async function entry(relative: string): Promise<Entry | null> {
    const path = join(folder, normalize(`/${relative}`))
    if (path !== folder && !path.startsWith(folder + sep)) return null
    const known = entries.get(path)
    const info = await stat(path).catch(() => null)
    if (!info?.isFile()) return null
    const etag = `"${info.size.toString(16)}-${Math.trunc(info.mtimeMs).toString(16)}"`
    if (known?.etag === etag) return known
    const fresh: Entry = {
      path,
      sizeBytes: info.size,
      etag,
      lastModified: info.mtime.toUTCString(),
      compressed: new Map(),
    }
    entries.set(path, fresh)
    return fresh
  }

  return {
    async respond(request) {
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return notAllowed()
      const path = decodePath(new URL(request.url).pathname)
      if (path === null) return detailResponse(400, 'Bad Request')
      const elsewhere =
        request.method === 'GET' ? sharedTarget(path, new URL(request.url).searchParams) : null
      if (elsewhere) return new Response(null, { status: 307, headers: { location: elsewhere } })
      const file = path === '/' ? null : await entry(path)
      if (file) return send(request, file)
      if (path.endsWith('.js') || path.startsWith('/static/')) return detailResponse(404, 'Not Found')
      const index = await entry('/index.html')
      return index ? send(request, index) : detailResponse(404, 'Not Found')
    },
  }
}

/** What other apps share with this one (`?shared=`, the manifest's share target) and videos (`/watch?v=`) become its own parameters. */
function sharedTarget(path: string, query: URLSearchParams): string | null {
  const target = new URLSearchParams()
  const video = path.endsWith('/watch') ? query.get('v') : null
  if (video) target.set('youtube', video)
  const shared = query.get('shared')
  if (shared) {
    const url = /^https:\/\/\S+/.exec(shared)?.[0]
    const id = url === undefined ? null : videoOf(url)
    if (id !== null) target.set('youtube', id)
    else if (url !== undefined) target.set('load-url', url)
    else target.set('q', shared)
  }
  return target.size === 0 ? null : `/?${target}`
}

const VIDEO_HOSTS = new Set([
  'youtu.be',
  'm.youtube.com',
  'youtube.com',
  'www.youtube.com',
  'www.youtube-nocookie.com',
  'vid.plus',
])
const VIDEO_ID_CHARS = 11

function videoOf(address: string): string | null {
  const url = URL.parse(address)
  if (!url || !VIDEO_HOSTS.has(url.host)) return null
  const id = url.pathname.endsWith('/watch') ? url.searchParams.get('v') : url.pathname.split('/').at(-1)
  return id?.length === VIDEO_ID_CHARS ? id : null
}

function decodePath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path)
    return decoded.includes('\0') ? null : decoded
  } catch {
    return null
  }
}

async function send(request: Request, file: Entry): Promise<Response> {
  const body = Bun.file(file.path)
  const type = typeOf(file.path, body.type)
  const headers = new Headers({
    'content-type': type,
    etag: file.etag,
    'last-modified': file.lastModified,
    'accept-ranges': 'bytes',
  })
  if (file.path.endsWith('.html')) headers.set('cache-control', 'no-cache')
  if (file.path.includes(`${sep}pyodide${sep}`)) headers.set('access-control-allow-origin', '*')
  const packable = isPackable(type, file.sizeBytes)
  // Also of an answer that is not packed: a cache must not hand it to who asked otherwise.
  if (packable) headers.set('vary', 'Accept-Encoding')
  if (isFresh(request, file)) return new Response(null, { status: 304, headers })
  const range = request.headers.get('range')
  if (range) return sendRange(file, range, headers)
  const encoding = packable ? chooseEncoding(request) : null
  if (encoding) {
    headers.set('content-encoding', encoding)
    const bytes = await compressed(file, encoding)
    headers.set('content-length', String(bytes.byteLength))
    return new Response(request.method === 'HEAD' ? null : bytes, { headers })
  }
  headers.set('content-length', String(file.sizeBytes))
  return new Response(request.method === 'HEAD' ? null : body, { headers })
}

function typeOf(path: string, known: string): string {
  if (path.endsWith('.js')) return 'text/javascript; charset=utf-8'
  if (path.endsWith('.webmanifest')) return 'application/manifest+json'
  const [type = known] = known.split(';')
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type
}

function notAllowed(): Response {
  const answer = detailResponse(405, 'Method Not Allowed')
  answer.headers.set('allow', 'GET, HEAD')
  return answer
}

function isFresh(request: Request, file: Entry): boolean {
  const match = request.headers.get('if-none-match')
  if (match !== null) return match.split(',').some((tag) => tag.trim().replace(/^W\//, '') === file.etag)
  const since = request.headers.get('if-modified-since')
  return since !== null && Date.parse(since) >= Date.parse(file.lastModified)
}

/** One range; several are answered with the whole file, as RFC 9110 allows. */
function sendRange(file: Entry, range: string, headers: Headers): Response {
  const parts = /^bytes=(\d*)-(\d*)$/.exec(range.trim())
  if (!parts || (parts[1] === '' && parts[2] === '')) return new Response(Bun.file(file.path), { headers })
  const last = file.sizeBytes - 1
  const start = parts[1] === '' ? Math.max(0, file.sizeBytes - Number(parts[2])) : Number(parts[1])
  const end = parts[1] === '' || parts[2] === '' ? last : Math.min(Number(parts[2]), last)
  if (start > last || start > end) {
    headers.set('content-range', `bytes */${file.sizeBytes}`)
    return new Response(null, { status: 416, headers })
  }
  headers.set('content-range', `bytes ${start}-${end}/${file.sizeBytes}`)
  headers.set('content-length', String(end - start + 1))
  return new Response(Bun.file(file.path).slice(start, end + 1), { status: 206, headers })
}

const isPackable = (type: string, sizeBytes: number): boolean =>
  sizeBytes >= COMPRESS_FROM_BYTES && sizeBytes <= COMPRESS_TO_BYTES && COMPRESSIBLE.test(type)

type Encoding = 'zstd' | 'br' | 'gzip'

/** The first of ours that is taken; `q=0` refuses one. */
function chooseEncoding(request: Request): Encoding | null {
  const accepted = new Set(
    (request.headers.get('accept-encoding') ?? '')
      .split(',')
      .filter((part) => !/;\s*q=0(\.0*)?\s*$/.test(part))
      .map((part) => part.split(';')[0]?.trim().toLowerCase()),
  )
  return (['zstd', 'br', 'gzip'] as const).find((name) => accepted.has(name)) ?? null
}

/** Compressed once per file and kept: the files are few and do not change. */
function compressed(file: Entry, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = file.compressed.get(encoding)
  if (!bytes) {
    bytes = compress(file.path, encoding)
    file.compressed.set(encoding, bytes)
  }
  return bytes
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)

/** In a thread of the runtime's pool: a script of a megabyte would hold everybody up. */
async function compress(path: string, encoding: Encoding): Promise<Uint8Array<ArrayBuffer>> {
  const plain = await Bun.file(path).bytes()
  if (encoding === 'zstd') return new Uint8Array(await Bun.zstdCompress(plain))
  if (encoding === 'gzip') return new Uint8Array(await gzipped(plain))
  return new Uint8Array(await brotli(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } }))
}
