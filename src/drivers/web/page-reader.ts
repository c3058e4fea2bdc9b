// The page-reading tool of the models: fetches a public page by the guarded fetch and gives back its text.
import type { PageReader, WebThing } from '../../core/ports.ts'
import { mediaType, type GuardedFetch, type GuardedResponse } from '../net/guarded-fetch.ts'
import { GuardedFetchError } from '../net/guarded-fetch-error.ts'
import { TextExtractor, type TextExtractorOptions } from './text-extractor.ts'

export interface PageReaderOptions extends TextExtractorOptions {
  fetch: GuardedFetch
  /** Longest text that is given back, in UTF-16 units. */
  textMax?: number
  /** Of the download, both packed and unpacked. */
  bytesMax?: number
  /** Of the download. */
  fetchTimeoutMs?: number
}

const TYPES = [
  'text/html',
  'application/xhtml+xml',
  'text/plain',
  'text/markdown',
  'application/json',
  'text/*',
]
const HTML_TYPES = new Set(['text/html', 'application/xhtml+xml'])
/** HTML beyond this is not parsed: the article stands in front of it. 1 MB take about 0.3 s of the worker. */
const HTML_MAX = 1_000_000

/** The page answered with an error; the message is for the model and the room. */
export class PageError extends Error {
  override readonly name = 'PageError'
}

export class WebPageReader implements PageReader {
  private readonly extractor: TextExtractor

  constructor(private readonly options: PageReaderOptions) {
    this.extractor = new TextExtractor(options)
  }

  /** Throws GuardedFetchError, PageError or ExtractionFailed; their messages are fit for people. */
  async read(url: string, signal: AbortSignal): Promise<{ title: string; url: string; text: string }> {
    const answer = await this.options.fetch(url, {
      headers: {
        accept: 'text/html,application/xhtml+xml,text/plain;q=0.9,application/json;q=0.8,*/*;q=0.1',
      },
      types: TYPES,
      maxBytes: this.options.bytesMax ?? 2_000_000,
      timeoutMs: this.options.fetchTimeoutMs ?? 15_000,
      signal,
    })
    return this.textOf(answer, signal)
  }

  /** As `read` for pages; what is no page comes as its bytes. */
  async fetch(url: string, fileMaxBytes: number, signal: AbortSignal): Promise<WebThing> {
    const answer = await this.options.fetch(url, {
      headers: { accept: '*/*' },
      maxBytes: Math.max(fileMaxBytes, this.options.bytesMax ?? 2_000_000),
      timeoutMs: 4 * (this.options.fetchTimeoutMs ?? 15_000),
      signal,
    })
    const disposition = answer.headers.get('content-disposition') ?? ''
    const type = mediaType(answer.headers)
    if (HTML_TYPES.has(type) && !/^\s*attachment/i.test(disposition))
      return { kind: 'page', ...(await this.textOf(answer, signal)) }
    requireOk(answer)
    const name = fileName(disposition, answer.url)
    return {
      kind: 'file',
      name,
      contentType: type || 'application/octet-stream',
      bytes: new Uint8Array(answer.bytes),
    }
  }

  private async textOf(answer: GuardedResponse, signal: AbortSignal) {
    requireOk(answer)
    const type = mediaType(answer.headers)
    const source = decodeText(answer.bytes, answer.headers.get('content-type') ?? '', HTML_TYPES.has(type))
    const { title, text } = HTML_TYPES.has(type)
      ? await this.extractor.extract(source.slice(0, HTML_MAX), signal)
      : { title: '', text: source.trim() }
    return { title: title.slice(0, 300), url: answer.url, text: cut(text, this.options.textMax ?? 20_000) }
  }

  /** Ends the parsing thread. */
  close(): void {
    this.extractor.close()
  }
}

function requireOk({ status }: GuardedResponse): void {
  if (status < 200 || status >= 300) throw new PageError(`The page answered with status ${status}.`)
}

/** As the server calls the file, else as its address ends. */
function fileName(disposition: string, url: string): string {
  const given =
    /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1] ?? /filename="?([^";]+)"?/i.exec(disposition)?.[1]
  const last = (given ?? new URL(url).pathname).replaceAll('\\', '/').split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last).slice(0, 200) || 'download'
  } catch {
    return last.slice(0, 200) || 'download'
  }
}

/** A page reader with our usual limits. */
export function createPageReader(fetch: GuardedFetch): WebPageReader {
  return new WebPageReader({ fetch })
}

/** By the charset of the header, else (HTML) of the first `<meta>`, else UTF-8. */
function decodeText(bytes: Uint8Array, contentType: string, html: boolean): string {
  const declared = /charset\s*=\s*"?([\w.:-]+)/i
  const head = html ? new TextDecoder('latin1').decode(bytes.subarray(0, 1024)) : ''
  const label =
    declared.exec(contentType)?.[1] ?? declared.exec(/<meta[^>]*charset[^>]*>/i.exec(head)?.[0] ?? '')?.[1]
  if (label !== undefined && isEncoding(label)) return new TextDecoder(label as Bun.Encoding).decode(bytes)
  if (bytes.includes(0))
    throw new GuardedFetchError('wrong_type', 'The address leads to a file that is not text.')
  return new TextDecoder().decode(bytes)
}

function isEncoding(label: string): boolean {
  try {
    new TextDecoder(label as Bun.Encoding)
    return true
  } catch {
    return false
  }
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()}\n[…the rest is left out]`
}
