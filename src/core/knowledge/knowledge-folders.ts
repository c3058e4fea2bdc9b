/** Folders inside a collection, and keeping one in step with a folder on somebody's disk. */
import { jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { KnowledgeDirectoryRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import type { FileList } from './knowledge-files.ts'

export type KnowledgeFolders = ReturnType<typeof createKnowledgeFolders>

export interface ManifestEntry {
  filename: string
  /** Of the folder, `docs/api`; empty at the root. */
  path: string
  /** SHA-256 of the bytes, in hex. */
  checksum: string
}

export interface SyncPlan {
  added: { filename: string; path: string }[]
  modified: { filename: string; path: string; staleFileId: Uuid }[]
  deleted: { fileId: Uuid; filename: string }[]
  /** Parents before their children. */
  mkdir: string[]
  rmdir: Uuid[]
  unmodified: number
  folders: Record<string, Uuid>
}

const TAKEN = 'Failed to create directory. A directory with this name may already exist at this level.'
const NOT_MOVED = 'Failed to update directory. This may be caused by a naming conflict or circular move.'

export function createKnowledgeFolders(context: OpenwebuiContext) {
  const { read, deps, own } = context

  const all = (knowledgeId: Uuid): Promise<KnowledgeDirectoryRow[]> =>
    read.knowledgeDirectories.find({ where: { knowledgeId }, order: [['name', 'asc']] })

  async function folder(knowledgeId: Uuid, id: Uuid): Promise<KnowledgeDirectoryRow> {
    const row = await read.knowledgeDirectories.get({ id, knowledgeId })
    if (!row) throw fault.notFound('knowledge.folder_not_found')
    return row
  }

  async function requireIn(knowledgeId: Uuid, id: Uuid | null): Promise<void> {
    if (id !== null) await folder(knowledgeId, id)
  }

  async function refuseTaken(
    knowledgeId: Uuid,
    parentId: Uuid | null,
    name: string,
    except: Uuid | null,
    text: string,
  ) {
    const taken = await read.knowledgeDirectories.get({ knowledgeId, parentId, name })
    if (taken && taken.id !== except) throw fault.invalid('knowledge.folder_taken', text)
  }

  /** The folder and all below it. */
  function below(rows: readonly KnowledgeDirectoryRow[], id: Uuid): Uuid[] {
    const found = [id]
    for (const at of found)
      for (const row of rows) if (row.parentId === at && !found.includes(row.id)) found.push(row.id)
    return found
  }

  return {
    requireIn,

    /** What a list of files in a folder shows besides them. */
    async around(knowledgeId: Uuid, id: Uuid | null): Promise<Omit<FileList, 'files'>> {
      const rows = await all(knowledgeId)
      return {
        folders: rows.filter(({ parentId }) => parentId === id),
        breadcrumbs: trail(rows, id),
        paths: pathsOf(rows),
      }
    },

    async create(
      actor: Actor,
      knowledgeId: Uuid,
      name: string,
      parentId: Uuid | null,
    ): Promise<KnowledgeDirectoryRow> {
      await own.knowledge.require(actor, knowledgeId, 'write')
      await requireIn(knowledgeId, parentId)
      await refuseTaken(knowledgeId, parentId, name, null, TAKEN)
      const { seconds } = context.now()
      const row: KnowledgeDirectoryRow = {
        id: deps.ids.next(),
        knowledgeId,
        parentId,
        name,
        userId: actor.user.id,
        createdAt: seconds,
        updatedAt: seconds,
      }
      await context.write((tables) => tables.knowledgeDirectories.insert(row))
      return row
    },

    async update(
      actor: Actor,
      knowledgeId: Uuid,
      id: Uuid,
      change: { name?: string; parentId?: Uuid | null },
    ): Promise<KnowledgeDirectoryRow> {
      await own.knowledge.require(actor, knowledgeId, 'write')
      const row = { ...(await folder(knowledgeId, id)), ...change, updatedAt: context.now().seconds }
      await requireIn(knowledgeId, row.parentId)
      if (row.parentId !== null && below(await all(knowledgeId), id).includes(row.parentId))
        throw fault.invalid('knowledge.folder_circle', NOT_MOVED)
      await refuseTaken(knowledgeId, row.parentId, row.name, id, NOT_MOVED)
      const { name, parentId, updatedAt } = row
      await context.write((tables) =>
        tables.knowledgeDirectories.update({ id }, { name, parentId, updatedAt }),
      )
      return row
    },

    /** Its files go to its parent, or out of the collection; returns those that went out. */
    async remove(actor: Actor, knowledgeId: Uuid, id: Uuid, moveFiles: boolean): Promise<Uuid[]> {
      await own.knowledge.require(actor, knowledgeId, 'write')
      const { parentId } = await folder(knowledgeId, id)
      const ids = below(await all(knowledgeId), id)
      const inside = { knowledgeId, directoryId: { in: ids } }
      const files = moveFiles ? [] : await read.knowledgeFiles.pick(['fileId'], { where: inside })
      await context.write(async (tables) => {
        if (moveFiles) await tables.knowledgeFiles.update(inside, { directoryId: parentId })
        else await tables.knowledgeFiles.remove(inside)
        await tables.knowledgeDirectories.remove({ knowledgeId, id: { in: ids } })
      })
      const gone = files.map(({ fileId }) => fileId)
      await own.knowledgeFiles.drop(actor, knowledgeId, gone, true)
      return gone
    },

    async moveFile(actor: Actor, knowledgeId: Uuid, fileId: Uuid, directoryId: Uuid | null): Promise<void> {
      await own.knowledge.require(actor, knowledgeId, 'write')
      await requireIn(knowledgeId, directoryId)
      const change = { directoryId, updatedAt: context.now().seconds }
      const moved = await context.write((tables) =>
        tables.knowledgeFiles.update({ knowledgeId, fileId }, change),
      )
      if (moved === 0) throw fault.notFound('knowledge.file_not_found')
    },

    /** What has to happen to the collection for it to hold what the folder on the client's disk holds. */
    async plan(actor: Actor, knowledgeId: Uuid, manifest: readonly ManifestEntry[]): Promise<SyncPlan> {
      await own.knowledge.require(actor, knowledgeId, 'write')
      const paths = pathsOf(await all(knowledgeId))
      const folders = Object.fromEntries([...paths].map(([id, path]) => [path, id]))
      const placeOf = (path: string, name: string): string => JSON.stringify([path, name])
      const here = new Map(
        (await own.knowledgeFiles.shelf(knowledgeId)).map((file) => [
          placeOf(file.directoryId === null ? '' : (paths.get(file.directoryId) ?? ''), file.filename ?? ''),
          file,
        ]),
      )
      const reading = await read.files.find({
        where: { id: { in: own.fileJobs.readingFor(knowledgeId).ids } },
      })
      const underway = new Set(reading.map((file) => textOf(jsonOf(file.meta)['file_hash'])))
      const plan: SyncPlan = {
        added: [],
        modified: [],
        deleted: [],
        mkdir: [],
        rmdir: [],
        unmodified: 0,
        folders,
      }
      const wanted = new Set<string>()
      for (const { filename, path, checksum } of manifest) {
        const place = placeOf(path, filename)
        const file = here.get(place)
        wanted.add(place)
        if (!file && !underway.has(checksum)) plan.added.push({ filename, path })
        else if (file && textOf(jsonOf(file.meta)['file_hash']) !== checksum)
          plan.modified.push({ filename, path, staleFileId: file.id })
        else plan.unmodified++
      }
      for (const [place, { id, filename }] of here)
        if (!wanted.has(place)) plan.deleted.push({ fileId: id, filename: filename ?? '' })
      const needed = new Set(manifest.flatMap(({ path }) => prefixes(path)))
      plan.mkdir = [...needed].filter((path) => !(path in folders)).sort((a, b) => depth(a) - depth(b))
      plan.rmdir = Object.entries(folders).flatMap(([path, id]) => (needed.has(path) ? [] : [id]))
      return plan
    },

    /** The last step of keeping in step: takes out what the plan named. Ids of other collections do nothing. */
    async cleanUp(
      actor: Actor,
      knowledgeId: Uuid,
      fileIds: readonly Uuid[],
      folderIds: readonly Uuid[],
    ): Promise<void> {
      await own.knowledge.require(actor, knowledgeId, 'write')
      const links =
        fileIds.length === 0
          ? []
          : await read.knowledgeFiles.pick(['fileId'], { where: { knowledgeId, fileId: { in: fileIds } } })
      await own.knowledgeFiles.drop(
        actor,
        knowledgeId,
        links.map(({ fileId }) => fileId),
        true,
      )
      for (const id of folderIds.toReversed()) {
        if (await read.knowledgeDirectories.get({ id, knowledgeId }))
          await this.remove(actor, knowledgeId, id, false)
      }
    },
  }
}

/** From the root to the folder. */
function trail(rows: readonly KnowledgeDirectoryRow[], id: Uuid | null): KnowledgeDirectoryRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const found: KnowledgeDirectoryRow[] = []
  for (let at = id === null ? undefined : byId.get(id); at && !found.includes(at);) {
    found.unshift(at)
    at = at.parentId === null ? undefined : byId.get(at.parentId)
  }
  return found
}

function pathsOf(rows: readonly KnowledgeDirectoryRow[]): Map<Uuid, string> {
  return new Map(
    rows.map(({ id }) => [
      id,
      trail(rows, id)
        .map(({ name }) => name)
        .join('/'),
    ]),
  )
}

function prefixes(path: string): string[] {
  const steps = path === '' ? [] : path.split('/')
  return steps.map((_, at) => steps.slice(0, at + 1).join('/'))
}

const depth = (path: string): number => path.split('/').length
