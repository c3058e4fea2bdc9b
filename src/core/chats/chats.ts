/**
 * Chats of people with models: finding, changing, organising. A chat lies in two places, as Open WebUI's
 * Python server keeps it: the JSON of `chat.chat` and a row per message; both change in one unit of work
 * (chat-store.ts). Who is not the owner reads only what was opened to them, and never writes here.
 */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import {
  chatAccessChanged,
  jsonOf,
  listOf,
  textOf,
  toPeople,
  withoutNulls,
  type OpenwebuiContext,
} from './context.ts'
import { asSeenBy, authored } from './authors.ts'
import { createChatCopies } from './chat-copies.ts'
import { createChatLists } from './chat-lists.ts'
import { createChatMessages, type EditHistory } from './chat-messages.ts'
import { addMessageRows, changeChat, messagesOf } from './chat-store.ts'
import { currentMessageId, historyOf, mergeHistory, type ChatMessage } from './history.ts'
import type { OpenwebuiTables } from './repositories.ts'
import type { ChatRow, Json } from './rows.ts'

export interface NewChat {
  chat: Json
  variables?: unknown
  folderId?: Uuid | null
}

export interface ImportedChat extends NewChat {
  meta?: unknown
  pinned?: boolean
  archived?: boolean
  createdAt?: number | null
  updatedAt?: number | null
}

export type Chats = ReturnType<typeof createChats>

