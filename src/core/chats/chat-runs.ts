/**
 * Answers that are being written in chats. A run belongs to the server: it goes on when its browser is
 * gone, its text so far is laid over reads of the chat, and it can be stopped from any window. Two units
 * of work a reply: the turn at its start, the answer at its end; nothing is written for a token.
 */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { addMessageRows, changeChat } from './chat-store.ts'
import { isSavedChat, type AnswerSlot, type CompletionInput } from './completion-input.ts'
import { jsonOf, textOf, toPeople, withoutNulls, type OpenwebuiContext } from './context.ts'
import {
  branch,
  currentMessageId,
  historyOf,
  upsertMessage,
  type ChatMessage,
  type History,
} from './history.ts'
import { OutputBuilder, outputText } from './output.ts'
import { plainText } from './prompt.ts'
import { prepareTurn } from './prepare-turn.ts'
import type { ChatRow, Json } from './rows.ts'
import { askTask, lastJson, stringsIn, taskPrompt, type TaskMessage } from './run-tasks.ts'
import { runTurn, type TurnResult } from './run-turn.ts'

interface Run {
  taskId: string
  chatId: string
  messageId: string
  userId: Uuid
  builder: OutputBuilder
  abort: AbortController
  done: Promise<void>
}

export interface StartedRuns {
  chatId: string
  taskIds: string[]
}

/** One answer's surroundings, given along while it is written. */
interface Answer {
  actor: Actor
  input: CompletionInput
  chatId: string
  slot: AnswerSlot
  folderId: Uuid | null
  /** From the root to the question. */
  history: ChatMessage[]
  /** The first of several models also finds title and tags. */
  first: boolean
}

export type ChatRuns = ReturnType<typeof createChatRuns>

