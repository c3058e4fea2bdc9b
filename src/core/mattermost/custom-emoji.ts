/** Emoji that people of this server made. There are few, so all names are kept in memory. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { CustomEmoji } from '../mattermost-repositories.ts'
import { isAdmin, requireScope } from '../permissions/scopes.ts'
import { emojiOf } from '../support/emoji.ts'
import type { Actor, Uuid } from '../types.ts'
import type { FileStore } from '../ports.ts'

const MAX_BYTES = 512 * 1024
const MAX_SIDE = 1028
const MAX_EMOJI = 6_000
const NAME = /^[a-z0-9_+-]{1,64}$/

export interface CustomEmojiPart {
  /** Reads all; done once at start, and again when another node changed something. */
  load(): Promise<void>
  /** Without waiting; null when there is none of this name. */
  named(name: string): CustomEmoji | null
  byId(id: Uuid): Promise<CustomEmoji>
  list(page: { offset: number; limit: number; byName: boolean }): Promise<CustomEmoji[]>
  search(term: string, prefixOnly: boolean, limit: number): Promise<CustomEmoji[]>
  create(actor: Actor, input: { name: string; bytes: Uint8Array }): Promise<CustomEmoji>
  remove(actor: Actor, id: Uuid): Promise<void>
  image(id: Uuid): ReturnType<FileStore['get']>
}

export function createCustomEmoji(deps: CoreDeps, _core: Core): CustomEmojiPart {
  const { store, clock, ids, files, images } = deps
  let byName = new Map<string, CustomEmoji>()
  let loading: Promise<void> | null = null

  async function load(): Promise<void> {
    const all = await store.read.customEmoji.all()
    byName = new Map(all.map((one) => [one.name, one]))
  }

  function ready(): Promise<void> {
    loading ??= load().catch((error: unknown) => {
      loading = null
      throw error
    })
    return loading
  }

  async function byId(id: Uuid): Promise<CustomEmoji> {
    await ready()
    for (const one of byName.values()) if (one.id === id) return one
    throw fault.notFound('emoji.not_found', 'There is no such emoji.')
  }

  return {
    load,
    byId,
    named: (name) => byName.get(name) ?? null,
    async list({ offset, limit, byName: alphabetical }) {
      await ready()
      const all = [...byName.values()]
      all.sort((a, b) => (alphabetical ? a.name.localeCompare(b.name) : b.createdAt - a.createdAt))
      return all.slice(offset, offset + limit)
    },
    async search(term, prefixOnly, limit) {
      await ready()
      const wanted = term.toLowerCase()
      const fits = (name: string) => (prefixOnly ? name.startsWith(wanted) : name.includes(wanted))
      return [...byName.values()].filter((one) => fits(one.name)).slice(0, limit)
    },
    async create(actor, { name, bytes }) {
      requireScope(actor, 'account:write')
      await ready()
      if (!NAME.test(name) || emojiOf(name) !== `:${name}:`) {
        throw fault.invalid('emoji.bad_name', 'This name cannot be used for an emoji.')
      }
      if (byName.has(name)) throw fault.conflict('emoji.name_taken', 'An emoji of this name exists already.')
      if (byName.size >= MAX_EMOJI) throw fault.invalid('emoji.too_many', 'There are too many emoji.')
      if (bytes.length > MAX_BYTES) throw fault.tooLarge('emoji.too_large', 'The picture is too large.')
      const info = images.inspect(bytes)
      if (!info) throw fault.unsupportedType('emoji.no_image', 'This is no picture.')
      if (info.width > MAX_SIDE || info.height > MAX_SIDE) {
        throw fault.invalid('emoji.too_wide', `A picture has at most ${MAX_SIDE} pixels a side.`)
      }
      const id = ids.next()
      const now = clock.now()
      const storeKey = `emoji/${id}`
      const emoji = { id, name, creatorId: actor.user.id, storeKey, createdAt: now, updatedAt: now }
      await files.put(storeKey, bytes, info.type)
      await store.tx(async (repos, unit) => {
        await repos.customEmoji.insert(emoji)
        unit.emit({ type: 'face', face: 'mattermost', name: 'emoji_added', to: { all: true }, data: emoji })
      })
      byName.set(name, emoji)
      return emoji
    },
    async remove(actor, id) {
      requireScope(actor, 'account:write')
      const emoji = await byId(id)
      if (emoji.creatorId !== actor.user.id && !isAdmin(actor)) {
        throw fault.forbidden('emoji.not_yours', 'Only who made an emoji may delete it.')
      }
      await store.tx(async (repos, unit) => {
        await repos.customEmoji.remove(id)
        unit.emit({ type: 'face', face: 'mattermost', name: 'emoji_removed', to: { all: true }, data: emoji })
      })
      byName.delete(emoji.name)
      await files.delete(emoji.storeKey)
    },
    async image(id) {
      const emoji = await byId(id)
      return files.get(emoji.storeKey)
    },
  }
}
