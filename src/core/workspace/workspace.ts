/**
 * Prompts, tools, functions, skills and memories. Prompts and memories can be made and changed; tools, functions and skills are listed as they lie in the tables, for their code is Python.
 */
import { listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { OpenwebuiTables } from '../chats/repositories.ts'
import type { GrantRow, Json, MemoryRow, PromptRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { ResourceType } from '../grants/grants.ts'
import type { Actor, Uuid } from '../types.ts'

export type WorkspaceType = Extract<ResourceType, 'prompt' | 'knowledge' | 'tool' | 'skill'>
export type Granted<Row> = Row & { grants: GrantRow[]; writable: boolean }

interface Owned {
  id: string
  userId: Uuid | null
}

export interface PromptInput {
  command: string
  name: string
  content: string
  tags?: unknown
  data?: unknown
  meta?: unknown
  grants?: unknown
}

export type Workspace = ReturnType<typeof createWorkspace>

const OWNER_OF: Record<WorkspaceType, (tables: OpenwebuiTables, id: string) => Promise<Owned | null>> = {
  prompt: (tables, id) => tables.prompts.get({ id }),
  knowledge: (tables, id) => tables.knowledge.get({ id }),
  tool: (tables, id) => tables.tools.get({ id }),
  skill: (tables, id) => tables.skills.get({ id }),
}

export function createWorkspace(context: OpenwebuiContext) {
  const { read, deps } = context

  async function may(
    actor: Actor,
    type: WorkspaceType,
    row: Owned,
    permission: 'read' | 'write',
  ): Promise<boolean> {
    if (actor.user.role === 'admin' || row.userId === actor.user.id) return true
    return context.own.grants.allows(actor.user.id, type, row.id, permission)
  }

  async function mayRead(actor: Actor, type: WorkspaceType, id: string): Promise<boolean> {
    const row = await OWNER_OF[type](read, id)
    return row !== null && (await may(actor, type, row, 'read'))
  }

  async function mayWrite(actor: Actor, type: WorkspaceType, id: string): Promise<boolean> {
    const row = await OWNER_OF[type](read, id)
    return row !== null && (await may(actor, type, row, 'write'))
  }

  /** Those of the rows that the actor may read, with their grants. */
  async function visible<Row extends Owned>(
    actor: Actor,
    type: WorkspaceType,
    rows: readonly Row[],
  ): Promise<Granted<Row>[]> {
    const grants = await context.own.grants.listMany(
      type,
      rows.map(({ id }) => id),
    )
    const admin = actor.user.role === 'admin'
    const [readIds, writeIds] = admin
      ? [new Set<string>(), new Set<string>()]
      : await Promise.all([
          context.own.grants.grantedIds(actor.user.id, type, 'read'),
          context.own.grants.grantedIds(actor.user.id, type, 'write'),
        ])
    return rows.flatMap((row) => {
      const owns = admin || row.userId === actor.user.id
      if (!owns && !readIds.has(row.id)) return []
      return [{ ...row, grants: grants.get(row.id) ?? [], writable: owns || writeIds.has(row.id) }]
    })
  }

  async function granted<Row extends Owned>(
    actor: Actor,
    type: WorkspaceType,
    row: Row,
  ): Promise<Granted<Row>> {
    const grants = await context.own.grants.list(type, row.id)
    return { ...row, grants, writable: await may(actor, type, row, 'write') }
  }

  async function prompt(actor: Actor, id: Uuid, permission: 'read' | 'write'): Promise<PromptRow> {
    const row = await read.prompts.get({ id })
    if (!row || !(await may(actor, 'prompt', row, 'read'))) throw fault.notFound('prompt.not_found')
    if (permission === 'write' && !(await may(actor, 'prompt', row, 'write')))
      throw fault.forbidden('prompt.forbidden')
    return row
  }

  async function refuseTaken(command: string, except: Uuid | null): Promise<void> {
    const known = await read.prompts.get({ command })
    if (known && known.id !== except) {
      throw fault.conflict(
        'prompt.command_taken',
        'Uh-oh! This command is already registered. Please choose another command string.',
      )
    }
  }

  async function remember(
    tables: OpenwebuiTables,
    actor: Actor,
    row: PromptRow,
    message: string | null,
  ): Promise<string> {
    const id = deps.ids.next()
    const grants = await tables.grants.find({ where: { resourceType: 'prompt', resourceId: row.id } })
    await tables.promptHistory.insert({
      id,
      promptId: row.id,
      parentId: row.versionId,
      snapshot: {
        name: row.name,
        content: row.content,
        command: row.command,
        data: row.data,
        meta: row.meta,
        tags: row.tags,
        access_grants: grants.map(snapshotGrant),
      },
      userId: actor.user.id,
      commitMessage: message,
      createdAt: context.now().seconds,
    })
    await tables.prompts.update({ id: row.id }, { versionId: id })
    return id
  }

  return {
    mayRead,
    mayWrite,
    visible,
    granted,

    prompts: {
      /** Throws when it is not there for the actor, or not to be changed. */
      require: prompt,
      refuseTaken,
      list: async (actor: Actor) =>
        visible(actor, 'prompt', await read.prompts.find({ order: [['updatedAt', 'desc']] })),
      get: async (actor: Actor, id: Uuid) => granted(actor, 'prompt', await prompt(actor, id, 'read')),
      async byCommand(actor: Actor, command: string) {
        const row = await read.prompts.get({ command })
        if (!row) throw fault.notFound('prompt.not_found')
        return granted(actor, 'prompt', await prompt(actor, row.id, 'read'))
      },
      async create(actor: Actor, input: PromptInput) {
        await context.own.permissions.require(actor, 'workspace.prompts')
        const command = input.command.replace(/^\//, '')
        await refuseTaken(command, null)
        const { seconds } = context.now()
        const row: PromptRow = {
          id: deps.ids.next(),
          command,
          userId: actor.user.id,
          name: input.name,
          content: input.content,
          data: input.data ?? {},
          meta: input.meta ?? {},
          isActive: true,
          versionId: null,
          tags: listOf(input.tags),
          createdAt: seconds,
          updatedAt: seconds,
        }
        const grants = await context.own.grants.permitted(actor, input.grants, 'prompt')
        const versionId = await context.write(async (tables) => {
          await tables.prompts.insert(row)
          await context.own.grants.replace(tables, 'prompt', row.id, grants)
          return remember(tables, actor, row, 'Initial version')
        })
        return granted(actor, 'prompt', { ...row, versionId })
      },
      async update(actor: Actor, id: Uuid, input: PromptInput, message: string | null) {
        const row = await prompt(actor, id, 'write')
        const command = input.command.replace(/^\//, '')
        await refuseTaken(command, id)
        const change: Partial<PromptRow> = {
          command,
          name: input.name,
          content: input.content,
          ...(input.tags === undefined ? {} : { tags: listOf(input.tags) }),
          ...(input.data === undefined ? {} : { data: input.data }),
          ...(input.meta === undefined ? {} : { meta: input.meta }),
          updatedAt: context.now().seconds,
        }
        const grants =
          input.grants === undefined
            ? null
            : await context.own.grants.permittedChange(actor, input.grants, 'prompt')
        const versionId = await context.write(async (tables) => {
          await tables.prompts.update({ id }, change)
          if (grants) await context.own.grants.replace(tables, 'prompt', id, grants)
          return remember(tables, actor, { ...row, ...change }, message)
        })
        return granted(actor, 'prompt', { ...row, ...change, versionId })
      },
      async toggle(actor: Actor, id: Uuid) {
        const row = await prompt(actor, id, 'write')
        const change = { isActive: !row.isActive }
        await context.write((tables) => tables.prompts.update({ id }, change))
        return granted(actor, 'prompt', { ...row, ...change })
      },
      async remove(actor: Actor, id: Uuid): Promise<void> {
        await prompt(actor, id, 'write')
        await context.write(async (tables) => {
          await tables.promptHistory.remove({ promptId: id })
          await tables.grants.remove({ resourceType: 'prompt', resourceId: id })
          await tables.prompts.remove({ id })
        })
      },
      async tags(actor: Actor): Promise<string[]> {
        const rows = await visible(actor, 'prompt', await read.prompts.find())
        return [
          ...new Set(rows.flatMap((row) => listOf(row.tags)).flatMap((tag) => textOf(tag) ?? [])),
        ].sort()
      },
    },

    tools: async (actor: Actor) =>
      visible(actor, 'tool', await read.tools.find({ order: [['updatedAt', 'desc']] })),

    skills: async (actor: Actor) =>
      visible(actor, 'skill', await read.skills.find({ order: [['updatedAt', 'desc']] })),

    functions: () => read.functions.find({ order: [['updatedAt', 'desc']] }),

    memories: {
      list: (actor: Actor): Promise<MemoryRow[]> =>
        read.memories.find({ where: { userId: actor.user.id }, order: [['updatedAt', 'desc']] }),
      async add(actor: Actor, content: string): Promise<MemoryRow> {
        await context.own.permissions.require(actor, 'features.memories')
        const { seconds } = context.now()
        const row: MemoryRow = {
          id: deps.ids.next(),
          userId: actor.user.id,
          content,
          type: 'context',
          path: null,
          meta: null,
          createdAt: seconds,
          updatedAt: seconds,
        }
        await context.write((tables) => tables.memories.insert(row))
        return row
      },
      async update(actor: Actor, id: Uuid, content: string): Promise<MemoryRow> {
        const row = await read.memories.get({ id, userId: actor.user.id })
        if (!row) throw fault.notFound('memory.not_found')
        const change = { content, updatedAt: context.now().seconds }
        await context.write((tables) => tables.memories.update({ id }, change))
        return { ...row, ...change }
      },
      async remove(actor: Actor, id: Uuid | null): Promise<boolean> {
        const where = id === null ? { userId: actor.user.id } : { userId: actor.user.id, id }
        return (await context.write((tables) => tables.memories.remove(where))) > 0
      },
    },
  }
}

/** As Open WebUI keeps it in a version; nothing reads it back. */
const snapshotGrant = (grant: GrantRow): Json => ({
  id: grant.id,
  resource_type: grant.resourceType,
  resource_id: grant.resourceId,
  principal_type: grant.principalType,
  principal_id: grant.principalId,
  permission: grant.permission,
  created_at: grant.createdAt,
})
