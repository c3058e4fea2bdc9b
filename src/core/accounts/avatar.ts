/** Pictures of people: checked, re-encoded to a small square without metadata, kept in the file store. */
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import { requireSelfOrAdmin } from '../permissions/scopes.ts'
import type { EncodedImage, FileStore } from '../ports.ts'
import type { Actor, User, Uuid } from '../types.ts'
import { type AccountContext, forgetAfterCommit } from './context.ts'

const SIDE_PX = 256
const KEY = /^avatars\/[0-9a-f-]{36}-[0-9a-f]{16}\.(webp|png|jpg|gif)$/
const EXTENSIONS: Record<string, string> = {
  'image/webp': 'webp',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
}

export async function setAvatar(
  ctx: AccountContext,
  actor: Actor,
  userId: Uuid,
  bytes: Uint8Array,
): Promise<User> {
  requireSelfOrAdmin(actor, userId, 'account:write')
  const image = await encode(ctx.deps, bytes)
  const extension = EXTENSIONS[image.contentType]
  if (!extension) throw new Error(`the image tool made an avatar of type ${image.contentType}`)
  const key = `avatars/${userId}-${ctx.deps.ids.secret(8)}.${extension}`
  await ctx.deps.files.put(key, image.bytes, image.contentType)
  try {
    return await point(ctx, userId, key)
  } catch (error) {
    await ctx.deps.files.delete(key)
    throw error
  }
}

export async function clearAvatar(ctx: AccountContext, actor: Actor, userId: Uuid): Promise<User> {
  requireSelfOrAdmin(actor, userId, 'account:write')
  return point(ctx, userId, null)
}

/** Avatars are for everyone to see: their keys cannot be guessed, and pages show them without a token. */
export async function openAvatar(files: FileStore, key: string): ReturnType<FileStore['get']> {
  return KEY.test(key) ? files.get(key) : null
}

async function encode(deps: CoreDeps, bytes: Uint8Array): Promise<EncodedImage> {
  if (bytes.byteLength > deps.settings.avatarMaxBytes) {
    const limitMb = (deps.settings.avatarMaxBytes / 1_000_000).toFixed(1)
    throw fault.tooLarge('avatar.too_large', `A picture of a person has at most ${limitMb} MB.`)
  }
  if (!deps.images.inspect(bytes)) {
    throw fault.unsupportedType('avatar.bad_type', 'Only PNG, JPEG, WebP and GIF pictures are taken.')
  }
  return deps.images.avatar(bytes, SIDE_PX)
}

/** Writes the key into the account and deletes the file of the one before. */
async function point(ctx: AccountContext, userId: Uuid, key: string | null): Promise<User> {
  const { before, after } = await ctx.deps.store.tx(async (repos, unit) => {
    const user = await repos.users.byId(userId)
    if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
    const at = ctx.deps.clock.now()
    await repos.users.update(userId, { avatarKey: key, avatarUpdatedAt: at }, at)
    const changed = { ...user, avatarKey: key, avatarUpdatedAt: at, updatedAt: at }
    forgetAfterCommit(ctx, unit, userId)
    unit.emit({ type: 'user.updated', user: changed })
    return { before: user, after: changed }
  })
  if (before.avatarKey !== null) {
    await ctx.deps.files.delete(before.avatarKey).catch((error: unknown) => {
      ctx.deps.log.warn('an old avatar could not be deleted', { error, key_name: before.avatarKey })
    })
  }
  return after
}
