// The model providers of the configuration as one registry. main.ts calls this; the settings of Open WebUI's
// admin pages replace the set later through ModelRegistry.configure.
import type { Clock, Logger } from '../../core/ports.ts'
import { createOpenAiProvider } from './openai-provider.ts'
import type { ProviderConfig } from './provider.ts'
import { ModelRegistry } from './registry.ts'

export interface ModelsOptions {
  providers: readonly ProviderEntry[]
  /** Longest silence of a provider, before and within an answer. */
  idleTimeoutMs: number
  modelsTtlMs: number
  app: { name: string; url: string }
}

/** A provider as the environment names it: without id and name. */
export interface ProviderEntry {
  readonly kind: ProviderConfig['kind']
  readonly baseUrl: string
  readonly apiKey: string | undefined
}

export function createModels(
  options: ModelsOptions,
  deps: { clock: Pick<Clock, 'now'>; log: Logger },
): ModelRegistry {
  const limits = { firstByteMs: options.idleTimeoutMs, idleMs: options.idleTimeoutMs }
  return new ModelRegistry(nameProviders(options.providers), {
    ...deps,
    ttlMs: options.modelsTtlMs,
    create: (config) => createOpenAiProvider(config, { limits, app: options.app }),
  })
}

/** Gives ids by kind and place: `openai`, `openai-2`, `ollama`. They are stable while the order is. */
export function nameProviders(entries: readonly ProviderEntry[]): ProviderConfig[] {
  const counts = new Map<string, number>()
  const names = { openai: 'OpenAI API', openrouter: 'OpenRouter', ollama: 'Ollama' }
  return entries.map(({ kind, baseUrl, apiKey }) => {
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
    const id = count === 1 ? kind : `${kind}-${count}`
    return {
      id,
      kind,
      name: count === 1 ? names[kind] : `${names[kind]} ${count}`,
      baseUrl,
      apiKey: apiKey ?? null,
    }
  })
}
