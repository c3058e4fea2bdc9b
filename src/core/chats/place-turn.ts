/**
 * Puts a question and its empty answers into a chat, new or existing: the first of the two units of work a reply
 * costs. Ids are made by clients, so they are looked at closely. The model may be asked while this is being
 * written, as it thinks for longer than that; nothing is shown of its answer before it is.
 */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { addMessageRows, changeChat } from './chat-store.ts'
import { isSavedChat, type AnswerSlot, type CompletionInput } from './completion-input.ts'
import { jsonOf, textOf, withoutNulls, type OpenwebuiContext } from './context.ts'
import { currentMessageId, historyOf, upsertMessage, type ChatMessage, type History } from './history.ts'
import type { ChatRow, Json } from './rows.ts'
import { createSharedCopy } from './shared-copy.ts'

/** Sends one event of a chat to all windows of a person. */
export type Tell = (
  userId: Uuid,
  chatId: string,
  messageId: string | null,
  type: string,
  data?: unknown,
) => void

export interface Placed {
  chatId: string
  /** With the question in it; null for chats that are not saved. */
  history: History | null
  folderId: Uuid | null
  /** Rejects when the turn was refused after all: then nothing of it may remain. */
  written: Promise<void>
}

interface Turn {
  tree: History
  saved: Record<string, ChatMessage>
}

export function createTurnPlaces(context: OpenwebuiContext, tell: Tell) {
  const { deps } = context

  /** Those who have the chat open see the question and the empty answers; who asked has them. */
  function showTurn(actor: Actor, row: ChatRow, input: CompletionInput, { tree, saved }: Turn): void {
    const { currentId, messages } = tree
    const questionId = textOf(input.userMessage?.['id'])
    const parentId = questionId === null ? null : (messages[questionId]?.parentId ?? null)
    const shown = Object.entries(parentId === null ? saved : { ...saved, [parentId]: messages[parentId] })
    const copy = createSharedCopy(context, {
      chatId: row.id,
      messageId: currentId,
      userId: actor.user.id,
      sessionId: input.sessionId,
      output: () => [],
    })
    const bare = shown.map(([id, message]) => [id, { ...message, meta: undefined }])
    copy('chat:messages', { messages: Object.fromEntries(bare), currentId })
  }

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

  async function createChat(actor: Actor, input: CompletionInput): Promise<Placed> {
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
    const { row, written } = await context.own.chats.begin(
      actor,
      { chat, folderId: input.folderId, variables: input.chatVariables ?? {} },
      id,
    )
    const told = written.then(() =>
      tell(actor.user.id, id, questionId, 'chat:list', { chat_id: id, folder_id: row.folderId }),
    )
    return { chatId: id, history: historyOf(row.chat), folderId: row.folderId, written: told }
  }

  /** The history of `stored` with the question and an empty answer for each model. Throws when they do not fit. */
  function turnIn(actor: Actor, stored: ChatRow, input: CompletionInput, seconds: number): Turn {
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
    return { tree, saved }
  }

  async function writeTurn(actor: Actor, row: ChatRow, input: CompletionInput): Promise<void> {
    const { seconds } = context.now()
    const turn = await context.write(async (tables) => {
      const stored = await tables.chats.getForChange({ id: row.id })
      if (!stored) throw fault.notFound('chat.not_found')
      // Looked at again: what is stored may have changed since.
      const turn = turnIn(actor, stored, input, seconds)
      const { tree, saved } = turn
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
      return turn
    })
    showTurn(actor, row, input, turn)
    const data = { chat_id: row.id, folder_id: row.folderId }
    tell(actor.user.id, row.id, textOf(input.userMessage?.['id']), 'chat:list', data)
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

  async function place(actor: Actor, input: CompletionInput): Promise<Placed> {
    if (input.isNew) return createChat(actor, input)
    const chatId = input.chatId ?? ''
    const nothing = { folderId: null, written: Promise.resolve() }
    if (!isSavedChat(chatId)) return { chatId, history: null, ...nothing }
    const row = await context.own.chats.accessible(actor, chatId, 'write')
    if (!row) throw fault.notFound('chat.missing')
    const { folderId } = row
    if (input.assistantMessageId) {
      const history = historyOf(row.chat)
      checkContinued(actor, row, history, input)
      return { chatId, history, ...nothing, folderId }
    }
    const { tree } = turnIn(actor, row, input, context.now().seconds)
    return { chatId, history: tree, folderId, written: writeTurn(actor, row, input) }
  }

  return { place }
}
