// What one model provider can do, and how it is configured. openai-provider.ts implements it for every
// OpenAI-compatible server; registry.ts makes one catalogue of many.
import type { ChatDelta, ChatRequest, ModelInfo } from '../../core/ports.ts'

export interface ProviderConfig {
  /** Short and stable: part of model ids when two providers offer the same one. */
  id: string
  kind: 'openai' | 'openrouter' | 'ollama'
  name: string
  /** With `/v1` for OpenAI and OpenRouter; Ollama's with or without. */
  baseUrl: string
  apiKey: string | null
  /** Put before every model id as `<prefix>.<id>` (Open WebUI's `prefix_id`). */
  prefix?: string
  /** Offers exactly these, without asking the provider. */
  modelIds?: readonly string[]
  /** Further headers on every request. */
  headers?: Readonly<Record<string, string>>
}

export interface ProviderLimits {
  /** From sending the request to the first byte of the answer. */
  firstByteMs: number
  /** Between any two pieces of a streamed answer. Comments sent to keep the line open count. */
  idleMs: number
  /** For a whole model listing. */
  listMs: number
}

export const DEFAULT_LIMITS: ProviderLimits = { firstByteMs: 120_000, idleMs: 120_000, listMs: 10_000 }

export interface ProxyInit {
  method: string
  /** The path lies below the server's root, not below its OpenAI-compatible API (`/v1`). */
  fromRoot?: boolean
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
  signal?: AbortSignal
}

export interface ModelProvider {
  readonly id: string
  readonly prefix: string | undefined
  /** Throws UpstreamFailure. */
  listModels(signal?: AbortSignal): Promise<ModelInfo[]>
  /** `request.model` is the provider's own id. Throws UpstreamFailure, also in the middle. */
  stream(request: ChatRequest): AsyncIterable<ChatDelta>
  /** Sends any request below the base URL with the provider's key; the answer comes back untouched. */
  proxy(path: string, init: ProxyInit): Promise<Response>
}
