/**
 * What is attached to a question (files, collections, notes, chats, texts, addresses), as far as the asker may read
 * it: whole where that is wanted or short enough, else the pieces that bear on the question.
 */
import { isJson, jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import type { Actor } from '../types.ts'
import type { Attachment, CollectionRef } from './attachments.ts'
import type { FoundChunk } from './search-texts.ts'
import { embeddingSource, wholeAlways } from './settings.ts'

export type Sources = ReturnType<typeof createSources>

/** As the front end shows it under an answer: a thing, its texts, and where each comes from. */
export interface Source {
  source: Json
  document: string[]
  metadata: Json[]
  /** Likeness of each text, where it was found by vectors. */
  distances?: number[]
}

/** Without an engine, as much text as a question may bring along whole: words alone find no "sum this up". */
const WHOLE_MAX_CHARS = 40_000
/** Text of one file that is given along whole. */
const FILE_MAX_CHARS = 100_000
const ITEMS_MAX = 100
/** Addresses that are read for one question: each may take half a minute. */
const ADDRESSES_MAX = 5

/** Questions to search by; asked for only when something is searched. */
export type Queries = () => Promise<readonly string[]>

export function createSources(context: OpenwebuiContext) {
  async function sourcesOf(actor: Actor, items: readonly unknown[], queries: Queries): Promise<Source[]> {
    const attached: Attachment[] = []
    const given = items.filter(isJson).slice(0, ITEMS_MAX)
    const far = given.filter(({ type }) => type === 'url').slice(ADDRESSES_MAX)
    for (const item of given.filter((one) => !far.includes(one)))
      attached.push(...(await context.own.attachments.resolve(actor, item)))
    const once = new Map(attached.map((one) => [one.key, one]))
    const whole = await isWhole([...once.values()])
    let asked: Promise<readonly string[]> | null = null
    const sources: Source[] = []
    for (const one of once.values()) {
      const found = one.text !== null ? written(one, one.text) : null
      const refs = one.collections
      if (found) sources.push(found)
      else if (whole || one.whole) sources.push(await wholeOf(one, refs))
      else sources.push(await searched(one, refs, await (asked ??= queries())))
    }
    return sources.filter(({ document }) => document.length > 0)
  }

  /** Whether all of it can be given as it is. */
  async function isWhole(attached: readonly Attachment[]): Promise<boolean> {
    if (wholeAlways(context)) return true
    if (embeddingSource(context) !== null) return false
    const names = attached
      .filter(({ whole }) => !whole)
      .flatMap(({ collections }) => collections.map(({ name }) => name))
    const rows = await context.deps.store.read.retrieval.collections(names)
    return rows.reduce((sum, { chars }) => sum + chars, 0) <= WHOLE_MAX_CHARS
  }

  async function wholeOf(one: Attachment, refs: readonly CollectionRef[]): Promise<Source> {
    const texts = await Promise.all(refs.map((ref) => context.own.attachments.textOf(ref)))
    const known = texts.flatMap((text, at) => {
      const ref = refs[at]
      return text === null || !ref
        ? []
        : [{ text: text.slice(0, FILE_MAX_CHARS).toWellFormed(), meta: ref.meta }]
    })
    return {
      source: one.shown,
      document: known.map(({ text }) => text),
      metadata: known.map(({ meta }) => meta),
    }
  }

  async function searched(
    one: Attachment,
    refs: readonly CollectionRef[],
    queries: readonly string[],
  ): Promise<Source> {
    const names = refs.map(({ name }) => name)
    const found = await context.own.textSearch.search(names, queries)
    const best = found.length > 0 ? found : await beginnings(names)
    const metas = new Map(refs.map(({ name, meta }) => [name, meta]))
    return {
      source: one.shown,
      document: best.map(({ text }) => text),
      metadata: best.map(({ meta, collection }) => ({ ...meta, ...metas.get(collection) })),
      ...(best.length > 0 && best.every(({ likeness }) => likeness !== null)
        ? { distances: best.map(({ likeness }) => likeness ?? 0) }
        : {}),
    }
  }

  /** Nothing fits the question ("sum this up"): how the texts begin says at least what they are. */
  async function beginnings(names: readonly string[]): Promise<FoundChunk[]> {
    const first = names.slice(0, 3)
    const rows = await Promise.all(first.map((name) => context.deps.store.read.retrieval.chunks(name, 0, 3)))
    return rows
      .flat()
      .slice(0, 3)
      .map((row) => ({ ...row, likeness: null }))
  }

  return { of: sourcesOf }
}

function written(one: Attachment, text: string): Source {
  return {
    source: one.shown,
    document: [text.slice(0, FILE_MAX_CHARS).toWellFormed()],
    metadata: [one.meta],
  }
}

/** Numbers of citations: texts of one origin share theirs, counted as the front end counts. */
export function numbered(sources: readonly Source[]): { id: number; name: string; text: string }[] {
  const ids = new Map<string, number>()
  return sources.flatMap(({ source, document, metadata }) =>
    document.map((text, at) => {
      const meta = jsonOf(metadata[at])
      const origin = textOf(meta['source']) ?? textOf(source['id']) ?? 'N/A'
      const id = ids.get(origin) ?? ids.size + 1
      ids.set(origin, id)
      return { id, name: textOf(meta['name']) ?? textOf(source['name']) ?? origin, text }
    }),
  )
}
