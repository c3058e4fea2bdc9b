// The front end out of a wheel: whole, nothing outside of its folder, and never over something else.
import { afterEach, beforeEach, expect, spyOn, test } from 'bun:test'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { parseArgs } from '../args.ts'
import { extractFrontEnd, openWebuiFetch } from './index.ts'

let scratch: string
beforeEach(() => void (scratch = mkdtempSync(join(tmpdir(), 'hubbub-fetch-'))))
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

/** A wheel with these files, as pip's tools write one. */
function wheel(files: Record<string, string>): string {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let start = 0
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(Buffer.from(text))
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(crc32(text), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(Buffer.byteLength(text), 18)
    shared.writeUInt16LE(Buffer.byteLength(name), 22)
    const place = Buffer.alloc(14)
    place.writeUInt32LE(start, 10)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), shared, Buffer.from(name), packed])
    directory.push(Buffer.from('PK\u0001\u0002'), Buffer.from([20, 0]), shared, place, Buffer.from(name))
    parts.push(local)
    start += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(Object.keys(files).length, 4)
  end.writeUInt16LE(Object.keys(files).length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(start, 12)
  const path = join(scratch, 'open_webui.whl')
  writeFileSync(path, Buffer.concat([...parts, central, Buffer.from('PK\u0005\u0006'), end]))
  return path
}

const FILES = {
  'open_webui/main.py': 'print()',
  'open_webui/frontend/index.html': '<!doctype html>',
  'open_webui/frontend/_app/version.json': '{}'.repeat(1000),
}

test('only the front end comes out', () => {
  const folder = join(scratch, 'out')
  extractFrontEnd(wheel(FILES), folder)
  expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('<!doctype html>')
  expect(readFileSync(join(folder, '_app', 'version.json'), 'utf8')).toBe('{}'.repeat(1000))
  expect(existsSync(join(folder, 'main.py'))).toBe(false)
})

test('a name that leads out of the folder is refused, and nothing is left', () => {
  const folder = join(scratch, 'out')
  const evil = wheel({ ...FILES, 'open_webui/frontend/../../../evil.html': 'x' })
  expect(() => extractFrontEnd(evil, folder)).toThrow('outside of itself')
  expect(existsSync(folder)).toBe(false)
  expect(existsSync(join(scratch, 'evil.html'))).toBe(false)
})

test('a folder with something else in it is kept', () => {
  const folder = join(scratch, 'photos')
  mkdirSync(folder)
  writeFileSync(join(folder, 'photo.jpg'), 'x')
  expect(() => extractFrontEnd(wheel(FILES), folder)).toThrow('something else')
  expect(existsSync(join(folder, 'photo.jpg'))).toBe(true)
})

test.each([
  ['no zip archive', 'this is no archive at all, only text that goes on for a while'],
  ['ends too early|damaged|no zip', 'PK'],
])('what is %s is refused', (message, text) => {
  const path = join(scratch, 'torn.whl')
  writeFileSync(path, text)
  expect(() => extractFrontEnd(path, join(scratch, 'out'))).toThrow(new RegExp(message))
})

test('a download is checked against the sum of the index', async () => {
  const bytes = readFileSync(wheel(FILES))
  const sums = { right: new Bun.CryptoHasher('sha256').update(bytes).digest('hex'), wrong: '0'.repeat(64) }
  let sha256 = sums.wrong
  const index = Bun.serve({
    port: 0,
    fetch: ({ url }) =>
      url.endsWith('/json')
        ? Response.json({
            urls: [
              {
                packagetype: 'bdist_wheel',
                filename: 'w.whl',
                url: new URL('/w.whl', url).href,
                digests: { sha256 },
              },
            ],
          })
        : new Response(bytes),
  })
  const said = spyOn(process.stdout, 'write').mockReturnValue(true)
  try {
    const to = join(scratch, 'out')
    const options = { wheel: undefined, to, index: index.url.origin }
    expect(openWebuiFetch(options)).rejects.toThrow('not what the index describes')
    expect(existsSync(to)).toBe(false)
    sha256 = sums.right
    expect(await openWebuiFetch(options)).toBe(0)
    expect(existsSync(join(to, 'index.html'))).toBe(true)
  } finally {
    said.mockRestore()
    await index.stop(true)
  }
})

test('the command line names the wheel and the folder', () => {
  expect(parseArgs(['open-webui', 'fetch', 'a.whl', '--to=front'])).toEqual({
    name: 'open-webui',
    wheel: 'a.whl',
    to: 'front',
  })
  expect(() => parseArgs(['open-webui'])).toThrow('fetch')
})
