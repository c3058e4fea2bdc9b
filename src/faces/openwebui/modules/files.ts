/** Files: uploads with their processing status, bytes with ranges, and the text that was read out of them. */
import { Elysia, t } from 'elysia'
import { isJson, jsonOf, textOf } from '../../../core/chats/context.ts'
import type { FileRow, Json } from '../../../core/chats/rows.ts'
import type { Actor, StoredFile } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail, TEXT } from '../errors.ts'
import { flagOf, form, pageOf } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentFile, presentFileWithText, presentWholeFile } from '../present/workspace.ts'
import { rangeOf, sendStored } from '../stored-file.ts'

const PER_PAGE = 50
const Upload = t.Object(
  { file: t.File(), metadata: t.Optional(t.Unknown()) },
  { additionalProperties: t.Unknown() },
)

/** Shown in place; everything else is downloaded, so that no upload becomes a page of ours. */
const SHOWN = /^(image\/(png|jpeg|gif|webp|avif)|application\/pdf|text\/plain|audio\/|video\/)/

export const files = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.files', prefix: '/api/v1/files' })
    .use(openwebuiAuth(core))
    .post('/', ({ actor, body, query }) => upload(face, actor, body, query), {
      rank: 'user',
      body: Upload,
    })
    .get(
      '/',
      async ({ actor, query }) => {
        const { items, total } = await core.openFiles.list(actor, pageOf(query), PER_PAGE)
        const present = flagOf(query['content'], true) ? presentFileWithText : presentFile
        return json({ items: items.map(present), total })
      },
      { rank: 'user' },
    )
    .get(
      '/search',
      async ({ actor, query }) => {
        const found = await search(face, actor, query, { everybody: true, content: true, limit: 100 })
        if (found.length === 0) throw detail.notFound('No files found matching the pattern.')
        return json(found)
      },
      { rank: 'user' },
    )
    .get(
      '/user/search',
      async ({ actor, query }) =>
        json(await search(face, actor, query, { everybody: false, content: false, limit: 50 })),
      { rank: 'user' },
    )
    .get('/count', async ({ actor }) => json(await core.openFiles.count(actor, true)), { rank: 'user' })
    .get('/user/count', async ({ actor }) => json(await core.openFiles.count(actor, false)), { rank: 'user' })
    .delete('/all', async ({ actor }) => json(await removeAll(face, actor)), { rank: 'admin' })
    .get('/:id', async ({ actor, params }) => json(await describe(face, actor, params.id)), { rank: 'user' })
    .get(
      '/:id/process/status',
      ({ actor, params, query }) => status(face, actor, params.id, flagOf(query['stream'])),
      {
        rank: 'user',
      },
    )
    .get(
      '/:id/data/content',
      async ({ actor, params }) =>
        json({ content: textOf(jsonOf((await core.openFiles.get(actor, params.id)).data)['content']) ?? '' }),
      { rank: 'user' },
    )
    .post(
      '/:id/data/content/update',
      async ({ actor, params, body }) => {
        await core.openFiles.setContent(actor, params.id, body.content)
        return json({ content: body.content })
      },
      { rank: 'user', body: form({ content: t.String() }) },
    )
    .get(
      '/:id/content',
      ({ actor, params, request, query }) =>
        bytes(face, actor, params.id, request, flagOf(query['attachment'])),
      {
        rank: 'user',
      },
    )
    .get('/:id/content/html', ({ actor, params, request }) => bytes(face, actor, params.id, request, true), {
      rank: 'user',
    })
    .get(
      '/:id/content/:file_name',
      ({ actor, params, request }) => bytes(face, actor, params.id, request, false),
      { rank: 'user' },
    )
    .post(
      '/:id/rename',
      async ({ actor, params, body }) =>
        json(presentWholeFile(await core.openFiles.rename(actor, params.id, body.filename))),
      { rank: 'user', body: form({ filename: t.String({ minLength: 1, maxLength: 255 }) }) },
    )
    .delete(
      '/:id',
      async ({ actor, params }) => {
        await core.openFiles.remove(actor, params.id)
        return json({ message: 'File deleted successfully' })
      },
      { rank: 'user' },
    )
}

async function search(
  face: FaceContext,
  actor: Actor,
  query: Record<string, string | undefined>,
  usual: { everybody: boolean; content: boolean; limit: number },
): Promise<Json[]> {
  const number = (name: string, fallback: number, least: number): number =>
    Math.max(least, Math.trunc(Number(query[name] ?? fallback)) || fallback)
  const rows = await face.core.openFiles.search(actor, {
    pattern: (query['filename'] ?? '*').slice(0, 500),
    everybody: usual.everybody,
    skip: number('skip', 0, 0),
    limit: Math.min(1_000, number('limit', usual.limit, 1)),
  })
  return rows.map(flagOf(query['content'], usual.content) ? presentFileWithText : presentFile)
}

