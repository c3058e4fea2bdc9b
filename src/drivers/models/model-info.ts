// A provider's own record of a model → ours. Field names differ between OpenAI, OpenRouter, vLLM and Ollama.
import type { ModelInfo } from '../../core/ports.ts'
import type { ProviderConfig } from './provider.ts'

/** As it came over the wire: nothing in it can be relied on. */
export type ModelRecord = Record<string, unknown>

/** Reads what has an id and leaves the rest out. */
export function readModels(config: ProviderConfig, records: readonly ModelRecord[]): ModelInfo[] {
  return records.flatMap((record) => readModel(config, record) ?? [])
}

function readModel(config: ProviderConfig, record: ModelRecord): ModelInfo | null {
  if (typeof record !== 'object' || record === null) return null
  const id = text(record['id']) ?? text(record['model']) ?? text(record['name'])
  if (id === null) return null
  return {
    id,
    name: text(record['name']) ?? id,
    ownedBy: text(record['owned_by']) ?? config.kind,
    providerId: config.id,
    contextTokens:
      positive(record['context_length']) ??
      positive(record['max_model_len']) ??
      positive(record['context_window']),
    vision: takesImages(record),
    createdS: positive(record['created']) ?? 0,
    raw: record,
  }
}

/** OpenRouter lists input modalities; most others say nothing. */
function takesImages(record: ModelRecord): boolean | null {
  const architecture = record['architecture'] as { input_modalities?: unknown } | undefined
  const modalities = architecture?.input_modalities
  return Array.isArray(modalities) ? modalities.includes('image') : null
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function positive(value: unknown): number | null {
  return typeof value === 'number' && value > 0 ? value : null
}
