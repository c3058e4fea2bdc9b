/** Tags of chats: names per person; a chat keeps the ids of its tags in `meta.tags`. */
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import { jsonOf, listOf, type OpenwebuiContext } from './context.ts'
import { CHATS_PER_PAGE, type ChatTitle } from './chat-lists.ts'
import type { OpenwebuiTables } from './repositories.ts'
import type { TagRow } from './rows.ts'

export type Tags = ReturnType<typeof createTags>

/** `My Tag` → `my_tag`. */
export const tagId = (name: string): string => name.replaceAll(' ', '_').toLowerCase()

export function createTags(context: OpenwebuiContext) {
  const { read } = context

  async function ofIds(userId: Uuid, ids: readonly unknown[]): Promise<TagRow[]> {
    const wanted = ids.filter((id): id is string => typeof id === 'string')
    return wanted.length === 0 ? [] : read.tags.find({ where: { userId, id: { in: wanted } } })
  }

  async function ensure(tables: OpenwebuiTables, userId: Uuid, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const id = tagId(name)
      if (!(await tables.tags.get({ id, userId }))) await tables.tags.insert({ id, name, userId, meta: null })
    }
  }

  /** Removes those of these tags that no chat has any more. */
  async function dropUnused(tables: OpenwebuiTables, userId: Uuid, ids: readonly unknown[]): Promise<void> {
    for (const id of ids) {
      if (typeof id !== 'string') continue
      if ((await tables.chatQueries.idsByTags(userId, [id])).length === 0)
        await tables.tags.remove({ id, userId })
    }
  }

  /** Replaces the tags of a chat; `none` is no tag. */
  async function replace(userId: Uuid, chatId: Uuid, names: readonly string[]): Promise<void> {
    await context.write(async (tables) => {
      const row = await tables.chats.getForChange({ id: chatId, userId })
      if (!row) throw fault.notFound('chat.not_found')
      const wanted = names.filter((name) => tagId(name) !== 'none' && name.trim() !== '')
      const ids = [...new Set(wanted.map(tagId))]
      const before = listOf(jsonOf(row.meta)['tags'])
      await tables.chats.update({ id: chatId }, { meta: { ...jsonOf(row.meta), tags: ids } })
      await ensure(tables, userId, wanted)
      await dropUnused(
        tables,
        userId,
        before.filter((id) => !ids.includes(String(id))),
      )
    })
  }

  async function ofChat(actor: Actor, chatId: Uuid): Promise<TagRow[]> {
    const row = await context.own.chats.own(actor, chatId)
    return ofIds(actor.user.id, listOf(jsonOf(row.meta)['tags']))
  }

  return {
    ofChat,
    replace,
    dropUnused,
    all: (actor: Actor): Promise<TagRow[]> => read.tags.find({ where: { userId: actor.user.id } }),

    async add(actor: Actor, chatId: Uuid, name: string): Promise<TagRow[]> {
      const names = (await ofChat(actor, chatId)).map((tag) => tag.name ?? tag.id)
      if (tagId(name) === 'none') throw fault.invalid('tag.none', "Tag name cannot be 'None'")
      if (!names.some((known) => tagId(known) === tagId(name)))
        await replace(actor.user.id, chatId, [...names, name])
      return ofChat(actor, chatId)
    },

    async remove(actor: Actor, chatId: Uuid, name: string): Promise<TagRow[]> {
      const names = (await ofChat(actor, chatId)).map((tag) => tag.name ?? tag.id)
      await replace(
        actor.user.id,
        chatId,
        names.filter((known) => tagId(known) !== tagId(name)),
      )
      return ofChat(actor, chatId)
    },

    async removeAll(actor: Actor, chatId: Uuid): Promise<void> {
      await replace(actor.user.id, chatId, [])
    },

    async chatsWith(actor: Actor, name: string, skip: number, limit = CHATS_PER_PAGE): Promise<ChatTitle[]> {
      const ids = await read.chatQueries.idsByTags(actor.user.id, [tagId(name)])
      return read.chatQueries.titlesByIds(actor.user.id, ids.slice(skip, skip + limit))
    },
  }
}
