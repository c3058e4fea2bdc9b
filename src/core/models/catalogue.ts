/**
 * The models a person may use: what the providers list, changed and added to by `model` rows (overrides
 * of a provider's model under its own id, or models of one's own on top of a base), seen through grants.
 */
import { jsonOf, listOf, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json, ModelRow } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { ModelGateway, ModelInfo, ProviderInfo } from '../ports.ts'
import { isConfigurable, type ProviderSettings } from '../open-webui-config/providers.ts'
import type { Actor, Uuid } from '../types.ts'

export interface CatalogueEntry {
  id: string
  name: string
  /** The provider's model that answers in the end. */
  base: ModelInfo | null
  /** Override or own model; null = only the provider knows it. */
  row: ModelRow | null
  /** Built on another model. */
  preset: boolean
}

/** A model, ready to be asked. */
export interface ResolvedModel {
  entry: CatalogueEntry
  /** Who answers for an arena; null = the model itself was asked. */
  selectedId: string | null
  /** As the browser lists it that asks it; absent = this server asks. */
  direct?: Json
  /** Id to ask the providers for. */
  upstreamId: string
  /** Defaults of the server, then of the base, then of the model. */
  params: Json
  capabilities: Json
}

export type Catalogue = ReturnType<typeof createCatalogue>

export function createCatalogue(context: OpenwebuiContext) {
  const { read, deps } = context
  // Fakes in tests offer less than the registry.
  const gateway = 'providers' in deps.models ? (deps.models as ModelGateway) : null

  async function all(refresh = false): Promise<CatalogueEntry[]> {
    const [infos, rows] = await Promise.all([deps.models.list({ refresh }), read.models.find()])
    // Models of one's own are built on those of a provider: without any, none is offered.
    if (infos.length === 0) return []
    const byId = new Map(infos.map((info) => [info.id, info]))
    const overrides = new Map(rows.filter((row) => row.baseModelId === null).map((row) => [row.id, row]))
    const listed: CatalogueEntry[] = []
    for (const info of infos) {
      const entry = offered(info, overrides.get(info.id) ?? null)
      if (entry) listed.push(entry)
    }
    for (const row of rows) {
      if (row.baseModelId === null || !row.isActive || byId.has(row.id)) continue
      listed.push(
        preset(
          row,
          baseOf(row, rows, (id) => byId.get(id)),
        ),
      )
    }
    return ordered(listed, listOf(context.setting<unknown>('ui.model_order_list', [])))
  }

  /** The row of a model and those that it is built on: all that matters for one model. */
  async function rowsBelow(modelId: string): Promise<ModelRow[]> {
    const rows: ModelRow[] = []
    for (let id: string | null = modelId; id !== null && !rows.some((row) => row.id === id);) {
      const row: ModelRow | null = await read.models.get({ id })
      if (row) rows.push(row)
      id = row?.baseModelId ?? null
    }
    return rows
  }

  /** As `all` lists it, of these rows; null = it lists no such model. */
  async function one(modelId: string, rows: readonly ModelRow[]): Promise<CatalogueEntry | null> {
    const infos = await deps.models.list()
    const infoOf = (id: string) => infos.find((info) => info.id === id)
    const info = infoOf(modelId)
    const row = rows.find(({ id }) => id === modelId) ?? null
    if (info) return offered(info, row?.baseModelId === null ? row : null)
    if (!row || row.baseModelId === null || !row.isActive) return null
    return preset(row, baseOf(row, rows, infoOf))
  }

  async function visible(actor: Actor, entries: readonly CatalogueEntry[]): Promise<CatalogueEntry[]> {
    if (actor.user.role === 'admin') return [...entries]
    const granted = await context.own.grants.grantedIds(actor.user.id, 'model', 'read')
    return entries.filter(({ id, row }) => row !== null && (row.userId === actor.user.id || granted.has(id)))
  }

  /** Also every model it is built on must be open to the person. */
  async function mayUse(userId: Uuid, row: ModelRow, rows: readonly ModelRow[]): Promise<boolean> {
    const seen = new Set<string>()
    for (let at: ModelRow | undefined = row; at && !seen.has(at.id);) {
      seen.add(at.id)
      if (at.userId !== userId && !(await context.own.grants.allows(userId, 'model', at.id, 'read')))
        return false
      const baseId: string | null = at.baseModelId
      if (baseId === null) return true
      at = rows.find(({ id }) => id === baseId)
    }
    return false
  }

  /** The provider's model behind a model that the settings name, whoever asks; null when it is not there. */
  async function upstreamOf(modelId: string): Promise<string | null> {
    return (await one(modelId, await rowsBelow(modelId)))?.base?.id ?? null
  }

  return {
    /** What the actor may use. */
    list: async (actor: Actor, refresh = false): Promise<CatalogueEntry[]> =>
      visible(actor, await all(refresh)),

    /** Who answers for models, in their order; empty where the gateway cannot say. */
    providers: (): ProviderInfo[] => gateway?.providers() ?? [],

    /** What the providers offer, without rows; for administrators. */
    bases: (): Promise<ModelInfo[]> => deps.models.list(),

    find: (modelId: string): Promise<{ providerId: string; modelId: string } | null> =>
      gateway ? gateway.find(modelId) : Promise.resolve(null),

    /** A request below a provider's address, with its key. Throws UpstreamFailure. */
    proxy(...request: Parameters<ModelGateway['proxy']>): Promise<Response> {
      if (!gateway) throw fault.unavailable('models.none', 'No model provider is configured.')
      return gateway.proxy(...request)
    },

    /** Whether an address is a provider: what it answers, or null. */
    async probe(provider: ProviderSettings, signal: AbortSignal): Promise<unknown> {
      return isConfigurable(deps.models) ? deps.models.probe(provider, signal) : null
    },

    /** `again` is who answered for an arena before. Throws `model.not_found`, also when the actor may not use it. */
    async resolve(actor: Actor, askedId: string, again: string | null = null): Promise<ResolvedModel> {
      const picked = await context.own.arena.pick(actor, askedId, again)
      const modelId = picked?.id ?? askedId
      const rows = await rowsBelow(modelId)
      const entry = await one(modelId, rows)
      if (!entry?.base) throw fault.invalid('model.not_found', 'Model not found')
      if (actor.user.role !== 'admin' && !picked?.named) {
        if (!entry.row || !(await mayUse(actor.user.id, entry.row, rows))) {
          throw fault.invalid('model.not_found', 'Model not found')
        }
      }
      const baseRow = entry.preset ? await read.models.get({ id: entry.base.id, baseModelId: null }) : null
      return {
        entry,
        selectedId: picked?.id ?? null,
        upstreamId: entry.base.id,
        params: {
          ...jsonOf(context.setting<unknown>('models.default_params', {})),
          ...withoutNullish(jsonOf(baseRow?.params)),
          ...withoutNullish(jsonOf(entry.row?.params)),
        },
        capabilities: {
          ...jsonOf(jsonOf(context.setting<unknown>('models.default_metadata', {}))['capabilities']),
          ...jsonOf(jsonOf(entry.row?.meta)['capabilities']),
        },
      }
    },

    /** The model for titles, tags and the like: `task.model.external` where it is set and there, else the given one. */
    async taskModel(modelId: string): Promise<string> {
      const wanted = textOf(context.setting<unknown>('task.model.external', ''))
      return (wanted === null ? null : await upstreamOf(wanted)) ?? modelId
    },

    upstreamOf,
  }
}

