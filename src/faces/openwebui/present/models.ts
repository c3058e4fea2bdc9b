/** Models on the wire: the list to choose from, and the workspace's rows. */
import { isJson, jsonOf, listOf, textOf } from '../../../core/chats/context.ts'
import type { GrantRow, Json, ModelHistoryRow, ModelRow } from '../../../core/chats/rows.ts'
import type { ArenaModel } from '../../../core/models/arena.ts'
import type { CatalogueEntry } from '../../../core/models/catalogue.ts'
import type { ModelInfo, ProviderInfo } from '../../../core/ports.ts'
import { row } from '../json.ts'
import { presentGrant } from './grants.ts'

/** What the settings say of models in general, and of the connections they come by. */
export interface ModelSurroundings {
  providers: readonly ProviderInfo[]
  /** `models.default_metadata`: what every model has unless it says otherwise. */
  defaultMeta: Json
  /** `openai.api_configs` and `ollama.api_configs`, by the provider's id. */
  connection(providerId: string): Json
}

/** What a provider lists, without rows of ours. */
export function presentBase(info: ModelInfo, around: ModelSurroundings): Json {
  const urlIdx = Math.max(
    0,
    around.providers.findIndex(({ id }) => id === info.providerId),
  )
  const ollama = around.providers[urlIdx]?.kind === 'ollama'
  const config = around.connection(info.providerId)
  const tags = listOf(config['tags'])
  const tagged: Json = tags.length > 0 ? { tags } : {}
  const type = textOf(config['connection_type']) ?? (ollama ? 'local' : 'external')
  return {
    id: info.id,
    name: info.name,
    object: 'model',
    created: info.createdS,
    owned_by: ollama ? 'ollama' : 'openai',
    [ollama ? 'ollama' : 'openai']: ollama ? info.raw : { ...info.raw, ...tagged, connection_type: type },
    ...tagged,
    connection_type: type,
    provider: '',
    urlIdx,
  }
}

/** A line of `/api/models`. Pictures are fetched by their own route, so none is in the list. */
export function presentModel(
  entry: CatalogueEntry & { grants: readonly GrantRow[] },
  around: ModelSurroundings,
): Json {
  const base = entry.base ? presentBase(entry.base, around) : {}
  const info = entry.row ? infoOf(entry.row, entry.grants, around) : null
  const defaults = Object.keys(around.defaultMeta).length > 0 ? { meta: around.defaultMeta } : null
  return {
    ...(entry.preset ? presetOf(entry, base) : base),
    id: entry.id,
    name: entry.name,
    object: 'model',
    actions: [],
    filters: [],
    tags: tagsOf(jsonOf(entry.row?.meta)['tags'], entry.preset ? [] : base['tags']),
    ...(info || defaults ? { info: info ?? defaults } : {}),
  }
}

/** A name behind which several models answer, listed as if it were one. */
export const presentArena = ({ id, name, meta }: ArenaModel): Json => ({
  id,
  name,
  info: { meta },
  object: 'model',
  created: 0,
  owned_by: 'arena',
  arena: true,
  actions: [],
  filters: [],
  tags: tagsOf(meta['tags']),
})

/** One's own model has no place at a provider, only the kind of its base. */
const presetOf = (entry: CatalogueEntry, base: Json): Json => ({
  created: entry.row?.createdAt ?? 0,
  owned_by: base['owned_by'] ?? 'openai',
  connection_type: base['connection_type'] ?? null,
  preset: true,
})

/** By name, once each. */
function tagsOf(...lists: unknown[]): Json[] {
  const tags = lists.flatMap(listOf).map((tag) => (typeof tag === 'string' ? { name: tag } : jsonOf(tag)))
  return [...new Map(tags.map((tag) => [tag['name'], tag])).values()]
}

/** Without its parameters: a system prompt is for those who may change the model. */
function infoOf(model: ModelRow, grants: readonly GrantRow[], around: ModelSurroundings): Json {
  const { profile_image_url: _, ...meta }: Json = { ...NO_META, ...jsonOf(model.meta) }
  for (const [key, value] of Object.entries(around.defaultMeta)) {
    if (isJson(value) && isJson(meta[key])) meta[key] = { ...value, ...meta[key] }
    else meta[key] ??= value
  }
  return { ...row(model), meta, params: {}, access_grants: grants.map(presentGrant) }
}

/** Keys that clients may count on, as the original fills them in. */
const NO_META: Json = {
  profile_image_url: null,
  background_image_url: null,
  description: null,
  i18n: null,
  capabilities: null,
  knowledge: null,
  voice: null,
  voice_avatar: null,
}

export function presentModelRow(model: ModelRow & { grants: readonly GrantRow[] }): Json {
  const { grants, ...rest } = model
  const shown = row(rest as ModelRow)
  delete shown['writable']
  return {
    ...shown,
    params: jsonOf(model.params),
    meta: { ...NO_META, ...jsonOf(model.meta) },
    access_grants: grants.map(presentGrant),
  }
}

export const presentVersion = (version: ModelHistoryRow): Json => row(version)
