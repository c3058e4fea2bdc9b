/** Collections by the names that Open WebUI gives them, and who may read and change them. */
import type { OpenwebuiContext } from '../chats/context.ts'
import { fault } from '../faults.ts'
import type { Actor } from '../types.ts'
import type { CollectionRef } from './attachments.ts'

export type Collections = ReturnType<typeof createCollections>

const NAME = /^[A-Za-z0-9_-]{1,200}$/

/** Names that the original server uses for itself. */
const RESERVED = /^(knowledge-bases$|user-memory-)/

export function createCollections(context: OpenwebuiContext) {
  const { read, own } = context

  async function may(actor: Actor, name: string, permission: 'read' | 'write'): Promise<boolean> {
    if (!NAME.test(name)) return false
    if (name.startsWith('file-')) {
      const row = await own.openFiles.visible(actor, name.slice('file-'.length))
      if (permission === 'read' || row === null) return row !== null
      return row.userId === actor.user.id || actor.user.role === 'admin'
    }
    if (await read.knowledge.get({ id: name })) {
      return permission === 'read'
        ? own.workspace.mayRead(actor, 'knowledge', name)
        : own.workspace.mayWrite(actor, 'knowledge', name)
    }
    if (RESERVED.test(name)) return false
    if (name.startsWith('web-search-') && !name.startsWith(`web-search-${actor.user.id}-`)) return false
    // Neither a file's nor a knowledge base's: whoever made it, and nobody else.
    const row = await own.textIndex.rowOf(name)
    return row === null ? permission === 'write' : row.ownerId === actor.user.id
  }

  return {
    mayRead: (actor: Actor, name: string): Promise<boolean> => may(actor, name, 'read'),

    async require(actor: Actor, name: string, permission: 'read' | 'write'): Promise<void> {
      if (!(await may(actor, name, permission))) throw fault.forbidden('retrieval.forbidden')
    },

    /** What has to be searched for it. Empty for what the actor may not read. */
    async refs(actor: Actor, name: string): Promise<CollectionRef[]> {
      if (!(await may(actor, name, 'read'))) return []
      if (name.startsWith('file-')) {
        const row = await own.openFiles.visible(actor, name.slice('file-'.length))
        const ref = row && (await own.attachments.ready(actor, row))
        return ref ? [ref] : []
      }
      const texts = (await own.textIndex.rowOf(name)) ? [{ name, fileId: null, meta: {} }] : []
      return (await read.knowledge.get({ id: name }))
        ? [...texts, ...(await own.attachments.filesOf(name))]
        : texts
    },
  }
}
