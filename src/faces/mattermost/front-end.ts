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

/** Where the build names its own folder. */
const NAMES_STATIC = /(?:^|\/)(?:root\.html|manifest\.json|[^/]+\.css)$/
const PATH_SCRIPT = /<script id="publicPathInWindowScript">[^<]*<\/script>/
const PATH_POLICY = /(<meta http-equiv="Content-Security-Policy" content="script-src 'self')[^"]*"/

const PAGE_HEADERS = {
  'x-frame-options': 'SAMEORIGIN',
  'cache-control': 'no-cache, max-age=31556926, public',
  'permissions-policy': '',
}

interface Found {
  readonly path: string
  readonly file: Blob
  readonly etag: string
}

/** `basePath`: the path below which people reach the server, '' at the root. */
export function mattermostFrontEnd(folder: string, basePath = ''): FrontEndPages {
  const packed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  const moved = new Map<string, Promise<Blob>>()
  const pathScript = `window.publicPath='${basePath}/static/'`
  const scriptHash = basePath === '' ? '' : ` 'sha256-${sha256(pathScript)}'`
  // Scripts of the app only, as its own server says.
  const policy = `frame-ancestors 'self'; script-src 'self'${scriptHash}`

  /** The build is made for the root: below a path its references are moved there, as its own server does. */
  function moveTo(path: string, etag: string): Promise<Blob> {
    const key = `${path} ${etag}`
    let blob = moved.get(key)
    if (!blob) {
      const file = Bun.file(path)
      blob = file.text().then((text) => {
        const there = text
          .replaceAll('/static/', `${basePath}/static/`)
          .replace(PATH_SCRIPT, `<script id="publicPathInWindowScript">${pathScript}</script>`)
          .replace(PATH_POLICY, `$1${scriptHash}"`)
        return new Blob([there], { type: file.type })
      })
      moved.set(key, blob)
    }
    return blob
  }

  async function fileAt(path: string): Promise<Found | null> {
    const full = join(folder, normalize(`/${path}`))
    if (!full.startsWith(folder + sep)) return null
    const info = await stat(full).catch(() => null)
    if (!info?.isFile()) return null
    const version = `${info.size.toString(16)}-${Math.trunc(info.mtimeMs).toString(16)}`
    if (basePath === '' || !NAMES_STATIC.test(full))
      return { path: full, file: Bun.file(full), etag: `"${version}"` }
    const etag = `"${version}-${Bun.hash(basePath).toString(16)}"`
    return { path: full, file: await moveTo(full, etag), etag }
  }

  function gzipped({ path, file, etag }: Found): Promise<Uint8Array<ArrayBuffer>> {
    const key = `${path} ${etag}`
    let bytes = packed.get(key)
    if (!bytes) {
      bytes = file.arrayBuffer().then((raw) => Bun.gzipSync(raw))
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
    const { file } = found
    const headers = new Headers({
      // The app reads as JSON only what says so exactly: its translations.
      'content-type': file.type.startsWith('application/json') ? 'application/json' : file.type,
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
      const end = range[2] ? Math.min(Number(range[2]), file.size - 1) : file.size - 1
      if (start > end) return new Response(null, { status: 416, headers })
      headers.set('content-range', `bytes ${start}-${end}/${file.size}`)
      return new Response(head ? null : file.slice(start, end + 1), { status: 206, headers })
    }
    const squeeze =
      COMPRESSIBLE.test(file.type) &&
      file.size >= COMPRESS_FROM_BYTES &&
      file.size <= COMPRESS_TO_BYTES &&
      /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')
    if (!squeeze) return new Response(head ? null : file, { headers })
    headers.set('content-encoding', 'gzip')
    headers.set('vary', 'Accept-Encoding')
    return new Response(head ? null : await gzipped(found), { headers })
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
          // Not to be kept: the file may come with the next build.
          new Response('Not found', { status: 404, headers: { 'cache-control': 'no-cache, public' } })
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
      return (
        (await send(request, 'root.html', { ...PAGE_HEADERS, 'content-security-policy': policy })) ??
        new Response('Not found', { status: 404 })
      )
    },
  }
}

function sha256(text: string): string {
  return new Bun.CryptoHasher('sha256').update(text).digest('base64')
}

function decoded(path: string): string | null {
  try {
    const text = decodeURIComponent(path)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}
