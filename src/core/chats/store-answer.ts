/** Writes an answer into its chat when it is over, or waits. */
import { addMessageRows, changeChat } from './chat-store.ts'
import { isSavedChat } from './completion-input.ts'
import { jsonOf, type OpenwebuiContext } from './context.ts'
import { historyOf, upsertMessage, type ChatMessage } from './history.ts'
import { outputText } from './output.ts'
import type { Json } from './rows.ts'

/** The one write at the end. Returns the chat's title by then. */
export async function storeAnswer(
  context: OpenwebuiContext,
  { chatId, messageId, items }: { chatId: string; messageId: string; items: readonly Json[] },
  patch: ChatMessage,
): Promise<string> {
  if (!isSavedChat(chatId)) return 'New Chat'
  const { seconds } = context.now()
  const output = structuredClone(items)
  return context.write(async (tables) => {
    const row = await tables.chats.getForChange({ id: chatId })
    // Deleted meanwhile: there is nothing to write to.
    if (!row) return 'New Chat'
    const history = historyOf(row.chat)
    const message: ChatMessage = {
      ...patch,
      ...(output.length > 0 ? { output, content: outputText(output) } : {}),
    }
    const currentId = history.currentId
    const saved = upsertMessage(history, messageId, message, seconds)
    history.currentId = currentId
    const chat: Json = { ...jsonOf(row.chat), history }
    await addMessageRows(tables, row.id, row.userId, { [messageId]: saved }, seconds)
    await changeChat(tables, row, { chat, updatedAt: seconds })
    return row.title ?? 'New Chat'
  })
}
