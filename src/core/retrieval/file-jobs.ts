/**
 * Reading what was uploaded, behind the upload's back: a file is `pending` until its text is there or the reason
 * why it is not. Jobs live in this process; one that a stop cut short begins again when its owner asks how it stands.
 */
import { isJson, jsonOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { FileRow, Json } from '../chats/rows.ts'
import { AppFault } from '../faults.ts'
import type { Recording } from '../media/speech.ts'
import { UpstreamFailure, type DocumentPart } from '../ports.ts'
import { sha256Hex } from '../support/digest.ts'
import { Turnstile } from '../support/turnstile.ts'
import type { Actor, Uuid } from '../types.ts'

export type FileJobs = ReturnType<typeof createFileJobs>

/** Files whose bytes are in memory at once. */
const AT_ONCE = 2

export const EMPTY_CONTENT =
  'The content provided is empty. Please ensure that there is text or data present before proceeding.'

/** Where a file of a client's making says to be put once it is read. */
interface Target {
  knowledgeId: Uuid
  directoryId: Uuid | null
}

export function createFileJobs(context: OpenwebuiContext) {
  const { read, deps } = context
  const jobs = new Map<Uuid, { done: Promise<void>; knowledgeId: Uuid | null }>()
  const turnstile = new Turnstile(AT_ONCE)
  let ending = false
  const leaving = new AbortController()

  /** Reads the file unless that is going on; resolves when it is over, however it ended. */
  function start(actor: Actor, row: Pick<FileRow, 'id' | 'meta'>): Promise<void> {
    const known = jobs.get(row.id)
    if (known) return known.done
    const done = turnstile
      .run(() => process(actor, row.id))
      .catch((error: unknown) => deps.log.error('a file could not be processed', { error }))
      .finally(() => jobs.delete(row.id))
    jobs.set(row.id, { done, knowledgeId: targetOf(row)?.knowledgeId ?? null })
    return done
  }

  async function process(actor: Actor, id: Uuid): Promise<void> {
    const row = ending ? null : await read.files.get({ id })
    if (!row) return
    try {
      const parts = await partsOf(actor, row)
      const target = targetOf(row)
      const over = { status: 'completed', error: null }
      // A large text is written once: only what goes on to a collection has to be there before it is over.
      if (parts !== null) await take(row, parts, target ? {} : over)
      if (target) await putWhereAsked(actor, row, target)
      if (target || parts === null) await change(id, () => ({ data: over }))
    } catch (error) {
      if (ending) return
      if (!isTold(error)) deps.log.error('a file could not be read', { error, fileId: id })
      const text = isTold(error) ? error.message : 'The file could not be read.'
      await change(id, () => ({ data: { status: 'failed', error: text }, hash: null }))
    }
  }

  /** A file may be read though its uploader may not put it where they say. */
  async function putWhereAsked(actor: Actor, row: FileRow, target: Target): Promise<void> {
    try {
      await context.own.knowledgeFiles.add(actor, target.knowledgeId, row.id, target.directoryId)
    } catch (error) {
      if (!(error instanceof AppFault) || !/^(forbidden|not_found)$/.test(error.kind)) throw error
      deps.log.warn('a file was not put into a collection that its uploader may not write', {
        fileId: row.id,
      })
    }
  }

  /** Null for what is kept without a text. */
  async function partsOf(actor: Actor, row: FileRow): Promise<DocumentPart[] | null> {
    const opened = await context.own.openFiles.open(row)
    if (!opened) throw new AppFault('gone', 'file.no_bytes', 'Original file is unavailable.')
    const bytes = await new Response(opened.body).bytes()
    const contentType = textOf(jsonOf(row.meta)['content_type']) ?? opened.object.contentType
    const name = row.filename ?? row.id
    if (isMedia(contentType) && !looksLikeText(bytes)) {
      if (contentType.startsWith('audio/')) return [await heard(actor, { name, contentType, bytes })]
      if (contentType.startsWith('video/')) return null
      const said = `File type ${contentType} is not supported for processing`
      throw new AppFault('unsupported_type', 'file.not_text', said)
    }
    return deps.documents.read({ name, contentType, bytes })
  }

  /** What is said in a recording, by the service in the settings. */
  async function heard(actor: Actor, recording: Recording): Promise<DocumentPart> {
    const answer = await context.own.speech.transcribe(actor, recording, null, leaving.signal)
    return { text: textOf(answer['text']) ?? '', page: null }
  }

  /** The text of a file, whether read out of it or written by a person, takes the place of what it had. */
  async function take(
    row: Pick<FileRow, 'id' | 'userId' | 'filename' | 'updatedAt'>,
    parts: readonly DocumentPart[],
    more: Json,
  ): Promise<void> {
    const content = parts.map(({ text }) => text).join(' ')
    if (content.trim() === '') throw new AppFault('invalid', 'file.empty', EMPTY_CONTENT)
    const hash = sha256Hex(content)
    if (context.setting<unknown>('rag.bypass_embedding_and_retrieval', false) !== true)
      await context.own.fileTexts.make({ ...row, hash }, parts)
    const meta = { collection_name: `file-${row.id}` }
    await change(row.id, () => ({ data: { content, ...more }, hash, meta }))
  }

  /** Other keys of the JSON columns stay; a file that is gone meanwhile stays gone. */
  async function change(
    id: Uuid,
    patch: () => { data?: Json; meta?: Json; hash?: string | null },
  ): Promise<void> {
    await context.write(async (tables) => {
      const row = await tables.files.getForChange({ id })
      if (!row) return
      const { data, meta, ...rest } = patch()
      await tables.files.update(
        { id },
        {
          ...rest,
          ...(data ? { data: { ...jsonOf(row.data), ...data } } : {}),
          ...(meta ? { meta: { ...jsonOf(row.meta), ...meta } } : {}),
          updatedAt: context.now().seconds,
        },
      )
    })
  }

  return {
    start,
    take,
    change,

    /** Reads it from its bytes once more, whatever it has. */
    async again(actor: Actor, row: FileRow): Promise<void> {
      await change(row.id, () => ({ data: { status: 'pending', error: null } }))
      await start(actor, row)
    },

    /** Waits while the file is being read; begins it again where a stop cut it short. */
    async settle(actor: Actor, row: FileRow): Promise<void> {
      const job = jobs.get(row.id)
      if (job) return job.done
      const status = jsonOf(row.data)['status']
      if ((status === 'pending' || status === 'processing') && row.userId === actor.user.id)
        await start(actor, row)
    },

    /** Files that are being read for a collection, and the end of the first of them. */
    readingFor(knowledgeId: Uuid): { ids: Uuid[]; next: Promise<void> } {
      const mine = [...jobs].filter(([, job]) => job.knowledgeId === knowledgeId)
      return { ids: mine.map(([id]) => id), next: Promise.race(mine.map(([, { done }]) => done)) }
    },

    /** At shutdown: what is being read is let go, and begins again later. */
    async end(): Promise<void> {
      ending = true
      leaving.abort()
      deps.documents.close()
      await Promise.all([...jobs.values()].map(({ done }) => done))
    },
  }
}

/** Where the client wants the file to go; the right to write there is checked when it is put there. */
function targetOf(row: Pick<FileRow, 'meta'>): Target | null {
  const asked = jsonOf(row.meta)['data']
  const knowledgeId = isJson(asked) ? textOf(asked['knowledge_id']) : null
  return knowledgeId === null ? null : { knowledgeId, directoryId: textOf(jsonOf(asked)['directory_id']) }
}

const isMedia = (contentType: string): boolean => /^(image|video|audio)\//.test(contentType)

/** Types that browsers guess by the name are often wrong: a `.ts` is a video for them. */
function looksLikeText(bytes: Uint8Array): boolean {
  return bytes.length > 0 && !bytes.subarray(0, 8_192).includes(0)
}

/** Faults and unreadable documents have texts for people; anything else is ours to look at. */
function isTold(error: unknown): error is Error {
  return (
    error instanceof AppFault ||
    error instanceof UpstreamFailure ||
    (error instanceof Error && error.name === 'DocumentUnreadable')
  )
}