export function createChatRuns(context: OpenwebuiContext) {
  const { deps } = context
  const runs = new Map<string, Run>()

  const ofChat = (chatId: string): Run[] => [...runs.values()].filter((run) => run.chatId === chatId)

  function tell(userId: Uuid, chatId: string, messageId: string | null, type: string, data?: unknown): void {
    const inner = data === undefined ? { type } : { type, data }
    deps.events.emit(toPeople([userId], 'events', { chat_id: chatId, message_id: messageId, data: inner }))
  }

  // --- the turn -------------------------------------------------------------------------------

  function placeholder(slot: AnswerSlot, parentId: string | null, userId: Uuid): ChatMessage {
    return {
      id: slot.messageId,
      parentId,
      childrenIds: [],
      role: 'assistant',
      content: '',
      done: false,
      model: slot.modelId,
      ...(slot.modelIdx === null ? {} : { modelIdx: slot.modelIdx }),
      timestamp: context.now().seconds,
      user_id: userId,
    }
  }

  async function createChat(actor: Actor, input: CompletionInput): Promise<ChatRow> {
    const id = deps.ids.next()
    const { ms } = context.now()
    const question = input.userMessage ? withoutNulls(input.userMessage) : null
    const questionId = textOf(question?.['id'])
    const messages: Record<string, ChatMessage> = {}
    if (question && questionId) {
      messages[questionId] = {
        ...question,
        childrenIds: input.slots.map((slot) => slot.messageId),
        user_id: actor.user.id,
        user: { id: actor.user.id, name: actor.user.displayName },
      }
    }
    for (const slot of input.slots) messages[slot.messageId] = placeholder(slot, questionId, actor.user.id)
    const chat: Json = {
      id,
      title: 'New Chat',
      models: input.slots.map((slot) => slot.modelId),
      history: { currentId: input.slots[0]?.messageId ?? questionId, messages },
      messages: questionId ? [{ role: 'user', content: question?.['content'] ?? '' }] : [],
      files: input.files ?? [],
      tags: [],
      timestamp: ms,
    }
    const row = await context.own.chats.create(
      actor,
      { chat, folderId: input.folderId, variables: input.chatVariables ?? {} },
      id,
    )
    tell(actor.user.id, id, questionId, 'chat:list', { chat_id: id, folder_id: row.folderId })
    return row
  }

  /** Adds the question and an empty answer for each model to an existing chat. */
  async function addTurn(actor: Actor, row: ChatRow, input: CompletionInput): Promise<History> {
    const { seconds } = context.now()
    const history = await context.write(async (tables) => {
      const stored = await tables.chats.get({ id: row.id })
      if (!stored) throw fault.notFound('chat.not_found')
      const tree = historyOf(stored.chat)
      const saved: Record<string, ChatMessage> = {}
      const questionId = saveQuestion(actor, stored, tree, input, saved, seconds)
      for (const slot of input.slots) {
        refuseTaken(tree, slot.messageId, actor.user.id, stored)
        saved[slot.messageId] = upsertMessage(
          tree,
          slot.messageId,
          placeholder(slot, questionId, actor.user.id),
          seconds,
        )
      }
      tree.currentId = input.slots[0]?.messageId ?? tree.currentId
      const owns = stored.userId === actor.user.id
      const chat: Json = {
        ...jsonOf(stored.chat),
        history: tree,
        ...(owns ? { models: input.slots.map((slot) => slot.modelId) } : {}),
        ...(owns && input.files ? { files: input.files } : {}),
      }
      await addMessageRows(tables, row.id, stored.userId, saved, seconds)
      await changeChat(tables, stored, {
        chat,
        currentMessageId: currentMessageId(chat),
        updatedAt: seconds,
        ...(owns && input.chatVariables ? { variables: input.chatVariables } : {}),
      })
      return tree
    })
    const data = { chat_id: row.id, folder_id: row.folderId }
    tell(actor.user.id, row.id, textOf(input.userMessage?.['id']), 'chat:list', data)
    return history
  }

  function saveQuestion(
    actor: Actor,
    row: ChatRow,
    tree: History,
    input: CompletionInput,
    saved: Record<string, ChatMessage>,
    seconds: number,
  ): string | null {
    const given = input.userMessage ? (withoutNulls(input.userMessage) as ChatMessage) : null
    const id = textOf(given?.id)
    if (!given || !id) return null
    const known = tree.messages[id]
    if (known && known.role !== 'user') {
      throw fault.forbidden('chat.not_a_question', 'You can only regenerate replies to user messages.')
    }
    const parentId = known ? (known.parentId ?? null) : (textOf(given.parentId) ?? null)
    if (parentId !== null && !(parentId in tree.messages)) {
      throw fault.conflict('chat.parent_gone', 'Parent message no longer exists.')
    }
    // In somebody else's chat a guest brings words and files, nothing else.
    const body: ChatMessage =
      row.userId === actor.user.id
        ? given
        : { content: given.content, files: given['files'] ?? [], models: given['models'] ?? [] }
    saved[id] = known
      ? known
      : upsertMessage(
          tree,
          id,
          {
            ...body,
            id,
            parentId,
            role: 'user',
            childrenIds: [],
            timestamp: seconds,
            user_id: actor.user.id,
            user: { id: actor.user.id, name: actor.user.displayName },
          },
          seconds,
        )
    return id
  }

  /** An answer of this id may be there only as an empty one of the same person. */
  function refuseTaken(tree: History, id: string, userId: Uuid, row: ChatRow): void {
    const known = tree.messages[id]
    if (!known) return
    const writer = textOf(known['user_id']) ?? row.userId
    const used =
      known.role !== 'assistant' ||
      known['done'] === true ||
      Boolean(known.content) ||
      Boolean(known['output'])
    if (used || writer !== userId) {
      throw fault.conflict('chat.message_taken', 'Message already exists or has an invalid ID.')
    }
  }

  /** The answer that is to be gone on with; it must be the actor's own. */
  function checkContinued(actor: Actor, row: ChatRow, history: History, input: CompletionInput): void {
    const message = history.messages[input.assistantMessageId ?? '']
    if (!message || (textOf(message['user_id']) ?? row.userId) !== actor.user.id) throw fault.forbidden()
    if (input.slots.some((slot) => slot.messageId !== input.assistantMessageId)) {
      throw fault.invalid('chat.bad_response_id', 'Invalid response ID.')
    }
  }

  // --- the run --------------------------------------------------------------------------------

  async function start(actor: Actor, input: CompletionInput): Promise<StartedRuns> {
    // Refuse what cannot be asked before anything is stored.
    for (const slot of input.slots) await context.own.catalogue.resolve(actor, slot.modelId)
    const { chatId, history, folderId } = await place(actor, input)
    if (input.isNew) void titleTask(actor, input, chatId).catch(report)
    const taskIds = input.slots.map((slot, at) => {
      const from = input.assistantMessageId
        ? (history?.messages[slot.messageId]?.parentId ?? null)
        : textOf(input.userMessage?.['id'])
      const questions = history ? branch(history.messages, from) : (input.messages as ChatMessage[])
      return launch({ actor, input, chatId, slot, folderId, history: questions, first: at === 0 })
    })
    return { chatId, taskIds }
  }

  async function place(actor: Actor, input: CompletionInput) {
    if (input.isNew) {
      const row = await createChat(actor, input)
      return { chatId: row.id, history: historyOf(row.chat), folderId: row.folderId }
    }
    const chatId = input.chatId ?? ''
    if (!isSavedChat(chatId)) return { chatId, history: null, folderId: null }
    const row = await context.own.chats.accessible(actor, chatId, 'write')
    if (!row) throw fault.notFound('chat.missing')
    if (!input.assistantMessageId) {
      return { chatId, history: await addTurn(actor, row, input), folderId: row.folderId }
    }
    const history = historyOf(row.chat)
    checkContinued(actor, row, history, input)
    return { chatId, history, folderId: row.folderId }
  }

  function launch(answer: Answer): string {
    const taskId = deps.ids.next()
    const abort = new AbortController()
    const builder = new OutputBuilder({
      seconds: () => deps.clock.now() / 1000,
      hex: () => deps.ids.secret(12),
    })
    const run: Run = {
      taskId,
      chatId: answer.chatId,
      messageId: answer.slot.messageId,
      userId: answer.actor.user.id,
      builder,
      abort,
      done: Promise.resolve(),
    }
    runs.set(taskId, run)
    tell(run.userId, run.chatId, run.messageId, 'chat:active', { active: true, folder_id: answer.folderId })
    run.done = answerIt(answer, run)
      .catch(report)
      .finally(() => {
        runs.delete(taskId)
        if (ofChat(run.chatId).length > 0) return
        tell(run.userId, run.chatId, run.messageId, 'chat:active', {
          active: false,
          folder_id: answer.folderId,
        })
      })
    return taskId
  }

  async function answerIt(answer: Answer, run: Run): Promise<void> {
    const { actor, chatId, slot, folderId } = answer
    const emit = (type: string, data?: unknown): void =>
      tell(actor.user.id, chatId, slot.messageId, type, data)
    let prepared
    try {
      prepared = await prepareTurn(context, answer)
    } catch (error) {
      const message = error instanceof Error ? error.message : 'The question could not be prepared.'
      return fail(answer, run, { usage: null, error: message, stopped: false }, emit)
    }
    if (prepared.sources.length > 0) {
      emit('status', { action: 'sources_retrieved', count: prepared.sources.length, done: true })
      emit('chat:completion', { sources: prepared.sources })
    }
    const result = await runTurn(
      context,
      { ...prepared.request, shownModel: slot.modelId, signal: run.abort.signal, emit },
      run.builder,
    )
    if (result.stopped) return finishStopped(answer, run, result, emit)
    if (result.error !== null) return fail(answer, run, result, emit)
    const title = await save(answer, run, {
      done: true,
      ...(prepared.sources.length > 0 ? { sources: prepared.sources } : {}),
      ...(result.usage ? { usage: result.usage } : {}),
    })
    emit('chat:list', { chat_id: chatId, folder_id: folderId })
    emit('chat:completion', {
      done: true,
      output: run.builder.items,
      title,
      ...(result.usage ? { usage: result.usage } : {}),
    })
    await afterTasks(answer, run, emit)
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
    return context.write(async (tables) => {
      const row = await tables.chats.get({ id: answer.chatId })
      // Deleted meanwhile: there is nothing to write to.
      if (!row) return 'New Chat'
      const history = historyOf(row.chat)
      const message: ChatMessage = {
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

  // --- small tasks around the answer ------------------------------------------------------------

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

  async function afterTasks(answer: Answer, run: Run, emit: Emit): Promise<void> {
    const { input, actor, chatId } = answer
    const messages: TaskMessage[] = [
      ...answer.history.map((message) => ({
        role: message.role ?? 'user',
        text: plainText(message.content),
      })),
      { role: 'assistant', text: outputText(run.builder.items) },
    ]
    if (input.tasks.followUps && context.setting('task.follow_up.enable', true)) {
      const text = await quietly(actor, answer.slot.modelId, taskPrompt(context, 'follow_ups', messages))
      const followUps = stringsIn(lastJson(text)?.['follow_ups'])
      emit('chat:message:follow_ups', { follow_ups: followUps })
      if (followUps.length > 0) await saveFollowUps(answer, run, followUps)
    }
    if (!answer.first || !isSavedChat(chatId) || !input.tasks.tags) return
    if (!context.setting('task.tags.enable', true)) return
    const text = await quietly(actor, answer.slot.modelId, taskPrompt(context, 'tags', messages))
    const tags = stringsIn(lastJson(text)?.['tags'])
    if (tags.length === 0) return
    await context.own.tags.replace(actor.user.id, chatId, tags)
    emit('chat:tags', tags)
  }

  async function saveFollowUps(answer: Answer, run: Run, followUps: string[]): Promise<void> {
    if (!isSavedChat(answer.chatId)) return
    await context.write(async (tables) => {
      const row = await tables.chats.get({ id: answer.chatId })
      const history = historyOf(row?.chat)
      const message = history.messages[run.messageId]
      if (!row || !message) return
      message['followUps'] = followUps
      await changeChat(tables, row, { chat: { ...jsonOf(row.chat), history } })
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

type Emit = (type: string, data?: unknown) => void

const TITLE_MAX_CHARS = 100
const TASK_TIMEOUT_MS = 60_000
