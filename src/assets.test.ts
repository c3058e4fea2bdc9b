import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type Asset, assetResponse, clientAssets, readAssets } from './assets.ts'

const SCRIPT = 'console.log("hello");\n'.repeat(100)
let dir: string
let assets: ReadonlyMap<string, Asset>

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'hubbub-assets-'))
  mkdirSync(join(dir, 'assets'))
  writeFileSync(join(dir, 'index.html'), '<!doctype html>')
  writeFileSync(join(dir, 'assets', 'main-a1b2c3d4.js'), SCRIPT)
  writeFileSync(join(dir, 'assets', 'main-a1b2c3d4.js.map'), '{}')
  writeFileSync(join(dir, 'assets', 'dot-a1b2c3d4.png'), Buffer.alloc(2000))
  assets = await readAssets(dir)
})
afterAll(() => rmSync(dir, { recursive: true }))

function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Response {
  const asset = assets.get(path)
  if (asset === undefined) throw new Error(`no asset ${path}`)
  return assetResponse(asset, new Request('http://localhost/', { headers, method }))
}

test('paths are those of URLs, without maps', () => {
  expect([...assets.keys()].toSorted()).toEqual([
    '/assets/dot-a1b2c3d4.png',
    '/assets/main-a1b2c3d4.js',
    '/index.html',
  ])
})

test('hashed names are kept for good, the page is asked for each time', () => {
  expect(get('/assets/main-a1b2c3d4.js').headers.get('cache-control')).toContain('immutable')
  expect(get('/index.html').headers.get('cache-control')).toBe('no-cache')
})

test('zstd before gzip before plain, as the browser accepts', async () => {
  const zstd = get('/assets/main-a1b2c3d4.js', { 'accept-encoding': 'gzip, deflate, br, zstd' })
  expect(zstd.headers.get('content-encoding')).toBe('zstd')
  expect(zstdDecompressSync(await zstd.bytes()).toString()).toBe(SCRIPT)
  const gzip = get('/assets/main-a1b2c3d4.js', { 'accept-encoding': 'gzip;q=0.5, zstd;q=0' })
  expect(gzip.headers.get('content-encoding')).toBe('gzip')
  expect(gunzipSync(await gzip.bytes()).toString()).toBe(SCRIPT)
  const plain = get('/assets/main-a1b2c3d4.js', { 'accept-encoding': 'identity' })
  expect(plain.headers.get('content-encoding')).toBeNull()
  expect(await plain.text()).toBe(SCRIPT)
})

test('pictures and small files are sent as they are', () => {
  const headers = { 'accept-encoding': 'gzip, zstd' }
  expect(get('/assets/dot-a1b2c3d4.png', headers).headers.get('content-encoding')).toBeNull()
  expect(get('/index.html', headers).headers.get('content-encoding')).toBeNull()
})

test('an unchanged file is not sent again', async () => {
  const etag = get('/index.html').headers.get('etag') ?? ''
  const again = get('/index.html', { 'if-none-match': `"other", W/${etag}` })
  expect(again.status).toBe(304)
  expect(await again.text()).toBe('')
  expect(get('/index.html', { 'if-none-match': '"other"' }).status).toBe(200)
})

test('HEAD has the headers and no body', async () => {
  const head = get('/index.html', {}, 'HEAD')
  expect(head.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(await head.text()).toBe('')
})

test('our client is bundled from source, once', async () => {
  const first = await clientAssets()
  const page = new TextDecoder().decode(first.get('/index.html')?.bytes)
  const scripts = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path]) => path ?? '')
  expect(scripts.length).toBeGreaterThan(0)
  for (const path of scripts) expect(first.get(path)?.immutable).toBe(true)
  expect(await clientAssets()).toBe(first)
}, 20_000)
