// Goal: a built front end is served as its own server serves it: app for any path, fresh pages, ranges, compression.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync } from 'node:zlib'
import { frontEndFiles, type FrontEndFiles } from './front-end.ts'

let dir: string
let files: FrontEndFiles

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'front-end-'))
  mkdirSync(join(dir, 'www', '_app'), { recursive: true })
  writeFileSync(join(dir, 'www', 'index.html'), '<!doctype html><title>App</title>')
  writeFileSync(join(dir, 'www', '_app', 'a.js'), 'export const a = 1\n'.repeat(100))
  writeFileSync(join(dir, 'secret.txt'), 'not yours')
  files = frontEndFiles(join(dir, 'www'))
})

afterAll(() => rmSync(dir, { recursive: true, force: true }))

const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
  files.respond(new Request(`http://localhost${path}`, init))

describe('paths', () => {
  test.each(['/', '/c/some-chat', '/api/unknown', '/admin/settings/general'])(
    '%s is the app',
    async (path) => {
      const answer = await ask(path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-cache')
      expect(await answer.text()).toContain('<title>App')
    },
  )

  test.each([
    ['/_app/gone.js', 404],
    ['/static/gone.png', 404],
    ['/%00', 400],
    ['/%E0%A4%A', 400],
  ])('%s is %d', async (path, status) => expect((await ask(path)).status).toBe(status))

  test.each(['/../secret.txt', '/..%2fsecret.txt', '/%2e%2e/secret.txt', '/_app/..%2f..%2fsecret.txt'])(
    '%s leaves the folder nowhere',
    async (path) => expect(await (await ask(path)).text()).not.toContain('not yours'),
  )

  test.each([
    ['/watch?v=dQw4w9WgXcQ', '/?youtube=dQw4w9WgXcQ'],
    ['/?shared=https%3A%2F%2Fyoutu.be%2FdQw4w9WgXcQ', '/?youtube=dQw4w9WgXcQ'],
    ['/?shared=https%3A%2F%2Fexample.com%2Fa+and+more', '/?load-url=https%3A%2F%2Fexample.com%2Fa'],
    ['/?shared=what+is+this', '/?q=what+is+this'],
  ])('%s goes to %s', async (path, target) => {
    const answer = await ask(path)
    expect([answer.status, answer.headers.get('location')]).toEqual([307, target])
  })

  test.each(['/watch', '/?shared=', '/?q=plain'])('%s is the app', async (path) =>
    expect((await ask(path)).status).toBe(200),
  )

  test('other methods are not allowed', async () =>
    expect((await ask('/', { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD'))
})

describe('a file', () => {
  test('is not sent again to who has it', async () => {
    const first = await ask('/_app/a.js')
    expect(first.headers.get('content-type')).toStartWith('text/javascript')
    const etag = first.headers.get('etag') ?? ''
    expect((await ask('/_app/a.js', { headers: { 'if-none-match': etag } })).status).toBe(304)
    const since = first.headers.get('last-modified') ?? ''
    expect((await ask('/_app/a.js', { headers: { 'if-modified-since': since } })).status).toBe(304)
  })

  test.each([
    ['bytes=0-5', 206, 'export'],
    ['bytes=-2', 206, '1\n'],
    ['bytes=7-11', 206, 'const'],
    ['bytes=99999-', 416, ''],
  ])('%s is %d', async (range, status, text) => {
    const answer = await ask('/_app/a.js', { headers: { range } })
    expect(answer.status).toBe(status)
    expect(await answer.text()).toBe(text)
  })

  test('is compressed for who takes it', async () => {
    const packed = await ask('/_app/a.js', { headers: { 'accept-encoding': 'gzip' } })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    const plain = new TextDecoder().decode(Bun.gunzipSync(await packed.bytes()))
    expect(plain).toBe('export const a = 1\n'.repeat(100))
  })

  test.each([
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip, br', 'br'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
    [null, null],
  ])('for %p comes as %p, and caches are told', async (accepted, encoding) => {
    const headers = new Headers(accepted === null ? {} : { 'accept-encoding': accepted })
    const answer = await ask('/_app/a.js', { headers })
    expect([answer.headers.get('content-encoding'), answer.headers.get('vary')]).toEqual([
      encoding,
      'Accept-Encoding',
    ])
  })

  test('in brotli is what it was', async () => {
    const packed = await ask('/_app/a.js', { headers: { 'accept-encoding': 'br' } })
    expect(brotliDecompressSync(await packed.bytes()).toString()).toBe('export const a = 1\n'.repeat(100))
  })

  test('has its type and the charset of texts', async () => {
    writeFileSync(join(dir, 'www', 'a.csv'), 'a')
    writeFileSync(join(dir, 'www', 'a.webmanifest'), '{}')
    const types = await Promise.all(['/', '/a.csv', '/a.webmanifest'].map((path) => ask(path)))
    expect(types.map(({ headers }) => headers.get('content-type'))).toEqual([
      'text/html; charset=utf-8',
      'text/csv; charset=utf-8',
      'application/manifest+json',
    ])
  })

  test('HEAD has the length and no body', async () => {
    const answer = await ask('/_app/a.js', { method: 'HEAD' })
    expect([answer.headers.get('content-length'), await answer.text()]).toEqual(['1900', ''])
  })
})
