// What every file store must do. A driver's own test calls this with a way to make an empty store.
import { beforeEach, describe, expect, test } from 'bun:test'
import type { FileStore } from '../../src/core/ports.ts'

export interface ListingFileStore extends FileStore {
  list(prefix?: string): AsyncIterable<string>
}

/** Declares the tests; `make` gives a fresh, empty store each time. */
export function fileStoreConformance(name: string, make: () => Promise<ListingFileStore>): void {
  describe(`file store on ${name}`, () => {
    let store: ListingFileStore
    beforeEach(async () => {
      store = await make()
    })
    const bytes = (text: string) => new TextEncoder().encode(text)
    const read = async (key: string, range?: { start: number; end: number }) => {
      const found = await store.get(key, range)
      return found && (await new Response(found.body).text())
    }
    const listed = async (prefix?: string) => (await Array.fromAsync(store.list(prefix))).sort()

    test('gives back what was put, with its facts', async () => {
      const stored = await store.put('chat-images/a.png', bytes('picture'), 'image/png')
      expect(stored).toMatchObject({ sizeBytes: 7, contentType: 'image/png' })
      expect(stored.etag).toMatch(/^"[^"]+"$/)
      expect(stored.lastModified).toBeGreaterThan(1_600_000_000_000)
      expect(await store.stat('chat-images/a.png')).toEqual(stored)
      const found = await store.get('chat-images/a.png')
      expect(found?.object).toEqual(stored)
      expect(await read('chat-images/a.png')).toBe('picture')
    })

    test('takes bytes, blobs and streams', async () => {
      await store.put('blob', new Blob(['from a blob']), 'text/plain')
      expect(await read('blob')).toBe('from a blob')
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(bytes('from '))
          controller.enqueue(bytes('a stream'))
          controller.close()
        },
      })
      expect((await store.put('stream', stream, 'text/plain')).sizeBytes).toBe(13)
      expect(await read('stream')).toBe('from a stream')
      await store.put('empty', new Uint8Array(), 'text/plain')
      expect(await read('empty')).toBe('')
    })

    test('keeps the media type, whatever the name says', async () => {
      await store.put('named.png', bytes('x'), 'application/pdf')
      await store.put('no-extension', bytes('x'), 'image/webp')
      expect((await store.stat('named.png'))?.contentType).toBe('application/pdf')
      expect((await store.stat('no-extension'))?.contentType).toBe('image/webp')
      await store.put('named.png', bytes('x'), 'image/png')
      expect((await store.stat('named.png'))?.contentType).toBe('image/png')
      expect(await listed()).toEqual(['named.png', 'no-extension'])
    })

    test('reads ranges, both ends included', async () => {
      await store.put('digits', bytes('0123456789'), 'text/plain')
      expect(await read('digits', { start: 2, end: 4 })).toBe('234')
      expect(await read('digits', { start: 0, end: 0 })).toBe('0')
      expect(await read('digits', { start: 8, end: 100 })).toBe('89')
      expect((await store.get('digits', { start: 2, end: 4 }))?.object.sizeBytes).toBe(10)
    })

    test('replaces, and the etag changes', async () => {
      const first = await store.put('k', bytes('one'), 'text/plain')
      const second = await store.put('k', bytes('two'), 'text/plain')
      expect(await read('k')).toBe('two')
      expect(second.etag).not.toBe(first.etag)
    })

    test('says null for what is not there', async () => {
      await store.put('folder/file', bytes('x'), 'text/plain')
      for (const key of ['nothing', 'folder', 'folder/file/below', 'folder/other']) {
        expect(await store.get(key)).toBeNull()
        expect(await store.stat(key)).toBeNull()
      }
    })

    test('deletes, also what is not there', async () => {
      await store.put('k', bytes('x'), 'image/webp')
      await store.delete('k')
      await store.delete('k')
      expect(await store.stat('k')).toBeNull()
      expect(await listed()).toEqual([])
      await store.put('k', bytes('x'), 'application/octet-stream')
      expect((await store.stat('k'))?.contentType).toBe('application/octet-stream')
    })

    test('lists by prefix', async () => {
      for (const key of ['a/1', 'a/2', 'a/b/3', 'ab', 'c']) await store.put(key, bytes(key), 'text/plain')
      expect(await listed()).toEqual(['a/1', 'a/2', 'a/b/3', 'ab', 'c'])
      expect(await listed('a/')).toEqual(['a/1', 'a/2', 'a/b/3'])
      expect(await listed('a')).toEqual(['a/1', 'a/2', 'a/b/3', 'ab'])
      expect(await listed('a/b')).toEqual(['a/b/3'])
      expect(await listed('nowhere/')).toEqual([])
    })

    test('takes names of other alphabets and with spaces', async () => {
      const key = 'files/Übersicht 日本語 (1) #?&%20.txt'
      await store.put(key, bytes('x'), 'text/plain')
      expect(await read(key)).toBe('x')
      expect(await listed()).toEqual([key])
    })

    test('a body that breaks leaves nothing behind, and the old file as it was', async () => {
      const broken = () =>
        new ReadableStream<Uint8Array>({
          pull(controller) {
            controller.enqueue(bytes('half'))
            controller.error(new Error('connection lost'))
          },
        })
      await expect(store.put('new', broken(), 'text/plain')).rejects.toThrow('connection lost')
      expect(await store.stat('new')).toBeNull()
      await store.put('old', bytes('whole'), 'text/plain')
      await expect(store.put('old', broken(), 'text/plain')).rejects.toThrow('connection lost')
      expect(await read('old')).toBe('whole')
      expect(await listed()).toEqual(['old'])
    })

    test('many writers of one key leave one whole body', async () => {
      const bodies = Array.from({ length: 10 }, (_, n) => String(n).repeat(50_000))
      await Promise.all(bodies.map((body) => store.put('contested', bytes(body), 'text/plain')))
      expect(bodies).toContain((await read('contested'))!)
    })

    const badKeys = [
      '',
      '/',
      '/etc/passwd',
      '..',
      '../outside',
      'a/../../outside',
      'a/./b',
      'a//b',
      'a/',
      '.hidden',
      'a/.type.b',
      'a\\..\\b',
      'a\0.png',
      'line\nbreak',
      'x'.repeat(300),
      `${'x/'.repeat(600)}x`,
      '\ud800',
    ]
    test.each(badKeys)('refuses the key %j', async (key) => {
      await expect(store.put(key, bytes('x'), 'text/plain')).rejects.toMatchObject({ name: 'BadFileKey' })
      await expect(store.delete(key)).rejects.toMatchObject({ name: 'BadFileKey' })
      expect(await store.get(key)).toBeNull()
      expect(await store.stat(key)).toBeNull()
    })
  })
}
