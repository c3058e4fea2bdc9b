/** Sharing a chat: a snapshot under a link, opened to anyone, to people or to groups by grants. */
import { fault } from '../faults.ts'
import { asSeenBy } from './authors.ts'
import { readGrants } from '../grants/grants.ts'
import type { Actor, Uuid } from '../types.ts'
import { chatAccessChanged, jsonOf, type OpenwebuiContext } from './context.ts'
import type { ChatRow, GrantRow, SharedChatRow } from './rows.ts'

export type Shares = ReturnType<typeof createShares>

export function createShares(context: OpenwebuiContext) {
  const { read, deps } = context

  function announce(chatId: Uuid): void {
    deps.events.emit(chatAccessChanged(chatId))
  }

  async function readable(actor: Actor | null, share: SharedChatRow): Promise<boolean> {
    if (await context.own.grants.openToAnyone('shared_chat', share.chatId)) return true
    if (!actor) return false
    if (actor.user.role === 'admin' || share.userId === actor.user.id) return true
    return context.own.grants.allows(actor.user.id, 'shared_chat', share.chatId, 'read')
  }

  return {
    /** Makes or refreshes the snapshot. */
    async share(actor: Actor, id: Uuid, shareMode: string | null): Promise<ChatRow> {
      await context.own.permissions.require(actor, 'chat.share')
      const row = await context.own.chats.own(actor, id)
      const { seconds } = context.now()
      const shareId = row.shareId ?? deps.ids.next()
      const existing = await read.sharedChats.get({ id: shareId })
      const snapshot: SharedChatRow = {
        id: shareId,
        chatId: id,
        userId: actor.user.id,
        title: row.title,
        chat: { ...jsonOf(row.chat), share_mode: shareMode },
        createdAt: existing?.createdAt ?? seconds,
        updatedAt: seconds,
      }
      await context.write(async (tables) => {
        await tables.sharedChats.put(snapshot)
        await tables.chats.update({ id }, { shareId })
      })
      announce(id)
      return { ...row, shareId }
    },

    async unshare(actor: Actor, id: Uuid): Promise<boolean> {
      const row = await context.own.chats.own(actor, id)
      if (!row.shareId) return false
      await context.write(async (tables) => {
        await tables.sharedChats.remove({ chatId: id })
        await tables.grants.remove({ resourceType: 'shared_chat', resourceId: id })
        await tables.chats.update({ id }, { shareId: null })
      })
      announce(id)
      return true
    },

    async unshareAll(actor: Actor): Promise<void> {
      const rows = await read.sharedChats.pick(['chatId'], { where: { userId: actor.user.id } })
      await context.write(async (tables) => {
        for (const { chatId } of rows) {
          await tables.grants.remove({ resourceType: 'shared_chat', resourceId: chatId })
        }
        await tables.sharedChats.remove({ userId: actor.user.id })
        await tables.chats.update({ userId: actor.user.id, shareId: { not: null } }, { shareId: null })
      })
      for (const { chatId } of rows) announce(chatId)
    },

    list: (actor: Actor, offset: number, limit: number): Promise<SharedChatRow[]> =>
      read.sharedChats.find({
        where: { userId: actor.user.id },
        order: [['updatedAt', 'desc']],
        offset,
        limit,
      }),

    /** What a share link shows, as a chat. `actor` is null for people without an account. */
    async open(actor: Actor | null, shareId: string): Promise<ChatRow> {
      const share = await read.sharedChats.get({ id: shareId })
      const viewerId = actor?.user.id ?? null
      if (!share) {
        const row =
          actor?.user.role === 'admin' ? await context.own.chats.accessible(actor, shareId, 'read') : null
        if (!row) throw fault.notFound('chat.not_found')
        return asSeenBy(viewerId, withMode(row, null))
      }
      if (!(await readable(actor, share))) {
        throw actor ? fault.notFound('share.forbidden') : fault.unauthenticated('auth.invalid_token')
      }
      const live =
        actor !== null && jsonOf(share.chat)['share_mode'] === 'continue'
          ? await context.own.chats.accessible(actor, share.chatId, 'write')
          : null
      return asSeenBy(viewerId, live ? withMode(live, 'continue') : withMode(asChat(share), null))
    },

    /** What a share link shows, for cloning. */
    async source(actor: Actor, id: string): Promise<ChatRow> {
      const share = await read.sharedChats.get({ id })
      if (!share || !(await readable(actor, share))) throw fault.notFound('chat.not_found')
      return { ...asChat(share), id: share.chatId }
    },

    async grants(actor: Actor, id: Uuid): Promise<GrantRow[]> {
      await context.own.chats.own(actor, id)
      return context.own.grants.list('shared_chat', id)
    },

    async setGrants(actor: Actor, id: Uuid, given: unknown): Promise<ChatRow> {
      const row = await context.own.chats.own(actor, id)
      await context.own.permissions.require(actor, 'chat.share')
      const anyone = readGrants(given).filter((grant) => grant.principal_type === 'anyone')
      if (anyone.length > 0) await context.own.permissions.require(actor, 'sharing.open_chats')
      const allowed = await context.own.grants.permittedChange(actor, given, 'shared_chat')
      await context.write((tables) => context.own.grants.replace(tables, 'shared_chat', id, allowed))
      announce(id)
      return row
    },
  }
}

/** Whether the viewer may go on with it; no part of the stored chat. */
const withMode = (row: ChatRow, mode: 'continue' | null): ChatRow => ({
  ...row,
  chat: { ...jsonOf(row.chat), share_mode: mode },
})

function asChat(share: SharedChatRow): ChatRow {
  return {
    id: share.id,
    userId: share.userId,
    title: share.title,
    chat: share.chat,
    createdAt: share.createdAt,
    updatedAt: share.updatedAt,
    shareId: share.id,
    archived: false,
    pinned: false,
    meta: {},
    folderId: null,
    tasks: null,
    summary: null,
    lastReadAt: null,
    currentMessageId: null,
    variables: {},
    timerAt: null,
  }
}
