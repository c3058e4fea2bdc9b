/**
 * The model providers that the settings name: `openai.*` and `ollama.*`, lists whose places belong
 * together. Until an administrator saves other ones, the environment's providers stand.
 */
import { isJson, jsonOf, listOf, textOf } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'

/** As the model drivers take them. */
export interface ProviderSettings {
  id: string
  kind: 'openai' | 'openrouter' | 'ollama'
  name: string
  baseUrl: string
  apiKey: string | null
  prefix?: string
  modelIds?: readonly string[]
  headers?: Readonly<Record<string, string>>
}

/** A gateway whose providers can change while it runs. */
export interface ConfigurableModels {
  configure(providers: readonly ProviderSettings[]): void
  /** What a provider that is not saved yet answers when asked for its models; null when it does not answer well. */
  probe(provider: ProviderSettings, signal: AbortSignal): Promise<unknown>
}

export function isConfigurable(models: object): models is ConfigurableModels {
  return 'probe' in models && 'configure' in models && typeof models.configure === 'function'
}

const OPENAI = 'https://api.openai.com/v1'

/** Providers in the order of the settings, OpenAI-compatible ones first, as their indexes in routes count. */
export function providersOf(get: (key: string) => unknown): ProviderSettings[] {
  const found: ProviderSettings[] = []
  if (get('openai.enable') !== false) {
    const keys = listOf(get('openai.api_keys'))
    for (const [at, entry] of listOf(get('openai.api_base_urls')).entries()) {
      const url = textOf(entry)
      const config = configAt(get('openai.api_configs'), at, url)
      const apiKey = textOf(keys[at])
      // A new server names OpenAI without a key: that is nobody's choice.
      if (url === null || config['enable'] === false || (url === OPENAI && apiKey === null)) continue
      found.push(
        provider(
          `openai-${at}`,
          url.includes('openrouter.ai') ? 'openrouter' : 'openai',
          url,
          apiKey,
          config,
        ),
      )
    }
  }
  if (get('ollama.enable') !== false) {
    for (const [at, entry] of listOf(get('ollama.base_urls')).entries()) {
      const url = textOf(entry)
      const config = configAt(get('ollama.api_configs'), at, url)
      if (url === null || config['enable'] === false) continue
      found.push(provider(`ollama-${at}`, 'ollama', url, textOf(config['key']), config))
    }
  }
  return found
}

export interface Connection {
  /** As the model drivers know it. */
  id: string
  /** Put before its models' ids; empty = none. */
  prefix: string
  /** What answers there, where an administrator said so: `llama.cpp`, `lmstudio`, …; empty = unknown. */
  software: string
}

/** The OpenAI-compatible connection at this place of the settings; null when there is none. */
export function connectionAt(get: (key: string) => unknown, at: number): Connection | null {
  const url = textOf(listOf(get('openai.api_base_urls'))[at])
  if (url === null) return null
  const config = configAt(get('openai.api_configs'), at, url)
  return {
    id: `openai-${at}`,
    prefix: textOf(config['prefix_id']) ?? '',
    software: textOf(config['provider']) ?? '',
  }
}

/** By place as text, or (older) by address. */
function configAt(configs: unknown, at: number, url: string | null): Json {
  return jsonOf(jsonOf(configs)[String(at)] ?? (url === null ? null : jsonOf(configs)[url]))
}

function provider(
  id: string,
  kind: ProviderSettings['kind'],
  url: string,
  apiKey: string | null,
  config: Json,
): ProviderSettings {
  const prefix = textOf(config['prefix_id'])
  const modelIds = listOf(config['model_ids']).filter((model): model is string => typeof model === 'string')
  const headers = isJson(config['headers'])
    ? Object.fromEntries(Object.entries(config['headers']).map(([name, value]) => [name, String(value)]))
    : null
  return {
    id,
    kind,
    name: new URL(url, 'http://unknown').hostname,
    baseUrl: url.replace(/\/+$/, ''),
    apiKey,
    ...(prefix ? { prefix } : {}),
    ...(modelIds.length > 0 ? { modelIds } : {}),
    ...(headers ? { headers } : {}),
  }
}

/** What a new database is seeded with where the environment names providers. */
export function seedOf(
  providers: readonly { kind: ProviderSettings['kind']; baseUrl: string; apiKey: string | undefined }[],
): Record<string, unknown> {
  const openai = providers.filter(({ kind }) => kind !== 'ollama')
  const ollama = providers.filter(({ kind }) => kind === 'ollama')
  return {
    ...(openai.length > 0
      ? {
          'openai.api_base_urls': openai.map(({ baseUrl }) => baseUrl),
          'openai.api_keys': openai.map(({ apiKey }) => apiKey ?? ''),
        }
      : {}),
    'ollama.enable': ollama.length > 0,
    ...(ollama.length > 0 ? { 'ollama.base_urls': ollama.map(({ baseUrl }) => baseUrl) } : {}),
  }
}
