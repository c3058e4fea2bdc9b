/** Files that arrive in parts. Parts lie in the file store until the last; then they become one file. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { Upload } from '../mattermost-repositories.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, StoredFile, Uuid } from '../types.ts'

/** An upload that nobody went on with is forgotten. */
const STALE_MS = 7 * 24 * 3600 * 1000
const OPEN_MAX = 50
const PARTS_MAX = 10_000

export interface Uploads {
  create(actor: Actor, input: { roomId: Uuid; name: string; size: number }): Promise<Upload>
  get(actor: Actor, id: Uuid): Promise<Upload>
  mine(actor: Actor): Promise<Upload[]>
  /** The next part; the stored file once all is there. */
  append(actor: Actor, id: Uuid, bytes: Uint8Array): Promise<StoredFile | null>
  /** Forgets stale ones. */
  sweep(): Promise<void>
}

export function createUploads(deps: CoreDeps, core: Core): Uploads {
  const { store, clock, ids, files } = deps
  const partKey = (upload: Upload, part: number) => `uploads-partial/${upload.id}/${part}`
  const busy = new Set<Uuid>()

  async function own(actor: Actor, id: Uuid): Promise<Upload> {
    const upload = await store.read.uploads.get(id)
    if (!upload || upload.userId !== actor.user.id) {
      throw fault.notFound('upload.not_found', 'There is no such upload.')
    }
    return upload
  }

  async function forget(upload: Upload): Promise<void> {
    for (let part = 0; part < upload.parts; part += 1) await files.delete(partKey(upload, part))
    await store.tx((repos) => repos.uploads.remove(upload.id))
  }

  async function assemble(upload: Upload): Promise<Uint8Array> {
    const whole = new Uint8Array(upload.received)
    let at = 0
    for (let part = 0; part < upload.parts; part += 1) {
      const found = await files.get(partKey(upload, part))
      if (!found) throw fault.gone('upload.part_lost', 'A part of the upload is lost; begin anew.')
      const bytes = new Uint8Array(await new Response(found.body).arrayBuffer())
      whole.set(bytes, at)
      at += bytes.length
    }
    return whole
  }

  return {
    get: own,
    mine: (actor) => store.read.uploads.ofUser(actor.user.id),
    async create(actor, { roomId, name, size }) {
      requireScope(actor, 'files:write')
      await core.rooms.get(actor, roomId)
      if (!Number.isSafeInteger(size) || size <= 0)
        throw fault.invalid('upload.bad_size', 'A file has a size.')
      if (size > deps.settings.fileMaxBytes)
        throw fault.tooLarge('upload.too_large', 'The file is too large.')
      if ((await store.read.uploads.ofUser(actor.user.id)).length >= OPEN_MAX) {
        throw fault.invalid('upload.too_many', 'Finish other uploads first.')
      }
      const upload: Upload = {
        id: ids.next(),
        userId: actor.user.id,
        roomId,
        name,
        size,
        received: 0,
        parts: 0,
        createdAt: clock.now(),
      }
      await store.tx((repos) => repos.uploads.put(upload))
      return upload
    },
    async append(actor, id, bytes) {
      requireScope(actor, 'files:write')
      if (busy.has(id)) throw fault.conflict('upload.busy', 'Another part is just arriving.')
      busy.add(id)
      try {
        const before = await own(actor, id)
        if (bytes.length === 0 || before.received + bytes.length > before.size || before.parts >= PARTS_MAX) {
          throw fault.invalid('upload.bad_part', 'This part does not fit.')
        }
        await files.put(partKey(before, before.parts), bytes, 'application/octet-stream')
        const after = { ...before, received: before.received + bytes.length, parts: before.parts + 1 }
        await store.tx((repos) => repos.uploads.put(after))
        if (after.received < after.size) return null
        const whole = await assemble(after)
        const file = await core.files.uploadAttachment(actor, {
          roomId: after.roomId,
          name: after.name,
          bytes: whole,
          contentType: typeOf(after.name),
        })
        await forget(after)
        return file
      } finally {
        busy.delete(id)
      }
    },
    async sweep() {
      for (const upload of await store.read.uploads.olderThan(clock.now() - STALE_MS, 100))
        await forget(upload)
    },
  }
}

/** By the name, since parts come without a type. */
function typeOf(name: string): string {
  const types: Record<string, string> = {
    png: 'image/png',
    jpg: 'image/jpeg',
    jpeg: 'image/jpeg',
    gif: 'image/gif',
    webp: 'image/webp',
    pdf: 'application/pdf',
    txt: 'text/plain',
    mp4: 'video/mp4',
    mp3: 'audio/mpeg',
  }
  return types[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream'
}
