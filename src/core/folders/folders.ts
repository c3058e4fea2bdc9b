/** Folders of chats: a tree of names per person, that can be opened to others by grants. */
import { chatAccessChanged, chatsAccessChanged, jsonOf, listOf, type OpenwebuiContext } from '../chats/context.ts'
import type { FolderRow, GrantRow, Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'

export interface FolderInput {
  name?: string
  data?: unknown
  meta?: unknown
}

export interface FolderView {
  folder: FolderRow
  grants: GrantRow[]
  writable: boolean
}

export interface Folders {
  /** Own folders with their unread chats. */
  list(actor: Actor): Promise<(FolderRow & { unreadCount: number })[]>
  /** Folders of others that were opened to the actor. */
  shared(actor: Actor): Promise<FolderRow[]>
  view(actor: Actor, id: Uuid): Promise<FolderView>
  create(actor: Actor, input: FolderInput & { parentId?: Uuid | null }): Promise<FolderRow>
  update(actor: Actor, id: Uuid, input: FolderInput): Promise<FolderRow>
  move(actor: Actor, id: Uuid, parentId: Uuid | null): Promise<FolderRow>
  setExpanded(actor: Actor, id: Uuid, expanded: boolean): Promise<FolderRow>
  setGrants(actor: Actor, id: Uuid, grants: unknown, shareMode: unknown): Promise<FolderView>
  /** Its chats go with it, or out of it. */
  remove(actor: Actor, id: Uuid, withContents: boolean): Promise<void>
  /** The folder and all folders under it. */
  treeIds(ownerId: Uuid, id: Uuid): Promise<Uuid[]>
  /** Unread chats in each own folder and those below it; 0 where there are none, so that a badge goes. */
  unread(userId: Uuid): Promise<Record<Uuid, number>>
  /** The owner, or someone who was granted it or a folder above it. Null when not. */
  readable(userId: Uuid, id: Uuid): Promise<FolderRow | null>
}

export function createFolders(context: OpenwebuiContext): Folders {
  const { read, deps } = context

  async function own(actor: Actor, id: Uuid): Promise<FolderRow> {
    const row = await read.folders.get({ id, userId: actor.user.id })
    if (!row) throw fault.notFound('folder.not_found')
    return row
  }

  /** Names are unique beside their siblings: a number is appended. */
  async function freeName(
    userId: Uuid,
    parentId: Uuid | null,
    wanted: string,
    except?: Uuid,
  ): Promise<string> {
    const siblings = await read.folders.pick(['id', 'name'], { where: { userId, parentId } })
    const taken = new Set(siblings.filter(({ id }) => id !== except).map(({ name }) => name.toLowerCase()))
    let name = wanted
    for (let n = 1; taken.has(name.toLowerCase()); n++) name = `${wanted} (${n})`
    return name
  }

  /** Nobody files what they may not read: a folder's files go to the model with each of its chats. */
  async function checkFiles(actor: Actor, data: unknown, before: unknown): Promise<void> {
    const had = new Set(attachedIn(before).map(({ id }) => id))
    for (const { type, id } of attachedIn(data)) {
      if (had.has(id)) continue
      const asked = type === 'collection' ? context.own.knowledge.get(actor, id) : context.own.openFiles.get(actor, id)
      const found = await asked.catch(() => null)
      if (found === null) throw fault.forbidden('folder.file_forbidden', NO_ACCESS)
    }
  }

  async function treeIds(ownerId: Uuid, id: Uuid): Promise<Uuid[]> {
    const all = await read.folders.pick(['id', 'parentId'], { where: { userId: ownerId } })
    const found = [id]
    for (const at of found) {
      for (const folder of all)
        if (folder.parentId === at && !found.includes(folder.id)) found.push(folder.id)
    }
    return found
  }

  async function unread(userId: Uuid): Promise<Record<Uuid, number>> {
    const [folders, direct] = await Promise.all([
      read.folders.pick(['id', 'parentId'], { where: { userId } }),
      read.chatQueries.unreadByFolder(userId),
    ])
    const parents = new Map(folders.map(({ id, parentId }) => [id, parentId]))
    const counts = Object.fromEntries(folders.map(({ id }) => [id, 0]))
    for (const [folderId, count] of Object.entries(direct)) {
      const seen = new Set<Uuid>()
      for (let at: Uuid | null = folderId; at !== null && parents.has(at) && !seen.has(at);) {
        seen.add(at)
        counts[at] = (counts[at] ?? 0) + count
        at = parents.get(at) ?? null
      }
    }
    return counts
  }

  async function grantedThrough(
    userId: Uuid,
    folder: FolderRow,
    permission: 'read' | 'write',
  ): Promise<boolean> {
    const seen = new Set<string>()
    for (let at: FolderRow | null = folder; at && !seen.has(at.id);) {
      seen.add(at.id)
      if (await context.own.grants.allows(userId, 'folder', at.id, permission)) return true
      at = at.parentId ? await read.folders.get({ id: at.parentId }) : null
    }
    return false
  }

  async function patched(actor: Actor, id: Uuid, patch: Partial<FolderRow>): Promise<FolderRow> {
    await context.write((tables) => tables.folders.update({ id, userId: actor.user.id }, patch))
    return own(actor, id)
  }

  return {
    treeIds,
    unread,
    async readable(userId, id) {
      const folder = await read.folders.get({ id })
      if (!folder) return null
      return folder.userId === userId || (await grantedThrough(userId, folder, 'read')) ? folder : null
    },
    async list(actor) {
      const [rows, counts] = await Promise.all([
        read.folders.find({ where: { userId: actor.user.id }, order: [['updatedAt', 'desc']] }),
        unread(actor.user.id),
      ])
      return rows.map((row) => ({ ...row, unreadCount: counts[row.id] ?? 0 }))
    },
    async shared(actor) {
      const ids = await context.own.grants.grantedIds(actor.user.id, 'folder', 'read')
      if (ids.size === 0) return []
      return read.folders.find({ where: { id: { in: [...ids] }, userId: { not: actor.user.id } } })
    },
    async view(actor, id) {
      const folder = await this.readable(actor.user.id, id)
      if (!folder) throw fault.notFound('folder.not_found')
      const owns = folder.userId === actor.user.id
      const writable = owns || (await grantedThrough(actor.user.id, folder, 'write'))
      return { folder, grants: await context.own.grants.list('folder', id), writable }
    },
    async create(actor, input) {
      const parentId = input.parentId ?? null
      if (parentId !== null) await own(actor, parentId)
      await checkFiles(actor, input.data, null)
      const { seconds } = context.now()
      const row: FolderRow = {
        id: deps.ids.next(),
        parentId,
        userId: actor.user.id,
        name: await freeName(actor.user.id, parentId, (input.name ?? '').trim() || 'New Folder'),
        items: null,
        meta: input.meta ?? null,
        isExpanded: false,
        createdAt: seconds,
        updatedAt: seconds,
        data: input.data ?? null,
      }
      await context.write((tables) => tables.folders.insert(row))
      return row
    },
    async update(actor, id, input) {
      const row = await own(actor, id)
      await checkFiles(actor, input.data, row.data)
      const name =
        input.name === undefined
          ? row.name
          : await freeName(actor.user.id, row.parentId, input.name.trim(), id)
      return patched(actor, id, {
        name,
        ...(input.data ? { data: { ...jsonOf(row.data), ...(input.data as Json) } } : {}),
        ...(input.meta ? { meta: { ...jsonOf(row.meta), ...(input.meta as Json) } } : {}),
        updatedAt: context.now().seconds,
      })
    },
    async move(actor, id, parentId) {
      const row = await own(actor, id)
      if (parentId !== null) {
        await own(actor, parentId)
        if ((await treeIds(actor.user.id, id)).includes(parentId)) {
          throw fault.invalid('folder.circle', 'A folder cannot be moved into itself.')
        }
      }
      const name = await freeName(actor.user.id, parentId, row.name, id)
      const moved = await patched(actor, id, { parentId, name, updatedAt: context.now().seconds })
      context.deps.events.emit(chatsAccessChanged(actor.user.id))
      return moved
    },
    async setExpanded(actor, id, isExpanded) {
      await own(actor, id)
      return patched(actor, id, { isExpanded, updatedAt: context.now().seconds })
    },
    async setGrants(actor, id, grants, shareMode) {
      const row = await own(actor, id)
      const allowed = await context.own.grants.permittedChange(actor, grants, 'folder')
      await context.write(async (tables) => {
        await context.own.grants.replace(tables, 'folder', id, allowed)
        const data: Json = { ...jsonOf(row.data), share_mode: shareMode ?? null }
        await tables.folders.update({ id, userId: actor.user.id }, { data })
      })
      context.deps.events.emit(chatsAccessChanged(actor.user.id))
      return this.view(actor, id)
    },
    async remove(actor, id, withContents) {
      await own(actor, id)
      const ids = await treeIds(actor.user.id, id)
      const chats = await read.chats.pick(['id'], { where: { userId: actor.user.id, folderId: { in: ids } } })
      if (withContents && chats.length > 0) await context.own.permissions.require(actor, 'chat.delete')
      await context.write(async (tables) => {
        if (withContents) {
          for (const chat of chats) await context.own.chats.removeIn(tables, chat.id)
        } else await tables.chats.update({ userId: actor.user.id, folderId: { in: ids } }, { folderId: null })
        await tables.grants.remove({ resourceType: 'folder', resourceId: { in: ids } })
        await tables.folders.remove({ userId: actor.user.id, id: { in: ids } })
      })
      const { events } = context.deps
      if (withContents) for (const chat of chats) events.emit(chatAccessChanged(chat.id))
      else events.emit(chatsAccessChanged(actor.user.id))
    },
  }
}

/** Files and collections of a folder's `data.files`. */
function attachedIn(data: unknown): { type: string; id: string }[] {
  return listOf(jsonOf(data)['files']).flatMap((entry) => {
    const { type, id } = jsonOf(entry)
    if ((type !== 'file' && type !== 'collection') || typeof id !== 'string') return []
    return [{ type, id }]
  })
}

const NO_ACCESS =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'
