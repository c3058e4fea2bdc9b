/** Copies of chats: a whole one, or the branch that ends in a message. */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import type { ImportedChat } from './chats.ts'
import { asSeenBy, handedOver } from './authors.ts'
import { jsonOf } from './context.ts'
import { historyOf, mergeHistory, type ChatMessage } from './history.ts'
import type { ChatRow, Json } from './rows.ts'

type Find = (actor: Actor, id: Uuid, permission: 'read' | 'write') => Promise<ChatRow | null>
type Create = (actor: Actor, input: ImportedChat) => Promise<ChatRow>

export function createChatCopies(accessible: Find, create: Create) {
  return {
    /** A copy of an own chat, or (for shares) of what one may read. */
    async clone(actor: Actor, source: ChatRow, title: string | null, lineage: Json = {}): Promise<ChatRow> {
      const isOwn = source.userId === actor.user.id
      const seen = asSeenBy(actor.user.id, source)
      const original = isOwn ? jsonOf(seen.chat) : handedOver(seen, actor.user)
      const chat: Json = {
        ...original,
        originalChatId: source.id,
        branchPointMessageId: historyOf(original).currentId,
        title: title ?? `Clone of ${source.title ?? 'New Chat'}`,
      }
      delete chat['share_mode']
      if (!isOwn) return create(actor, { chat, meta: lineage })
      // One's own copy is filed and tagged as the original is.
      const { folderId, variables } = source
      const meta = { ...jsonOf(source.meta), ...lineage }
      return create(actor, { chat, folderId, meta, variables, pinned: source.pinned ?? false })
    },

    /** The branch that ends in a message, as a chat of its own. */
    async fork(actor: Actor, id: Uuid, messageId: string | null): Promise<ChatRow> {
      const source = await accessible(actor, id, 'read')
      if (!source) throw fault.notFound('chat.not_found')
      const history = historyOf(source.chat)
      const leaf = messageId ?? history.currentId
      const kept: Record<string, ChatMessage> = {}
      for (let at = leaf; at !== null && history.messages[at] && !(at in kept);) {
        const message = history.messages[at] as ChatMessage
        kept[at] = message
        at = message.parentId ?? null
      }
      if (Object.keys(kept).length === 0) throw fault.notFound('chat.message_not_found')
      const branch = mergeHistory(null, { messages: kept, currentId: leaf })
      const chat: Json = { ...jsonOf(source.chat), history: branch, messages: Object.values(branch.messages) }
      return this.clone(actor, { ...source, chat }, `${source.title ?? 'New Chat'} (fork)`, {
        forked_from: source.id,
        forked_from_message_id: leaf,
      })
    },
  }
}
