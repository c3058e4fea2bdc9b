/**
 * Answers that are being written in chats. A run belongs to the server: it goes on when its browser is
 * gone, its text so far is laid over reads of the chat, and it can be stopped from any window. Two units
 * of work a reply: the turn at its start, the answer at its end; nothing is written for a token.
 */
import type { Actor, Uuid } from '../types.ts'
import { addMessageRows, changeChat } from './chat-store.ts'
import { createChatTasks, type Answer, type Emit } from './chat-tasks.ts'
import { isSavedChat, type AnswerSlot, type CompletionInput } from './completion-input.ts'
import { jsonOf, textOf, toPeople, type OpenwebuiContext } from './context.ts'
import { branch, historyOf, upsertMessage, type ChatMessage, type History } from './history.ts'
import { itemsOf, OutputBuilder, outputText } from './output.ts'
import { createTurnPlaces } from './place-turn.ts'
import type { ResolvedModel } from '../models/catalogue.ts'
import { numbered, type Source } from '../retrieval/sources.ts'
import { prepareTurn, type PreparedTurn } from './prepare-turn.ts'
import type { ChatRow, Json } from './rows.ts'
import { createSharedCopy } from './shared-copy.ts'
import { runTurn, type TurnResult } from './run-turn.ts'

interface Run {
  taskId: string
  chatId: string
  messageId: string
  userId: Uuid
  builder: OutputBuilder
  abort: AbortController
  done: Promise<void>
  /** What was told beside the text, and is stored with it. */
  told: { statusHistory: unknown[]; sources: Source[] }
}

export interface StartedRuns {
  chatId: string
  taskIds: string[]
}

export type ChatRuns = ReturnType<typeof createChatRuns>

