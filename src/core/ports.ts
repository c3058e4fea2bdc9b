/**
 * What the core needs from outside, as interfaces: time, ids, storage, files, models, search, log.
 * src/db, src/realtime and src/drivers implement them; main.ts puts them together.
 */
import type { DomainEvent } from './events.ts'
import type { Repositories } from './repositories.ts'
import type { Chunk, ChunkRules } from './retrieval/chunk-parts.ts'
import type { Millis, Usage, Uuid } from './types.ts'

export interface Clock {
  now(): Millis
  /** Calls back after `ms`; the returned function cancels. Timers never keep the process alive. */
  after(ms: number, run: () => void): () => void
}

export interface Ids {
  /** UUID version 7: sorts by time, strictly increasing within this process. */
  next(): Uuid
  /** `bytes` of randomness as lower-case hex. */
  secret(bytes: number): string
}

export interface Logger {
  debug(message: string, fields?: Record<string, unknown>): void
  info(message: string, fields?: Record<string, unknown>): void
  warn(message: string, fields?: Record<string, unknown>): void
  error(message: string, fields?: Record<string, unknown>): void
}

/** Storage: many readers, one unit of work. */
export interface Store {
  /** Reads outside a transaction; sees what is committed. */
  read: Repositories
  /**
   * One unit of work. Await only repository calls inside: on SQLite the writer is held.
   * `emit` hands out events and `afterCommit` runs only once the commit has succeeded, in order.
   */
  tx<T>(work: (repos: Repositories, unit: Unit) => Promise<T>): Promise<T>
  /** Which SQL dialect answers; for /health and metrics only. */
  dialect: 'sqlite' | 'pg'
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

export interface Unit {
  emit(event: DomainEvent): void
  afterCommit(run: () => void): void
}

/** Where events go after commit; the hub implements it. Never throws. */
export interface EventSink {
  emit(event: DomainEvent): void
}

/** Who is connected right now, on any node; the hub implements it. */
export interface Connections {
  /** Open sockets of a person on all faces and nodes. */
  isConnected(userId: Uuid): boolean
}

export interface StoredObject {
  sizeBytes: number
  contentType: string
  etag: string
  lastModified: Millis
}

/** Bytes by key, on disk or S3. Keys are relative, `/`-separated, checked by the driver. */
export interface FileStore {
  put(
    key: string,
    body: Uint8Array | Blob | ReadableStream<Uint8Array>,
    contentType: string,
  ): Promise<StoredObject>
  /** `null` when absent. `range` is inclusive on both ends. */
  get(
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ object: StoredObject; body: Blob | ReadableStream<Uint8Array> } | null>
  stat(key: string): Promise<StoredObject | null>
  delete(key: string): Promise<void>
}

export interface ImageInfo {
  type: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif'
  width: number
  height: number
}

export interface EncodedImage {
  bytes: Uint8Array
  contentType: string
  width: number
  height: number
}

export interface ImageTool {
  /** Reads type and size from the bytes; `null` when it is no image we take. Does not decode. */
  inspect(bytes: Uint8Array): ImageInfo | null
  /** Square, at most `side` pixels, metadata gone. */
  avatar(bytes: Uint8Array, side: number): Promise<EncodedImage>
  thumbnail(bytes: Uint8Array, maxSide: number): Promise<EncodedImage>
  /** A short placeholder string for clients (a blurhash, or a tiny data: URI). */
  placeholder(bytes: Uint8Array): Promise<string | null>
}

// --- AI ---------------------------------------------------------------------------------------

export type ChatPart = { type: 'text'; text: string } | { type: 'image'; mimeType: string; base64: string }

export interface ChatToolCall {
  id: string
  name: string
  /** JSON text as the model wrote it. */
  arguments: string
}

export type ChatTurn =
  | { role: 'system'; content: string }
  | { role: 'user'; content: string | ChatPart[]; name?: string }
  | { role: 'assistant'; content: string; toolCalls?: ChatToolCall[] }
  | { role: 'tool'; callId: string; content: string }

export interface ChatTool {
  name: string
  description: string
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>
}

export interface ChatRequest {
  model: string
  messages: ChatTurn[]
  tools?: ChatTool[]
  temperature?: number | null
  maxTokens?: number | null
  signal: AbortSignal
  /** Further request fields in the provider's own words (Open WebUI params). */
  extra?: Record<string, unknown>
}

export type ChatDelta =
  | { type: 'text'; text: string }
  | { type: 'reasoning'; text: string }
  | { type: 'tool_call_delta'; index: number; id?: string; name?: string; arguments?: string }
  | { type: 'finish'; reason: string }
  | {
      type: 'usage'
      promptTokens: number
      completionTokens: number
      totalTokens: number
      costUsd: number | null
    }

export type UpstreamFailureKind =
  | 'unauthorised'
  | 'payment_required'
  | 'rate_limited'
  | 'upstream_error'
  | 'timeout'
  | 'cut_stream'
  | 'malformed_stream'
  | 'unreachable'
  | 'model_not_found'
  | 'bad_request'
  | 'aborted'

/** A model or search provider failed; the message is safe to show and holds no secret. */
export class UpstreamFailure extends Error {
  override readonly name = 'UpstreamFailure'
  readonly kind: UpstreamFailureKind
  readonly retryAfterS: number | null
  readonly status: number | null
  constructor(
    kind: UpstreamFailureKind,
    message: string,
    details: { retryAfterS?: number | null; status?: number | null; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.kind = kind
    this.retryAfterS = details.retryAfterS ?? null
    this.status = details.status ?? null
  }
}

export interface ModelInfo {
  id: string
  name: string
  ownedBy: string
  providerId: string
  contextTokens: number | null
  /** Takes images; null = unknown, then images are sent. */
  vision: boolean | null
  createdS: number
  /** The provider's own record, as it came. */
  raw: Record<string, unknown>
}

export interface ModelProviders {
  /** True when at least one provider is configured. */
  readonly enabled: boolean
  /** Every provider's models, cached; a failing provider only lacks its own. */
  list(options?: { refresh?: boolean }): Promise<ModelInfo[]>
  /** Streams one completion. Throws UpstreamFailure, also in the middle. */
  stream(request: ChatRequest): AsyncIterable<ChatDelta>
}

/** A whole answer, for titles, tags and other background questions. */
export interface ChatAnswer {
  text: string
  reasoning: string
  toolCalls: ChatToolCall[]
  finishReason: string
  usage: Usage | null
}

export interface ProviderInfo {
  id: string
  kind: 'openai' | 'openrouter' | 'ollama'
  name: string
  /** For administrators only. */
  baseUrl: string
  hasKey: boolean
}

/** What faces that imitate a model API need beyond ModelProviders. */
export interface ModelGateway extends ModelProviders {
  /** Waits for the whole answer of one completion. Throws UpstreamFailure. */
  complete(request: ChatRequest): Promise<ChatAnswer>
  /** Which provider answers for a listed model id, and under which id there; null = nobody. */
  find(modelId: string): Promise<{ providerId: string; modelId: string } | null>
  providers(): ProviderInfo[]
  /**
   * Sends a request below a provider's base URL with its key; the answer, of whatever status, comes back
   * untouched. Cookies and credentials of the caller are not passed on. Throws UpstreamFailure when there is no answer.
   */
  proxy(
    providerId: string,
    path: string,
    init: {
      method: string
      /** The path lies below the server's root, not below its OpenAI-compatible API (`/v1`). */
      fromRoot?: boolean
      headers?: Readonly<Record<string, string>>
      body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>
      signal?: AbortSignal
    },
  ): Promise<Response>
}

/** How requests and answers look where somebody else carries them to the model: a person's browser. */
export interface ModelDialect {
  body(request: ChatRequest): Record<string, unknown>
  /** Deltas of the pieces as they come back. Throws UpstreamFailure. */
  deltas(pieces: AsyncIterable<unknown>): AsyncIterable<ChatDelta>
}

/** A request to a server that an administrator named. Redirects are not followed. */
export interface ServerRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  url: string
  headers?: Readonly<Record<string, string>>
  body?: string | FormData
  /** Limit of the answer. */
  maxBytes: number
  timeoutMs: number
  signal?: AbortSignal
}

export interface ServerAnswer {
  status: number
  contentType: string
  /** Null when it is not there. */
  header(name: string): string | null
  bytes: Uint8Array
}

/** Reaches inner addresses too: never for one that a person or a model chose. */
export interface ServerClient {
  /** Rejects when there is no answer, a slow one, or one that is too long. */
  send(request: ServerRequest): Promise<ServerAnswer>
}

/** Where vectors of texts come from, as the settings name it. */
export interface EmbeddingSource {
  engine: 'openai' | 'ollama' | 'azure_openai'
  model: string
  baseUrl: string
  apiKey: string | null
  /** Azure only. */
  apiVersion: string | null
}

export interface Embedder {
  /** One vector a text, in their order. Throws UpstreamFailure. */
  embed(source: EmbeddingSource, texts: readonly string[], signal: AbortSignal): Promise<number[][]>
}

export interface SearchHit {
  title: string
  url: string
  snippet: string
}

export interface WebSearch {
  search(query: string, limit: number, signal: AbortSignal): Promise<SearchHit[]>
}

/** What lies at an address: a page, as its text, or a file, as its bytes. */
export type WebThing =
  | { kind: 'page'; title: string; url: string; text: string }
  | { kind: 'file'; name: string; contentType: string; bytes: Uint8Array<ArrayBuffer> }

/** The public web. Rejects with an Error whose message is fit for people. */
export interface PageReader {
  read(url: string, signal: AbortSignal): Promise<{ title: string; url: string; text: string }>
  fetch(url: string, fileMaxBytes: number, signal: AbortSignal): Promise<WebThing>
}

export interface DocumentSource {
  name: string
  contentType: string
  bytes: Uint8Array<ArrayBuffer>
}

/** A stretch of a document: a page or slide where it has them, else all of it. */
export interface DocumentPart {
  text: string
  /** From 0. */
  page: number | null
}

/** Text out of documents, off the event loop. Rejects with an Error whose message is fit for people. */
export interface DocumentReader {
  read(source: DocumentSource): Promise<DocumentPart[]>
  /** Cuts texts into pieces that are searched and given to models one by one. */
  chunk(parts: readonly DocumentPart[], rules: ChunkRules): Promise<Chunk[]>
  /** Gives up what is being read. */
  close(): void
}

/** A cheap count that is never far below the true one. */
export interface TokenCounter {
  count(text: string): number
}

// --- accounts ---------------------------------------------------------------------------------

export interface PasswordHasher {
  /** Argon2id, off the event loop, a few at a time. */
  hash(password: string): Promise<string>
  /** Also verifies bcrypt; `needsRehash` when the hash is not of today's kind. A null hash costs the same time and is false. */
  verify(password: string, hash: string | null): Promise<{ ok: boolean; needsRehash: boolean }>
}

export interface TokenSigner {
  /** HS256 JWT with the given claims; `expiresInS` null = never. */
  sign(claims: Record<string, unknown>, expiresInS: number | null): Promise<string>
  /** The claims, or null when the signature or the expiry is bad. */
  verify(token: string): Promise<Record<string, unknown> | null>
}

/** Counts per key and window; one node's memory, or Redis. */
export interface Mail {
  /** One address. */
  to: string
  subject: string
  text: string
}

export interface Mailer {
  /** Resolves when the mail server has taken it. */
  send(mail: Mail): Promise<void>
}

export interface RateLimiter {
  /** 0 = allowed; else the seconds to wait. */
  hit(key: string, limit: number, windowS: number): Promise<number>
}

export interface NostrVerifier {
  /** True when id and signature of the event are right. */
  verify(event: NostrEvent): boolean
}

export interface NostrEvent {
  id: string
  pubkey: string
  created_at: number
  kind: number
  tags: string[][]
  content: string
  sig: string
}
