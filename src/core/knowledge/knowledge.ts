/** Collections of files that models are given: who has them and what they are called. Their files are beside. */
import { jsonOf, listOf, isJson, type OpenwebuiContext } from '../chats/context.ts'
import type { KnowledgeRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { Actor, Uuid } from '../types.ts'
import type { Granted } from '../workspace/workspace.ts'

export type Knowledge = ReturnType<typeof createKnowledge>

export function createKnowledge(context: OpenwebuiContext) {
  const { read, deps, own } = context

  /** The row, for those who may do that. */
  async function require(actor: Actor, id: Uuid, permission: 'read' | 'write'): Promise<KnowledgeRow> {
    const row = await read.knowledge.get({ id })
    if (!row || !(await own.workspace.mayRead(actor, 'knowledge', id)))
      throw fault.notFound('knowledge.not_found')
    if (permission === 'write' && !(await own.workspace.mayWrite(actor, 'knowledge', id)))
      throw fault.forbidden('knowledge.forbidden')
    return row
  }

  /** Models that name the collection no longer do. */
  async function leaveModels(id: Uuid): Promise<void> {
    const models = await read.models.pick(['id', 'meta'])
    for (const { id: modelId, meta } of models) {
      const named = listOf(jsonOf(meta)['knowledge'])
      const kept = named.filter((one) => !isJson(one) || one['id'] !== id)
      if (kept.length === named.length) continue
      await context.write((tables) =>
        tables.models.update({ id: modelId }, { meta: { ...jsonOf(meta), knowledge: kept } }),
      )
    }
  }

  return {
    require,

    list: async (actor: Actor): Promise<Granted<KnowledgeRow>[]> =>
      own.workspace.visible(
        actor,
        'knowledge',
        await read.knowledge.find({ order: [['updatedAt', 'desc']] }),
      ),

    get: async (actor: Actor, id: Uuid): Promise<Granted<KnowledgeRow>> =>
      own.workspace.granted(actor, 'knowledge', await require(actor, id, 'read')),

    async create(actor: Actor, input: { name: string; description: string; grants: unknown }) {
      await own.permissions.require(actor, 'workspace.knowledge')
      const { seconds } = context.now()
      const row: KnowledgeRow = {
        id: deps.ids.next(),
        userId: actor.user.id,
        name: input.name,
        description: input.description,
        meta: null,
        data: null,
        createdAt: seconds,
        updatedAt: seconds,
      }
      const grants = await own.grants.permitted(actor, input.grants, 'knowledge')
      await context.write(async (tables) => {
        await tables.knowledge.insert(row)
        await own.grants.replace(tables, 'knowledge', row.id, grants)
      })
      return own.workspace.granted(actor, 'knowledge', row)
    },

    async update(actor: Actor, id: Uuid, input: { name?: string; description?: string; grants?: unknown }) {
      const row = await require(actor, id, 'write')
      const { grants: given, ...rest } = input
      const change = { ...rest, updatedAt: context.now().seconds }
      const grants = given === undefined ? null : await own.grants.permittedChange(actor, given, 'knowledge')
      await context.write(async (tables) => {
        await tables.knowledge.update({ id }, change)
        if (grants) await own.grants.replace(tables, 'knowledge', id, grants)
      })
      return own.workspace.granted(actor, 'knowledge', { ...row, ...change })
    },

    /** Its files stay: they are their owners'. */
    async remove(actor: Actor, id: Uuid): Promise<void> {
      await require(actor, id, 'write')
      await leaveModels(id)
      await context.write(async (tables) => {
        await tables.knowledgeFiles.remove({ knowledgeId: id })
        await tables.knowledgeDirectories.remove({ knowledgeId: id })
        await tables.grants.remove({ resourceType: 'knowledge', resourceId: id })
        await tables.knowledge.remove({ id })
      })
      await own.textIndex.remove(id)
    },
  }
}
