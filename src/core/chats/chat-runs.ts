/**
 * Answers that are being written in chats. A run belongs to the server: it goes on when its browser is
 * gone, its text so far is laid over reads of the chat, and it can be stopped from any window. Two units
 * of work a reply: the turn at its start, the answer at its end; nothing is written for a token.
 */
import type { Actor, Uuid } from '../types.ts'
import { createSerially } from '../support/serially.ts'
import { fault } from '../faults.ts'
import { runApprovedCalls } from './approved-calls.ts'
import { createChatTasks, type Answer, type Emit } from './chat-tasks.ts'
import { isSavedChat, type CompletionInput } from './completion-input.ts'
import { isJson, textOf, toPeople, type OpenwebuiContext } from './context.ts'
import { directModel } from './direct-model.ts'
import { historyOf, type ChatMessage } from './history.ts'
import { OutputBuilder } from './output.ts'
import { createTurnPlaces } from './place-turn.ts'
import type { ResolvedModel } from '../models/catalogue.ts'
import { numbered } from '../retrieval/sources.ts'
import { paramsOf, prepareTurn, type PreparedTurn } from './prepare-turn.ts'
import type { ChatRow, Json } from './rows.ts'
import { spokenBefore } from './spoken-before.ts'
import { storeAnswer } from './store-answer.ts'
import { createSharedCopy } from './shared-copy.ts'
import { citing, overlaid, toldBefore, toldOf, type ToldBeside } from './told-beside.ts'
import { createToolApprovals, resumeMeta, type Verdict } from './tool-approvals.ts'
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
  told: ToldBeside
  /** What is stored is newer than `builder`: calls are run and their results stored one by one. */
  storing: boolean
  /** Hears no verdict on tool calls any more. */
  over: boolean
}

/** A verdict on one tool call of a turn. */
export interface ResolvedCall {
  chatId: string
  messageId: string
  callId: string
  verdict: Verdict
  credential: string | null
}

export interface StartedRuns {
  chatId: string
  taskIds: string[]
}

const placeOf = ({ chatId, messageId }: { chatId: string; messageId: string }): string =>
  `${chatId} ${messageId}`

export type ChatRuns = ReturnType<typeof createChatRuns>

