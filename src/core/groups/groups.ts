/** Groups of people: names, members and what they switch on. For administrators, except where noted. */
import { accessUpdated, listOf, type OpenwebuiContext } from '../chats/context.ts'
import type { GroupRow } from '../chats/rows.ts'
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

export interface GroupReach {
  default_models: string[]
  models: Named[]
  knowledge: Named[]
  tools: Named[]
}

export interface Groups {
  /** All for an administrator; else those one is in, or may share with. */
  list(actor: Actor, onlyShareable: boolean): Promise<CountedGroup[]>
  get(actor: Actor, id: Uuid): Promise<CountedGroup>
  /** Name and size, for everybody. */
  info(id: Uuid): Promise<CountedGroup>
  create(actor: Actor, input: GroupInput): Promise<CountedGroup>
  update(actor: Actor, id: Uuid, input: GroupInput): Promise<CountedGroup>
  remove(actor: Actor, id: Uuid): Promise<boolean>
  addMembers(actor: Actor, id: Uuid, userIds: readonly Uuid[]): Promise<CountedGroup>
  removeMembers(actor: Actor, id: Uuid, userIds: readonly Uuid[]): Promise<CountedGroup>
  memberIds(id: Uuid): Promise<Uuid[]>
  /** What its members reach through it: things granted to the group by name. */
  reach(actor: Actor, id: Uuid): Promise<GroupReach>
  /** Groups a person is directly in. */
  ofUser(userId: Uuid): Promise<GroupRow[]>
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
    if (!row) throw fault.notFound('group.not_found')
    const [group] = await counted([row])
    return group ?? { ...row, memberCount: 0 }
  }

  async function ofUser(userId: Uuid): Promise<GroupRow[]> {
    const members = await read.groupMembers.pick(['groupId'], { where: { userId } })
    if (members.length === 0) return []
    return read.groups.find({ where: { id: { in: members.map((member) => member.groupId) } } })
  }

  /** Parents of parents up to the top; a circle would never end. */
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

  async function refuseCircle(id: Uuid, parentId: Uuid | null): Promise<void> {
    for (let at = parentId; at !== null;) {
      if (at === id) throw fault.invalid('group.circle', 'A group cannot be its own ancestor.')
      at = (await read.groups.get({ id: at }))?.parentGroupId ?? null
    }
  }

  return {
    ofUser,
    info: load,
    async list(actor, onlyShareable) {
      const own =
        actor.user.role === 'admin' ? null : new Set(await context.own.grants.groupIds(actor.user.id))
      const rows = await read.groups.find({ order: [['updatedAt', 'desc']] })
      const visible = rows.filter((row) => {
        const share = shareOf(row)
        if (onlyShareable) return share === true || (share === 'members' && (own === null || own.has(row.id)))
        return own === null || own.has(row.id)
      })
      return counted(visible)
    },
    async get(actor, id) {
      requireAdmin(actor)
      return load(id)
    },
    async create(actor, input) {
      requireAdmin(actor)
      const { seconds } = context.now()
      const row: GroupRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        name: input.name ?? '',
        description: input.description ?? '',
        data: input.data ?? null,
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
      if (input.parentGroupId !== undefined) await refuseCircle(id, input.parentGroupId)
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
    async reach(actor, id) {
      requireAdmin(actor)
      const { data } = await load(id)
      const grants = await read.grants.find({
        where: { principalType: 'group', principalId: id, permission: 'read' },
      })
      const granted = (type: string) => ({
        id: { in: grants.filter((grant) => grant.resourceType === type).map((grant) => grant.resourceId) },
      })
      const [models, knowledge, tools] = await Promise.all([
        read.models.pick(['id', 'name'], { where: granted('model') }),
        read.knowledge.pick(['id', 'name'], { where: granted('knowledge') }),
        read.tools.pick(['id', 'name'], { where: granted('tool') }),
      ])
      const chosen = (data as { config?: { default_models?: unknown } } | null)?.config?.default_models
      return { default_models: idsIn(chosen), models, knowledge, tools }
    },
    async memberIds(id) {
      const rows = await read.groupMembers.pick(['userId'], { where: { groupId: id } })
      return rows.map((row) => row.userId)
    },
  }
}

/** `data.config.share`: true = everybody may share with the group, `members` = only they, false = nobody. */
function shareOf(row: GroupRow): unknown {
  const data = row.data as { config?: { share?: unknown } } | null
  return data?.config?.share ?? true
}

/** Ids in a request's `user_ids`. */
export const idsIn = (value: unknown): Uuid[] =>
  listOf(value).filter((id): id is Uuid => typeof id === 'string')