async function removeAll(face: FaceContext, actor: Actor): Promise<Json> {
  await face.core.openFiles.removeAll(actor)
  return { message: 'All files deleted successfully' }
}

async function upload(
  face: FaceContext,
  actor: Actor,
  body: { file: File; metadata?: unknown },
  query: Record<string, string | undefined>,
): Promise<Response> {
  if (body.file.size > face.config.files.fileBytes) {
    const size = `${Math.floor(face.config.files.fileBytes / 1_000_000)}MB`
    throw detail.bad(
      `Oops! The file you're trying to upload is too large. Please upload a file that is less than ${size}.`,
    )
  }
  const metadata = metadataOf(body.metadata)
  const bytesOfFile = await body.file.bytes()
  const contentType = body.file.type.split(';')[0] || 'application/octet-stream'
  const roomId = textOf(metadata?.['channel_id'])
  if (roomId !== null) {
    const input = { roomId, name: body.file.name, bytes: bytesOfFile, contentType }
    return json({ status: true, ...presentStored(await face.core.files.uploadAttachment(actor, input)) })
  }
  const process = flagOf(query['process'], true)
  const row = await face.core.openFiles.upload(actor, {
    name: body.file.name,
    bytes: bytesOfFile,
    contentType,
    metadata,
    process,
    wait: !flagOf(query['process_in_background'], true),
  })
  return json(process ? { status: true, path: row.path, ...presentFile(row) } : presentFile(row))
}

/** A JSON text in a form field. */
function metadataOf(given: unknown): Json | null {
  if (isJson(given)) return given
  if (typeof given !== 'string' || given === '') return null
  try {
    const value: unknown = JSON.parse(given)
    return isJson(value) ? value : null
  } catch {
    throw detail.bad('Invalid metadata format')
  }
}

/** A room's attachment in the shape of a file. */
function presentStored(file: StoredFile): Json {
  const seconds = Math.floor(file.createdAt / 1000)
  return {
    id: file.id,
    user_id: file.ownerId,
    hash: file.sha256,
    filename: file.name,
    data: { status: 'completed' },
    meta: { name: file.name, content_type: file.contentType, size: file.sizeBytes, data: {} },
    created_at: seconds,
    updated_at: seconds,
  }
}

async function describe(face: FaceContext, actor: Actor, id: string): Promise<Json> {
  const row = await face.core.openFiles.readable(actor, id)
  return row ? presentWholeFile(row) : presentStored(await face.core.files.get(actor, id))
}

/** How reading a file stands; as a stream, an event now and one when it is over. */
async function status(face: FaceContext, actor: Actor, id: string, stream: boolean): Promise<Response> {
  const { openFiles, files: posted } = face.core
  const row = await openFiles.readable(actor, id)
  if (!row) await posted.get(actor, id)
  if (!stream) return json({ status: stateOf(row).status })
  const events = new ReadableStream<string>({
    async start(controller) {
      const tell = (state: Json) => controller.enqueue(`data: ${JSON.stringify(state)}\n\n`)
      const now = stateOf(row)
      tell(now)
      try {
        if (now.status === 'pending') tell(stateOf(await openFiles.settled(actor, id)))
        controller.close()
      } catch (error) {
        // Whoever asked has gone.
        face.log.debug('a status stream ended early', { error })
      }
    },
  })
  return new Response(events.pipeThrough(new TextEncoderStream()), {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}

/** Files that were never to be read count as done. */
function stateOf(row: FileRow | null): { status: string; error?: unknown } {
  const data = jsonOf(row?.data)
  const state = textOf(data['status']) ?? 'completed'
  if (state === 'processing') return { status: 'pending' }
  return state === 'failed' ? { status: state, error: data['error'] ?? TEXT.default } : { status: state }
}

async function bytes(
  face: FaceContext,
  actor: Actor,
  id: string,
  request: Request,
  attachment: boolean,
): Promise<Response> {
  const row = await face.core.openFiles.head(actor, id)
  const stored = row ? null : await face.core.files.get(actor, id)
  const range = rangeOf(request)
  const opened = row
    ? await face.core.openFiles.open(row, range)
    : stored && (await face.core.files.open(stored, 'original', range))
  if (!opened) throw detail.notFound()
  const type =
    (row ? textOf(jsonOf(row.meta)['content_type']) : stored?.contentType) ?? opened.object.contentType
  const name = (row ? row.filename : stored?.name) ?? id
  return sendStored(request, opened, { type, name, attachment: attachment || !SHOWN.test(type) })
}
