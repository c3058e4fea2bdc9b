/** Knowledge: collections of files in folders, who may read them, and what goes in and out. */
import { Elysia, t } from 'elysia'
import { jsonOf } from '../../../core/chats/context.ts'
import type { KnowledgeDirectoryRow, KnowledgeRow } from '../../../core/chats/rows.ts'
import type { FileFilter, ShelvedFile } from '../../../core/knowledge/knowledge-files.ts'
import type { SyncPlan } from '../../../core/knowledge/knowledge-folders.ts'
import { zipOf } from '../../../core/support/zip-writer.ts'
import type { Actor } from '../../../core/types.ts'
import type { Granted } from '../../../core/workspace/workspace.ts'
import { openwebuiAuth } from '../auth.ts'
import { flagOf, form, maybe, maybeText, texts } from '../forms.ts'
import { done, json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import {
  presentFile,
  presentFileMeta,
  presentKnowledge,
  presentWrittenKnowledge,
} from '../present/workspace.ts'
import { pageWith, type Query } from './workspace.ts'

const Grants = form({ access_grants: t.Array(t.Unknown()) })
const KnowledgeForm = form({
  name: t.String(),
  description: t.String(),
  access_grants: maybe(t.Array(t.Unknown())),
})
const FileForm = form({ file_id: t.String(), directory_id: maybeText })
const FolderName = t.String({ minLength: 1, maxLength: 255, pattern: '^[^/]+$' })
const Manifest = t.Array(
  form({
    filename: t.String({ maxLength: 1_000 }),
    path: t.String({ maxLength: 4_000 }),
    checksum: t.String({ maxLength: 128 }),
  }),
  { maxItems: 20_000 },
)

/** `external` collections are searched elsewhere; all others lie here. */
const ofSource = (wanted: string | undefined, source: unknown): boolean =>
  (wanted !== 'external' && wanted !== 'local') || (wanted === 'external') === (source === 'external')

export const knowledge = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.knowledge-all' })
    .use(collections(face))
    .use(contents(face))
    .use(folders(face))

function collections(face: FaceContext) {
  const { knowledge: part, knowledgeFiles: shelf } = face.core
  const bare = (found: Granted<KnowledgeRow>) => json({ ...presentWrittenKnowledge(found), files: null })
  return new Elysia({ name: 'openwebui.knowledge', prefix: '/api/v1/knowledge' })
    .use(openwebuiAuth(face.core))
    .get('/', async ({ actor, query }) => json(await list(face, actor, query)), { rank: 'user' })
    .get('/search', async ({ actor, query }) => json(await list(face, actor, query)), { rank: 'user' })
    .get(
      '/search/files',
      async ({ actor, query }) => {
        const found = await shelf.search(actor, query['query'] ?? '')
        const shown = (file: (typeof found)[number]) => ({
          ...presentShelved(file, ''),
          collection: presentKnowledge(file.collection),
        })
        const page = await pageWith(face, actor, found, { page: query['page'] }, () => '', shown)
        return json({ ...page, directories: [], breadcrumbs: [] })
      },
      { rank: 'user' },
    )
    .get('/external/connections', () => json({ items: [], total: 0 }), { rank: 'user' })
    .post('/reindex', ({ actor }) => done(face.core.library.reindex(actor)), { rank: 'admin' })
    .post(
      '/create',
      async ({ actor, body }) => bare(await part.create(actor, { ...body, grants: body.access_grants })),
      { rank: 'user', body: KnowledgeForm },
    )
    .get(
      '/:id',
      async ({ actor, params }) =>
        json({ ...presentKnowledge(await part.get(actor, params.id)), files: null }),
      { rank: 'user' },
    )
    .post(
      '/:id/update',
      async ({ actor, params, body: { name, description, access_grants: grants } }) =>
        bare(await part.update(actor, params.id, { name, description, ...(grants ? { grants } : {}) })),
      { rank: 'user', body: KnowledgeForm },
    )
    .post(
      '/:id/access/update',
      async ({ actor, params, body }) =>
        bare(await part.update(actor, params.id, { grants: body.access_grants })),
      { rank: 'user', body: Grants },
    )
    .delete('/:id/delete', ({ actor, params }) => done(part.remove(actor, params.id)), { rank: 'user' })
    .get('/:id/export', ({ actor, params }) => exported(face, actor, params.id), { rank: 'admin' })
}

function contents(face: FaceContext) {
  const { knowledgeFiles: shelf } = face.core
  const whole = async (actor: Actor, id: string, more: object = {}) =>
    json({ ...(await withFiles(face, actor, id)), ...more })
  return new Elysia({ name: 'openwebui.knowledge-files', prefix: '/api/v1/knowledge' })
    .use(openwebuiAuth(face.core))
    .get('/:id/files', async ({ actor, params, query }) => json(await files(face, actor, params.id, query)), {
      rank: 'user',
    })
    .get(
      '/:id/files/pending',
      ({ actor, params, query }) => pending(face, actor, params.id, flagOf(query['stream'])),
      { rank: 'user' },
    )
    .post(
      '/:id/file/add',
      async ({ actor, params, body }) => {
        await shelf.add(actor, params.id, body.file_id, body.directory_id || null)
        return whole(actor, params.id)
      },
      { rank: 'user', body: FileForm },
    )
    .post(
      '/:id/file/update',
      async ({ actor, params, body }) => {
        await shelf.refresh(actor, params.id, body.file_id)
        return whole(actor, params.id)
      },
      { rank: 'user', body: FileForm },
    )
    .post(
      '/:id/file/remove',
      async ({ actor, params, body, query }) => {
        await shelf.remove(actor, params.id, body.file_id, flagOf(query['delete_file'], true))
        return whole(actor, params.id)
      },
      { rank: 'user', body: FileForm },
    )
    .post(
      '/:id/files/batch/add',
      async ({ actor, params, body }) => {
        const entries = body.map((one) => ({ fileId: one.file_id, directoryId: one.directory_id || null }))
        const errors = await shelf.addMany(actor, params.id, entries)
        const warnings = { message: 'Some files failed to process', errors }
        return whole(actor, params.id, errors.length > 0 ? { warnings } : {})
      },
      { rank: 'user', body: t.Array(FileForm, { maxItems: 1_000 }) },
    )
    .post(
      '/:id/reset',
      async ({ actor, params, query }) => {
        await shelf.reset(actor, params.id, flagOf(query['include_directories'], true))
        return whole(actor, params.id, { files: null })
      },
      { rank: 'user' },
    )
    .post(
      '/:id/file/move',
      async ({ actor, params, body }) => {
        await face.core.knowledgeFolders.moveFile(actor, params.id, body.file_id, body.directory_id || null)
        return json({ status: true })
      },
      { rank: 'user', body: FileForm },
    )
}

function folders(face: FaceContext) {
  const { knowledgeFolders: part } = face.core
  return new Elysia({ name: 'openwebui.knowledge-folders', prefix: '/api/v1/knowledge' })
    .use(openwebuiAuth(face.core))
    .post(
      '/:id/dirs/create',
      async ({ actor, params, body }) =>
        json(presentFolder(await part.create(actor, params.id, body.name, body.parent_id || null))),
      { rank: 'user', body: form({ name: FolderName, parent_id: maybeText }) },
    )
    .post(
      '/:id/dirs/:dir_id/update',
      async ({ actor, params, body }) => {
        const change = {
          ...(body.name ? { name: body.name } : {}),
          // Left out, it stays where it is; null is the root.
          ...(body.parent_id === undefined || body.parent_id === '__unset__'
            ? {}
            : { parentId: body.parent_id || null }),
        }
        return json(presentFolder(await part.update(actor, params.id, params.dir_id, change)))
      },
      { rank: 'user', body: form({ name: maybe(FolderName), parent_id: maybeText }) },
    )
    .delete(
      '/:id/dirs/:dir_id/delete',
      async ({ actor, params, query }) => {
        const moved = flagOf(query['move_files'], true)
        return json({ status: true, file_ids: await part.remove(actor, params.id, params.dir_id, moved) })
      },
      { rank: 'user' },
    )
    .post(
      '/:id/sync/diff',
      async ({ actor, params, body }) => json(presentPlan(await part.plan(actor, params.id, body.manifest))),
      { rank: 'user', body: form({ manifest: Manifest }) },
    )
    .post(
      '/:id/sync/cleanup',
      async ({ actor, params, body }) => {
        await part.cleanUp(actor, params.id, body.file_ids, body.dir_ids ?? [])
        return json({ status: true })
      },
      { rank: 'user', body: form({ file_ids: texts, dir_ids: maybe(texts) }) },
    )
}

async function list(face: FaceContext, actor: Actor, query: Query) {
  const rows = (await face.core.knowledge.list(actor)).filter(({ meta }) =>
    ofSource(query['source'], jsonOf(meta)['source']),
  )
  const counts = await face.core.knowledgeFiles.counts(rows.map(({ id }) => id))
  return pageWith(
    face,
    actor,
    rows,
    query,
    (found) => `${found.name}\n${found.description ?? ''}`,
    (found) => ({ ...presentKnowledge(found), file_count: counts.get(found.id) ?? 0 }),
  )
}

async function files(face: FaceContext, actor: Actor, id: string, query: Query) {
  const folderId = query['directory_id']
  const order = query['order_by']
  const view = query['view_option']
  const filter: FileFilter = {
    query: query['query'] ?? '',
    inContent: flagOf(query['include_content']),
    view: view === 'created' || view === 'shared' ? view : null,
    order: order === 'name' || order === 'created_at' ? order : 'updated_at',
    ascending: query['direction'] === 'asc',
    directoryId: folderId === undefined ? undefined : folderId || null,
  }
  const found = await face.core.knowledgeFiles.list(actor, id, filter)
  const pathOf = ({ directoryId }: ShelvedFile) => (directoryId ? (found.paths.get(directoryId) ?? '') : '')
  const shown = (file: ShelvedFile) => presentShelved(file, pathOf(file))
  return {
    ...(await pageWith(face, actor, found.files, { page: query['page'] }, () => '', shown)),
    directories: found.folders.map(presentFolder),
    breadcrumbs: found.breadcrumbs.map(presentFolder),
  }
}

/** What is being read for the collection; as a stream, a list with each change until none is left. */
async function pending(face: FaceContext, actor: Actor, id: string, stream: boolean): Promise<Response> {
  const { knowledgeFiles: shelf } = face.core
  let now = await shelf.pending(actor, id)
  if (!stream) return json(now.files.map(presentFile))
  const events = new ReadableStream<string>({
    async pull(controller) {
      controller.enqueue(`data: ${JSON.stringify(now.files.map(presentFile))}\n\n`)
      if (now.files.length === 0) return controller.close()
      await now.next
      now = await shelf.pending(actor, id)
    },
  })
  return new Response(events.pipeThrough(new TextEncoderStream()), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}

async function withFiles(face: FaceContext, actor: Actor, id: string) {
  const found = await face.core.knowledge.get(actor, id)
  const shelved = await face.core.knowledgeFiles.shelf(id)
  return { ...presentWrittenKnowledge(found), files: shelved.map(presentFileMeta) }
}

async function exported(face: FaceContext, actor: Actor, id: string): Promise<Response> {
  const { name, files: read } = await face.core.knowledgeFiles.texts(actor, id)
  const named = read.map((file) => ({
    name: file.name.endsWith('.txt') ? file.name : `${file.name}.txt`,
    text: file.text,
  }))
  const fileName = `${name.replace(/[^\p{L}\p{N} _-]/gu, '_')}.zip`
  return new Response(await zipOf(named), {
    headers: { 'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}` },
  })
}

const presentShelved = (file: ShelvedFile, path: string): Record<string, unknown> => ({
  ...presentFile({ ...file, data: null }),
  data: null,
  directory_id: file.directoryId,
  directory_path: path,
  has_original: file.path !== null,
})

const presentFolder = (folder: KnowledgeDirectoryRow): Record<string, unknown> => row(folder)

const presentPlan = (plan: SyncPlan): Record<string, unknown> => ({
  added: plan.added,
  modified: plan.modified.map(({ filename, path, staleFileId }) => ({
    filename,
    path,
    stale_file_id: staleFileId,
  })),
  deleted: plan.deleted.map(({ fileId, filename }) => ({ file_id: fileId, filename })),
  mkdir: plan.mkdir,
  rmdir: plan.rmdir,
  unmodified_count: plan.unmodified,
  directory_map: plan.folders,
})
