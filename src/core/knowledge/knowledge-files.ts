/** The files of a collection: lists, and what goes in and out. */
import { jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import { HEAD, type FileHead } from '../chats/open-files.ts'
import type { FileRow, KnowledgeDirectoryRow, KnowledgeFileRow, KnowledgeRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'
import type { Granted } from '../workspace/workspace.ts'

export type KnowledgeFiles = ReturnType<typeof createKnowledgeFiles>

/** A file without its text, and where it lies in the collection. */
export type ShelvedFile = FileHead & { directoryId: Uuid | null; addedBy: Uuid | null }

export interface FileFilter {
  query: string
  /** Also look into the texts. */
  inContent: boolean
  view: 'created' | 'shared' | null
  order: 'name' | 'created_at' | 'updated_at'
  ascending: boolean
  /** undefined = in all folders; null = at the root. */
  directoryId: Uuid | null | undefined
}

export interface FileList {
  files: ShelvedFile[]
  folders: KnowledgeDirectoryRow[]
  breadcrumbs: KnowledgeDirectoryRow[]
  /** Folder → `a/b/c`. */
  paths: ReadonlyMap<Uuid, string>
}

const NOT_PROCESSED =
  'Extracted content is not available for this file. Please ensure that the file is processed before proceeding.'
const DUPLICATE = 'Duplicate content detected. Please provide unique content to proceed.'

export function createKnowledgeFiles(context: OpenwebuiContext) {
  const { read, deps, own } = context

  /** Every file of the collection, newest first. */
  async function shelf(
    knowledgeId: Uuid,
    find: { contains?: string; inContent?: boolean } = {},
  ): Promise<ShelvedFile[]> {
    const links = await read.knowledgeFiles.find({ where: { knowledgeId } })
    if (links.length === 0) return []
    const byFile = new Map(links.map((link) => [link.fileId, link]))
    const rows = await read.files.pick(HEAD, {
      where: { id: { in: [...byFile.keys()] } },
      order: [
        ['updatedAt', 'desc'],
        ['id', 'asc'],
      ],
    })
    const sought = find.contains?.toLowerCase() ?? ''
    const fitting: FileHead[] = []
    for (const row of rows) {
      const named = (row.filename ?? '').toLowerCase().includes(sought)
      if (named || (find.inContent && (await contains(row.id, sought)))) fitting.push(row)
    }
    return fitting.map((row) => {
      const link = byFile.get(row.id)
      return { ...row, directoryId: link?.directoryId ?? null, addedBy: link?.userId ?? null }
    })
  }

  /** One text at a time: together they may be more than the memory. */
  async function contains(fileId: Uuid, sought: string): Promise<boolean> {
    await own.textIndex.breathe()
    const row = await read.files.get({ id: fileId })
    return (textOf(jsonOf(row?.data)['content']) ?? '').toLowerCase().includes(sought)
  }

  const linkOf = (knowledgeId: Uuid, fileId: Uuid): Promise<KnowledgeFileRow | null> =>
    read.knowledgeFiles.get({ knowledgeId, fileId })

  async function requireLink(knowledgeId: Uuid, fileId: Uuid): Promise<void> {
    if (!(await linkOf(knowledgeId, fileId))) throw fault.notFound('knowledge.file_not_found')
  }

  /** The same text twice would be found twice. */
  async function refuseDuplicate(knowledgeId: Uuid, file: FileRow): Promise<void> {
    if (file.hash === null) return
    const links = await read.knowledgeFiles.pick(['fileId'], { where: { knowledgeId } })
    if (links.length === 0) return
    const ids = links.map(({ fileId }) => fileId).filter((id) => id !== file.id)
    if (ids.length > 0 && (await read.files.count({ id: { in: ids }, hash: file.hash })) > 0)
      throw fault.invalid('knowledge.duplicate', DUPLICATE)
  }

  async function add(
    actor: Actor,
    knowledgeId: Uuid,
    fileId: Uuid,
    directoryId: Uuid | null = null,
  ): Promise<void> {
    await own.knowledge.require(actor, knowledgeId, 'write')
    await own.knowledgeFolders.requireIn(knowledgeId, directoryId)
    // Whoever puts a file in shows it to all readers of the collection: reading it is enough for that, as in the original.
    const file = await own.openFiles.readable(actor, fileId)
    if (!file) throw fault.notFound('file.not_found')
    if (await linkOf(knowledgeId, fileId)) return
    if (textOf(jsonOf(file.data)['content']) === null)
      throw fault.invalid('file.not_processed', NOT_PROCESSED)
    await refuseDuplicate(knowledgeId, file)
    if (context.setting<unknown>('rag.bypass_embedding_and_retrieval', false) !== true)
      await own.fileTexts.ensure(file)
    const { seconds } = context.now()
    const link = { id: deps.ids.next(), userId: actor.user.id, knowledgeId, fileId, directoryId }
    await context.write(async (tables) => {
      await tables.knowledgeFiles.insert({ ...link, createdAt: seconds, updatedAt: seconds })
      await tables.knowledge.update({ id: knowledgeId }, { updatedAt: seconds })
    })
  }

  /** Out of the collection; the file itself goes too when it is the actor's, in no other collection, and that is wanted. */
  async function drop(
    actor: Actor,
    knowledgeId: Uuid,
    fileIds: readonly Uuid[],
    deleteFiles: boolean,
  ): Promise<void> {
    if (fileIds.length === 0) return
    await context.write((tables) => tables.knowledgeFiles.remove({ knowledgeId, fileId: { in: fileIds } }))
    if (!deleteFiles) return
    for (const id of fileIds) {
      const file = await read.files.get({ id })
      if (!file || (file.userId !== actor.user.id && actor.user.role !== 'admin')) continue
      if ((await read.knowledgeFiles.count({ fileId: id })) === 0) await own.openFiles.remove(actor, id)
    }
  }

  return {
    add,
    drop,
    shelf,

    async list(actor: Actor, id: Uuid, filter: FileFilter): Promise<FileList> {
      await own.knowledge.require(actor, id, 'read')
      const { directoryId, view, order, ascending } = filter
      const files = (await shelf(id, { contains: filter.query, inContent: filter.inContent }))
        .filter((file) => directoryId === undefined || file.directoryId === directoryId)
        .filter((file) => view === null || (view === 'created') === (file.addedBy === actor.user.id))
      const by = { name: 'filename', created_at: 'createdAt', updated_at: 'updatedAt' } as const
      const sign = ascending ? 1 : -1
      const sorted = files.toSorted(
        (a, b) => sign * compare(a[by[order]], b[by[order]]) || compare(a.id, b.id),
      )
      return { files: sorted, ...(await own.knowledgeFolders.around(id, directoryId ?? null)) }
    },

    /** How many files each of these collections has. */
    async counts(ids: readonly Uuid[]): Promise<Map<Uuid, number>> {
      const counted = await Promise.all(
        ids.map(async (id) => [id, await read.knowledgeFiles.count({ knowledgeId: id })] as const),
      )
      return new Map(counted)
    },

    /** Files of all readable collections whose name contains the text. */
    async search(actor: Actor, q: string): Promise<(ShelvedFile & { collection: Granted<KnowledgeRow> })[]> {
      const lists = await Promise.all(
        (await own.knowledge.list(actor)).map(async (collection) =>
          (await shelf(collection.id, { contains: q })).map((file) => ({ ...file, collection })),
        ),
      )
      return lists.flat()
    },

    /** What is being read for the collection now; `next` ends with the first that is done. */
    async pending(actor: Actor, id: Uuid): Promise<{ files: FileRow[]; next: Promise<void> }> {
      await own.knowledge.require(actor, id, 'read')
      const { ids, next } = own.fileJobs.readingFor(id)
      return { files: ids.length === 0 ? [] : await read.files.find({ where: { id: { in: ids } } }), next }
    },

    /** Its text changed: the pieces are made again where they are of an older one. */
    async refresh(actor: Actor, id: Uuid, fileId: Uuid): Promise<void> {
      await own.knowledge.require(actor, id, 'write')
      await requireLink(id, fileId)
      const file = await read.files.get({ id: fileId })
      if (file) await own.fileTexts.ensure(file)
    },

    async remove(actor: Actor, id: Uuid, fileId: Uuid, deleteFile: boolean): Promise<void> {
      await own.knowledge.require(actor, id, 'write')
      await requireLink(id, fileId)
      await drop(actor, id, [fileId], deleteFile)
    },

    /** Empties the collection. */
    async reset(actor: Actor, id: Uuid, withFolders: boolean): Promise<void> {
      await own.knowledge.require(actor, id, 'write')
      const links = await read.knowledgeFiles.pick(['fileId'], { where: { knowledgeId: id } })
      await drop(
        actor,
        id,
        links.map(({ fileId }) => fileId),
        true,
      )
      if (withFolders)
        await context.write((tables) => tables.knowledgeDirectories.remove({ knowledgeId: id }))
    },

    /** Several at once; what goes wrong with one does not stop the others. */
    async addMany(
      actor: Actor,
      id: Uuid,
      entries: readonly { fileId: Uuid; directoryId: Uuid | null }[],
    ): Promise<string[]> {
      await own.knowledge.require(actor, id, 'write')
      for (const { fileId } of entries) {
        if (!(await own.openFiles.visible(actor, fileId)))
          throw fault.invalid('file.not_found', `File ${fileId} not found`)
      }
      const problems: string[] = []
      for (const { fileId, directoryId } of entries) {
        try {
          await add(actor, id, fileId, directoryId)
        } catch (error) {
          if (!(error instanceof Error)) throw error
          if (error.name !== 'AppFault' && error.name !== 'UpstreamFailure') throw error
          problems.push(`${fileId}: ${error.message}`)
        }
      }
      return problems
    },

    /** Names and texts, for an administrator's export. */
    async texts(actor: Actor, id: Uuid): Promise<{ name: string; files: { name: string; text: string }[] }> {
      requireAdmin(actor)
      const { name } = await own.knowledge.require(actor, id, 'read')
      const links = await read.knowledgeFiles.pick(['fileId'], { where: { knowledgeId: id } })
      const files: { name: string; text: string }[] = []
      for (const { fileId } of links) {
        const row = await read.files.get({ id: fileId })
        const text = textOf(jsonOf(row?.data)['content'])
        if (row && text !== null) files.push({ name: row.filename ?? row.id, text })
      }
      return { name, files }
    },
  }
}

function compare(a: string | number | null, b: string | number | null): number {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b)
  return Number(a ?? 0) - Number(b ?? 0)
}
