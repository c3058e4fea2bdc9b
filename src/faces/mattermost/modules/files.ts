/** Files of posts: upload, download with ranges, thumbnails; pictures of people. */
import { Elysia } from 'elysia'
import type { StoredFile, Uuid } from '../../../core/types.ts'
import { MmError, refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire } from '../ids.ts'
import { presentFile } from '../present/files.ts'
import type { Call } from '../wire/call.ts'
import { readBytes, readForm, type SentFile } from '../wire/multipart.ts'
import { defaultAvatar } from './default-avatar.ts'
import { fileLink } from './links.ts'

/** Shown in the browser; everything else is downloaded, so that no upload runs as a page of ours. */
const INLINE =
  /^(image\/(png|jpeg|gif|webp|bmp)|video\/(mp4|webm|quicktime)|audio\/[\w.+-]+|application\/pdf)$/
const FILES_MAX = 10

export const files = (face: Face) =>
  new Elysia({ name: 'mattermost.files' })
    .post(
      '/files',
      face.user((call) => upload(face, call)),
    )
    .get(
      '/files/:file_id',
      face.user((call) => download(face, call, 'original')),
    )
    .head(
      '/files/:file_id',
      face.user((call) => download(face, call, 'original')),
    )
    .get(
      '/files/:file_id/thumbnail',
      face.user((call) => download(face, call, 'thumbnail')),
    )
    .head(
      '/files/:file_id/thumbnail',
      face.user((call) => download(face, call, 'thumbnail')),
    )
    .get(
      '/files/:file_id/preview',
      face.user((call) => download(face, call, 'preview')),
    )
    .head(
      '/files/:file_id/preview',
      face.user((call) => download(face, call, 'preview')),
    )
    .get(
      '/files/:file_id/info',
      face.user(async (call) =>
        face.json(presentFile(await face.core.files.get(call.actor, call.id('file_id')))),
      ),
    )
    .get(
      '/files/:file_id/link',
      face.user(async (call) => {
        const file = await face.core.files.get(call.actor, call.id('file_id'))
        if (!face.config.value('FileSettings.EnablePublicLink', false)) {
          const id = 'api.file.get_public_link.disabled.app_error'
          throw new MmError(403, id, 'Public links have been disabled.')
        }
        return face.json({ link: await fileLink(face, file.id, call.request) })
      }),
    )
    .get(
      '/users/:user_id/image',
      face.user((call) => avatar(face, call)),
    )
    .post(
      '/users/:user_id/image',
      face.user(async (call) => {
        const userId = call.selfOrAdmin()
        const form = await readForm(call, maxBytes(face))
        const picture = form.files.find((one) => one.field === 'image') ?? form.files[0]
        if (!picture) throw refuse.bodyParam('image')
        await face.core.accounts.setAvatar(call.actor, userId, picture.file.bytes)
        return face.ok()
      }),
    )
    .delete(
      '/users/:user_id/image',
      face.user(async (call) => {
        await face.core.accounts.clearAvatar(call.actor, call.selfOrAdmin())
        return face.ok()
      }),
    )
    .get(
      '/users/:user_id/image/default',
      face.user(async (call) => {
        const user = await face.core.users.byId(call.userId())
        if (!user) throw refuse.notFound('app.user.missing_account.const', 'Unable to find the user.')
        return binary(face, defaultAvatar(user.username), 'image/png', '"default"')
      }),
    )

function maxBytes(face: Face): number {
  return face.config.value('FileSettings.MaxFileSize', 104_857_600)
}

async function upload(face: Face, call: Call): Promise<Response> {
  const type = call.header('content-type') ?? ''
  const { roomId, sent, clientIds } = type.startsWith('multipart/')
    ? await fromForm(face, call)
    : await fromBody(face, call)
  if (sent.length === 0 || sent.length > FILES_MAX) throw refuse.bodyParam('files')
  const stored: StoredFile[] = []
  for (const { name, contentType, bytes } of sent) {
    stored.push(await face.core.files.uploadAttachment(call.actor, { roomId, name, contentType, bytes }))
  }
  return face.json({ file_infos: stored.map(presentFile), client_ids: clientIds }, 201)
}

interface Upload {
  roomId: Uuid
  sent: SentFile[]
  clientIds: string[]
}

async function fromForm(face: Face, call: Call): Promise<Upload> {
  const form = await readForm(call, maxBytes(face))
  const roomId = fromWire(form.fields.get('channel_id')?.[0] ?? call.text('channel_id'))
  if (!roomId) throw refuse.bodyParam('channel_id')
  return { roomId, sent: form.files.map((one) => one.file), clientIds: form.fields.get('client_ids') ?? [] }
}

