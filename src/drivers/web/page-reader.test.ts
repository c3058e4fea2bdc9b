// Goal: pages become text, whatever their kind and encoding; hostile ones cost bounded time and never the event loop.
// Method: a page server on loopback, opened by the exact host:port list; a real worker thread.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { startPageServer, type PageServer } from '../../../test/support/search-upstream.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { extractText } from './extract-text.ts'
import { WebPageReader } from './page-reader.ts'
import { TextExtractor } from './text-extractor.ts'

let pages: PageServer
let reader: WebPageReader
const never = new AbortController().signal

beforeAll(() => {
  pages = startPageServer()
  reader = new WebPageReader({ fetch: createGuardedFetch({ allowHosts: [pages.host] }), textMax: 2_000 })
})
afterAll(async () => {
  reader.close()
  await pages.close()
})

describe('reading', () => {
  test('an article without navigation, scripts and footer', async () => {
    const page = await reader.read(`${pages.url}/to?url=/article`, never)
    expect(page.url).toBe(`${pages.url}/article`)
    expect(page.title).toBe('Tides & Moons')
    expect(page.text).toContain('sailors have counted on')
    expect(page.text).toContain('\nSecond part: more about tides.')
    expect(page.text).not.toContain('cookies')
    expect(page.text).not.toContain('document.title')
  })

  test('plain text and JSON as they are', async () => {
    expect(await reader.read(`${pages.url}/plain`, never)).toEqual({
      title: '',
      url: `${pages.url}/plain`,
      text: 'just words',
    })
    // application/json comes through as text
    expect((await reader.read(`${pages.url}/json`, never)).text).toBe('{"answer":42}')
  })

  test('other encodings', async () => {
    expect(await reader.read(`${pages.url}/latin1`, never)).toMatchObject({ title: 'café', text: 'naïve' })
  })

  test('refuses pictures, errors and inner addresses', async () => {
    await expect(reader.read(`${pages.url}/image`, never)).rejects.toMatchObject({ kind: 'wrong_type' })
    await expect(reader.read(`${pages.url}/nowhere`, never)).rejects.toMatchObject({ name: 'PageError' })
    await expect(reader.read('http://127.0.0.1:1/', never)).rejects.toMatchObject({ kind: 'blocked' })
    await expect(reader.read(`${pages.url}/endless`, never)).rejects.toMatchObject({ kind: 'too_large' })
  })

  test('cuts long text and says so', async () => {
    const brief = new WebPageReader({ fetch: createGuardedFetch({ allowHosts: [pages.host] }), textMax: 4 })
    expect((await brief.read(`${pages.url}/plain`, never)).text).toBe('just\n[…the rest is left out]')
  })

  test('stops with the caller', async () => {
    const stop = new AbortController()
    const work = reader.read(`${pages.url}/never`, stop.signal)
    stop.abort()
    await expect(work).rejects.toMatchObject({ kind: 'aborted' })
  })
})

describe('extraction', () => {
  test('keeps headings, lists and table cells apart', () => {
    const body = '<h2>Parts</h2><ul><li>one<li>two</ul><table><tr><td>a<td>b</table>'
    expect(
      extractText(`<p>${'word '.repeat(200)}</p>${body}`)
        .text.split('\n')
        .slice(1),
    ).toEqual(['## Parts', '- one', '- two', 'a | b |'])
  })

  test('reads a page that is no article', () => {
    expect(extractText('<title>Log in</title><p>Hello</p><script>x()</script>')).toEqual({
      title: 'Log in',
      text: 'Hello',
    })
    expect(extractText('')).toEqual({ title: '', text: '' })
  })

  test('reads pages that leave out html, head and body', () => {
    const article = `<article>${'<p>The moon pulls the sea towards it, and so on and on.</p>'.repeat(20)}</article>`
    for (const html of [
      `<title>T</title>${article}`,
      `<html lang="en"><title>T</title>${article}</html>`,
      `<!DOCTYPE html><head><title>T</title></head>${article}`,
    ]) {
      const { title, text } = extractText(html)
      expect([title, text.split('\n').length]).toEqual(['T', 20])
    }
  })

  test('a page that keeps the parser busy is given up, and the next one is read', async () => {
    const extractor = new TextExtractor({ timeoutMs: 2_000 })
    await extractor.extract('<p>warm</p>', never)
    const hostile = new TextExtractor({ timeoutMs: 50 })
    const nest = `${'<div>'.repeat(20_000)}x${'</div>'.repeat(20_000)}`
    await expect(hostile.extract(nest, never)).rejects.toMatchObject({ name: 'ExtractionFailed' })
    expect(hostile.active).toBe(false)
    expect((await extractor.extract('<p>next</p>', never)).text).toBe('next')
    extractor.close()
  })

  test('a stop ends the work at once and leaves the extractor usable', async () => {
    const extractor = new TextExtractor()
    const stop = new AbortController()
    const nest = '<div>'.repeat(20_000)
    const work = extractor.extract(nest, stop.signal)
    const next = extractor.extract('<p>next</p>', never)
    stop.abort(new Error('stopped'))
    await expect(work).rejects.toThrow('stopped')
    expect((await next).text).toBe('next')
    extractor.close()
  })

  test('the thread ends when nothing is asked, and too many pages are refused', async () => {
    const extractor = new TextExtractor({ idleMs: 1, waitingMax: 1 })
    const first = extractor.extract('<p>one</p>', never)
    await expect(extractor.extract('<p>two</p>', never)).rejects.toThrow('Too many pages')
    await first
    const deadline = performance.now() + 2_000
    while (extractor.active && performance.now() < deadline)
      await new Promise((resolve) => setImmediate(resolve))
    expect(extractor.active).toBe(false)
  })
})
