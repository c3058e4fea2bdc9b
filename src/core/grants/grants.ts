/**
 * Who may read or write a thing of Open WebUI by its `access_grant` rows. Owners and administrators are
 * the caller's business: there they pass only where an action says so. Write does not imply read.
 */
import { isJson, listOf, type OpenwebuiContext } from '../chats/context.ts'
import type { OpenwebuiTables } from '../chats/repositories.ts'
import type { GrantRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'

export type ResourceType =
  'model' | 'knowledge' | 'prompt' | 'tool' | 'skill' | 'note' | 'folder' | 'channel' | 'shared_chat' | 'calendar'

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
  /** Of things that carry their grants along, those that a person may read. */
  reaching<Thing>(
    userId: Uuid,
    things: readonly Thing[],
    grantsOf: (thing: Thing) => readonly GrantInput[],
  ): Promise<Thing[]>
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
  /** For something new: drops audiences that the actor may not open it to. */
  permitted(actor: Actor, grants: unknown, type: ResourceType): Promise<GrantInput[]>
  /** For something that is there: refuses them. */
  permittedChange(actor: Actor, grants: unknown, type: ResourceType): Promise<GrantInput[]>
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

  function reaches(
    grant: Pick<GrantRow, 'principalType' | 'principalId'>,
    userId: Uuid,
    groups: ReadonlySet<string>,
  ): boolean {
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
    async reaching(userId, things, grantsOf) {
      if (!things.some((thing) => grantsOf(thing).length > 0)) return []
      const groups = new Set(await groupIds(userId))
      return things.filter((thing) =>
        grantsOf(thing).some(
          ({ principal_type: principalType, principal_id: principalId, permission }) =>
            permission === 'read' && reaches({ principalType, principalId }, userId, groups),
        ),
      )
    },
    async grantedIds(userId, resourceType, permission) {
      const of = (principalType: 'user' | 'group', ids: readonly string[]) =>
        ids.length === 0
          ? []
          : read.grants.pick(['resourceId'], {
              where: { resourceType, permission, principalType, principalId: { in: ids } },
            })
      const [own, groups] = await Promise.all([
        of('user', [userId, EVERYONE]),
        groupIds(userId).then((ids) => of('group', ids)),
      ])
      return new Set([...own, ...groups].map((row) => row.resourceId))
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
    permitted,
    async permittedChange(actor, given, type) {
      const wanted = uniqueGrants(readGrants(given))
      const allowed = await permitted(actor, wanted, type)
      if (allowed.length === wanted.length) return allowed
      throw fault.forbidden(
        'grant.audience',
        'You do not have permission to share with the requested audience',
      )
    },
  }

  async function permitted(actor: Actor, given: unknown, type: ResourceType): Promise<GrantInput[]> {
    const { sharing, everyone, anyone } = AUDIENCES[type]
    // Audiences that a kind of thing does not have are for nobody, administrators included.
    const grants = readGrants(given).filter((grant) => {
      if (grant.principal_type === 'anyone') return anyone !== null
      return !isPublic(grant) || everyone !== null
    })
    if (actor.user.role === 'admin' || grants.length === 0) return grants
    const may = await context.own.permissions.tree(actor.user.id)
    if (sharing !== null && !may.has(`sharing.${sharing}`)) return []
    return grants.filter((grant) => {
      if (grant.principal_type === 'anyone') return may.has(`sharing.${anyone}`)
      if (isPublic(grant)) return may.has(`sharing.${everyone}`)
      return may.has(
        grant.principal_type === 'group' ? 'access_grants.allow_groups' : 'access_grants.allow_users',
      )
    })
  }
}

const isPublic = (grant: GrantInput): boolean =>
  grant.principal_type === 'user' && grant.principal_id === EVERYONE

interface Audience {
  /** Needed to share at all. */
  sharing: string | null
  /** With everybody who has an account. */
  everyone: string | null
  /** Without an account. */
  anyone: string | null
}

/** The permissions below `sharing.` by kind of thing. */
const AUDIENCES: Record<ResourceType, Audience> = {
  model: { sharing: 'models', everyone: 'public_models', anyone: null },
  knowledge: { sharing: 'knowledge', everyone: 'public_knowledge', anyone: null },
  prompt: { sharing: 'prompts', everyone: 'public_prompts', anyone: null },
  tool: { sharing: 'tools', everyone: 'public_tools', anyone: null },
  skill: { sharing: 'skills', everyone: 'public_skills', anyone: null },
  note: { sharing: 'notes', everyone: 'public_notes', anyone: null },
  folder: { sharing: 'folders', everyone: null, anyone: null },
  channel: { sharing: null, everyone: 'public_channels', anyone: null },
  calendar: { sharing: null, everyone: 'public_calendars', anyone: null },
  shared_chat: { sharing: null, everyone: 'public_chats', anyone: 'open_chats' },
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
