/** What lies at addresses, and what a web search finds, as texts that questions can bring along. */
import { textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { FileRow, Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import { UpstreamFailure, type SearchHit } from '../ports.ts'
import { sha256Hex } from '../support/digest.ts'
import type { Actor } from '../types.ts'
import type { IndexedPart } from './text-index.ts'

export type WebTexts = ReturnType<typeof createWebTexts>

export interface ReadPage {
  url: string
  text: string
  /** Null where it was not kept. */
  collection: string | null
}

export interface SearchedWeb {
  collection: string | null
  hits: SearchHit[]
  /** Pages as they were read; the settings may want them themselves instead of a collection. */
  pages: { text: string; meta: Json }[]
}

const TIMEOUT_MS = 60_000
const FILE_MAX_BYTES = 50_000_000
const QUERIES_MAX = 10
const PAGES_AT_ONCE = 5

export function createWebTexts(context: OpenwebuiContext) {
  const { deps, own } = context

  /** Whatever went wrong out there is told to who asked. */
  async function outside<T>(url: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (!(error instanceof Error)) throw error
      throw fault.invalid('web.unreadable', `Could not read content from ${url}: ${error.message}`)
    }
  }

  async function keepPage(
    actor: Actor,
    url: string,
    text: string,
    into: string | null,
  ): Promise<string | null> {
    if (context.setting<unknown>('web.search.bypass_embedding_and_retrieval', false) === true) return null
    const name = into ?? sha256Hex(`${actor.user.id}\n${url}`).slice(0, 63)
    await own.library.keep(actor, name, text, { name: url, source: url, url })
    return name
  }

  async function page(actor: Actor, url: string, keep: boolean, into: string | null): Promise<ReadPage> {
    const { text } = await outside(url, deps.pages.read(url, AbortSignal.timeout(TIMEOUT_MS)))
    return { url, text, collection: keep ? await keepPage(actor, url, text, into) : null }
  }

  /** Pages behind the hits, five at a time; those that cannot be read are left out. */
  async function readHits(hits: readonly SearchHit[]): Promise<IndexedPart[]> {
    const parts: IndexedPart[] = []
    for (let at = 0; at < hits.length; at += PAGES_AT_ONCE) {
      const group = hits.slice(at, at + PAGES_AT_ONCE)
      const read = await Promise.allSettled(
        group.map(({ url }) => deps.pages.read(url, AbortSignal.timeout(TIMEOUT_MS))),
      )
      for (const [place, result] of read.entries()) {
        const hit = group[place]
        if (!hit || result.status === 'rejected' || result.value.text.trim() === '') continue
        parts.push({ text: result.value.text, page: null, meta: metaOf(hit, result.value.title) })
      }
    }
    return parts
  }

  return {
    page,

    /** A page as its text; any other file becomes one of the actor's. */
    async load(
      actor: Actor,
      url: string,
      keep: boolean,
      into: string | null,
    ): Promise<({ kind: 'page' } & ReadPage) | { kind: 'file'; row: FileRow }> {
      const limit = Number(context.setting<unknown>('rag.file.max_size', null)) * 1_048_576 || FILE_MAX_BYTES
      const most = Math.min(limit, deps.settings.fileMaxBytes)
      const found = await outside(url, deps.pages.fetch(url, most, AbortSignal.timeout(TIMEOUT_MS)))
      if (found.kind === 'page')
        return {
          kind: 'page',
          url,
          text: found.text,
          collection: keep ? await keepPage(actor, url, found.text, into) : null,
        }
      const row = await own.openFiles.upload(actor, {
        name: found.name,
        bytes: found.bytes,
        contentType: found.contentType,
        metadata: { source_url: url },
        process: keep && !found.contentType.startsWith('image/'),
        wait: true,
      })
      return { kind: 'file', row }
    },

    async search(actor: Actor, queries: readonly string[]): Promise<SearchedWeb> {
      if (context.setting<unknown>('web.search.enable', false) !== true)
        throw fault.forbidden('web.search_off')
      await own.permissions.require(actor, 'features.web_search')
      const { webSearch } = deps
      if (!webSearch) throw fault.unavailable('web.no_search', 'No web search is set up on this server.')
      const count = Math.min(20, Number(context.setting<unknown>('web.search.result_count', 3)) || 3)
      const asked = [...new Set(queries.map((query) => query.trim()))].filter((query) => query !== '')
      const lists = await Promise.all(
        asked
          .slice(0, QUERIES_MAX)
          .map((query) => webSearch.search(query, count, AbortSignal.timeout(TIMEOUT_MS))),
      ).catch((error: unknown) => {
        if (error instanceof UpstreamFailure) throw fault.unavailable('web.search_failed', error.message)
        throw error
      })
      const hits = [...new Map(lists.flat().map((hit) => [hit.url, hit])).values()]
      if (hits.length === 0) throw fault.notFound('web.nothing_found', 'No results found from web search')
      const whole = context.setting<unknown>('web.search.bypass_web_loader', false) !== true
      const parts = whole
        ? await readHits(hits)
        : hits.map((hit) => ({ text: hit.snippet, page: null, meta: metaOf(hit, hit.title) }))
      const read = new Set(parts.map(({ meta }) => textOf(meta['source'])))
      const pages = parts.map(({ text, meta }) => ({ text, meta }))
      const loaded = hits.filter(({ url }) => read.has(url))
      if (context.setting<unknown>('web.search.bypass_embedding_and_retrieval', false) === true)
        return { collection: null, hits: loaded, pages }
      if (parts.length === 0)
        throw fault.notFound('web.nothing_read', 'None of the web search results could be loaded')
      const name = `web-search-${actor.user.id}-${sha256Hex(asked.join('-'))}`.slice(0, 63)
      const fingerprint = sha256Hex(parts.map(({ text }) => text).join('\n'))
      await own.textIndex.make({ name, ownerId: actor.user.id, fingerprint, parts })
      return { collection: name, hits: loaded, pages }
    },
  }
}

function metaOf(hit: SearchHit, title: string): Json {
  return {
    source: hit.url,
    name: title || hit.title || hit.url,
    title: title || hit.title,
    url: hit.url,
    snippet: hit.snippet,
  }
}
