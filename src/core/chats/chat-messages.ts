/** Changes to single messages of one's own chats, and what programs tell about one; all windows hear of it. */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { isJson, jsonOf, listOf, textOf, toPeople, withoutNulls, type OpenwebuiContext } from './context.ts'
import { deleteMessage, upsertMessage, type ChatMessage, type History } from './history.ts'
import type { ChatRow, Json } from './rows.ts'
import { createSharedCopy } from './shared-copy.ts'

/** Changes the history of an own chat, in both stores. */
export type EditHistory = (
  actor: Actor,
  id: Uuid,
  edit: (history: History, row: ChatRow) => { saved: Record<string, ChatMessage>; gone?: Set<string> },
) => Promise<ChatRow>

const VOICE_MAX_CHARS = 100_000
/** Of what events append to one message. */
const MAX_ENTRIES = 1_000

export function createChatMessages(context: OpenwebuiContext, editHistory: EditHistory) {
  const { deps } = context

  function tell(row: ChatRow, messageId: string, type: string, data: unknown): void {
    const event = { chat_id: row.id, message_id: messageId, data: { type, data } }
    deps.events.emit(toPeople(row.userId === null ? [] : [row.userId], 'events', event))
  }

  return {
    /** Its content, or its voice. */
    async setMessage(
      actor: Actor,
      id: Uuid,
      messageId: string,
      { content, voice }: { content: string | null; voice: Json | null },
    ): Promise<ChatRow> {
      if (content === null && voice === null)
        throw fault.invalid('chat.no_change', 'No message changes supplied')
      if (voice && JSON.stringify(voice).length > VOICE_MAX_CHARS)
        throw fault.invalid('chat.voice_too_large', 'Voice metadata is too large')
      const row = await editHistory(actor, id, (history) => {
        if (voice && !history.messages[messageId]) throw fault.notFound('message.not_found')
        const patch = withoutNulls({
          ...(content === null ? {} : { content }),
          ...(voice ? { meta: { voice } } : {}),
        })
        return { saved: { [messageId]: upsertMessage(history, messageId, patch, context.now().seconds) } }
      })
      const about = { chat_id: id, message_id: messageId }
      if (content === null) tell(row, messageId, 'chat:message:voice', { ...about, voice })
      else tell(row, messageId, 'chat:message', { ...about, content })
      return row
    },

    deleteMessage: (actor: Actor, id: Uuid, messageId: string): Promise<ChatRow> =>
      editHistory(actor, id, (history) => {
        const parentId = history.messages[messageId]?.parentId ?? null
        const gone = deleteMessage(history, messageId)
        const moved = Object.entries(history.messages).filter(([, message]) => message.parentId === parentId)
        return { saved: Object.fromEntries(moved), gone }
      }),

    /** An event of any type about a message, as programs send it: what some types bring is kept in the message. */
    async messageEvent(actor: Actor, id: Uuid, messageId: string, type: string, data: Json): Promise<void> {
      const kept = withoutNulls(data)
      let output: Json[] = []
      const row = KEPT[type]
        ? await editHistory(actor, id, (history) => {
            const message = history.messages[messageId]
            const patch = message ? (KEPT[type]?.(message, kept) ?? null) : null
            if (!message || !patch) return { saved: {} }
            output = listOf(message['output']).filter(isJson)
            return { saved: { [messageId]: upsertMessage(history, messageId, patch, context.now().seconds) } }
          })
        : await context.own.chats.own(actor, id)
      tell(row, messageId, type, kept)
      createSharedCopy(context, {
        chatId: id,
        messageId,
        userId: actor.user.id,
        sessionId: '',
        output: () => output,
      })(type, kept)
    },
  }
}

/** What an event changes in its message; null = nothing. */
const KEPT: Record<string, (message: ChatMessage, data: Json) => ChatMessage | null> = {
  status: (message, data) => ({ statusHistory: appended(message['statusHistory'], [data]) }),
  message: (message, data) => ({
    content: `${textOf(message.content) ?? ''}${textOf(data['content']) ?? ''}`,
  }),
  replace: (_message, data) => ({ content: textOf(data['content']) ?? '' }),
  embeds: (message, data) => ({
    embeds: appended(data['replace'] === true ? [] : message['embeds'], listOf(data['embeds'])),
  }),
  files: (message, data) => ({ files: appended(message['files'], listOf(data['files'])) }),
  source,
  citation: source,
}

/** With a type it is something else than a source, such as what code put out. */
function source(message: ChatMessage, data: Json): ChatMessage | null {
  const { type } = jsonOf(data)
  return type === undefined || type === null ? { sources: appended(message['sources'], [data]) } : null
}

const appended = (before: unknown, more: readonly unknown[]): unknown[] =>
  [...listOf(before), ...more].slice(-MAX_ENTRIES)
