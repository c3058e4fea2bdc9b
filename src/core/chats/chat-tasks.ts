/** What a model is asked around an answer: a title at once, follow-up questions and tags afterwards. Failing is silent. */
import type { Actor, Uuid } from '../types.ts'
import { changeChat } from './chat-store.ts'
import { isSavedChat, type AnswerSlot, type CompletionInput } from './completion-input.ts'
import { jsonOf, textOf, type OpenwebuiContext } from './context.ts'
import { historyOf, type ChatMessage } from './history.ts'
import { outputText } from './output.ts'
import type { Tell } from './place-turn.ts'
import { plainText } from './prompt.ts'
import type { Json } from './rows.ts'
import type { ResolvedModel } from '../models/catalogue.ts'
import { askTask, lastJson, stringsIn, taskPrompt, type TaskMessage } from './run-tasks.ts'

export type Emit = (type: string, data?: unknown) => void

/** One answer's surroundings, given along while it is written. */
export interface Answer {
  actor: Actor
  input: CompletionInput
  chatId: string
  slot: AnswerSlot
  model: ResolvedModel
  folderId: Uuid | null
  /** The answer so far, where it is gone on with. */
  prior: Json[]
  /** From the root to the question, and the answer that is gone on with or written anew. */
  history: ChatMessage[]
  /** Goes on after a person's verdict on tool calls: run those that are allowed, or only ask the model. */
  resume?: 'tools' | 'model'
  /** The first of several models also finds title and tags. */
  first: boolean
}

const TITLE_MAX_CHARS = 100
const TASK_TIMEOUT_MS = 60_000

export function createChatTasks(context: OpenwebuiContext, tell: Tell) {
  const { deps } = context

  async function titleTask(actor: Actor, input: CompletionInput, chatId: string): Promise<void> {
    const question = plainText(input.userMessage?.['content'])
    const messageId = input.slots[0]?.messageId ?? null
    if (input.tasks.title === null) return
    let title = ''
    if (input.tasks.title && context.setting('task.title.enable', true)) {
      const messages: TaskMessage[] = [{ role: 'user', text: question }]
      const answer = await quietly(actor, input.model, taskPrompt(context, 'title', messages))
      title = textOf(lastJson(answer)?.['title']) ?? ''
    }
    title ||= question.slice(0, TITLE_MAX_CHARS) || 'New Chat'
    await context.own.chats.setTitle(chatId, title)
    tell(actor.user.id, chatId, messageId, 'chat:title', title)
  }

  async function quietly(actor: Actor, modelId: string, prompt: string): Promise<string> {
    try {
      const { upstreamId } = await context.own.catalogue.resolve(actor, modelId)
      return await askTask(context, upstreamId, prompt, AbortSignal.timeout(TASK_TIMEOUT_MS))
    } catch (error) {
      deps.log.debug('a task of a chat failed', { error })
      return ''
    }
  }

  async function afterTasks(answer: Answer, output: Json[], emit: Emit): Promise<void> {
    const { input, actor, chatId } = answer
    const messages: TaskMessage[] = [
      ...answer.history.map((message) => ({
        role: message.role ?? 'user',
        text: plainText(message.content),
      })),
      { role: 'assistant', text: outputText(output) },
    ]
    if (input.tasks.followUps && context.setting('task.follow_up.enable', true)) {
      const text = await quietly(actor, answer.slot.modelId, taskPrompt(context, 'follow_ups', messages))
      const followUps = stringsIn(lastJson(text)?.['follow_ups'])
      emit('chat:message:follow_ups', { follow_ups: followUps })
      if (followUps.length > 0) await saveFollowUps(answer, followUps)
    }
    if (!answer.first || !isSavedChat(chatId) || !input.tasks.tags) return
    if (!context.setting('task.tags.enable', true)) return
    const text = await quietly(actor, answer.slot.modelId, taskPrompt(context, 'tags', messages))
    const tags = stringsIn(lastJson(text)?.['tags'])
    if (tags.length === 0) return
    await context.own.tags.replace(actor.user.id, chatId, tags)
    emit('chat:tags', tags)
  }

  async function saveFollowUps(answer: Answer, followUps: string[]): Promise<void> {
    if (!isSavedChat(answer.chatId)) return
    await context.write(async (tables) => {
      const row = await tables.chats.getForChange({ id: answer.chatId })
      const history = historyOf(row?.chat)
      const message = history.messages[answer.slot.messageId]
      if (!row || !message) return
      message['followUps'] = followUps
      await changeChat(tables, row, { chat: { ...jsonOf(row.chat), history } })
    })
  }

  return { titleTask, afterTasks }
}
