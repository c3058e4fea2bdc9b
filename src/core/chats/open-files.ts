/**
 * Files of Open WebUI: rows of `file`, bytes in the file store under `{id}_{name}` as its Python server
 * names them. Texts are read at once; formats that need a loader say so in their status.
 */
import { fault } from '../faults.ts'
import type { FileStore } from '../ports.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import { sha256Hex } from '../support/digest.ts'
import type { Actor } from '../types.ts'
import { jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import type { FileRow, Json } from './rows.ts'

export interface UploadInput {
  name: string
  bytes: Uint8Array
  contentType: string
  /** What the client sent beside the file. */
  metadata: Json | null
  process: boolean
  /** For its text. */
  wait: boolean
}

export type OpenFiles = ReturnType<typeof createOpenFiles>

const IMAGE_MAX_BYTES = 20_000_000

/** Everything but the text, which may be megabytes. */
export type FileHead = Omit<FileRow, 'data'>
export const HEAD = ['id', 'userId', 'filename', 'meta', 'createdAt', 'hash', 'updatedAt', 'path'] as const
/** What stands before the text: to come behind it, SQLite walks through all of its pages (10 ms for 10 MB). */
export type FileFront = Pick<FileRow, 'id' | 'userId' | 'filename' | 'meta' | 'hash'>
export const FRONT = ['id', 'userId', 'filename', 'meta', 'hash'] as const

export function createOpenFiles(context: OpenwebuiContext) {
  const { read, deps } = context

  /** The bytes' place: the last part of what either server noted as path. */
  /** What was posted in a room lies in a folder of its own, named by its id; all else beside each other. */
  const keyOf = (row: Pick<FileRow, 'id' | 'path'>): string | null => {
    const [name, folder] = row.path?.replaceAll('\\', '/').split('/').reverse() ?? []
    if (name === undefined) return null
    return folder === 'attachments' && name.split('.')[0] === row.id ? `attachments/${name}` : name
  }

  async function own(actor: Actor, id: string): Promise<FileRow> {
    const row = await read.files.get({ id })
    if (!row || (row.userId !== actor.user.id && actor.user.role !== 'admin'))
      throw fault.notFound('file.not_found')
    return row
  }

  /** The file without its text, for its owner, administrators, and whoever may read a collection or shared chat with it. */
  async function visible(actor: Actor, id: string): Promise<FileFront | null> {
    const [row] = await read.files.pick(FRONT, { where: { id }, limit: 1 })
    if (!row) return null
    if (row.userId === actor.user.id) return row
    // What was posted in a room is for those who read the room: core.files decides.
    if ((await deps.store.read.files.get(id))?.roomId) return null
    if (actor.user.role === 'admin') return row
    const inKnowledge = await read.knowledgeFiles.pick(['knowledgeId'], { where: { fileId: id } })
    for (const { knowledgeId } of inKnowledge) {
      if (await context.own.workspace.mayRead(actor, 'knowledge', knowledgeId)) return row
    }
    const inChats = await read.chatFiles.pick(['chatId'], { where: { fileId: id } })
    for (const { chatId } of inChats)
      if (await context.own.chats.accessible(actor, chatId, 'read')) return row
    return (await inReadableRoom(actor, row)) ? row : null
  }

  /** For its bytes: as `readable`, but without its text. */
  async function head(actor: Actor, id: string): Promise<FileHead | null> {
    if (!(await visible(actor, id))) return null
    return (await read.files.pick(HEAD, { where: { id }, limit: 1 }))[0] ?? null
  }

  const readable = async (actor: Actor, id: string): Promise<FileRow | null> =>
    (await visible(actor, id)) ? read.files.get({ id }) : null

  /** Posted in a channel that the actor may read. */
  async function inReadableRoom(actor: Actor, row: FileFront): Promise<boolean> {
    const roomId = textOf(jsonOf(row.meta)['channel_id'])
    if (roomId === null) return false
    return (await context.core.members.roomIdsOf(actor.user.id)).includes(roomId)
  }

  /** As it is once it has been read. */
  async function settled(actor: Actor, id: string): Promise<FileRow | null> {
    const row = await readable(actor, id)
    if (!row || !/^(pending|processing)$/.test(String(jsonOf(row.data)['status']))) return row
    await context.own.fileJobs.settle(actor, row)
    return readable(actor, id)
  }

  return {
    own,
    visible,
    head,
    readable,
    settled,

    async get(actor: Actor, id: string): Promise<FileRow> {
      const row = await readable(actor, id)
      if (!row) throw fault.notFound('file.not_found')
      return row
    },

    /** Stores the bytes; their text is read afterwards, unless the caller waits for it. */
    async upload(actor: Actor, input: UploadInput): Promise<FileRow> {
      requireUploadable(context, input)
      const id = deps.ids.next()
      const key = `${id}_${safeName(input.name)}`
      await deps.files.put(key, input.bytes, input.contentType)
      const { seconds } = context.now()
      const row: FileRow = {
        id,
        userId: actor.user.id,
        filename: input.name,
        path: context.uploadPath(key),
        hash: null,
        data: input.process ? { status: 'pending' } : {},
        meta: {
          name: input.name,
          content_type: input.contentType,
          size: input.bytes.byteLength,
          file_hash: textOf(input.metadata?.['file_hash']) ?? sha256Hex(input.bytes),
          data: input.metadata ?? {},
        },
        createdAt: seconds,
        updatedAt: seconds,
      }
      await context.write((tables) => tables.files.insert(row))
      if (!input.process) return row
      const job = context.own.fileJobs.start(actor, row)
      if (!input.wait) return row
      await job
      return (await read.files.get({ id })) ?? row
    },

    list: async (actor: Actor, page: number, perPage: number) => {
      const where = actor.user.role === 'admin' ? {} : { userId: actor.user.id }
      const items = await read.files.find({
        where,
        order: [
          ['createdAt', 'desc'],
          ['id', 'desc'],
        ],
        limit: perPage,
        offset: (Math.max(1, page) - 1) * perPage,
      })
      return { items, total: await read.files.count(where) }
    },

    /** Whose name fits; `*` and `?` stand for any letters. Everybody's only for administrators. */
    async search(
      actor: Actor,
      {
        pattern,
        everybody,
        skip,
        limit,
      }: { pattern: string; everybody: boolean; skip: number; limit: number },
    ): Promise<FileRow[]> {
      const where = everybody && actor.user.role === 'admin' ? {} : { userId: actor.user.id }
      const names = await read.files.pick(['id', 'filename'], {
        where,
        order: [
          ['createdAt', 'desc'],
          ['id', 'desc'],
        ],
      })
      const fits = matcher(pattern)
      const ids = names.filter(({ filename }) => fits(filename ?? '')).map(({ id }) => id)
      const page = ids.slice(skip, skip + limit)
      if (page.length === 0) return []
      const rows = new Map(
        (await read.files.find({ where: { id: { in: page } } })).map((row) => [row.id, row]),
      )
      return page.flatMap((id) => rows.get(id) ?? [])
    },

    count: (actor: Actor, everybody: boolean): Promise<number> =>
      read.files.count(everybody && actor.user.role === 'admin' ? {} : { userId: actor.user.id }),

    open(
      row: Pick<FileRow, 'id' | 'path'>,
      range?: { start: number; end: number },
    ): ReturnType<FileStore['get']> {
      const key = keyOf(row)
      return key === null ? Promise.resolve(null) : deps.files.get(key, range)
    },

    async setContent(actor: Actor, id: string, content: string): Promise<void> {
      const row = await own(actor, id)
      requireSize(context, Buffer.byteLength(content))
      await context.own.fileJobs.take(row, [{ text: content, page: null }], {
        status: 'completed',
        error: null,
      })
    },

    async rename(actor: Actor, id: string, name: string): Promise<FileRow> {
      const row = await own(actor, id)
      const change = { filename: name, meta: { ...jsonOf(row.meta), name }, updatedAt: context.now().seconds }
      await context.write((tables) => tables.files.update({ id }, change))
      return { ...row, ...change }
    },

    async remove(actor: Actor, id: string): Promise<void> {
      const row = await own(actor, id)
      await context.write(async (tables) => {
        await tables.knowledgeFiles.remove({ fileId: id })
        await tables.chatFiles.remove({ fileId: id })
        await tables.files.remove({ id })
      })
      await context.own.textIndex.remove(`file-${id}`)
      const key = keyOf(row)
      if (key !== null) await deps.files.delete(key)
    },

    /** Everybody's, for administrators. What was posted in rooms belongs to them and stays. */
    async removeAll(actor: Actor): Promise<void> {
      requireAdmin(actor)
      for (const { id } of await read.files.pick(['id'])) {
        const inRoom = await deps.store.read.files.get(id)
        if (!inRoom) await this.remove(actor, id)
      }
    },

    /** Bytes of a picture that a message names by data: URI, id or our own address. */
    async image(actor: Actor, url: string): Promise<{ mimeType: string; base64: string } | null> {
      const inline = /^data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=\s]+)$/.exec(url)
      if (inline) return { mimeType: inline[1] ?? '', base64: inline[2] ?? '' }
      const id = /([0-9a-f]{8}-[0-9a-f-]{27})/.exec(url)?.[1]
      const row = id ? await head(actor, id) : null
      const opened = row ? await this.open(row) : null
      if (!opened || opened.object.sizeBytes > IMAGE_MAX_BYTES) return null
      const bytes = await new Response(opened.body).arrayBuffer()
      const mimeType = textOf(jsonOf(row?.meta)['content_type']) ?? opened.object.contentType
      return mimeType.startsWith('image/')
        ? { mimeType, base64: Buffer.from(bytes).toString('base64') }
        : null
    },
  }
}

