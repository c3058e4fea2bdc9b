// Where the files that come with the program are: worker scripts and our web client, from source as in the binary.
// Serving foreign front ends from folders is not done here.
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { gzip as gzipCallback } from 'node:zlib'

/** One file of the web client, ready to be sent. */
export interface Asset {
  /** As in the URL: `/assets/main-1a2b3c.js`. */
  readonly path: string
  readonly contentType: string
  /** Strong, with its quotes. */
  readonly etag: string
  /** Its name changes with its content, so that browsers may keep it for good. */
  readonly immutable: boolean
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Null where compressing gains nothing. */
  readonly gzip: Uint8Array<ArrayBuffer> | null
  readonly zstd: Uint8Array<ArrayBuffer> | null
}

const SOURCE_ROOT = join(import.meta.dir, '..')

/** In the binary, embedded files lie beside each other in Bun's own file system, whichever module asks. */
function embeddedRoot(): string {
  return import.meta.dir.replace(/(\$bunfs\/root).*$/, '$1')
}

/** A folder that the build embeds, by its name; to be read with node:fs. */
function embeddedDir(name: string): string {
  return join(Bun.isStandaloneExecutable ? embeddedRoot() : SOURCE_ROOT, name)
}

/** Where the build puts the scripts of workers, each bundled into one file. */
export const WORKERS_DIR = 'workers'

/** What `new Worker` takes for a script in src, such as `files/image.worker.ts`. */
export function workerUrl(pathInSrc: string): URL {
  const path = Bun.isStandaloneExecutable
    ? join(embeddedDir(WORKERS_DIR), pathInSrc.replace(/\.ts$/, '.js'))
    : join(import.meta.dir, pathInSrc)
  return Bun.pathToFileURL(path)
}

/** Where the build puts what document workers load when they first need it, packed. */
export const DOCUMENTS_DIR = 'documents'
/** By name: from which package it is when run from source. */
export const DOCUMENT_FILES = { 'pdfjs.mjs': 'unpdf/dist/pdfjs.mjs' } as const

/**
 * A module to `import()`. It is not bundled: as bytecode it would be 6.6 MB of the binary, and packed it is half of one.
 */
export async function documentAsset(name: keyof typeof DOCUMENT_FILES): Promise<string> {
  if (!Bun.isStandaloneExecutable)
    return Bun.pathToFileURL(join(SOURCE_ROOT, 'node_modules', DOCUMENT_FILES[name])).href
  const packed = await Bun.file(join(embeddedDir(DOCUMENTS_DIR), `${name}.gz`)).bytes()
  return URL.createObjectURL(new Blob([Bun.gunzipSync(packed)], { type: 'text/javascript' }))
}

/** Where the build puts the client, and under which name the binary holds it (the last part of the path). */
export const CLIENT_DIR = 'client'

let client: Promise<ReadonlyMap<string, Asset>> | undefined

/**
 * The files of our web client by URL path, `/index.html` among them. Bundled at the first call when run from source,
 * read from the binary otherwise; then kept.
 */
export function clientAssets(): Promise<ReadonlyMap<string, Asset>> {
  client ??= loadClient().catch((error: unknown) => {
    client = undefined // The next request tries again: a half-saved source file heals.
    throw error
  })
  return client
}