export function createChats(context: OpenwebuiContext) {
  const { read, deps } = context

  /** The chat, when the actor owns it. Throws `chat.not_found`. */
  async function own(actor: Actor, id: Uuid): Promise<ChatRow> {
    const row = await read.chats.get({ id, userId: actor.user.id })
    if (!row) throw fault.notFound('chat.not_found')
    return row
  }

  async function patch(actor: Actor, id: Uuid, change: Partial<ChatRow>): Promise<ChatRow> {
    const changed = await context.write((tables) =>
      tables.chats.update({ id, userId: actor.user.id }, change),
    )
    if (changed === 0) throw fault.notFound('chat.not_found')
    return own(actor, id)
  }

  /** Owner, or someone it was opened to: directly (share with continuing) or through its folder. */
  async function accessible(actor: Actor, id: Uuid, permission: 'read' | 'write'): Promise<ChatRow | null> {
    const row = await read.chats.get({ id })
    if (!row) return null
    if (row.userId === actor.user.id) return row
    if (permission === 'read' && actor.user.role === 'admin') return row
    const shared = await read.sharedChats.get({ chatId: id })
    if (shared && jsonOf(shared.chat)['share_mode'] === 'continue') {
      if (await context.own.grants.allows(actor.user.id, 'shared_chat', id, 'read')) return row
    }
    if (!row.folderId) return null
    const folder = await context.own.folders.readable(actor.user.id, row.folderId)
    if (!folder || folder.userId === actor.user.id) return folder ? row : null
    return permission === 'read' || jsonOf(folder.data)['share_mode'] === 'continue' ? row : null
  }

  async function checkFolder(actor: Actor, folderId: Uuid | null): Promise<void> {
    if (folderId === null) return
    if (!(await read.folders.get({ id: folderId, userId: actor.user.id })))
      throw fault.notFound('folder.not_found')
  }

  async function mayCreate(actor: Actor): Promise<void> {
    if (actor.user.role === 'admin') return
    const may = await context.own.permissions.tree(actor.user.id)
    if (may.has('chat.temporary') && may.has('chat.temporary_enforced'))
      throw fault.forbidden('chat.temporary_only')
  }

  function newRow(actor: Actor, id: Uuid, input: ImportedChat): ChatRow {
    const { seconds } = context.now()
    const chat = withoutNulls(input.chat)
    return {
      id,
      userId: actor.user.id,
      title: textOf(chat['title']) ?? 'New Chat',
      chat,
      createdAt: input.createdAt || seconds,
      updatedAt: input.updatedAt || seconds,
      shareId: null,
      archived: input.archived ?? false,
      pinned: input.pinned ?? false,
      meta: jsonOf(input.meta),
      folderId: input.folderId ?? null,
      tasks: null,
      summary: null,
      lastReadAt: seconds,
      currentMessageId: currentMessageId(chat),
      variables: jsonOf(input.variables),
      timerAt: null,
    }
  }

  async function insert(tables: OpenwebuiTables, row: ChatRow): Promise<void> {
    await tables.chats.insert(row)
    await addMessageRows(tables, row.id, row.userId, messagesOf(row.chat), context.now().seconds)
  }

  /** The chat as it will be, and its being written: whoever goes on meanwhile undoes it when that fails. */
  async function begin(
    actor: Actor,
    input: ImportedChat,
    id = deps.ids.next(),
  ): Promise<{ row: ChatRow; written: Promise<void> }> {
    await mayCreate(actor)
    await checkFolder(actor, input.folderId ?? null)
    const row = newRow(actor, id, input)
    return { row, written: context.write((tables) => insert(tables, row)) }
  }

  async function create(actor: Actor, input: ImportedChat): Promise<ChatRow> {
    const { row, written } = await begin(actor, input)
    await written
    return row
  }

  async function removeIn(tables: OpenwebuiTables, id: Uuid): Promise<void> {
    await tables.chatMessages.remove({ chatId: id })
    await tables.chatFiles.remove({ chatId: id })
    await tables.sharedChats.remove({ chatId: id })
    await tables.grants.remove({ resourceType: 'shared_chat', resourceId: id })
    await tables.chats.remove({ id })
  }

  const editHistory: EditHistory = async (actor, id, edit) => {
    const { seconds } = context.now()
    return context.write(async (tables) => {
      const row = await tables.chats.getForChange({ id, userId: actor.user.id })
      if (!row) throw fault.notFound('chat.not_found')
      const history = historyOf(row.chat)
      const { saved, gone } = edit(history, row)
      const chat: Json = { ...jsonOf(row.chat), history }
      if (gone) await tables.chatMessages.remove({ id: { in: [...gone].map((each) => `${id}-${each}`) } })
      await addMessageRows(tables, id, row.userId, saved, seconds)
      return changeChat(tables, row, { chat, currentMessageId: currentMessageId(chat), updatedAt: seconds })
    })
  }

  return {
    ...createChatLists(context),
    ...createChatCopies(accessible, create),
    ...createChatMessages(context, editHistory),
    own,
    accessible,
    begin,
    /** As a client sends it. */
    create: (actor: Actor, input: NewChat): Promise<ChatRow> =>
      create(actor, { ...input, chat: authored(input.chat, actor.user) }),
    insert,
    removeIn,

    async get(actor: Actor, id: Uuid): Promise<ChatRow> {
      const row = await accessible(actor, id, 'read')
      if (!row) throw fault.notFound('chat.not_found')
      return asSeenBy(actor.user.id, context.own.chatRuns.overlay(row))
    },

    async import(actor: Actor, chats: readonly ImportedChat[]): Promise<ChatRow[]> {
      await mayCreate(actor)
      const folders = new Set(
        (await read.folders.pick(['id'], { where: { userId: actor.user.id } })).map((folder) => folder.id),
      )
      const rows = chats.map((chat) => {
        const folderId = chat.folderId && folders.has(chat.folderId) ? chat.folderId : null
        return newRow(actor, deps.ids.next(), { ...chat, chat: authored(chat.chat, actor.user), folderId })
      })
      await context.write(async (tables) => {
        for (const row of rows) await insert(tables, row)
      })
      return rows
    },

    /** Patches top-level keys of the chat's JSON; a history is merged, never shortened. */
    async update(actor: Actor, id: Uuid, given: Json, folderId?: Uuid | null): Promise<ChatRow> {
      if (folderId !== undefined) await checkFolder(actor, folderId)
      const { seconds } = context.now()
      const incoming = authored(withoutNulls(given), actor.user)
      // What reading added says who may go on with the chat: it is no part of it.
      delete incoming['share_mode']
      const row = await context.write(async (tables) => {
        const stored = await tables.chats.getForChange({ id, userId: actor.user.id })
        if (!stored) throw fault.notFound('chat.not_found')
        const before = historyOf(stored.chat)
        const chat: Json = { ...jsonOf(stored.chat), ...incoming }
        if ('history' in incoming) {
          const history = keepForeign(stored, before.messages, mergeHistory(before, incoming['history']))
          chat['history'] = history
          await addMessageRows(tables, id, stored.userId, changed(before.messages, history.messages), seconds)
        }
        return changeChat(tables, stored, {
          chat,
          title: textOf(chat['title']) ?? 'New Chat',
          currentMessageId: currentMessageId(chat),
          updatedAt: seconds,
          ...(folderId === undefined ? {} : { folderId }),
        })
      })
      return context.own.chatRuns.overlay(row)
    },

    async patchParams(actor: Actor, id: Uuid, params: Json): Promise<Json> {
      const row = await context.write(async (tables) => {
        const stored = await tables.chats.getForChange({ id, userId: actor.user.id })
        if (!stored) throw fault.notFound('chat.not_found')
        const chat = jsonOf(stored.chat)
        const merged = { ...jsonOf(chat['params']), ...withoutNulls(params) }
        return changeChat(tables, stored, { chat: { ...chat, params: merged } })
      })
      return jsonOf(jsonOf(row.chat)['params'])
    },

    async setTitle(id: Uuid, title: string): Promise<void> {
      await context.write(async (tables) => {
        const row = await tables.chats.getForChange({ id })
        if (row) await changeChat(tables, row, { title, chat: { ...jsonOf(row.chat), title } })
      })
    },

    async togglePinned(actor: Actor, id: Uuid): Promise<ChatRow> {
      const row = await own(actor, id)
      return patch(actor, id, { pinned: !row.pinned })
    },

    async toggleArchived(actor: Actor, id: Uuid): Promise<ChatRow> {
      const row = await own(actor, id)
      return patch(actor, id, { archived: !row.archived })
    },

    setAllArchived: (actor: Actor, archived: boolean): Promise<number> =>
      context.write((tables) => tables.chats.update({ userId: actor.user.id }, { archived })),

    async moveToFolder(actor: Actor, id: Uuid, folderId: Uuid | null): Promise<ChatRow> {
      await checkFolder(actor, folderId)
      const moved = await patch(actor, id, { folderId, pinned: false })
      deps.events.emit(chatAccessChanged(id))
      return moved
    },

    /** Which of these chats are this person's. */
    async ownedOf(userId: Uuid, ids: readonly Uuid[]): Promise<Uuid[]> {
      if (ids.length === 0) return []
      return (await read.chats.pick(['id'], { where: { userId, id: { in: ids } } })).map(({ id }) => id)
    },

    /** Also tells the person's other windows. Nothing when the chat is not theirs. */
    async markRead(actor: Actor, id: Uuid): Promise<void> {
      const row = await read.chats.pick(['lastReadAt', 'updatedAt'], { where: { id, userId: actor.user.id } })
      if (!row[0]) return
      const lastReadAt = context.now().seconds
      const wasUnread = (row[0].updatedAt ?? 0) > (row[0].lastReadAt ?? 0)
      await context.write((tables, unit) => {
        unit.afterCommit(() => void announceRead(actor.user.id, id, lastReadAt, wasUnread))
        return tables.chats.update({ id, userId: actor.user.id }, { lastReadAt })
      })
    },

    markUnread: (actor: Actor, id: Uuid): Promise<ChatRow> => patch(actor, id, { lastReadAt: 0 }),

    /** All chats, or those of some folders. Returns how many. */
    async markAllRead(actor: Actor, folderIds: readonly Uuid[] | null): Promise<number> {
      const where = {
        userId: actor.user.id,
        archived: false,
        ...(folderIds ? { folderId: { in: folderIds } } : {}),
      }
      const lastReadAt = context.now().seconds
      return context.write((tables) => tables.chats.update(where, { lastReadAt }))
    },

    unreadByFolder: (userId: Uuid): Promise<Record<string, number>> => context.own.folders.unread(userId),

    async remove(actor: Actor, id: Uuid): Promise<void> {
      const row = actor.user.role === 'admin' ? await read.chats.get({ id }) : await own(actor, id)
      if (!row) throw fault.notFound('chat.not_found')
      await context.own.permissions.require(actor, 'chat.delete')
      await context.write(async (tables) => {
        await removeIn(tables, id)
        await context.own.tags.dropUnused(
          tables,
          row.userId ?? actor.user.id,
          listOf(jsonOf(row.meta)['tags']),
        )
      })
      // Afterwards: a question that came meanwhile is refused by then, or its answer is among these.
      await context.own.chatRuns.stopChat(id)
      deps.events.emit(chatAccessChanged(id))
    },

    async removeAll(actor: Actor): Promise<void> {
      await context.own.permissions.require(actor, 'chat.delete')
      const rows = await read.chats.pick(['id'], { where: { userId: actor.user.id } })
      await context.write(async (tables) => {
        for (const { id } of rows) await removeIn(tables, id)
        await tables.tags.remove({ userId: actor.user.id })
      })
      for (const { id } of rows) await context.own.chatRuns.stopChat(id)
      for (const { id } of rows) deps.events.emit(chatAccessChanged(id))
    },
  }

  async function announceRead(
    userId: Uuid,
    chatId: Uuid,
    lastReadAt: number,
    wasUnread: boolean,
  ): Promise<void> {
    const counts = wasUnread ? { folder_unread_counts: await context.own.folders.unread(userId) } : {}
    const data = { type: 'chat:list', data: { chat_id: chatId, last_read_at: lastReadAt, ...counts } }
    deps.events.emit(toPeople([userId], 'events', { chat_id: chatId, data }))
  }
}

/** Messages of other people, and answers still being written, keep what is stored. */
function keepForeign(
  row: ChatRow,
  stored: Record<string, ChatMessage>,
  merged: ReturnType<typeof mergeHistory>,
): ReturnType<typeof mergeHistory> {
  for (const [id, message] of Object.entries(stored)) {
    const foreign = (textOf(message['user_id']) ?? row.userId) !== row.userId
    const running =
      message.role === 'assistant' && (message['done'] === false || merged.messages[id]?.['done'] === false)
    if (foreign || running) merged.messages[id] = message
  }
  return mergeHistory(merged, {})
}

function changed(
  before: Record<string, ChatMessage>,
  after: Record<string, ChatMessage>,
): Record<string, ChatMessage> {
  return Object.fromEntries(
    Object.entries(after).filter(([id, message]) => JSON.stringify(before[id]) !== JSON.stringify(message)),
  )
}