/** A provider's model, as its override names it; null when that switches it off. */
function offered(info: ModelInfo, row: ModelRow | null): CatalogueEntry | null {
  if (row && !row.isActive) return null
  return { id: info.id, name: row?.name || info.name, base: info, row, preset: false }
}

const preset = (row: ModelRow, base: ModelInfo | null): CatalogueEntry => ({
  id: row.id,
  name: row.name ?? row.id,
  base,
  row,
  preset: true,
})

/** Follows `base_model_id` to a model that a provider lists. */
function baseOf(
  row: ModelRow,
  rows: readonly ModelRow[],
  infoOf: (id: string) => ModelInfo | undefined,
): ModelInfo | null {
  const seen = new Set<string>()
  for (let at: string | null = row.baseModelId; at !== null && !seen.has(at);) {
    const info = infoOf(at)
    if (info) return info
    seen.add(at)
    const id: string = at
    at = rows.find((candidate) => candidate.id === id)?.baseModelId ?? null
  }
  return null
}

function ordered(entries: readonly CatalogueEntry[], order: readonly unknown[]): CatalogueEntry[] {
  const place = new Map(order.map((id, at) => [id, at]))
  const rank = (entry: CatalogueEntry): number => place.get(entry.id) ?? Number.POSITIVE_INFINITY
  return [...entries].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)]
    if (x !== y) return x - y
    // Those without a place follow by name; without any order the providers' own stays.
    return order.length === 0 || a.name === b.name ? 0 : a.name < b.name ? -1 : 1
  })
}

function withoutNullish(params: Json): Json {
  return Object.fromEntries(
    Object.entries(params).filter(([, value]) => value !== null && value !== undefined),
  )
}
