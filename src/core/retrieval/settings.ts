/** What Open WebUI's settings say about retrieval, read each time: a change counts at once. */
import { textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { EmbeddingSource } from '../ports.ts'
import type { ChunkRules } from './chunk-parts.ts'

/** Tokens are not counted exactly; so many UTF-16 units are taken for one. */
const CHARS_PER_TOKEN = 4
const SIZE = { least: 100, most: 100_000 }

export function chunkRules(context: OpenwebuiContext): ChunkRules {
  const unit = textOf(context.setting<unknown>('rag.text_splitter', ''))?.startsWith('token')
    ? CHARS_PER_TOKEN
    : 1
  const size = Math.min(SIZE.most, Math.max(SIZE.least, number(context, 'rag.chunk_size', 1_000) * unit))
  return {
    size,
    // Pieces that repeat all of the one before would never end.
    overlap: Math.min(size / 2, Math.max(0, number(context, 'rag.chunk_overlap', 100) * unit)),
    minSize: Math.max(0, number(context, 'rag.chunk_min_size_target', 0) * unit),
    atHeadings: context.setting<unknown>('rag.enable_markdown_header_text_splitter', true) === true,
  }
}

const ENGINES = ['openai', 'ollama', 'azure_openai'] as const

/** Null without an engine: models that would have to run in this process are not there, then words are searched. */
export function embeddingSource(context: OpenwebuiContext): EmbeddingSource | null {
  const named = context.setting<unknown>('rag.embedding_engine', '')
  const engine = ENGINES.find((one) => one === named)
  if (!engine) return null
  const key = (name: string) => textOf(context.setting<unknown>(`rag.${engine}.${name}`, ''))
  const model = textOf(context.setting<unknown>('rag.embedding_model', ''))
  const baseUrl = key(engine === 'openai' ? 'api_base_url' : 'base_url')
  if (model === null || baseUrl === null) return null
  return { engine, model, baseUrl, apiKey: key('api_key'), apiVersion: key('api_version') }
}

export const modelName = ({ engine, model }: EmbeddingSource): string => `${engine}/${model}`

/** How many texts go in one request, and how many requests at once. */
export function embeddingPace(context: OpenwebuiContext): { batch: number; atOnce: number } {
  const atOnce = number(context, 'rag.embedding_concurrent_requests', 0)
  return {
    batch: Math.min(128, Math.max(1, number(context, 'rag.embedding_batch_size', 1))),
    atOnce: Math.min(8, atOnce > 0 ? atOnce : 8),
  }
}

export interface SearchRules {
  /** Pieces that are given to the model for each thing attached. */
  topK: number
  hybrid: boolean
  /** From 0 (vectors only) to 1 (words only). */
  wordWeight: number
  /** Least likeness of a vector's piece. */
  threshold: number
}

export function searchRules(context: OpenwebuiContext): SearchRules {
  return {
    topK: Math.min(100, Math.max(1, number(context, 'rag.top_k', 3))),
    hybrid: context.setting<unknown>('rag.enable_hybrid_search', false) === true,
    wordWeight: Math.min(1, Math.max(0, number(context, 'rag.hybrid_bm25_weight', 0.5))),
    threshold: number(context, 'rag.relevance_threshold', 0),
  }
}

/** Whether texts are always given whole. */
export function wholeAlways(context: OpenwebuiContext): boolean {
  return (
    context.setting<unknown>('rag.bypass_embedding_and_retrieval', false) === true ||
    context.setting<unknown>('rag.full_context', false) === true
  )
}

function number(context: OpenwebuiContext, key: string, fallback: number): number {
  const value = context.setting<unknown>(key, fallback)
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value * 1_000) / 1_000 : fallback
}
