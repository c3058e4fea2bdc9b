/**
 * Serves a built Mattermost web app as its own server does: `/static/*` from the folder, root.html for
 * every page, with the headers that its pages come with. Plugins there are none.
 */
import { stat } from 'node:fs/promises'
import { join, normalize, sep } from 'node:path'

export interface FrontEndPages {
  respond(request: Request): Promise<Response>
}

const COMPRESSIBLE = /^(text\/|application\/(json|javascript|manifest|wasm)|image\/svg)/
const COMPRESS_FROM_BYTES = 1_000
const COMPRESS_TO_BYTES = 16_000_000
const DAY_S = 86_400

/** Scripts of the app only; its plugins and some libraries evaluate code, as its own server allows. */
const PAGE_HEADERS = {
  'x-frame-options': 'SAMEORIGIN',
  'content-security-policy': "frame-ancestors 'self'; script-src 'self' 'unsafe-eval'",
  'cache-control': 'no-cache, max-age=31556926, public',
  'permissions-policy': '',
}

export function mattermostFrontEnd(folder: string): FrontEndPages {
  const packed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()

  async function fileAt(path: string): Promise<{ path: string; etag: string; size: number } | null> {
    const full = join(folder, normalize(`/${path}`))
    if (!full.startsWith(folder + sep)) return null
    const info = await stat(full).catch(() => null)
    if (!info?.isFile()) return null
    return {
      path: full,
      size: info.size,
      etag: `"${info.size.toString(16)}-${Math.trunc(info.mtimeMs).toString(16)}"`,
    }
  }

  function gzipped(path: string, etag: string): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${path} ${etag}`
    let bytes = packed.get(key)
    if (!bytes) {
      bytes = Bun.file(path)
        .arrayBuffer()
        .then((raw) => Bun.gzipSync(raw))
      packed.set(key, bytes)
    }
    return bytes
  }

  async function send(
    request: Request,
    path: string,
    extra: Record<string, string>,
  ): Promise<Response | null> {
    const found = await fileAt(path)
    if (!found) return null
    const file = Bun.file(found.path)
    const headers = new Headers({
      'content-type': file.type,
      etag: found.etag,
      'accept-ranges': 'bytes',
      ...extra,
    })
    if (request.headers.get('if-none-match') === found.etag)
      return new Response(null, { status: 304, headers })
    const head = request.method === 'HEAD'
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.get('range') ?? '')
    if (range) {
      const start = Number(range[1])
      const end = range[2] ? Math.min(Number(range[2]), found.size - 1) : found.size - 1
      if (start > end) return new Response(null, { status: 416, headers })
      headers.set('content-range', `bytes ${start}-${end}/${found.size}`)
      return new Response(head ? null : file.slice(start, end + 1), { status: 206, headers })
    }
    const squeeze =
      COMPRESSIBLE.test(file.type) &&
      found.size >= COMPRESS_FROM_BYTES &&
      found.size <= COMPRESS_TO_BYTES &&
      /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
    if (!squeeze) return new Response(head ? null : file, { headers })
    headers.set('content-encoding', 'gzip')
    headers.set('vary', 'Accept-Encoding')
    return new Response(head ? null : await gzipped(found.path, found.etag), { headers })
  }

  return {
    async respond(request) {
      const path = decoded(new URL(request.url).pathname)
      if (path === null) return new Response('Bad request', { status: 400 })
      if (path.startsWith('/static/')) {
        const name = path.slice('/static/'.length)
        const lasting = name === 'remote_entry.js' || name.endsWith('.html') ? 0 : 365 * DAY_S
        const cache = lasting > 0 ? `max-age=${lasting}, public` : 'no-cache'
        return (
          (await send(request, name, { 'cache-control': cache })) ??
          new Response('Not found', { status: 404 })
        )
      }
      if (path === '/unsupported_browser.js' || path === '/manifest.json' || path === '/robots.txt') {
        const found = await send(request, path, { 'cache-control': 'no-cache' })
        if (found) return found
        if (path === '/robots.txt') return new Response('User-agent: *\nDisallow: /\n')
      }
      if (path.startsWith('/plugins/')) return new Response('Not found', { status: 404 })
      if (request.method !== 'GET' && request.method !== 'HEAD')
        return new Response('Not found', { status: 404 })
      return (await send(request, 'root.html', PAGE_HEADERS)) ?? new Response('Not found', { status: 404 })
    },
  }
}

function decoded(path: string): string | null {
  try {
    const text = decodeURIComponent(path)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}
