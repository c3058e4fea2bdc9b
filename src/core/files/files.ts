/**
 * Uploads. A picture's type and size are read from its bytes, never believed. Keys hold 122 bits of
 * randomness: a picture in a room is shown to whoever has its address, as image tags carry no token.
 */
import type { Files } from '../core.ts'
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import { can } from '../permissions/room-policy.ts'
import { accessRoom, standingIn } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { cleanText } from '../rooms/room-rules.ts'
import { sha256Hex } from '../support/digest.ts'
import { randomUuid } from '../support/random-uuid.ts'
import { isUuid } from '../support/uuid.ts'
import type { Actor, StoredFile, Uuid } from '../types.ts'

const extensions = {
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/webp': 'webp',
  'image/gif': 'gif',
} as const
const maxNameChars = 255
const thumbnailSide = 640
/** Smaller pictures are their own thumbnail. */
const thumbnailFromBytes = 100_000

export function createFiles(ctx: RoomsContext): Files {
  return {
    uploadImage: (actor, bytes, name) => uploadImage(ctx, actor, bytes, name),
    uploadAttachment: (actor, input) => uploadAttachment(ctx, actor, input),
    get: (actor, fileId) => getFile(ctx, actor, fileId),
    byKey: async (actor, key) => {
      const file = await ctx.deps.store.read.files.byKey(key)
      if (!file) throw noSuchFile()
      return getFile(ctx, actor, file.id)
    },
    byAddress: (key) => byAddress(ctx, key),
    open: (file, variant, range) =>
      ctx.deps.files.get(variant === 'thumbnail' && file.thumbKey ? file.thumbKey : file.key, range),
  }
}

async function uploadImage(
  ctx: RoomsContext,
  actor: Actor,
  bytes: Uint8Array,
  name: string,
): Promise<StoredFile> {
  requireScope(actor, 'files:write')
  const { deps } = ctx
  requireSize(bytes, deps.settings.imageMaxBytes)
  const info = deps.images.inspect(bytes)
  if (!info) throw fault.unsupportedType('file.not_an_image', 'Take a png, jpeg, webp or gif picture.')
  const id = randomUuid(deps.ids)
  const key = `chat-images/${id}.${extensions[info.type]}`
  return keep(ctx, bytes, {
    ...blank(ctx, actor, id, key, bytes),
    kind: 'chat_image',
    name: cleanName(name, `image.${extensions[info.type]}`),
    contentType: info.type,
    width: info.width,
    height: info.height,
  })
}

async function uploadAttachment(
  ctx: RoomsContext,
  actor: Actor,
  input: { roomId: Uuid | null; name: string; bytes: Uint8Array; contentType: string },
): Promise<StoredFile> {
  requireScope(actor, 'files:write')
  const { deps } = ctx
  if (input.roomId) await accessRoom(deps.store.read, actor, input.roomId, 'message.post')
  requireSize(input.bytes, deps.settings.fileMaxBytes)
  const info = deps.images.inspect(input.bytes)
  const id = randomUuid(deps.ids)
  const name = cleanName(input.name, 'file')
  return keep(ctx, input.bytes, {
    ...blank(ctx, actor, id, `attachments/${id}${extensionOf(name)}`, input.bytes),
    roomId: input.roomId,
    name,
    contentType: info?.type ?? plainType(input.contentType),
    width: info?.width ?? null,
    height: info?.height ?? null,
  })
}

function blank(ctx: RoomsContext, actor: Actor, id: Uuid, key: string, bytes: Uint8Array): StoredFile {
  return {
    id,
    ownerId: actor.user.id,
    roomId: null,
    messageId: null,
    kind: 'attachment',
    key,
    name: '',
    contentType: 'application/octet-stream',
    sizeBytes: bytes.length,
    width: null,
    height: null,
    blurhash: null,
    thumbKey: null,
    sha256: sha256Hex(bytes),
    createdAt: ctx.deps.clock.now(),
  }
}

