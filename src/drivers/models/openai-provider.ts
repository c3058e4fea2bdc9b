// Any OpenAI-compatible server, OpenRouter and Ollama, through the openai SDK. The SDK is loaded when it
// is first needed: it costs 60 ms and 20 MB that a start without AI should not pay.
import type OpenAI from 'openai'
import { UpstreamFailure, type ChatDelta, type ChatRequest, type ModelInfo } from '../../core/ports.ts'
import { DeltaReader, type Chunk } from './deltas.ts'
import { EventStream } from './event-stream.ts'
import { failure, kindOfStatus, retryAfter } from './failures.ts'
import { chatBody } from './messages.ts'
import { readModels, type ModelRecord } from './model-info.ts'
import {
  DEFAULT_LIMITS,
  type ModelProvider,
  type ProviderConfig,
  type ProviderLimits,
  type ProxyInit,
} from './provider.ts'
import { passThrough, proxyTarget } from './pass-through.ts'
import { WatchedRequest, watchedFetch } from './watched-fetch.ts'

type Sdk = typeof import('openai')

export interface OpenAiProviderOptions {
  limits?: Partial<ProviderLimits>
  /** Named to OpenRouter (X-Title and HTTP-Referer), which lists who calls it. */
  app?: { name: string; url: string }
}

/** Makes a provider. Nothing is sent before the first call. */
export function createOpenAiProvider(
  config: ProviderConfig,
  options: OpenAiProviderOptions = {},
): ModelProvider {
  return new OpenAiProvider(config, options)
}

class OpenAiProvider implements ModelProvider {
  readonly id: string
  readonly prefix: string | undefined
  private readonly limits: ProviderLimits
  private readonly baseUrl: string
  private readonly headers: Record<string, string>
  private client: Promise<{ sdk: Sdk; client: OpenAI }> | null = null

  constructor(
    private readonly config: ProviderConfig,
    options: OpenAiProviderOptions,
  ) {
    this.id = config.id
    this.prefix = config.prefix
    this.limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.baseUrl = apiBase(config)
    this.headers = { ...openRouterHeaders(config, options.app), ...config.headers }
  }

  async listModels(signal: AbortSignal = new AbortController().signal): Promise<ModelInfo[]> {
    if (this.config.modelIds?.length)
      return readModels(
        this.config,
        this.config.modelIds.map((id) => ({ id })),
      )
    const limits = { ...this.limits, firstByteMs: this.limits.listMs, idleMs: this.limits.listMs }
    try {
      return readModels(this.config, await this.listFrom(`${this.baseUrl}/models`, signal, limits))
    } catch (error) {
      if (this.config.kind !== 'ollama' || !isMissingRoute(error)) throw error
      // Ollama before 0.1.44 has no /v1/models.
      return readModels(
        this.config,
        await this.listFrom(`${this.baseUrl.replace(/\/v1$/, '')}/api/tags`, signal, limits),
      )
    }
  }

  async *stream(request: ChatRequest): AsyncGenerator<ChatDelta> {
    const watch = new WatchedRequest(request.signal, this.limits)
    try {
      watch.signal.throwIfAborted()
      const { client } = await this.open()
      const response = await client.chat.completions
        .create(chatBody(this.config, request), watch.options)
        .asResponse()
      if (!isEventStream(response) || response.body === null)
        throw failure('malformed_stream', { status: response.status })
      const events = new EventStream(response.body, watch)
      const reader = new DeltaReader()
      for (let batch = await events.next(); batch !== null; batch = await events.next()) {
        for (const data of batch) for (const delta of reader.read(this.chunk(data))) yield delta
      }
      if (!reader.finished && !events.sawDone) throw failure('cut_stream')
      if (!reader.finished) yield { type: 'finish', reason: 'stop' }
      if (reader.usage) yield reader.usage
    } catch (error) {
      throw await this.toFailure(error, watch)
    } finally {
      watch.close()
    }
  }