export function createChatRuns(context: OpenwebuiContext) {
  const { deps } = context
  const runs = new Map<string, Run>()

  const { place } = createTurnPlaces(context, tell)
  const approvals = createToolApprovals(context)
  const alone = createSerially()
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
    for (const { modelId } of input.slots) models.push(await modelOf(actor, input, modelId))
    const { chatId, history, folderId, written } = await place(actor, input)
    const stored = written.then(
      () => true,
      () => false,
    )
    const taskIds = input.slots.map((slot, at) => {
      const [model, first] = [models[at]!, at === 0]
      const said = spokenBefore(hex, input, slot, history)
      return launch({ actor, input, chatId, slot, model, folderId, first, ...said }, stored)
    })
    await written
    if (input.isNew) void titleTask(actor, input, chatId).catch(report)
    return { chatId, taskIds }
  }

  const builderOf = (items: Json[]): OutputBuilder =>
    new OutputBuilder({ seconds: () => deps.clock.now() / 1000, hex }, structuredClone(items))

  const modelOf = async (
    actor: Actor,
    { direct }: CompletionInput,
    modelId: string,
  ): Promise<ResolvedModel> =>
    direct?.['id'] === modelId ? directModel(context, direct) : context.own.catalogue.resolve(actor, modelId)

  function launch(answer: Answer, stored: Promise<boolean>): string {
    const taskId = deps.ids.next()
    const abort = new AbortController()
    const builder = builderOf(answer.prior)
    const run: Run = {
      taskId,
      chatId: answer.chatId,
      messageId: answer.slot.messageId,
      userId: answer.actor.user.id,
      builder,
      abort,
      done: Promise.resolve(),
      told: toldBefore(answer),
      storing: answer.resume === 'tools',
      over: false,
    }
    const copy = createSharedCopy(context, {
      chatId: run.chatId,
      messageId: run.messageId,
      userId: run.userId,
      sessionId: answer.input.sessionId,
      output: () => run.builder.items,
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
    run.done = (answer.resume === 'tools' ? afterCalls(answer, run, emit) : Promise.resolve(answer))
      .then((ready) => ready && answerIt(ready, run, emit, shown))
      .catch(report)
      .then(async () => {
        runs.delete(taskId)
        if ((await shown) && ofChat(run.chatId).length === 0) active(false)
      })
    return taskId
  }

  /** The answer with the results of allowed calls in it; null when it has to wait again. */
  async function afterCalls(answer: Answer, run: Run, emit: Emit): Promise<Answer | null> {
    const source = { ...answer, messageId: run.messageId, tell: emit }
    const prior = await runApprovedCalls(context, approvals, {
      source,
      params: paramsOf(source),
      signal: run.abort.signal,
      alone: (work) => alone(placeOf(run), work),
      over: () => (run.over = true),
      cite: citing(run.told, emit),
      told: (output, done) =>
        done ? emit('chat:tasks:cancel', { output }) : emit('chat:completion', { done: false, output }),
    })
    if (!prior) return null
    run.builder = builderOf(prior)
    run.storing = false
    const last = answer.history.at(-1)
    return { ...answer, prior, history: [...answer.history.slice(0, -1), { ...last, output: prior }] }
  }

  /** A person allowed or refused a tool call; goes on as soon as nothing is left to decide. */
  async function resolveCall(
    actor: Actor,
    { chatId, messageId, callId, verdict, credential }: ResolvedCall,
  ): Promise<string[]> {
    const row = await context.own.chats.accessible(actor, chatId, 'write')
    if (!row) throw fault.unauthenticated('chat.not_accessible')
    const message = historyOf(row.chat).messages[messageId]
    if (!message) throw fault.notFound('chat.message_not_found')
    const input = approvals.inputOf(row, message, messageId, credential)
    const model = await context.own.catalogue.resolve(actor, input.model, textOf(message['selectedModelId']))
    await context.own.completions.admit(actor)
    return alone(placeOf({ chatId, messageId }), async () => {
      const working = ofChat(chatId).some((run) => run.messageId === messageId && !run.over)
      const resolved = await approvals.resolve(actor, chatId, messageId, { callId, verdict, working })
      tell(actor.user.id, chatId, messageId, 'chat:completion', { output: resolved.output })
      if (resolved.next === null) return []
      const history = historyOf(resolved.row.chat)
      history.messages[messageId] = { ...resolved.message, output: resolved.output }
      const slot = input.slots[0]!
      const said = spokenBefore(hex, input, slot, history)
      const answer = { actor, input, chatId, slot, model, folderId: row.folderId, first: true, ...said }
      return [launch({ ...answer, resume: resolved.next }, Promise.resolve(true))]
    })
  }

  /** Asks at once; what comes is told and stored when the question is (`shown`), and not at all when it was refused. */
  async function answerIt(answer: Answer, run: Run, emit: Emit, shown: Promise<boolean>): Promise<void> {
    const { chatId, slot, folderId } = answer
    const { selectedId } = answer.model
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
      return fail(answer, run, { usage: null, error: message, stopped: false, paused: false }, emit)
    }
    const { request } = prepared
    const { sources } = run.told
    // What was found before a person's verdict keeps its numbers.
    if (sources.length === 0) sources.push(...(prepared.sources ?? []))
    const cite = citing(run.told, emit)
    const begun = shown.then((ok) => {
      if (!ok) return
      if (selectedId !== null) emit('chat:completion', { selected_model_id: selectedId })
      // The front end may have it as a text only: events of a stream name its items.
      if (answer.prior.length > 0) emit('chat:completion', { output: answer.prior })
      if (!prepared.sources) return
      const origins = new Set(numbered(sources).map(({ id }) => id))
      emit('status', { action: 'sources_retrieved', count: origins.size, done: true })
      if (sources.length > 0) emit('chat:completion', { sources })
    })
    // Of what was asked before a person's verdict.
    const spent = answer.resume ? answer.history.at(-1)?.['usage'] : null
    const usage = isJson(spent) ? spent : null
    const asked = { ...request, usage, shownModel: slot.modelId, signal: run.abort.signal, emit, begun, cite }
    const result = await runTurn(context, asked, run.builder)
    if (!(await shown)) return
    if (result.paused) return pause(answer, run, result, emit)
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

  /** Waits for a person's verdict on its tool calls, in the chat and not here. */
  async function pause(answer: Answer, run: Run, { usage }: TurnResult, emit: Emit): Promise<void> {
    run.over = true
    const meta = resumeMeta(answer.input)
    await save(answer, run, { done: false, meta, ...(usage ? { usage } : {}) })
    emit('chat:completion', { output: run.builder.items })
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

  const save = (answer: Answer, run: Run, patch: ChatMessage): Promise<string> =>
    storeAnswer(
      context,
      { chatId: answer.chatId, messageId: run.messageId, items: run.builder.items },
      {
        ...toldOf(run.told),
        ...(answer.model.selectedId ? { selectedModelId: answer.model.selectedId } : {}),
        ...patch,
      },
    )

  function report(error: unknown): void {
    deps.log.error('a chat run failed', { error })
  }

  function stop(run: Run): Promise<void> {
    run.abort.abort()
    return run.done
  }

  return {
    start,
    resolveCall,

    /** The chat with what running answers have so far. */
    overlay: (row: ChatRow): ChatRow => overlaid(row, ofChat(row.id)),

    /** Asked for each chat of a list. */
    isActive(chatId: string): boolean {
      for (const run of runs.values()) if (run.chatId === chatId) return true
      return false
    },
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