async function fromBody(face: Face, call: Call): Promise<Upload> {
  const roomId = call.queryId('channel_id')
  const name = call.text('filename')
  if (!roomId) throw refuse.urlParam('channel_id')
  if (name === '') throw refuse.urlParam('filename')
  const bytes = await readBytes(call, maxBytes(face))
  const contentType = call.header('content-type') ?? 'application/octet-stream'
  const clientId = call.text('client_id')
  return { roomId, sent: [{ name, contentType, bytes }], clientIds: clientId ? [clientId] : [] }
}

type Variant = 'original' | 'thumbnail' | 'preview'

/** A preview is the picture itself: Bun scales thumbnails only, and browsers scale the rest. */
async function download(face: Face, call: Call, variant: Variant): Promise<Response> {
  const file = await face.core.files.get(call.actor, call.id('file_id'))
  if (variant !== 'original' && !file.contentType.startsWith('image/')) throw noPreview(variant)
  const small = variant === 'thumbnail' && file.thumbKey !== null
  const range = small ? undefined : rangeOf(call.header('range'), file.sizeBytes)
  const found = await face.core.files.open(file, small ? 'thumbnail' : 'original', range)
  if (!found) throw refuse.notFound('app.file_info.get.app_error', 'The file is gone.')
  const contentType = small ? found.object.contentType : file.contentType
  const headers = face.replies.headers(contentType, {
    'Cache-Control': 'private, max-age=86400',
    'Content-Disposition': disposition(file, contentType, call.flag('download')),
    'Accept-Ranges': 'bytes',
    'Last-Modified': new Date(file.createdAt).toUTCString(),
  })
  // Nothing that somebody uploaded may run here, whatever a browser takes it for.
  headers.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
  if (range) headers.set('Content-Range', `bytes ${range.start}-${range.end}/${file.sizeBytes}`)
  const length = range ? range.end - range.start + 1 : found.object.sizeBytes
  headers.set('Content-Length', String(length))
  const status = range ? 206 : 200
  return new Response(call.request.method === 'HEAD' ? null : found.body, { status, headers })
}

function noPreview(variant: Variant): MmError {
  const id = `api.file.get_file_${variant}.no_${variant}.app_error`
  return new MmError(400, id, `This file has no ${variant}.`)
}

/** One range only; anything else is answered whole. */
function rangeOf(header: string | null, size: number): { start: number; end: number } | undefined {
  const match = header ? /^bytes=(\d*)-(\d*)$/.exec(header.trim()) : null
  if (!match || (match[1] === '' && match[2] === '') || size === 0) return undefined
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (start >= size || start > end) {
    throw new MmError(416, 'api.file.get_file.range.app_error', 'This part is not in the file.')
  }
  return { start, end }
}

function disposition(file: StoredFile, contentType: string, forced: boolean): string {
  const kind = forced || !INLINE.test(contentType) ? 'attachment' : 'inline'
  const plain = file.name.replaceAll(/[^\x20-\x7e]|["\\]/g, '_')
  return `${kind};filename="${plain}"; filename*=UTF-8''${encodeURIComponent(file.name)}`
}

async function avatar(face: Face, call: Call): Promise<Response> {
  const user = await face.core.users.byId(call.userId())
  if (!user) throw refuse.notFound('app.user.missing_account.const', 'Unable to find the user.')
  // A bare number, as Mattermost writes it: clients read it as the time of the picture.
  const etag = String(user.avatarUpdatedAt)
  if (call.header('if-none-match') === etag) return face.replies.notModified(etag)
  if (!user.avatarKey) return binary(face, defaultAvatar(user.username), 'image/png', etag)
  const found = await face.mm.lookups.avatar(user.avatarKey)
  if (!found) return binary(face, defaultAvatar(user.username), 'image/png', etag)
  return binary(face, found.body, found.object.contentType, etag)
}

function binary(
  face: Face,
  body: Blob | Buffer<ArrayBuffer> | ReadableStream<Uint8Array>,
  contentType: string,
  etag: string,
): Response {
  const headers = face.replies.headers(contentType, { 'Cache-Control': 'private, max-age=300', ETag: etag })
  headers.set('Content-Security-Policy', "default-src 'none'; style-src 'unsafe-inline'; sandbox")
  return new Response(body, { headers })
}
