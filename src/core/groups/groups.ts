/** Groups of people: names, members and what they switch on. For administrators, except where noted. */
import { accessUpdated, jsonOf, listOf, type OpenwebuiContext } from '../chats/context.ts'
import type { GroupRow, Json } from '../chats/rows.ts'
import { EVERYONE } from '../grants/grants.ts'
import { fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'

export interface GroupInput {
  name?: string
  description?: string
  permissions?: unknown
  data?: unknown
  parentGroupId?: Uuid | null
}

export type CountedGroup = GroupRow & { memberCount: number }

interface Named {
  id: string
  name: string | null
}

/** What was granted, and of how many there are. */
interface Granted {
  items: Named[]
  total: number
}

export interface GroupReach {
  models: Granted
  knowledge: Granted
  tools: Granted
}

/** Models that a conversation begins with: of the group itself, and what counts with its parents. */
export interface GroupDefaults {
  local: string[] | null
  effective: string[]
  source_group_id: string | null
}

export interface Groups {
  /** All for an administrator; else those one is in, or (`shareable`) may share with, or (false) nobody may. */
  list(actor: Actor, shareable: boolean | null): Promise<CountedGroup[]>
  get(actor: Actor, id: Uuid): Promise<CountedGroup>
  /** Name and size, for everybody. */
  info(id: Uuid): Promise<CountedGroup>
  create(actor: Actor, input: GroupInput): Promise<CountedGroup>
  update(actor: Actor, id: Uuid, input: GroupInput): Promise<CountedGroup>
  remove(actor: Actor, id: Uuid): Promise<boolean>
  addMembers(actor: Actor, id: Uuid, userIds: readonly Uuid[]): Promise<CountedGroup>
  removeMembers(actor: Actor, id: Uuid, userIds: readonly Uuid[]): Promise<CountedGroup>
  memberIds(id: Uuid): Promise<Uuid[]>
  /** Everybody in it or in a group below it, each with the groups that they are in. */
  membersBelow(actor: Actor, id: Uuid): Promise<Map<Uuid, Uuid[]>>
  /** The group's parents up to the top, nearest first. */
  ancestors(actor: Actor, id: Uuid): Promise<GroupRow[]>
  /** What these groups were granted, and with `userId` also what that person has or was granted. */
  reach(actor: Actor, groupIds: readonly Uuid[], userId: Uuid | null): Promise<GroupReach>
  defaultModels(actor: Actor, id: Uuid): Promise<GroupDefaults>
  /** Groups a person is in; with `inherited` also those above them. */
  ofUser(userId: Uuid, inherited?: boolean): Promise<GroupRow[]>
}

export function createGroups(context: OpenwebuiContext): Groups {
  const { read, deps } = context

  async function counted(rows: readonly GroupRow[]): Promise<CountedGroup[]> {
    const ids = rows.map((row) => row.id)
    const members =
      ids.length === 0 ? [] : await read.groupMembers.pick(['groupId'], { where: { groupId: { in: ids } } })
    const counts = new Map<string, number>()
    for (const { groupId } of members) counts.set(groupId, (counts.get(groupId) ?? 0) + 1)
    return rows.map((row) => ({ ...row, memberCount: counts.get(row.id) ?? 0 }))
  }

  async function load(id: Uuid): Promise<CountedGroup> {
    const row = await read.groups.get({ id })
    if (!row) throw noSuchGroup()
    const [group] = await counted([row])
    return group ?? { ...row, memberCount: 0 }
  }

  async function ofUser(userId: Uuid, inherited = false): Promise<GroupRow[]> {
    const ids = inherited
      ? await context.own.grants.groupIds(userId)
      : (await read.groupMembers.pick(['groupId'], { where: { userId } })).map(({ groupId }) => groupId)
    if (ids.length === 0) return []
    return read.groups.find({
      where: { id: { in: ids } },
      order: [
        ['updatedAt', 'desc'],
        ['id', 'asc'],
      ],
    })
  }

  async function ancestors(id: Uuid): Promise<GroupRow[]> {
    const chain: GroupRow[] = []
    const seen = new Set([id])
    for (let at = (await load(id)).parentGroupId; at !== null && !seen.has(at);) {
      seen.add(at)
      const parent = await read.groups.get({ id: at })
      if (!parent) break
      chain.push(parent)
      at = parent.parentGroupId
    }
    return chain
  }

  /** In the group or below it: its permissions are theirs. */
  async function peopleIn(id: Uuid): Promise<Uuid[]> {
    const all = await read.groups.pick(['id', 'parentGroupId'])
    const ids = new Set([id])
    for (let before = 0; before < ids.size;) {
      before = ids.size
      for (const { id: child, parentGroupId } of all)
        if (parentGroupId !== null && ids.has(parentGroupId)) ids.add(child)
    }
    const members = await read.groupMembers.pick(['userId'], { where: { groupId: { in: [...ids] } } })
    return [...new Set(members.flatMap(({ userId }) => userId ?? []))]
  }

  function tell(userIds: readonly Uuid[]): void {
    if (userIds.length > 0) deps.events.emit(accessUpdated(userIds))
  }

  async function checkParent(id: Uuid | null, parentId: Uuid | null | undefined): Promise<void> {
    if (!parentId) return
    if (!(await read.groups.get({ id: parentId }))) {
      throw fault.notFound('group.parent_not_found', 'Parent group not found.')
    }
    if (id !== null) await refuseCircle(id, parentId)
  }

  /** Parents of parents up to the top; a circle would never end. */
  async function refuseCircle(id: Uuid, parentId: Uuid | null): Promise<void> {
    for (let at = parentId; at !== null;) {
      if (at === id)
        throw fault.invalid('group.circle', 'A group cannot be its own parent or a descendant of itself.')
      at = (await read.groups.get({ id: at }))?.parentGroupId ?? null
    }
  }

  return {
    ofUser,
    info: load,
    async list(actor, shareable) {
      const own =
        actor.user.role === 'admin' ? null : new Set(await context.own.grants.groupIds(actor.user.id))
      const rows = await read.groups.find({ order: [['updatedAt', 'desc']] })
      const visible = rows.filter((row) => {
        if (own === null) return true
        if (shareable === null) return own.has(row.id)
        const share = shareOf(row)
        return shareable ? share === true || (share === 'members' && own.has(row.id)) : share === false
      })
      return counted(visible)
    },
    async get(actor, id) {
      requireAdmin(actor)
      return load(id)
    },
    async create(actor, input) {
      requireAdmin(actor)
      await checkParent(null, input.parentGroupId)
      const { seconds } = context.now()
      const row: GroupRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        name: input.name ?? '',
        description: input.description ?? '',
        data: withShare(input.data),
        meta: null,
        permissions: input.permissions ?? null,
        createdAt: seconds,
        updatedAt: seconds,
        parentGroupId: input.parentGroupId ?? null,
      }
      await context.write((tables) => tables.groups.insert(row))
      return { ...row, memberCount: 0 }
    },
    async update(actor, id, input) {
      requireAdmin(actor)
      await load(id)
      await checkParent(id, input.parentGroupId)
      const patch: Partial<GroupRow> = { ...input, updatedAt: context.now().seconds }
      await context.write((tables) => tables.groups.update({ id }, patch))
      if (input.permissions !== undefined || input.parentGroupId !== undefined) tell(await peopleIn(id))
      return load(id)
    },
    async remove(actor, id) {
      requireAdmin(actor)
      await load(id)
      const people = await peopleIn(id)
      await context.write(async (tables) => {
        await tables.groupMembers.remove({ groupId: id })
        await tables.grants.remove({ principalType: 'group', principalId: id })
        await tables.groups.update({ parentGroupId: id }, { parentGroupId: null })
        await tables.groups.remove({ id })
      })
      tell(people)
      return true
    },
    async addMembers(actor, id, userIds) {
      requireAdmin(actor)
      await load(id)
      const known = new Set(await this.memberIds(id))
      const people = await context.core.users.byIds(userIds.filter((userId) => !known.has(userId)))
      const { seconds } = context.now()
      const rows = people.map((user) => ({
        id: deps.ids.next(),
        groupId: id,
        userId: user.id,
        createdAt: seconds,
        updatedAt: seconds,
      }))
      if (rows.length > 0) await context.write((tables) => tables.groupMembers.insert(rows))
      tell(people.map((user) => user.id))
      return load(id)
    },
    async removeMembers(actor, id, userIds) {
      requireAdmin(actor)
      await load(id)
      if (userIds.length > 0) {
        await context.write((tables) => tables.groupMembers.remove({ groupId: id, userId: { in: userIds } }))
        tell(userIds)
      }
      return load(id)
    },
    async ancestors(actor, id) {
      requireAdmin(actor)
      return ancestors(id)
    },
    async membersBelow(actor, id) {
      requireAdmin(actor)
      await load(id)
      const below = new Set([id])
      for (let frontier: Uuid[] = [id]; frontier.length > 0;) {
        const children = await read.groups.pick(['id'], { where: { parentGroupId: { in: frontier } } })
        frontier = children.map((child) => child.id).filter((child) => !below.has(child))
        for (const child of frontier) below.add(child)
      }
      const rows = await read.groupMembers.pick(['userId', 'groupId'], {
        where: { groupId: { in: [...below] } },
      })
      const byUser = new Map<Uuid, Uuid[]>()
      for (const { userId, groupId } of rows) {
        if (userId !== null) byUser.set(userId, [...(byUser.get(userId) ?? []), groupId])
      }
      return byUser
    },
    async reach(actor, groupIds, userId) {
      requireAdmin(actor)
      const people = userId === null ? [] : [userId, EVERYONE]
      const grants = await read.grants.find({
        where: {
          permission: 'read',
          any: [
            { principalType: 'group', principalId: { in: [...groupIds] } },
            { principalType: 'user', principalId: { in: people.length > 0 ? people : [EVERYONE] } },
          ],
        },
      })
      const granted = (type: string, all: readonly (Named & { userId: Uuid | null })[]): Granted => {
        const ids = new Set(grants.filter((one) => one.resourceType === type).map((one) => one.resourceId))
        const items = all.filter((one) => ids.has(one.id) || (userId !== null && one.userId === userId))
        return { items: items.map(({ id, name }) => ({ id, name })), total: all.length }
      }
      const [models, knowledge, tools] = await Promise.all([
        read.models.pick(['id', 'name', 'userId'], { where: { isActive: true } }),
        read.knowledge.pick(['id', 'name', 'userId'], {}),
        read.tools.pick(['id', 'name', 'userId'], {}),
      ])
      return {
        models: granted('model', models),
        knowledge: granted('knowledge', knowledge),
        tools: granted('tool', tools),
      }
    },
    async defaultModels(actor, id) {
      requireAdmin(actor)
      const chain = [await load(id), ...(await ancestors(id))]
      const source = chain.find((group) => defaultsOf(group) !== null)
      const everywhere = context.setting<unknown>('ui.default_models', null)
      const all = typeof everywhere === 'string' ? everywhere.split(',').map((name) => name.trim()) : []
      return {
        local: chain[0] ? defaultsOf(chain[0]) : null,
        effective: (source && defaultsOf(source)) ?? all.filter((name) => name !== ''),
        source_group_id: source?.id ?? null,
      }
    },
    async memberIds(id) {
      const rows = await read.groupMembers.pick(['userId'], { where: { groupId: id } })
      return rows.map((row) => row.userId)
    },
  }
}

/** `data.config.default_models`; null when there are none. */
function defaultsOf(row: GroupRow): string[] | null {
  const chosen = idsIn((row.data as { config?: { default_models?: unknown } } | null)?.config?.default_models)
  return chosen.length > 0 ? chosen : null
}

/** New groups may be shared with by their members, until somebody chooses otherwise. */
function withShare(data: unknown): Json {
  const given = jsonOf(data)
  return { ...given, config: { share: 'members', ...jsonOf(given['config']) } }
}

const noSuchGroup = () => fault.notFound('group.not_found', 'Group not found.')

/** `data.config.share`: true = everybody may share with the group, `members` = only they, false = nobody. */
function shareOf(row: GroupRow): unknown {
  const data = row.data as { config?: { share?: unknown } } | null
  return data?.config?.share ?? true
}

/** Ids in a request's `user_ids`. */
export const idsIn = (value: unknown): Uuid[] =>
  listOf(value).filter((id): id is Uuid => typeof id === 'string')
