// All providers as one catalogue: which models there are, and who answers for which. Lists are kept for a
// while and refreshed behind the answer, so that a slow or failing provider holds nobody up.
import {
  UpstreamFailure,
  type ChatAnswer,
  type ChatDelta,
  type ChatRequest,
  type Clock,
  type Logger,
  type ModelGateway,
  type ModelInfo,
  type ProviderInfo,
} from '../../core/ports.ts'
import { collectAnswer } from './collect-answer.ts'
import { failure } from './failures.ts'
import type { ModelProvider, ProviderConfig, ProxyInit } from './provider.ts'

export interface RegistryOptions {
  clock: Pick<Clock, 'now'>
  log: Logger
  create: (config: ProviderConfig) => ModelProvider
  /** How long a list counts as fresh. */
  ttlMs?: number
  /** How long a provider that failed is left alone. */
  retryMs?: number
}

interface Entry {
  config: ProviderConfig
  provider: ModelProvider
  /** null until the first success; kept when a later one fails. */
  models: ModelInfo[] | null
  triedAt: number | null
  failed: boolean
  refreshing: Promise<void> | null
}

interface Listed {
  info: ModelInfo
  entry: Entry
  /** The provider's own id. */
  upstreamId: string
}

export class ModelRegistry implements ModelGateway {
  private entries: Entry[] = []
  private catalogue: Map<string, Listed> | null = null

  constructor(
    configs: readonly ProviderConfig[],
    private readonly options: RegistryOptions,
  ) {
    this.configure(configs)
  }

  get enabled(): boolean {
    return this.entries.length > 0
  }

  /** Replaces the providers, for settings that change while running. What stays the same keeps its list. */
  configure(configs: readonly ProviderConfig[]): void {
    this.entries = configs.map((config) => {
      const known = this.entries.find((entry) => Bun.deepEquals(entry.config, config))
      if (known) return known
      const provider = this.options.create(config)
      return { config, provider, models: null, triedAt: null, failed: false, refreshing: null }
    })
    this.catalogue = null
  }

  async list(options: { refresh?: boolean } = {}): Promise<ModelInfo[]> {
    await Promise.all(this.entries.map((entry) => this.bringUpToDate(entry, options.refresh ?? false)))
    return [...this.listed().values()].map((listed) => listed.info)
  }

  async *stream(request: ChatRequest): AsyncGenerator<ChatDelta> {
    const target = await this.resolve(request.model)
    if (target === null) throw failure('model_not_found')
    yield* target.entry.provider.stream({ ...request, model: target.upstreamId })
  }

  complete(request: ChatRequest): Promise<ChatAnswer> {
    return collectAnswer(this.stream(request))
  }

  async find(modelId: string): Promise<{ providerId: string; modelId: string } | null> {
    const target = await this.resolve(modelId)
    return target && { providerId: target.entry.config.id, modelId: target.upstreamId }
  }

  providers(): ProviderInfo[] {
    return this.entries.map(({ config }) => ({
      id: config.id,
      kind: config.kind,
      name: config.name,
      baseUrl: config.baseUrl,
      hasKey: Boolean(config.apiKey),
    }))
  }

  /** The model list of a provider that is not configured (yet), as it answers; null when there is none. */
  async probe(config: ProviderConfig, signal: AbortSignal): Promise<unknown> {
    const path = config.kind === 'ollama' ? '/api/version' : '/models'
    const answer = await this.options
      .create(config)
      .proxy(path, { method: 'GET', signal })
      .catch(() => null)
    if (!answer?.ok) return null
    return answer.json().catch(() => null)
  }

  proxy(providerId: string, path: string, init: ProxyInit): Promise<Response> {
    const entry = this.entries.find(({ config }) => config.id === providerId)
    if (!entry) return Promise.reject(failure('model_not_found'))
    return entry.provider.proxy(path, init)
  }

  private async resolve(modelId: string): Promise<{ entry: Entry; upstreamId: string } | null> {
    const known = this.listed().get(modelId)
    if (known) return known
    await this.list()
    return this.listed().get(modelId) ?? this.guess(modelId)
  }

  /**
   * Ids that are in no list: `<provider>/<id>` names its provider; else it may be a model of a provider whose
   * list could not be read (the first such), because a failing list must not switch a working model off.
   */
  private guess(modelId: string): { entry: Entry; upstreamId: string } | null {
    const named = this.entries.find(
      ({ config }) => modelId.startsWith(`${config.id}/`) && config.prefix === undefined,
    )
    const ofNamed = named && modelId.slice(named.config.id.length + 1)
    if (named && (named.models === null || named.models.some((model) => model.id === ofNamed))) {
      return { entry: named, upstreamId: ofNamed ?? modelId }
    }
    for (const entry of this.entries.filter(({ models }) => models === null)) {
      const { prefix } = entry.config
      if (prefix === undefined) return { entry, upstreamId: modelId }
      if (modelId.startsWith(`${prefix}.`)) return { entry, upstreamId: modelId.slice(prefix.length + 1) }
    }
    return null
  }

  private listed(): Map<string, Listed> {
    this.catalogue ??= merge(this.entries)
    return this.catalogue
  }

  private async bringUpToDate(entry: Entry, force: boolean): Promise<void> {
    const age = entry.triedAt === null ? Number.POSITIVE_INFINITY : this.options.clock.now() - entry.triedAt
    const due = age >= (entry.failed ? (this.options.retryMs ?? 30_000) : (this.options.ttlMs ?? 300_000))
    if (force || due) entry.refreshing ??= this.refresh(entry).finally(() => (entry.refreshing = null))
    // With a list in hand nobody waits for the next one, nor for a provider that did not answer last time.
    if (force || (entry.models === null && !entry.failed)) await entry.refreshing
  }

  private async refresh(entry: Entry): Promise<void> {
    entry.triedAt = this.options.clock.now()
    try {
      entry.models = await entry.provider.listModels()
      if (entry.failed) this.options.log.info('model provider is back', { provider: entry.config.id })
      entry.failed = false
    } catch (error) {
      if (!entry.failed) this.warn(entry, error)
      entry.failed = true
    }
    this.catalogue = null
  }

  private warn(entry: Entry, error: unknown): void {
    const kind = error instanceof UpstreamFailure ? error.kind : 'unexpected'
    const reason = error instanceof Error ? error.message : String(error)
    this.options.log.warn('model provider could not list its models', {
      provider: entry.config.id,
      kind,
      reason,
    })
  }
}

/**
 * One id, one model. A provider with a prefix lists `<prefix>.<id>`; of several that list the same id the first
 * configured keeps it and the others list `<provider>/<id>`.
 */
function merge(entries: readonly Entry[]): Map<string, Listed> {
  const out = new Map<string, Listed>()
  for (const entry of entries) {
    for (const info of entry.models ?? []) {
      const { id: providerId, prefix } = entry.config
      const plain = prefix === undefined ? info.id : `${prefix}.${info.id}`
      const id = out.has(plain) ? `${providerId}/${plain}` : plain
      if (!out.has(id)) out.set(id, { info: { ...info, id }, entry, upstreamId: info.id })
    }
  }
  return out
}
