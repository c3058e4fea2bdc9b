/** What clients do with collections themselves: put texts in, ask, take out. */
import type { OpenwebuiContext } from '../chats/context.ts'
import { jsonOf, textOf } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { AppFault, fault } from '../faults.ts'
import { UpstreamFailure } from '../ports.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import { sha256Hex } from '../support/digest.ts'
import type { Actor, Uuid } from '../types.ts'
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
      const before = await own.openFiles.own(actor, id)
      const collection = textOf(input.collection_name)
      if (textOf(input.content)) await own.openFiles.setContent(actor, id, input.content ?? '')
      else if (collection === null) await own.fileJobs.again(actor, before)
      const row = await own.openFiles.own(actor, id)
      const data = jsonOf(row.data)
      if (data['status'] === 'failed')
        throw fault.invalid('file.failed', textOf(data['error']) ?? 'The file could not be read.')
      if (collection !== null && collection !== `file-${id}`) {
        if (!(await read.knowledge.get({ id: collection }))) throw fault.notFound('knowledge.not_found')
        await own.knowledgeFiles.add(actor, collection, id)
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

    /** Files with the texts they are to have, into a collection; each has a result of its own. */
    async processBatch(
      actor: Actor,
      name: string,
      files: readonly { id: Uuid; data?: Json | null | undefined }[],
    ): Promise<Json> {
      await own.knowledge.require(actor, name, 'write')
      const results: Json[] = []
      const errors: Json[] = []
      for (const { id, data } of files) {
        try {
          const text = textOf(jsonOf(data)['content'])
          if (text !== null) await own.openFiles.setContent(actor, id, text)
          await own.openFiles.own(actor, id)
          await own.knowledgeFiles.add(actor, name, id)
          results.push({ file_id: id, status: 'completed', error: null })
        } catch (error) {
          if (!(error instanceof AppFault) && !(error instanceof UpstreamFailure)) throw error
          errors.push({ file_id: id, status: 'failed', error: error.message })
        }
      }
      return { results, errors }
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

    forgetAll,

    /** Makes the pieces of all collections' files anew, as the settings are now. Answers at once; it may take long. */
    async reindex(actor: Actor): Promise<void> {
      await forgetAll(actor)
      const links = await read.knowledgeFiles.pick(['fileId'])
      void remake([...new Set(links.map(({ fileId }) => fileId))]).catch((error: unknown) =>
        context.deps.log.error('collections could not be indexed again', { error }),
      )
    },
  }

  async function remake(ids: readonly Uuid[]): Promise<void> {
    for (const id of ids) {
      const row = await read.files.get({ id })
      try {
        if (row) await own.fileTexts.ensure(row)
      } catch (error) {
        if (!(error instanceof UpstreamFailure)) throw error
        context.deps.log.warn('a file could not be embedded', { fileId: id, error })
      }
    }
  }

  /** All pieces and vectors. Texts of files stay; their pieces are made again when they are needed. */
  async function forgetAll(actor: Actor): Promise<void> {
    requireAdmin(actor)
    for (let after = ''; ;) {
      const names = await context.deps.store.read.retrieval.names(after, PAGE)
      for (const name of names) await forget(name)
      const last = names.at(-1)
      if (last === undefined) return
      after = last
    }
  }
}