/** Steps through the pattern by its stars, so that no pattern takes long. */
function matcher(pattern: string): (name: string) => boolean {
  const pieces = pattern.toLowerCase().split('*')
  const one = (piece: string): RegExp =>
    new RegExp(piece.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '.'), 's')
  const [first = '', ...rest] = pieces
  const last = rest.pop()
  return (name) => {
    let left = name.toLowerCase()
    if (last === undefined) return new RegExp(`^${one(first).source}$`, 's').test(left)
    const start = new RegExp(`^${one(first).source}`, 's').exec(left)
    if (!start) return false
    left = left.slice(start[0].length)
    for (const piece of rest) {
      const found = one(piece).exec(left)
      if (!found) return false
      left = left.slice(found.index + found[0].length)
    }
    return new RegExp(`${one(last).source}$`, 's').test(left)
  }
}

/** What an administrator allows: endings and a size, both only where text is read, as the original has it. */
function requireUploadable(context: OpenwebuiContext, { name, bytes, process }: UploadInput): void {
  const allowed = listOf(context.setting<unknown>('rag.file.allowed_extensions', [])).filter(
    (one) => typeof one === 'string' && one !== '',
  )
  const ending = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  if (process && allowed.length > 0 && !allowed.includes(ending))
    throw fault.unsupportedType('file.type_refused', `[ERROR: File type ${ending} is not allowed]`)
  requireSize(context, bytes.byteLength)
}

function requireSize(context: OpenwebuiContext, sizeBytes: number): void {
  const megabytes = Number(context.setting<unknown>('rag.file.max_size', null))
  if (megabytes > 0 && sizeBytes > megabytes * 1_048_576)
    throw fault.tooLarge(
      'file.too_large',
      `Oops! The file you're trying to upload is too large. Please upload a file that is less than ${megabytes} MB.`,
    )
}

/** What may stand in a file name on any system; the original name stays in the row. */
function safeName(name: string): string {
  const base = name.replaceAll('\\', '/').split('/').at(-1) ?? ''
  // oxlint-disable-next-line no-control-regex -- these are what must not come in
  const clean = base.replace(/[\u0000-\u001f\u007f]/g, '').replace(/^\.+/, '')
  return (
    Buffer.from(clean)
      .subarray(0, 180)
      .toString('utf8')
      .replace(/\uFFFD$/, '') || 'file'
  )
}
