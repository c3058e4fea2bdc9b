/** `model` rows: overrides of providers' models and models of one's own. */
import { jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { GrantRow, Json, ModelHistoryRow, ModelRow } from '../chats/rows.ts'
import type { OpenwebuiTables } from '../chats/repositories.ts'
import { fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import { arranged, type Arrangement } from '../support/arranged.ts'
import type { Actor } from '../types.ts'

export interface ModelInput {
  id: string
  baseModelId: string | null
  name: string
  meta: Json
  params: Json
  grants?: unknown
  isActive?: boolean
}

export type ModelWithGrants = ModelRow & { grants: GrantRow[] }

export type Models = ReturnType<typeof createModels>

const MODELS_PER_PAGE = 30
const ID_MAX_CHARS = 256

export function createModels(context: OpenwebuiContext) {
  const { read, deps } = context

  async function withGrants(rows: readonly ModelRow[]): Promise<ModelWithGrants[]> {
    const grants = await context.own.grants.listMany(
      'model',
      rows.map((row) => row.id),
    )
    return rows.map((row) => ({ ...row, grants: grants.get(row.id) ?? [] }))
  }

  async function one(row: ModelRow): Promise<ModelWithGrants> {
    return { ...row, grants: await context.own.grants.list('model', row.id) }
  }

  async function mayWrite(actor: Actor, row: ModelRow): Promise<boolean> {
    if (actor.user.role === 'admin' || row.userId === actor.user.id) return true
    return context.own.grants.allows(actor.user.id, 'model', row.id, 'write')
  }

  /** Earlier versions hold what only those see who may change the model: its parameters. */
  async function keeper(actor: Actor, id: string): Promise<ModelRow> {
    const row = await read.models.get({ id })
    if (!row) throw fault.notFound('model.not_found')
    if (await mayWrite(actor, row)) return row
    throw fault.forbidden('model.history_forbidden', NO_ACCESS)
  }

  async function writable(actor: Actor, id: string): Promise<ModelRow> {
    const row = await read.models.get({ id })
    if (!row) throw fault.notFound('model.not_found_to_change')
    if (await mayWrite(actor, row)) return row
    throw fault.forbidden('model.forbidden')
  }

  async function remember(
    tables: OpenwebuiTables,
    actor: Actor,
    row: ModelRow,
    message: string | null,
  ): Promise<void> {
    const version: ModelHistoryRow = {
      id: deps.ids.next(),
      modelId: row.id,
      parentId: row.versionId,
      snapshot: { name: row.name, base_model_id: row.baseModelId, params: row.params, meta: row.meta },
      userId: actor.user.id,
      commitMessage: message,
      createdAt: context.now().seconds,
    }
    await tables.modelHistory.insert(version)
    await tables.models.update({ id: row.id }, { versionId: version.id })
  }

  async function insert(actor: Actor, input: ModelInput): Promise<ModelWithGrants> {
    const { seconds } = context.now()
    const row: ModelRow = {
      id: input.id,
      userId: actor.user.id,
      baseModelId: input.baseModelId,
      name: input.name,
      params: input.params,
      meta: input.meta,
      createdAt: seconds,
      updatedAt: seconds,
      isActive: input.isActive ?? true,
      versionId: null,
    }
    const allowed = await context.own.grants.permitted(actor, input.grants, 'model')
    await context.write(async (tables) => {
      await tables.models.insert(row)
      await context.own.grants.replace(tables, 'model', row.id, allowed)
      await remember(tables, actor, row, null)
    })
    return one((await read.models.get({ id: row.id })) ?? row)
  }

  async function visible(actor: Actor, rows: readonly ModelRow[]): Promise<ModelRow[]> {
    if (actor.user.role === 'admin') return [...rows]
    const granted = await context.own.grants.grantedIds(actor.user.id, 'model', 'read')
    return rows.filter((row) => row.userId === actor.user.id || granted.has(row.id))
  }

  const custom = (): Promise<ModelRow[]> =>
    read.models.find({ where: { baseModelId: { not: null } }, order: [['updatedAt', 'desc']] })

  return {
    /** Models of one's own that the actor sees in the workspace, a page at a time. */
    async page(
      actor: Actor,
      query: { q: string | null; tag: string | null; page: number; arrangement?: Arrangement },
    ) {
      const q = query.q?.toLowerCase() ?? null
      const all = arranged(await visible(actor, await custom()), actor.user.id, query.arrangement ?? {})
      const rows = all.filter((row) => {
        if (q !== null && !`${row.name}\n${row.id}\n${row.baseModelId}`.toLowerCase().includes(q))
          return false
        return query.tag === null || tagsOf(row).includes(query.tag)
      })
      const start = (Math.max(1, query.page) - 1) * MODELS_PER_PAGE
      const found = await withGrants(rows.slice(start, start + MODELS_PER_PAGE))
      const isAdmin = actor.user.role === 'admin'
      const granted = isAdmin
        ? new Set<string>()
        : await context.own.grants.grantedIds(actor.user.id, 'model', 'write')
      const items = found.map((row) => {
        const mayChange = isAdmin || row.userId === actor.user.id || granted.has(row.id)
        return { ...row, params: mayChange ? row.params : {}, writable: mayChange }
      })
      return { items, total: rows.length }
    },

    /** All rows, for export and the admin pages. */
    all: async (): Promise<ModelWithGrants[]> => withGrants(await read.models.find()),

    /** Overrides of providers' models. */
    bases: async (): Promise<ModelWithGrants[]> =>
      withGrants(await read.models.find({ where: { baseModelId: null } })),

    /** Of overrides, for the page where an administrator orders a provider's models. */
    async baseTags(): Promise<string[]> {
      const rows = await read.models.find({ where: { baseModelId: null } })
      return [...new Set(rows.flatMap(tagsOf))].sort()
    },

    async tags(actor: Actor): Promise<string[]> {
      return [...new Set((await visible(actor, await custom())).flatMap(tagsOf))].sort()
    },

    async get(actor: Actor, id: string): Promise<ModelWithGrants & { writable: boolean }> {
      const row = await read.models.get({ id })
      if (!row) throw fault.notFound('model.not_found')
      const writes = await mayWrite(actor, row)
      if (!writes && !(await context.own.grants.allows(actor.user.id, 'model', id, 'read'))) {
        throw fault.forbidden('model.forbidden', NO_ACCESS)
      }
      // A system prompt is for those who may change it, not for all who may talk to the model.
      const shown = writes ? row : { ...row, params: {} }
      return { ...(await one(shown)), writable: writes }
    },

    byId: (id: string): Promise<ModelRow | null> => read.models.get({ id }),

    async create(actor: Actor, input: ModelInput): Promise<ModelWithGrants> {
      await context.own.permissions.require(actor, 'workspace.models')
      if (input.id === '' || input.id.length > ID_MAX_CHARS) {
        throw fault.invalid(
          'model.id_too_long',
          'The model id is too long. Please make sure your model id is less than 256 characters long.',
        )
      }
      if (await read.models.get({ id: input.id })) {
        throw fault.conflict(
          'model.id_taken',
          'Uh-oh! This model id is already registered. Please choose another model id string.',
        )
      }
      // An override decides over a provider's model for everybody.
      if (input.baseModelId === null && actor.user.role !== 'admin') throw fault.forbidden('model.forbidden')
      if (input.baseModelId !== null) await context.own.catalogue.resolve(actor, input.baseModelId)
      return insert(actor, input)
    },

    async update(actor: Actor, input: ModelInput, message: string | null): Promise<ModelWithGrants> {
      const row = await writable(actor, input.id)
      if (input.baseModelId !== null && input.baseModelId !== row.baseModelId) {
        await context.own.catalogue.resolve(actor, input.baseModelId)
      }
      if (input.baseModelId === null && row.baseModelId !== null && actor.user.role !== 'admin') {
        throw fault.forbidden('model.forbidden')
      }
      const change: Partial<ModelRow> = {
        baseModelId: input.baseModelId,
        name: input.name,
        meta: input.meta,
        params: input.params,
        isActive: input.isActive ?? row.isActive,
        updatedAt: context.now().seconds,
      }
      const grants =
        input.grants === undefined
          ? null
          : await context.own.grants.permittedChange(actor, input.grants, 'model')
      await context.write(async (tables) => {
        await tables.models.update({ id: row.id }, change)
        if (grants) await context.own.grants.replace(tables, 'model', row.id, grants)
        await remember(tables, actor, { ...row, ...change }, message)
      })
      return one((await read.models.get({ id: row.id })) ?? row)
    },

    /** Grants only; a row is made for a provider's model that has none yet. */
    async setGrants(
      actor: Actor,
      id: string,
      name: string | null,
      grants: unknown,
    ): Promise<ModelWithGrants> {
      const row = await read.models.get({ id })
      if (!row) {
        if (actor.user.role !== 'admin') throw fault.notFound('model.not_found')
        return insert(actor, { id, baseModelId: null, name: name ?? id, meta: {}, params: {}, grants })
      }
      await writable(actor, id)
      const allowed = await context.own.grants.permittedChange(actor, grants, 'model')
      await context.write((tables) => context.own.grants.replace(tables, 'model', id, allowed))
      return one(row)
    },

    async toggle(actor: Actor, id: string): Promise<ModelWithGrants> {
      const row = await writable(actor, id)
      const change = { isActive: !row.isActive, updatedAt: context.now().seconds }
      await context.write((tables) => tables.models.update({ id }, change))
      return one({ ...row, ...change })
    },

    async remove(actor: Actor, id: string): Promise<void> {
      await writable(actor, id)
      await context.write(async (tables) => {
        await tables.models.remove({ id })
        await tables.modelHistory.remove({ modelId: id })
        await tables.grants.remove({ resourceType: 'model', resourceId: id })
      })
    },

    async removeAll(): Promise<void> {
      const rows = await read.models.pick(['id'])
      const ids = rows.map(({ id }) => id)
      if (ids.length === 0) return
      await context.write(async (tables) => {
        await tables.models.remove({ id: { in: ids } })
        await tables.grants.remove({ resourceType: 'model', resourceId: { in: ids } })
      })
    },

    /** What is given becomes all there is: rows of the same id are overwritten, others go. Administrators only. */
    async sync(actor: Actor, models: readonly Json[]): Promise<ModelWithGrants[]> {
      requireAdmin(actor)
      await this.import(actor, models)
      const kept = new Set(models.flatMap((model) => textOf(model['id']) ?? []))
      const rows = await read.models.find()
      const gone = rows.flatMap(({ id }) => (kept.has(id) ? [] : [id]))
      if (gone.length > 0) {
        await context.write(async (tables) => {
          await tables.models.remove({ id: { in: gone } })
          await tables.modelHistory.remove({ modelId: { in: gone } })
          await tables.grants.remove({ resourceType: 'model', resourceId: { in: gone } })
        })
      }
      return withGrants(rows.filter(({ id }) => kept.has(id)))
    },

    /** Overwrites rows of the same id. */
    async import(actor: Actor, models: readonly Json[]): Promise<void> {
      await context.own.permissions.require(actor, 'workspace.models_import')
      for (const model of models) {
        const id = textOf(model['id'])
        if (id === null) continue
        const input: ModelInput = {
          id,
          baseModelId: textOf(model['base_model_id']),
          name: textOf(model['name']) ?? id,
          meta: jsonOf(model['meta']),
          params: jsonOf(model['params']),
          grants: model['access_grants'],
          isActive: model['is_active'] !== false,
        }
        if (await read.models.get({ id })) await this.update(actor, input, 'Imported')
        else await this.create(actor, input)
      }
    },

    async history(actor: Actor, id: string, page: number): Promise<ModelHistoryRow[]> {
      await keeper(actor, id)
      return read.modelHistory.find({
        where: { modelId: id },
        order: [
          ['createdAt', 'desc'],
          ['id', 'desc'],
        ],
        limit: MODELS_PER_PAGE,
        offset: Math.max(0, page) * MODELS_PER_PAGE,
      })
    },

    async version(actor: Actor, id: string, versionId: string): Promise<ModelHistoryRow> {
      await keeper(actor, id)
      const row = await read.modelHistory.get({ id: versionId, modelId: id })
      if (!row) throw fault.notFound('model.version_not_found')
      return row
    },

    async removeVersion(actor: Actor, id: string, versionId: string): Promise<void> {
      const row = await writable(actor, id)
      if (row.versionId === versionId) {
        throw fault.invalid('model.version_current', 'The version in use cannot be deleted.')
      }
      await context.write((tables) => tables.modelHistory.remove({ id: versionId, modelId: id }))
    },

    async useVersion(actor: Actor, id: string, versionId: string): Promise<ModelWithGrants> {
      const row = await writable(actor, id)
      const { snapshot } = await this.version(actor, id, versionId)
      const kept = jsonOf(snapshot)
      const change: Partial<ModelRow> = {
        name: textOf(kept['name']) ?? row.name,
        params: jsonOf(kept['params']),
        meta: jsonOf(kept['meta']),
        versionId,
        updatedAt: context.now().seconds,
      }
      await context.write((tables) => tables.models.update({ id }, change))
      return one({ ...row, ...change })
    },
  }
}

const NO_ACCESS =
  'You do not have permission to access this resource. Please contact your administrator for assistance.'

/** `meta.tags` is a list of `{name}`. */
function tagsOf(row: ModelRow): string[] {
  return listOf(jsonOf(row.meta)['tags']).flatMap((tag) => textOf(jsonOf(tag)['name']) ?? [])
}
