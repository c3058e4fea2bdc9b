/**
 * Who may read or write a thing of Open WebUI by its `access_grant` rows. Owners and administrators are
 * the caller's business: there they pass only where an action says so. Write does not imply read.
 */
import { isJson, listOf, type OpenwebuiContext } from '../chats/context.ts'
import type { OpenwebuiTables } from '../chats/repositories.ts'
import type { GrantRow } from '../chats/rows.ts'
import type { Actor, Uuid } from '../types.ts'

export type ResourceType =
  'model' | 'knowledge' | 'prompt' | 'tool' | 'skill' | 'note' | 'folder' | 'channel' | 'shared_chat'

export type Permission = 'read' | 'write'

export interface GrantInput {
  principal_type: 'user' | 'group' | 'anyone'
  principal_id: string
  permission: Permission
}

/** Everybody with an account. */
export const EVERYONE = '*'

export interface Grants {
  /** Groups of a person, parents included: members inherit what their parents are granted. */
  groupIds(userId: Uuid): Promise<string[]>
  list(type: ResourceType, resourceId: string): Promise<GrantRow[]>
  listMany(type: ResourceType, resourceIds: readonly string[]): Promise<Map<string, GrantRow[]>>
  allows(userId: Uuid, type: ResourceType, resourceId: string, permission: Permission): Promise<boolean>
  /** Which of the resources of this type a person was granted, of all there are. */
  grantedIds(userId: Uuid, type: ResourceType, permission: Permission): Promise<Set<string>>
  /** Without an account; only shared chats have such grants. */
  openToAnyone(type: ResourceType, resourceId: string): Promise<boolean>
  /** Replaces all grants of a resource. Runs in the caller's unit of work. */
  replace(
    tables: OpenwebuiTables,
    type: ResourceType,
    resourceId: string,
    grants: GrantInput[],
  ): Promise<void>
  /** Drops audiences that the actor may not open things to (`sharing.<public>`, `access_grants.*`). */
  permitted(actor: Actor, grants: unknown, publicPermission: string): Promise<GrantInput[]>
}

export function createGrants(context: OpenwebuiContext): Grants {
  const { read, deps } = context

  async function groupIds(userId: Uuid): Promise<string[]> {
    const direct = await read.groupMembers.pick(['groupId'], { where: { userId } })
    const known = new Set(direct.map((member) => member.groupId))
    let frontier = [...known]
    while (frontier.length > 0) {
      const groups = await read.groups.pick(['parentGroupId'], { where: { id: { in: frontier } } })
      frontier = groups.flatMap(({ parentGroupId }) =>
        parentGroupId !== null && !known.has(parentGroupId) ? [parentGroupId] : [],
      )
      for (const id of frontier) known.add(id)
    }
    return [...known]
  }

  function reaches(grant: GrantRow, userId: Uuid, groups: ReadonlySet<string>): boolean {
    if (grant.principalType === 'user') return grant.principalId === EVERYONE || grant.principalId === userId
    return grant.principalType === 'group' && groups.has(grant.principalId)
  }

  const list: Grants['list'] = (resourceType, resourceId) =>
    read.grants.find({ where: { resourceType, resourceId } })

  return {
    groupIds,
    list,
    async listMany(resourceType, resourceIds) {
      const byId = new Map<string, GrantRow[]>(resourceIds.map((id) => [id, []]))
      if (resourceIds.length === 0) return byId
      const rows = await read.grants.find({ where: { resourceType, resourceId: { in: resourceIds } } })
      for (const row of rows) byId.get(row.resourceId)?.push(row)
      return byId
    },
    async allows(userId, type, resourceId, permission) {
      const grants = (await list(type, resourceId)).filter((grant) => grant.permission === permission)
      if (grants.length === 0) return false
      const needGroups = grants.some((grant) => grant.principalType === 'group')
      const groups = new Set(needGroups ? await groupIds(userId) : [])
      return grants.some((grant) => reaches(grant, userId, groups))
    },
    async grantedIds(userId, resourceType, permission) {
      const groups = new Set(await groupIds(userId))
      const rows = await read.grants.find({
        where: {
          resourceType,
          permission,
          any: [
            { principalType: 'user', principalId: { in: [userId, EVERYONE] } },
            { principalType: 'group', principalId: { in: [...groups] } },
          ],
        },
      })
      return new Set(rows.map((row) => row.resourceId))
    },
    async openToAnyone(resourceType, resourceId) {
      const row = await read.grants.get({
        resourceType,
        resourceId,
        principalType: 'anyone',
        permission: 'read',
      })
      return row !== null
    },
    async replace(tables, resourceType, resourceId, grants) {
      await tables.grants.remove({ resourceType, resourceId })
      const createdAt = context.now().seconds
      const rows = uniqueGrants(grants).map((grant) => ({
        id: deps.ids.next(),
        resourceType,
        resourceId,
        principalType: grant.principal_type,
        principalId: grant.principal_id,
        permission: grant.permission,
        createdAt,
      }))
      if (rows.length > 0) await tables.grants.insert(rows)
    },
    async permitted(actor, given, publicPermission) {
      const grants = readGrants(given)
      if (actor.user.role === 'admin') return grants
      const may = await context.own.permissions.tree(actor.user.id)
      return grants.filter((grant) => {
        if (grant.principal_id === EVERYONE) return may.has(`sharing.${publicPermission}`)
        return may.has(
          grant.principal_type === 'group' ? 'access_grants.allow_groups' : 'access_grants.allow_users',
        )
      })
    },
  }
}

/** Grants as clients send them; what is not one is left out. */
export function readGrants(given: unknown): GrantInput[] {
  return listOf(given).flatMap((grant) => {
    if (!isJson(grant)) return []
    const type = grant['principal_type']
    const id = grant['principal_id']
    const permission = grant['permission']
    if (type !== 'user' && type !== 'group' && type !== 'anyone') return []
    if (typeof id !== 'string' || (permission !== 'read' && permission !== 'write')) return []
    return [{ principal_type: type, principal_id: id, permission } satisfies GrantInput]
  })
}

function uniqueGrants(grants: readonly GrantInput[]): GrantInput[] {
  const byKey = new Map(grants.map((grant) => [JSON.stringify(Object.values(grant)), grant]))
  return [...byKey.values()]
}
