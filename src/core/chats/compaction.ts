/**
 * Long chats: what came before is summed up by a model, and the summary stands for it from then on. Nothing is
 * deleted: the summary lies on the message from which the branch goes on, as Open WebUI keeps it. Off unless
 * an administrator switches it on (`chat.context_compaction.*`).
 */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { addMessageRows, changeChat, messagesOf } from './chat-store.ts'
import { fromLatestSummary, tokensOfBranch, type ContextUsage, type Summarised } from './context-usage.ts'
import { jsonOf, listOf, textOf, type OpenwebuiContext } from './context.ts'
import { branch, currentMessageId, historyOf, upsertMessage, type ChatMessage } from './history.ts'
import { outputText } from './output.ts'
import { plainText } from './prompt.ts'
import type { ChatRow, Json } from './rows.ts'
import { askModel, withMessages, type TaskMessage } from './run-tasks.ts'

interface Rules {
  enabled: boolean
  /** Above how many tokens a branch is summed up. */
  threshold: number
  /** The threshold that a person or a model may ask for at most. */
  cap: number
  /** How much of a branch stays as it is, in percent of its messages. */
  retention: number
  template: string
  model: string | null
}

export type CompactionResult =
  | { compacted: false; reason: 'disabled' | 'empty' | 'too_short' }
  | { compacted: true; dropped: number; kept: number; summaryChars: number }

/** Tells the asker how it goes. */
type Tell = (type: string, data: Json) => void

export interface LongTurn {
  /** Null = a chat that is not saved. */
  chatId: Uuid | null
  messages: ChatMessage[]
  system: string
  params: Json
  /** Id to ask the providers for. */
  upstreamModel: string
  tell: Tell
  signal: AbortSignal
}

export type Compaction = ReturnType<typeof createCompaction>

const DEFAULT_THRESHOLD = 80_000
const SUMMARY_TIMEOUT_MS = 120_000
const SUMMARY_MAX_TOKENS = 1000
/** Of each message, and of all together, where the model has nothing to say. */
const FALLBACK_MESSAGE_CHARS = 500
const FALLBACK_CHARS = 4000

const PROMPT = `Sum up the part of a conversation that will be taken out of your context, so that you can go on without it.
Keep decisions, wishes and limits that were stated; files, results of tools and code that still matter; what is being done, what is open and what comes next. Be exact, invent nothing, and be as short as that allows. Write in the language of the conversation.

Summary so far:
{{PREVIOUS_SUMMARY}}

Taken out:
{{COMPACTED_MESSAGES}}

Stays, for orientation only:
{{RECENT_MESSAGES}}`