  async proxy(path: string, init: ProxyInit): Promise<Response> {
    // Ollama's own API lies beside the OpenAI-compatible one.
    const native = init.fromRoot || (this.config.kind === 'ollama' && path.startsWith('/api/'))
    const url = proxyTarget(native ? this.baseUrl.replace(/(\/api)?\/v[01]$/, '') : this.baseUrl, path)
    if (url === null) throw failure('bad_request', { text: 'The path leaves the provider.' })
    try {
      return await passThrough(url, init, this.headers, this.config.apiKey)
    } catch (error) {
      throw failure(init.signal?.aborted ? 'aborted' : 'unreachable', this.words(error))
    }
  }

  private open(): Promise<{ sdk: Sdk; client: OpenAI }> {
    this.client ??= import('openai').then((sdk) => ({
      sdk,
      client: new sdk.OpenAI({
        baseURL: this.baseUrl,
        apiKey: this.config.apiKey || 'none',
        // Else the SDK takes them from OPENAI_* variables, which name another account.
        organization: null,
        project: null,
        defaultHeaders: this.config.apiKey ? this.headers : { ...this.headers, authorization: null },
        maxRetries: 0,
        fetch: watchedFetch,
        // Ours are the limits; the SDK's own would only be a second one.
        timeout: this.limits.firstByteMs + 60_000,
        logLevel: 'off',
      }),
    }))
    return this.client
  }

  private async listFrom(url: string, signal: AbortSignal, limits: ProviderLimits): Promise<ModelRecord[]> {
    const watch = new WatchedRequest(signal, limits)
    try {
      const { client } = await this.open()
      const body: unknown = await client.get(url, watch.options)
      watch.completed()
      const { data, models } = (body ?? {}) as { data?: unknown; models?: unknown }
      const records = Array.isArray(data) ? data : models
      if (!Array.isArray(records)) throw failure('malformed_stream')
      return records as ModelRecord[]
    } catch (error) {
      throw await this.toFailure(error, watch)
    } finally {
      watch.close()
    }
  }

  private async toFailure(error: unknown, watch: WatchedRequest): Promise<UpstreamFailure> {
    if (watch.stopped) return failure('aborted')
    if (watch.timedOut) return failure('timeout')
    if (error instanceof UpstreamFailure) return error
    if (error instanceof SyntaxError) return failure('malformed_stream')
    const { sdk } = await this.open()
    if (error instanceof sdk.APIError && !(error instanceof sdk.APIConnectionError))
      return this.refusal(error)
    return failure(watch.answered ? 'cut_stream' : 'unreachable', this.words(error))
  }

  /** An answer with an error status. */
  private refusal(error: InstanceType<Sdk['APIError']>): UpstreamFailure {
    return this.refused(error.status ?? null, error.code, {
      ...this.words(error),
      retryAfterS: retryAfter(error.headers, Date.now()),
    })
  }

  /** An event of a stream; an error in the middle of one is thrown. Its code is often an HTTP status. */
  private chunk(data: string): Chunk {
    const event: unknown = JSON.parse(data)
    if (typeof event !== 'object' || event === null) throw failure('malformed_stream')
    const { error } = event as { error?: unknown }
    if (!error) return event
    const { code, message } = error as { code?: unknown; message?: unknown }
    const text = typeof error === 'string' ? error : typeof message === 'string' ? message : ''
    throw this.refused(null, code, { text, secret: this.config.apiKey })
  }

  private refused(
    given: number | null,
    code: unknown,
    details: Parameters<typeof failure>[1],
  ): UpstreamFailure {
    const number = Number(code)
    const status = given ?? (number >= 400 && number < 600 ? number : null)
    const kind = status === null ? 'upstream_error' : kindOfStatus(status, code)
    return failure(kind, { ...details, status })
  }

  private words(error: unknown): { text: string; secret: string | null } {
    return { text: error instanceof Error ? error.message : '', secret: this.config.apiKey }
  }
}

function apiBase(config: ProviderConfig): string {
  const base = config.baseUrl.replace(/\/+$/, '')
  return config.kind === 'ollama' && !base.endsWith('/v1') ? `${base}/v1` : base
}

function openRouterHeaders(
  config: ProviderConfig,
  app: OpenAiProviderOptions['app'],
): Record<string, string> {
  return config.kind === 'openrouter' && app ? { 'HTTP-Referer': app.url, 'X-Title': app.name } : {}
}

function isEventStream(response: Response): boolean {
  return (response.headers.get('content-type') ?? '').toLowerCase().includes('event-stream')
}

function isMissingRoute(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.status === 404
}