export function createChatRuns(context: OpenwebuiContext) {
  const { deps } = context
  const runs = new Map<string, Run>()

  const { place } = createTurnPlaces(context, tell)
  const { titleTask, afterTasks } = createChatTasks(context, tell)

  const hex = (): string => deps.ids.secret(12)
  const ofChat = (chatId: string): Run[] => [...runs.values()].filter((run) => run.chatId === chatId)

  function tell(userId: Uuid, chatId: string, messageId: string | null, type: string, data?: unknown): void {
    const inner = data === undefined ? { type } : { type, data }
    deps.events.emit(toPeople([userId], 'events', { chat_id: chatId, message_id: messageId, data: inner }))
  }

  async function start(actor: Actor, input: CompletionInput): Promise<StartedRuns> {
    // Refuse what cannot be asked before anything is stored.
    await context.own.completions.admit(actor)
    const models: ResolvedModel[] = []
    for (const slot of input.slots) models.push(await context.own.catalogue.resolve(actor, slot.modelId))
    const { chatId, history, folderId, written } = await place(actor, input)
    const stored = written.then(
      () => true,
      () => false,
    )
    const taskIds = input.slots.map((slot, at) => {
      const [model, first] = [models[at]!, at === 0]
      const said = spokenBefore(input, slot, history)
      return launch({ actor, input, chatId, slot, model, folderId, first, ...said }, stored)
    })
    await written
    if (input.isNew) void titleTask(actor, input, chatId).catch(report)
    return { chatId, taskIds }
  }

  /** What the model is to know: the branch that ends in the question, and an answer that is gone on with or written anew. */
  function spokenBefore(
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

  function launch(answer: Answer, stored: Promise<boolean>): string {
    const taskId = deps.ids.next()
    const abort = new AbortController()
    const seconds = (): number => deps.clock.now() / 1000
    const builder = new OutputBuilder({ seconds, hex }, structuredClone(answer.prior))
    const run: Run = {
      taskId,
      chatId: answer.chatId,
      messageId: answer.slot.messageId,
      userId: answer.actor.user.id,
      builder,
      abort,
      done: Promise.resolve(),
      told: { statusHistory: [], sources: [] },
    }
    const copy = createSharedCopy(context, {
      chatId: run.chatId,
      messageId: run.messageId,
      userId: run.userId,
      sessionId: answer.input.sessionId,
      output: () => builder.items,
    })
    const emit: Emit = (type, data) => {
      if (type === 'status') run.told.statusHistory.push(data)
      tell(run.userId, run.chatId, run.messageId, type, data)
      copy(type, data)
    }
    const active = (on: boolean): void => emit('chat:active', { active: on, folder_id: answer.folderId })
    runs.set(taskId, run)
    const shown = stored.then((ok) => {
      if (ok) active(true)
      else abort.abort()
      return ok
    })
    run.done = answerIt(answer, run, emit, shown)
      .catch(report)
      .then(async () => {
        runs.delete(taskId)
        if ((await shown) && ofChat(run.chatId).length === 0) active(false)
      })
    return taskId
  }

  /** Asks at once; what comes is told and stored when the question is (`shown`), and not at all when it was refused. */
  async function answerIt(answer: Answer, run: Run, emit: Emit, shown: Promise<boolean>): Promise<void> {
    const { chatId, slot, folderId } = answer
    let prepared: PreparedTurn
    try {
      prepared = await prepareTurn(context, {
        ...answer,
        messageId: slot.messageId,
        tell: emit,
        signal: run.abort.signal,
      })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The question could not be prepared.'
      if (!(await shown)) return
      return fail(answer, run, { usage: null, error: message, stopped: false }, emit)
    }
    const { request } = prepared
    const { sources } = run.told
    sources.push(...(prepared.sources ?? []))
    const cite = (source: Source): number => {
      sources.push(source)
      emit('source', source)
      return numbered(sources).at(-1)?.id ?? sources.length
    }
    const begun = shown.then((ok) => {
      if (!ok) return
      // The front end may have it as a text only: events of a stream name its items.
      if (answer.prior.length > 0) emit('chat:completion', { output: answer.prior })
      if (!prepared.sources) return
      const origins = new Set(numbered(sources).map(({ id }) => id))
      emit('status', { action: 'sources_retrieved', count: origins.size, done: true })
      if (sources.length > 0) emit('chat:completion', { sources })
    })
    const asked = { ...request, shownModel: slot.modelId, signal: run.abort.signal, emit, begun, cite }
    const result = await runTurn(context, asked, run.builder)
    if (!(await shown)) return
    if (result.stopped) return finishStopped(answer, run, result, emit)
    if (result.error !== null) return fail(answer, run, result, emit)
    const title = await save(answer, run, {
      done: true,
      ...(result.usage ? { usage: result.usage } : {}),
    })
    emit('chat:list', { chat_id: chatId, folder_id: folderId })
    emit('chat:completion', {
      done: true,
      output: run.builder.items,
      title,
      ...(result.usage ? { usage: result.usage } : {}),
    })
    await afterTasks(answer, run.builder.items, emit)
  }

  async function fail(answer: Answer, run: Run, result: TurnResult, emit: Emit): Promise<void> {
    const error = { content: result.error }
    await save(answer, run, { done: true, error, ...(result.usage ? { usage: result.usage } : {}) })
    emit('chat:message:error', { error, done: true })
  }

  async function finishStopped(answer: Answer, run: Run, result: TurnResult, emit: Emit): Promise<void> {
    emit('chat:tasks:cancel', { output: run.builder.items })
    await save(answer, run, { done: true, ...(result.usage ? { usage: result.usage } : {}) })
    emit('chat:tasks:cancel')
  }

  /** The one write at the end. Returns the chat's title by then. */
  async function save(answer: Answer, run: Run, patch: ChatMessage): Promise<string> {
    if (!isSavedChat(answer.chatId)) return 'New Chat'
    const { seconds } = context.now()
    const output = structuredClone(run.builder.items)
    const told = Object.fromEntries(Object.entries(run.told).filter(([, list]) => list.length > 0))
    return context.write(async (tables) => {
      const row = await tables.chats.getForChange({ id: answer.chatId })
      // Deleted meanwhile: there is nothing to write to.
      if (!row) return 'New Chat'
      const history = historyOf(row.chat)
      const message: ChatMessage = {
        ...told,
        ...patch,
        ...(output.length > 0 ? { output, content: outputText(output) } : {}),
      }
      const currentId = history.currentId
      const saved = upsertMessage(history, run.messageId, message, seconds)
      history.currentId = currentId
      const chat: Json = { ...jsonOf(row.chat), history }
      await addMessageRows(tables, row.id, row.userId, { [run.messageId]: saved }, seconds)
      await changeChat(tables, row, { chat, updatedAt: seconds })
      return row.title ?? 'New Chat'
    })
  }

  function report(error: unknown): void {
    deps.log.error('a chat run failed', { error })
  }

  function stop(run: Run): Promise<void> {
    run.abort.abort()
    return run.done
  }

  return {
    start,

    /** The chat with what running answers have so far. */
    overlay(row: ChatRow): ChatRow {
      const active = ofChat(row.id)
      if (active.length === 0) return row
      const history = historyOf(row.chat)
      for (const run of active) {
        const message = history.messages[run.messageId]
        if (!message) continue
        const output = structuredClone(run.builder.items)
        history.messages[run.messageId] = { ...message, output, content: outputText(output), done: false }
      }
      return { ...row, chat: { ...jsonOf(row.chat), history } }
    },

    isActive: (chatId: string): boolean => ofChat(chatId).length > 0,
    all: (): string[] => [...runs.keys()],

    /** Tasks of a chat that the actor may see. */
    async tasksOf(actor: Actor, chatId: string): Promise<string[]> {
      const active = ofChat(chatId)
      if (active.length === 0) return []
      const mine = active.filter((run) => run.userId === actor.user.id)
      if (!isSavedChat(chatId) || actor.user.role === 'admin') return mine.map((run) => run.taskId)
      const row = await context.own.chats.accessible(actor, chatId, 'read')
      return row ? mine.map((run) => run.taskId) : []
    },

    /** Stops one's own answers in a chat. Returns how many there were. */
    async stopOwn(actor: Actor, chatId: string): Promise<number> {
      const mine = ofChat(chatId).filter((run) => run.userId === actor.user.id || actor.user.role === 'admin')
      await Promise.all(mine.map(stop))
      return mine.length
    },

    async stopTask(taskId: string): Promise<boolean> {
      const run = runs.get(taskId)
      if (run) await stop(run)
      return run !== undefined
    },

    /** The chat goes: nobody may write to it any more. */
    async stopChat(chatId: string): Promise<void> {
      await Promise.all(ofChat(chatId).map(stop))
    },

    /** At shutdown: what has arrived is stored. */
    async stopAll(): Promise<void> {
      await Promise.all([...runs.values()].map(stop))
    },
  }
}