export function createCompaction(context: OpenwebuiContext) {
  function rules(): Rules {
    const get = (key: string): unknown => context.setting<unknown>(`chat.context_compaction.${key}`, null)
    const threshold = positive(get('token_threshold')) ?? DEFAULT_THRESHOLD
    return {
      enabled: get('enable') === true,
      threshold,
      cap: positive(get('token_cap')) ?? threshold,
      retention: Math.min(50, Math.max(10, positive(get('retention_percentage')) ?? 40)),
      template: textOf(get('prompt_template'))?.trim() || PROMPT,
      model: textOf(get('model')),
    }
  }

  const thresholdFor = ({ threshold, cap }: Rules, params: Json): number =>
    Math.min(positive(params['compact_token_threshold']) ?? threshold, cap)

  async function summaryOf(
    { template, model }: Rules,
    asked: string,
    parts: { previous: string | null; before: readonly ChatMessage[]; after: readonly ChatMessage[] },
    signal: AbortSignal,
  ): Promise<string> {
    const [before, after] = [parts.before.map(said), parts.after.map(said)]
    let prompt = withMessages(template, 'COMPACTED_MESSAGES', before)
    prompt = withMessages(prompt, 'RECENT_MESSAGES', after)
    prompt = withMessages(prompt, 'MESSAGES', [...before, ...after])
    prompt = prompt.replaceAll('{{PREVIOUS_SUMMARY}}', () => parts.previous ?? '')
    const own = model === null ? null : await context.own.catalogue.upstreamOf(model)
    const answer = await askModel(
      context,
      own ?? asked,
      prompt,
      AbortSignal.any([signal, AbortSignal.timeout(SUMMARY_TIMEOUT_MS)]),
      {
        maxTokens:
          positive(jsonOf(context.setting<unknown>('task.model.params', {}))['max_tokens']) ??
          SUMMARY_MAX_TOKENS,
      },
    )
    return answer.trim() || listed(parts.previous, before)
  }

  /** Leaves the time of the chat alone: nobody wrote anything. */
  async function keep(chatId: Uuid, messageId: string, summary: string): Promise<void> {
    const { seconds } = context.now()
    await context.write(async (tables) => {
      const row = await tables.chats.getForChange({ id: chatId })
      const history = historyOf(row?.chat)
      if (!row || !history.messages[messageId]) return
      const saved = upsertMessage(history, messageId, { contextSummary: summary }, seconds)
      await addMessageRows(tables, chatId, row.userId, { [messageId]: saved }, seconds)
      await changeChat(tables, row, { chat: { ...jsonOf(row.chat), history } })
    })
  }

  return {
    /** How full the chat's branch is; null where nothing is summed up, or nothing was said. */
    usage(row: ChatRow): ContextUsage | null {
      const found = rules()
      const messages = found.enabled ? openBranch(row) : []
      if (messages.length === 0) return null
      const threshold = thresholdFor(found, jsonOf(jsonOf(row.chat)['params']))
      return { tokens: tokensOfBranch(fromLatestSummary(messages)), threshold }
    },

    /**
     * Sums up the own chat's branch up to its last message, by `modelId` or the model that answered last. Throws
     * `chat.not_found`, `chat.busy` while an answer is written, `model.not_found`, UpstreamFailure.
     */
    async compact(actor: Actor, id: Uuid, modelId: string | null): Promise<CompactionResult> {
      const row = await context.own.chats.own(actor, id)
      if (context.own.chatRuns.isActive(id))
        throw fault.conflict('chat.busy', 'Wait for the current response to finish before compacting.')
      const all = openBranch(row)
      const answered = all.findLast((message) => textOf(message['model']) !== null)
      const model = modelId ?? textOf(answered?.['model']) ?? textOf(listOf(jsonOf(row.chat)['models'])[0])
      if (model === null) throw fault.invalid('chat.no_model', 'No model found for context compaction.')
      const found = rules()
      if (!found.enabled) return { compacted: false, reason: 'disabled' }
      const last = all.at(-1)
      if (!last?.id) return { compacted: false, reason: 'empty' }
      const { messages, summary } = fromLatestSummary(all)
      if (messages.length < 2) return { compacted: false, reason: 'too_short' }
      const { upstreamId } = await context.own.catalogue.resolve(actor, model)
      await context.own.completions.admit(actor)
      const before = messages.slice(0, -1)
      const parts = { previous: summary, before, after: messages.slice(-1) }
      const text = await summaryOf(found, upstreamId, parts, new AbortController().signal)
      await keep(id, last.id, text)
      return { compacted: true, dropped: before.length, kept: 1, summaryChars: text.length }
    },

    /**
     * What of a branch is sent to the model: all from its latest summary on, or, when that is too much, from a
     * summary made now. When none can be made the branch is sent as it is.
     */
    async shorten(turn: LongTurn): Promise<Summarised> {
      const found = rules()
      if (!found.enabled) return { messages: turn.messages, summary: null }
      const from = fromLatestSummary(turn.messages)
      if (tokensOfBranch(from, turn.system) <= thresholdFor(found, turn.params)) return from
      const at = boundary(from.messages, found.retention)
      if (at === 0) return from
      const [before, after] = [from.messages.slice(0, at), from.messages.slice(at)]
      const tell = (description: string, more: Json): void =>
        turn.tell('context_compaction', { action: 'context_compaction', description, ...more })
      tell('Compacting context', { done: false })
      try {
        const parts = { previous: from.summary, before, after }
        const summary = await summaryOf(found, turn.upstreamModel, parts, turn.signal)
        const checkpoint = after[0]!.id
        if (turn.chatId !== null && checkpoint) await keep(turn.chatId, checkpoint, summary)
        tell('Context compacted', {
          done: true,
          checkpoint_message_id: checkpoint ?? null,
          context_summary: summary,
        })
        return { messages: after, summary }
      } catch (error) {
        context.deps.log.warn('a long chat could not be summed up', { error })
        tell('Context compaction failed', { done: true, error: true })
        return from
      }
    },
  }
}

/** The branch that is open in the chat, from its root. */
function openBranch(row: ChatRow): ChatMessage[] {
  return branch(messagesOf(row.chat), row.currentMessageId ?? currentMessageId(row.chat))
}

/** Where the part that stays begins: always with a question. 0 = there is no such place. */
function boundary(messages: readonly ChatMessage[], retention: number): number {
  const kept = Math.max(2, Math.floor((messages.length * retention) / 100))
  const questions = messages.flatMap((message, at) => (at > 0 && message.role === 'user' ? [at] : []))
  const first = messages[0]?.role === 'user' ? questions : questions.slice(1)
  const target = Math.max(1, messages.length - kept, first[0] ?? 0)
  return first.findLast((at) => at <= target) ?? 0
}

function said(message: ChatMessage): TaskMessage {
  const calls =
    listOf(message['tool_calls']).length > 0 ? `\n[TOOL CALLS] ${JSON.stringify(message['tool_calls'])}` : ''
  const text = plainText(message.content) || outputText(listOf(message['output']) as Json[])
  return { role: message.role ?? 'user', text: text + calls }
}

function listed(previous: string | null, messages: readonly TaskMessage[]): string {
  const lines = messages
    .filter(({ text }) => text !== '')
    .map(({ role, text }) => `- ${role}: ${text.slice(0, FALLBACK_MESSAGE_CHARS)}`)
  return [...(previous ? [previous] : []), ...lines].join('\n').slice(0, FALLBACK_CHARS)
}

/** A whole number above zero, also as text; null otherwise. */
function positive(value: unknown): number | null {
  const number = Math.trunc(Number(value))
  return number > 0 ? number : null
}
