/** Texts that somebody began to write; one for each room and thread, told to their own other devices. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { DomainEvent } from '../events.ts'
import { fault } from '../faults.ts'
import type { Draft } from '../mattermost-repositories.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'

const MAX_EACH = 1_000

export interface DraftInput {
  roomId: Uuid
  rootId: Uuid | null
  message: string
  props?: Record<string, unknown>
  fileIds?: Uuid[]
  /** Told along with the event, so that the writing connection is left out. */
  connectionId?: string
}

export interface Drafts {
  list(actor: Actor): Promise<Draft[]>
  /** Nothing written and no files: the draft goes. */
  save(actor: Actor, input: DraftInput): Promise<Draft>
  remove(actor: Actor, roomId: Uuid, rootId: Uuid | null, connectionId?: string): Promise<Draft | null>
}

/** What the `face` events of drafts carry. */
export interface DraftEvent {
  draft: Draft
  connectionId: string
}

export function createDrafts(deps: CoreDeps, core: Core): Drafts {
  const { store, clock } = deps

  function told(name: string, draft: Draft, connectionId = ''): DomainEvent {
    const data: DraftEvent = { draft, connectionId }
    return { type: 'face', face: 'mattermost', name, to: { users: [draft.userId] }, data }
  }

  async function remove(actor: Actor, roomId: Uuid, rootId: Uuid | null, connectionId?: string) {
    requireScope(actor, 'messages:write')
    const draft = await store.read.drafts.get(actor.user.id, roomId, rootId)
    if (!draft) return null
    await store.tx(async (repos, unit) => {
      await repos.drafts.remove(actor.user.id, roomId, rootId)
      unit.emit(told('draft_deleted', draft, connectionId))
    })
    return draft
  }

  return {
    remove,
    list(actor) {
      requireScope(actor, 'messages:read')
      return store.read.drafts.ofUser(actor.user.id)
    },
    async save(actor, input) {
      requireScope(actor, 'messages:write')
      await core.rooms.get(actor, input.roomId)
      if (input.message.length > deps.settings.messageMaxChars) {
        throw fault.invalid('message.too_long', 'The text is too long.')
      }
      const userId = actor.user.id
      const old = await store.read.drafts.get(userId, input.roomId, input.rootId)
      const now = clock.now()
      const draft: Draft = {
        userId,
        roomId: input.roomId,
        rootId: input.rootId,
        message: input.message,
        props: input.props ?? {},
        fileIds: input.fileIds ?? [],
        createdAt: old?.createdAt ?? now,
        updatedAt: now,
      }
      if (draft.message === '' && draft.fileIds.length === 0) {
        await remove(actor, input.roomId, input.rootId, input.connectionId)
        return draft
      }
      if (!old && (await store.read.drafts.ofUser(userId)).length >= MAX_EACH) {
        throw fault.invalid('draft.too_many', 'There are too many drafts.')
      }
      await store.tx(async (repos, unit) => {
        await repos.drafts.put(draft)
        unit.emit(told('draft_updated', draft, input.connectionId))
      })
      return draft
    },
  }
}
