/** Models on the wire: the list to choose from, and the workspace's rows. */
import { jsonOf, listOf } from '../../../core/chats/context.ts'
import type { GrantRow, Json, ModelHistoryRow, ModelRow } from '../../../core/chats/rows.ts'
import type { CatalogueEntry } from '../../../core/models/catalogue.ts'
import type { ModelInfo, ProviderInfo } from '../../../core/ports.ts'
import { row } from '../json.ts'
import { presentGrant } from './grants.ts'

/** What a provider lists, without rows of ours. */
export function presentBase(info: ModelInfo, providers: readonly ProviderInfo[]): Json {
  const urlIdx = Math.max(
    0,
    providers.findIndex(({ id }) => id === info.providerId),
  )
  const provider = providers[urlIdx]
  const ollama = provider?.kind === 'ollama'
  return {
    id: info.id,
    name: info.name,
    object: 'model',
    created: info.createdS,
    owned_by: ollama ? 'ollama' : 'openai',
    [ollama ? 'ollama' : 'openai']: ollama ? info.raw : { ...info.raw, connection_type: 'external' },
    connection_type: ollama ? 'local' : 'external',
    provider: '',
    urlIdx,
  }
}

/** A line of `/api/models`. Pictures are fetched by their own route, so none is in the list. */
export function presentModel(entry: CatalogueEntry, providers: readonly ProviderInfo[]): Json {
  const base = entry.base ? presentBase(entry.base, providers) : {}
  const meta = jsonOf(entry.row?.meta)
  const shown: Json = {
    ...base,
    id: entry.id,
    name: entry.name,
    object: 'model',
    actions: [],
    filters: [],
    tags: listOf(meta['tags']),
  }
  if (entry.row) shown['info'] = infoOf(entry.row)
  if (entry.preset) shown['preset'] = true
  return shown
}

function infoOf(model: ModelRow): Json {
  const { profile_image_url: _, ...meta }: Json = { ...NO_META, ...jsonOf(model.meta) }
  return { ...row(model), meta, params: jsonOf(model.params) }
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
