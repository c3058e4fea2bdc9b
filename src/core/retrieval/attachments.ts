/**
 * From what a request names to what may be read of it. Everything a client can write into a request is checked here:
 * ids are looked up with the asker's rights, and names of collections count only where they are the asker's own.
 */
import type { FileFront } from '../chats/open-files.ts'
import { isJson, jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import { outputText } from '../chats/output.ts'
import { plainText } from '../chats/prompt.ts'
import type { FileRow, Json } from '../chats/rows.ts'
import type { Actor, Uuid } from '../types.ts'

export type Attachments = ReturnType<typeof createAttachments>

/** A collection of pieces, with what citations of it show. */
export interface CollectionRef {
  name: string
  fileId: Uuid | null
  meta: Json
}

export interface Attachment {
  /** The same thing attached twice is one. */
  key: string
  /** Under `source` of a citation: what was attached, without its texts. */
  shown: Json
  /** Its text, where it lies in the request or in one row; else it is in collections. */
  text: string | null
  meta: Json
  collections: CollectionRef[]
  /** A person switched it to "whole". */
  whole: boolean
}

/** Files of one collection that are looked at. */
const FILES_MAX = 2_000
const FOLDER_TYPES = new Set(['file', 'collection', 'note'])

export function createAttachments(context: OpenwebuiContext) {
  const { read } = context

  async function resolve(actor: Actor, item: Json): Promise<Attachment[]> {
    const id = textOf(item['id'])
    switch (textOf(item['type']) ?? (id ? 'file' : 'text')) {
      case 'text':
      case 'doc':
      case 'web_search':
        return given(actor, item)
      case 'url':
        return page(item)
      case 'file':
        return id ? file(actor, id, item) : []
      case 'collection':
      case 'knowledge':
        return id ? collection(actor, id, item) : []
      case 'note':
        return id ? note(actor, id) : []
      case 'chat':
        return id ? chat(actor, id) : []
      case 'folder':
        return id ? folder(actor, id) : []
      default:
        return []
    }
  }

  /** Texts that the client sends along, or had read into a collection of its own. */
  async function given(actor: Actor, item: Json): Promise<Attachment[]> {
    const name = textOf(item['name']) ?? textOf(item['url']) ?? 'text'
    const collection = textOf(item['collection_name'])
    const whole = item['context'] === 'full'
    const shown = shownOf(item, name)
    const meta: Json = { name, source: name }
    const inline = textOf(jsonOf(jsonOf(item['file'])['data'])['content']) ?? textOf(item['content'])
    if (
      collection !== null &&
      !(whole && inline) &&
      (await context.own.collections.mayRead(actor, collection))
    ) {
      const collections = await context.own.collections.refs(actor, collection)
      return [{ key: collection, shown, text: null, meta, collections, whole }]
    }
    const docs = listOf(item['docs']).filter(isJson)
    if (docs.length > 0)
      return docs.map((doc, at) => ({
        ...textThing(`${name}/${at}`, name, textOf(doc['content']) ?? '', shown),
        meta: { ...meta, ...jsonOf(doc['metadata']) },
      }))
    return inline === null ? [] : [textThing(textOf(item['id']) ?? name, name, inline, shown)]
  }

  async function page(item: Json): Promise<Attachment[]> {
    const url = textOf(item['url'])
    if (url === null) return []
    try {
      const { title, text } = await context.deps.pages.read(url, AbortSignal.timeout(30_000))
      const meta = { name: title || url, source: url, url }
      return [{ ...textThing(url, title || url, text, shownOf(item, url)), meta }]
    } catch (error) {
      context.deps.log.debug('an attached page could not be read', { error })
      return []
    }
  }

  async function file(actor: Actor, id: Uuid, item: Json): Promise<Attachment[]> {
    const row = await context.own.openFiles.visible(actor, id)
    if (!row) return []
    const ref = await ready(actor, row)
    const shown = { ...shownOf(item, row.filename ?? id), type: 'file', id }
    return ref
      ? [{ key: ref.name, shown, text: null, meta: ref.meta, collections: [ref], whole: isFull(item) }]
      : []
  }

  async function collection(actor: Actor, id: Uuid, item: Json): Promise<Attachment[]> {
    const row = await read.knowledge.get({ id })
    if (!row || !(await context.own.workspace.mayRead(actor, 'knowledge', id))) return []
    const collections = await context.own.collections.refs(actor, id)
    const shown = { ...shownOf(item, row.name), type: 'collection', id }
    return [{ key: id, shown, text: null, meta: {}, collections, whole: isFull(item) }]
  }

  async function note(actor: Actor, id: Uuid): Promise<Attachment[]> {
    const row = await context.own.notes.readable(actor, id)
    const text = textOf(jsonOf(jsonOf(row?.data)['content'])['md'])
    return row && text !== null ? [textThing(id, row.title ?? id, text, { type: 'note', id })] : []
  }

  async function chat(actor: Actor, id: Uuid): Promise<Attachment[]> {
    const row = await context.own.chats.accessible(actor, id, 'read')
    if (!row) return []
    const messages = listOf(row.chat && jsonOf(row.chat)['messages']).filter(isJson)
    const text = messages
      .map((one) => `${String(one['role'])}: ${outputText(one['output']) || plainText(one['content'])}`)
      .join('\n\n')
    return text === '' ? [] : [textThing(id, row.title ?? id, text, { type: 'chat', id })]
  }

  /** What a folder holds, with the rights of the asker and not of the folder's owner. */
  async function folder(actor: Actor, id: Uuid): Promise<Attachment[]> {
    const row = await context.own.folders.readable(actor.user.id, id)
    const items = listOf(jsonOf(row?.data)['files']).filter(isJson)
    const lists: Attachment[] = []
    for (const item of items.slice(0, FILES_MAX)) {
      if (FOLDER_TYPES.has(String(item['type']))) lists.push(...(await resolve(actor, item)))
    }
    return lists
  }

  /** The pieces of a file that has a text: when it has been read, and made now where another server read it. */
  async function ready(actor: Actor, row: FileFront): Promise<CollectionRef | null> {
    const known = await context.own.textIndex.rowOf(`file-${row.id}`)
    if (row.hash !== null && known?.fingerprint === row.hash) return fileRef(row)
    const whole = await context.own.openFiles.settled(actor, row.id)
    return whole && (await context.own.fileTexts.ensure(whole)) ? fileRef(whole) : null
  }

  return {
    resolve,
    ready,

    /** The files of a collection, each with its pieces. The caller has checked who asks. */
    async filesOf(knowledgeId: Uuid): Promise<CollectionRef[]> {
      const links = await read.knowledgeFiles.pick(['fileId'], { where: { knowledgeId }, limit: FILES_MAX })
      if (links.length === 0) return []
      const rows = await read.files.pick(['id', 'filename', 'hash'], {
        where: { id: { in: links.map(({ fileId }) => fileId) } },
      })
      const known = new Map(
        (await context.deps.store.read.retrieval.collections(rows.map(({ id }) => `file-${id}`))).map(
          (one) => [one.name, one.fingerprint],
        ),
      )
      const refs: CollectionRef[] = []
      for (const row of rows) {
        if (row.hash !== null && known.get(`file-${row.id}`) === row.hash) refs.push(fileRef(row))
        else {
          const whole = await read.files.get({ id: row.id })
          if (whole && (await context.own.fileTexts.ensure(whole))) refs.push(fileRef(whole))
        }
      }
      return refs
    },

    /** All text behind a collection; null when there is none. */
    async textOf({ name, fileId }: CollectionRef): Promise<string | null> {
      if (fileId !== null) return textOf(jsonOf((await read.files.get({ id: fileId }))?.data)['content'])
      const pieces = await context.deps.store.read.retrieval.chunks(name, 0, 1_000)
      return pieces.length > 0 ? pieces.map(({ text }) => text).join('\n') : null
    },
  }
}

export function fileRef(row: Pick<FileRow, 'id' | 'filename'>): CollectionRef {
  const name = row.filename ?? row.id
  return { name: `file-${row.id}`, fileId: row.id, meta: { file_id: row.id, name, source: name } }
}

const isFull = (item: Json): boolean => item['context'] === 'full'

function textThing(key: string, name: string, text: string, shown: Json): Attachment {
  const meta = { file_id: key, name, source: name }
  return { key, shown: { name, ...shown }, text, meta, collections: [], whole: false }
}

/** What was attached, without the texts that the client may have put in it. */
function shownOf(item: Json, name: string): Json {
  const kept: Json = { name }
  for (const key of ['type', 'id', 'name', 'url', 'collection_name', 'context', 'description']) {
    if (typeof item[key] === 'string') kept[key] = item[key].slice(0, 2_000)
  }
  return kept
}
