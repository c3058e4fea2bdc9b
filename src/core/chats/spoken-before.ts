/** What a model is told of a chat before its answer. */
import type { Answer } from './chat-tasks.ts'
import type { AnswerSlot, CompletionInput } from './completion-input.ts'
import { textOf } from './context.ts'
import { branch, type ChatMessage, type History } from './history.ts'
import { itemsOf } from './output.ts'

/** What the model is to know: the branch that ends in the question, and an answer that is gone on with or written anew. */
export function spokenBefore(
  hex: () => string,
  input: CompletionInput,
  slot: AnswerSlot,
  history: History | null,
): Pick<Answer, 'history' | 'prior'> {
  if (!history) return { history: input.messages as ChatMessage[], prior: [] }
  const continued = input.assistantMessageId ? history.messages[slot.messageId] : undefined
  const from = continued ? (continued.parentId ?? null) : textOf(input.userMessage?.['id'])
  const asked = branch(history.messages, from)
  const prior = continued ? itemsOf(continued, hex) : []
  const revised = history.messages[input.regenerationMessageId ?? '']
  const last = prior.length > 0 ? { ...continued, output: prior } : revised
  return { history: last?.role === 'assistant' ? [...asked, last] : asked, prior }
}