async function loadClient(): Promise<ReadonlyMap<string, Asset>> {
  if (Bun.isStandaloneExecutable) return readAssets(embeddedDir(CLIENT_DIR))
  const { buildClient } = await import('../public/build.ts')
  const dir = mkdtempSync(join(tmpdir(), 'hubbub-client-'))
  try {
    await buildClient(dir)
    return await readAssets(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Where the build puts the files of Swagger UI, and which of them the page at /docs needs. */
export const DOCS_DIR = 'swagger-ui'
export const DOCS_FILES: readonly string[] = ['swagger-ui.css', 'swagger-ui-bundle.js']

let docs: Promise<ReadonlyMap<string, Asset>> | undefined

/** The files of Swagger UI, by `/name`: from its package when run from source, else from the binary; then kept. */
export function docsAssets(): Promise<ReadonlyMap<string, Asset>> {
  docs ??= readAssets(
    Bun.isStandaloneExecutable ? embeddedDir(DOCS_DIR) : join(SOURCE_ROOT, 'node_modules/swagger-ui-dist'),
    DOCS_FILES,
  )
  return docs
}

/** All files of a folder as assets, or those of `only`. Variants beside them (`name.gz`, `name.zst`) are used, missing ones are made. */
export async function readAssets(dir: string, only?: readonly string[]): Promise<ReadonlyMap<string, Asset>> {
  const names = (only ?? readdirSync(dir, { recursive: true, encoding: 'utf8' })).filter(
    (name) => extname(name) !== '',
  )
  const files = names.filter((name) => !VARIANTS.includes(extname(name)))
  const assets = await Promise.all(files.map((name) => readAsset(dir, name)))
  return new Map(assets.map((asset) => [asset.path, asset]))
}

async function readAsset(dir: string, name: string): Promise<Asset> {
  const file = join(dir, name)
  // Where only the packed variant is there, it is unpacked for the few who do not take it.
  const bytes = existsSync(file) ? readFileSync(file) : Bun.gunzipSync(readFileSync(`${file}.gz`))
  const { gzip, zstd } = existsSync(`${file}.gz`) ? readVariants(file) : await compress(name, bytes)
  return {
    path: `/${name}`,
    contentType: CONTENT_TYPES[extname(name)] ?? 'application/octet-stream',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    immutable: /^assets\/.+-[a-z0-9]{6,}\.\w+$/.test(name),
    bytes,
    gzip,
    zstd,
  }
}

function readVariants(file: string): Pick<Asset, 'gzip' | 'zstd'> {
  return {
    gzip: readFileSync(`${file}.gz`),
    zstd: existsSync(`${file}.zst`) ? readFileSync(`${file}.zst`) : null,
  }
}

const VARIANTS = ['.gz', '.zst', '.map']
const gzipAsync = promisify(gzipCallback)

/** Both variants of a file, or null where they are hardly smaller. `thorough` takes long and is for the build. */
export async function compress(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  thorough = false,
): Promise<Pick<Asset, 'gzip' | 'zstd'>> {
  if (!COMPRESSIBLE.has(extname(name)) || bytes.length < 500) return { gzip: null, zstd: null }
  const [gzip, zstd] = await Promise.all([
    gzipAsync(bytes, { level: thorough ? 9 : 6 }),
    Bun.zstdCompress(bytes, { level: thorough ? 19 : 3 }),
  ])
  const worthIt = (packed: Buffer) => (packed.length < bytes.length * 0.95 ? new Uint8Array(packed) : null)
  return { gzip: worthIt(gzip), zstd: worthIt(zstd) }
}

const COMPRESSIBLE = new Set([
  '.html',
  '.js',
  '.css',
  '.json',
  '.svg',
  '.webmanifest',
  '.txt',
  '.wasm',
  '.ttf',
])

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.webmanifest': 'application/manifest+json',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
}

/** An asset as the answer to a request: revalidation, compression as the browser accepts it, caching by its name. */
export function assetResponse(
  asset: Asset,
  request: Pick<Request, 'headers' | 'method'>,
  extra: Record<string, string> = {},
): Response {
  const headers = new Headers({
    'content-type': asset.contentType,
    'cache-control': asset.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: asset.etag,
    vary: 'Accept-Encoding',
    'x-content-type-options': 'nosniff',
    ...extra,
  })
  if (matches(request.headers.get('if-none-match'), asset.etag))
    return new Response(null, { status: 304, headers })
  const { body, encoding } = variantFor(asset, request.headers.get('accept-encoding') ?? '')
  if (encoding !== null) headers.set('content-encoding', encoding)
  headers.set('content-length', String(body.length))
  return new Response(request.method === 'HEAD' ? null : body, { headers })
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  if (ifNoneMatch === null) return false
  return ifNoneMatch === '*' || ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
}

function variantFor(
  asset: Asset,
  accepted: string,
): { body: Uint8Array<ArrayBuffer>; encoding: 'zstd' | 'gzip' | null } {
  const takes = (name: string) =>
    new RegExp(`(?:^|[\\s,])${name}(?!\\s*;\\s*q=0(?:\\.0*)?(?:[\\s,]|$))(?:[\\s,;]|$)`).test(accepted)
  if (asset.zstd !== null && takes('zstd')) return { body: asset.zstd, encoding: 'zstd' }
  if (asset.gzip !== null && takes('gzip')) return { body: asset.gzip, encoding: 'gzip' }
  return { body: asset.bytes, encoding: null }
}