/** Bytes first, then the row: a row never names what is not there. */
async function keep(ctx: RoomsContext, bytes: Uint8Array, draft: StoredFile): Promise<StoredFile> {
  const { deps } = ctx
  const file = { ...draft, ...(draft.width === null ? {} : await preview(ctx, bytes, draft)) }
  await deps.files.put(file.key, bytes, file.contentType)
  try {
    await deps.store.tx((repos) => repos.files.insert(file, pathOf(ctx, file.key)))
  } catch (error) {
    await deps.files.delete(file.key)
    throw error
  }
  return file
}

/** Where Open WebUI's own server looks for the bytes. */
function pathOf(ctx: RoomsContext, key: string): string {
  return `${ctx.deps.settings.uploadsPath ?? 'uploads'}/${key}`
}

/** A placeholder and a small copy. A picture that cannot be decoded has neither, and is kept all the same. */
async function preview(
  ctx: RoomsContext,
  bytes: Uint8Array,
  file: StoredFile,
): Promise<Pick<StoredFile, 'blurhash' | 'thumbKey'>> {
  const { images, files, log } = ctx.deps
  try {
    const blurhash = await images.placeholder(bytes)
    if (bytes.length < thumbnailFromBytes) return { blurhash, thumbKey: null }
    const small = await images.thumbnail(bytes, thumbnailSide)
    const thumbKey = `thumbnails/${file.id}.${small.contentType === 'image/webp' ? 'webp' : 'jpg'}`
    await files.put(thumbKey, small.bytes, small.contentType)
    return { blurhash, thumbKey }
  } catch (error) {
    log.warn('a picture could not be made smaller', { file_id: file.id, error })
    return { blurhash: null, thumbKey: null }
  }
}

async function getFile(ctx: RoomsContext, actor: Actor, fileId: Uuid): Promise<StoredFile> {
  requireScope(actor, 'messages:read')
  const { read } = ctx.deps.store
  const file = isUuid(fileId) ? await read.files.get(fileId) : null
  if (!file) throw noSuchFile()
  if (file.ownerId === actor.user.id || actor.via === 'system' || file.kind === 'avatar') return file
  const standing = file.roomId && file.messageId ? await standingIn(read, actor, file.roomId) : null
  if (!standing || !can(actor, standing, 'room.read')) throw noSuchFile()
  return file
}

const ownKey =
  /^(chat-images|attachments|thumbnails)\/([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12})(\.[a-z0-9]{1,10})?$/

async function byAddress(
  ctx: RoomsContext,
  key: string,
): Promise<{ file: StoredFile; variant: 'original' | 'thumbnail' }> {
  const [, folder, id] = ownKey.exec(key) ?? []
  const file = id ? await ctx.deps.store.read.files.get(id) : null
  const variant = folder === 'thumbnails' ? 'thumbnail' : 'original'
  if (!file || (variant === 'thumbnail' ? file.thumbKey : file.key) !== key) throw noSuchFile()
  return { file, variant }
}

function requireSize(bytes: Uint8Array, max: number): void {
  if (bytes.length === 0)
    throw fault.invalid('file.empty', 'The file is empty.', { file: 'The file is empty.' })
  if (bytes.length > max) throw fault.tooLarge('file.too_large', `A file has at most ${max} bytes here.`)
}

/** The last part of a path, without what no file name should hold. */
function cleanName(name: string, fallback: string): string {
  const last = cleanText(name).split(/[\\/]/).at(-1) ?? ''
  // oxlint-disable-next-line no-control-regex -- control characters are what is taken out
  const clean = last.replace(/[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069]/g, '').trim()
  return clean === '' || clean === '.' || clean === '..' ? fallback : clean.slice(-maxNameChars)
}

function extensionOf(name: string): string {
  return /\.[a-z0-9]{1,10}$/i.exec(name)?.[0].toLowerCase() ?? ''
}

function plainType(contentType: string): string {
  const type = contentType.split(';')[0]!.trim().toLowerCase()
  return /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/.test(type) ? type : 'application/octet-stream'
}

const noSuchFile = () => fault.notFound('file.not_found', 'There is no such file.')
