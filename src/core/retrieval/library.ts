/** What clients do with collections themselves: put texts in, ask, take out. */
import type { OpenwebuiContext } from '../chats/context.ts'
import { jsonOf, textOf } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import { sha256Hex } from '../support/digest.ts'
import type { Actor } from '../types.ts'
import { EMPTY_CONTENT } from './file-jobs.ts'
import type { FoundChunk } from './search-texts.ts'
import type { SearchRules } from './settings.ts'

export type Library = ReturnType<typeof createLibrary>

const PAGE = 200

export function createLibrary(context: OpenwebuiContext) {
  const { own, read } = context

  /** A text into a collection of the actor's: a new one by its content, or one they may write. */
  async function keep(actor: Actor, name: string, content: string, meta: Json): Promise<void> {
    if (content.trim() === '') throw fault.invalid('retrieval.empty', EMPTY_CONTENT)
    await own.collections.require(actor, name, 'write')
    const parts = [{ text: content, page: null, meta }]
    await own.textIndex.make({ name, ownerId: actor.user.id, fingerprint: sha256Hex(content), parts })
  }

  async function forget(name: string): Promise<void> {
    await own.textIndex.remove(name)
  }

  return {
    keep,

    /** Reads a file anew, takes a text for it, or puts it into a collection that the actor may write. */
    async processFile(
      actor: Actor,
      input: {
        file_id: string
        content?: string | null | undefined
        collection_name?: string | null | undefined
      },
    ): Promise<Json> {
      const id = input.file_id
      await own.openFiles.own(actor, id)
      const collection = textOf(input.collection_name)
      if (textOf(input.content)) await own.openFiles.setContent(actor, id, input.content ?? '')
      else if (collection === null) await own.fileJobs.again(actor, id)
      const row = await own.openFiles.own(actor, id)
      const data = jsonOf(row.data)
      if (data['status'] === 'failed')
        throw fault.invalid('file.failed', textOf(data['error']) ?? 'The file could not be read.')
      if (collection !== null && collection !== `file-${id}`) {
        if (!(await read.knowledge.get({ id: collection }))) throw fault.notFound('knowledge.not_found')
        await own.workspace.knowledge.addFile(actor, collection, id)
      }
      const name = collection ?? `file-${id}`
      return {
        status: true,
        collection_name: name,
        filename: row.filename,
        content: textOf(data['content']) ?? '',
      }
    },

    async processText(
      actor: Actor,
      input: { name: string; content: string; collection_name?: string | null | undefined },
    ): Promise<Json> {
      const given = textOf(input.collection_name)
      // By content and person: two people with the same text do not share what one of them may take out.
      const name = given ?? sha256Hex(`${actor.user.id}\n${input.content}`)
      await keep(actor, name, input.content, {
        name: input.name,
        source: input.name,
        created_by: actor.user.id,
      })
      return { status: true, collection_name: name, content: input.content }
    },

    async query(
      actor: Actor,
      names: readonly string[],
      { query, ...rules }: { query: string } & Partial<SearchRules>,
    ): Promise<FoundChunk[]> {
      for (const name of names) await own.collections.require(actor, name, 'read')
      const refs = (await Promise.all(names.map((name) => own.collections.refs(actor, name)))).flat()
      const metas = new Map(refs.map(({ name, meta }) => [name, meta]))
      const found = await own.textSearch.search([...metas.keys()], [query], rules)
      return found.map((chunk) => ({ ...chunk, meta: { ...chunk.meta, ...metas.get(chunk.collection) } }))
    },

    async forget(actor: Actor, name: string): Promise<void> {
      requireAdmin(actor)
      await forget(name)
    },

    /** All pieces and vectors. Texts of files stay; their pieces are made again when they are needed. */
    async forgetAll(actor: Actor): Promise<void> {
      requireAdmin(actor)
      for (let after = ''; ;) {
        const names = await context.deps.store.read.retrieval.names(after, PAGE)
        for (const name of names) await forget(name)
        const last = names.at(-1)
        if (last === undefined) return
        after = last
      }
    },
  }
}
