// Goal: the disk driver conforms, and never leaves temporary files or leaves its folder.
import { afterAll, expect, test } from 'bun:test'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileStoreConformance } from '../../../test/conformance/file-store.ts'
import { DiskFileStore } from './disk.ts'

const parent = await mkdtemp(join(tmpdir(), 'hubbub-files-'))
afterAll(() => rm(parent, { recursive: true }))
let count = 0
const ids = { secret: (size: number) => `${++count}`.padStart(size * 2, '0') }

async function fresh(): Promise<{ root: string; store: DiskFileStore }> {
  const root = await mkdtemp(join(parent, 'root-'))
  return { root, store: new DiskFileStore(root, ids) }
}

fileStoreConformance('disk', async () => (await fresh()).store)

test('makes its folder when it is needed', async () => {
  const store = new DiskFileStore(join(parent, 'not', 'yet'), ids)
  expect(await Array.fromAsync(store.list())).toEqual([])
  expect(await store.stat('x')).toBeNull()
  await store.put('x', new Uint8Array(3), 'text/plain')
  expect(await Array.fromAsync(store.list())).toEqual(['x'])
})

test('no temporary file stays, whether it went well or not', async () => {
  const { root, store } = await fresh()
  await store.put('a', new Uint8Array(10), 'image/png')
  const broken = new ReadableStream<Uint8Array>({
    start: (controller) => controller.error(new Error('lost')),
  })
  await expect(store.put('b', broken, 'text/plain')).rejects.toThrow('lost')
  expect(await readdir(join(root, '.incoming'))).toEqual([])
})

test('serves files that another program put there', async () => {
  const { root, store } = await fresh()
  await writeFile(join(root, 'theirs.txt'), 'hello')
  expect(await store.stat('theirs.txt')).toMatchObject({ sizeBytes: 5, contentType: 'text/plain' })
})

test('a place that cannot be written is an error that leaves nothing', async () => {
  const { root, store } = await fresh()
  // A file stands where a folder must be made.
  await writeFile(join(root, 'taken'), '')
  await expect(store.put('taken/below', new Uint8Array(1), 'text/plain')).rejects.toThrow()
  expect(await Array.fromAsync(store.list())).toEqual(['taken'])
})
