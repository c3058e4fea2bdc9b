/**
 * Notes that several people edit at once (Yjs). The server keeps each open document's updates, hands a
 * newcomer the whole state, relays edits, and saves the text half a second after the last of them.
 */
import * as Y from 'yjs'
import type { Clock, Logger } from '../../../core/ports.ts'
import type { Actor } from '../../../core/types.ts'
import type { FaceCore } from '../face-core.ts'
import type { Client } from './client.ts'
import type { OpenwebuiSockets } from './index.ts'
import { openTopic } from './topics.ts'
import { isRecord } from './packets.ts'

type Payload = Record<string, unknown>

interface OpenDocument {
  updates: Uint8Array[]
  sizeBytes: number
  clients: Set<string>
  cancelSave: (() => void) | null
}

const MAX_BYTES = 2 * 1024 * 1024
const COMPACT_AFTER = 500
const MAX_DOCUMENTS_PER_CLIENT = 20
const SAVE_DELAY_MS = 500
const NOTE = /^note[:_]([0-9a-f-]{36})$/

export class Documents {
  readonly #open = new Map<string, OpenDocument>()
  readonly #core: FaceCore
  readonly #clock: Clock
  readonly #log: Logger

  constructor(core: FaceCore, clock: Clock, log: Logger) {
    this.#core = core
    this.#clock = clock
    this.#log = log
  }

  async join(sockets: OpenwebuiSockets, client: Client, actor: Actor, data: Payload): Promise<undefined> {
    const noteId = noteIn(data)
    if (noteId === null || !(await this.#core.permissions.has(actor, 'features.notes'))) return undefined
    const note = await this.#core.notes.readable(actor, noteId)
    const joined = [...this.#open.values()].filter(({ clients }) => clients.has(client.engineId)).length
    if (!note || joined >= MAX_DOCUMENTS_PER_CLIENT) return undefined
    const id = `note:${noteId}`
    const document = this.#document(id)
    document.clients.add(client.engineId)
    sockets.join(client, topicOf(id))
    const content = isRecord(note.data) ? (note.data['content'] ?? null) : null
    sockets.emit(client, 'ydoc:document:state', { document_id: id, state: stateOf(document), content })
    toOthers(client, id, 'ydoc:user:joined', {
      document_id: id,
      user_id: actor.user.id,
      user_name: String(data['user_name'] ?? 'Anonymous'),
      user_color: String(data['user_color'] ?? '#000000'),
    })
    return undefined
  }

  async state(sockets: OpenwebuiSockets, client: Client, data: Payload): Promise<undefined> {
    const found = this.#joined(client, data)
    if (!found) return undefined
    const sessions = sockets.inRoom(topicOf(found.id)).flatMap(({ sid }) => sid ?? [])
    const state = stateOf(found.document)
    sockets.emit(client, 'ydoc:document:state', { document_id: found.id, state, sessions })
    return undefined
  }

  /** Acknowledges a seed (`initialize`) with the state that won. */
  async update(_sockets: OpenwebuiSockets, client: Client, actor: Actor, data: Payload): Promise<unknown> {
    const found = this.#joined(client, data)
    if (!found) return undefined
    const note = await this.#core.notes.readable(actor, found.noteId)
    if (!note || !(await this.#mayWrite(actor, found.noteId, note.userId))) return undefined
    if (data['initialize'] && found.document.updates.length > 0) return stateOf(found.document)
    const update = bytesOf(data['update'])
    let kept = false
    if (update) {
      kept = this.#append(found.document, update)
      if (kept) {
        toOthers(client, found.id, 'ydoc:document:update', {
          document_id: found.id,
          user_id: actor.user.id,
          update: data['update'],
          socket_id: client.sid,
        })
      }
    }
    if (isRecord(data['data'])) this.#saveLater(found.noteId, found.document, actor, data['data'])
    if (!data['initialize']) return undefined
    return kept ? data['update'] : null
  }

  async leave(sockets: OpenwebuiSockets, client: Client, actor: Actor, data: Payload): Promise<undefined> {
    const found = this.#joined(client, data)
    if (!found) return undefined
    sockets.leave(client, topicOf(found.id))
    this.#gone(found.id, client)
    sockets.publish(topicOf(found.id), 'ydoc:user:left', { document_id: found.id, user_id: actor.user.id })
    return undefined
  }

  async awareness(
    _sockets: OpenwebuiSockets,
    client: Client,
    actor: Actor,
    data: Payload,
  ): Promise<undefined> {
    const found = this.#joined(client, data)
    if (found && Array.isArray(data['update'])) {
      const { update } = data
      toOthers(client, found.id, 'ydoc:awareness:update', {
        document_id: found.id,
        user_id: actor.user.id,
        update,
      })
    }
    return undefined
  }

  /** Who may read a note has changed: whoever may no longer hears nothing more of it. */
  recheck(sockets: OpenwebuiSockets, noteId: string): void {
    const topics = [openTopic(`note:${noteId}`), topicOf(`note:${noteId}`)]
    const there = new Set(topics.flatMap((topic) => sockets.inRoom(topic)))
    for (const client of there)
      void this.#recheck(sockets, client, noteId, topics).catch((error: unknown) =>
        this.#log.error('a recheck of a note failed', { error }),
      )
  }

  async #recheck(
    sockets: OpenwebuiSockets,
    client: Client,
    noteId: string,
    topics: readonly string[],
  ): Promise<void> {
    const actor = await sockets.actorOf(client)
    if (!actor || (await this.#core.notes.readable(actor, noteId))) return
    for (const topic of topics) sockets.leave(client, topic)
    this.#gone(`note:${noteId}`, client)
  }

  /** A socket went without saying so. */
  leaveAll(client: Client): void {
    for (const id of this.#open.keys()) this.#gone(id, client)
  }

  #gone(id: string, client: Client): void {
    const document = this.#open.get(id)
    if (!document?.clients.delete(client.engineId)) return
    if (document.clients.size === 0 && document.cancelSave === null) this.#open.delete(id)
  }

  #document(id: string): OpenDocument {
    const known = this.#open.get(id)
    if (known) return known
    const fresh: OpenDocument = { updates: [], sizeBytes: 0, clients: new Set(), cancelSave: null }
    this.#open.set(id, fresh)
    return fresh
  }

  #joined(client: Client, data: Payload): { id: string; noteId: string; document: OpenDocument } | null {
    const noteId = noteIn(data)
    const id = `note:${noteId}`
    const document = this.#open.get(id)
    return noteId !== null && document?.clients.has(client.engineId) ? { id, noteId, document } : null
  }

  /** False when the update is no update, or the document would grow too large. */
  #append(document: OpenDocument, update: Uint8Array): boolean {
    if (document.sizeBytes + update.byteLength > MAX_BYTES) return false
    try {
      Y.decodeUpdate(update)
    } catch {
      return false
    }
    document.updates.push(update)
    document.sizeBytes += update.byteLength
    if (document.updates.length > COMPACT_AFTER) {
      const merged = Y.mergeUpdates(document.updates)
      document.updates = [merged]
      document.sizeBytes = merged.byteLength
    }
    return true
  }

  async #mayWrite(actor: Actor, noteId: string, ownerId: string | null): Promise<boolean> {
    if (ownerId === actor.user.id || actor.user.role === 'admin') return true
    return this.#core.grants.allows(actor.user.id, 'note', noteId, 'write')
  }

  #saveLater(noteId: string, document: OpenDocument, actor: Actor, data: Payload): void {
    document.cancelSave?.()
    document.cancelSave = this.#clock.after(SAVE_DELAY_MS, () => {
      document.cancelSave = null
      void this.#core.notes
        .update(actor, noteId, { data })
        .catch((error: unknown) => this.#log.warn('a note could not be saved', { error }))
        .finally(() => {
          if (document.clients.size === 0) this.#open.delete(`note:${noteId}`)
        })
    })
  }
}

const topicOf = (id: string): string => openTopic(`doc_${id}`)

function toOthers(client: Client, id: string, name: string, data: unknown): void {
  client.carrier.publish(topicOf(id), `42${JSON.stringify([name, data])}`)
}

function noteIn(data: Payload): string | null {
  return NOTE.exec(String(data['document_id'] ?? ''))?.[1] ?? null
}

function stateOf(document: OpenDocument): number[] {
  if (document.updates.length === 0) return [0, 0]
  return Array.from(Y.mergeUpdates(document.updates))
}

function bytesOf(value: unknown): Uint8Array | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_BYTES) return null
  return value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256)
    ? Uint8Array.from(value as number[])
    : null
}
