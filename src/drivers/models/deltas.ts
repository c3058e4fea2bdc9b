// Events of a provider's stream in our words. Lenient: servers that call themselves compatible leave
// fields out, name reasoning differently, or repeat the usage in every event.
import type { ChatCompletionChunk } from 'openai/resources'
import type { ChatDelta } from '../../core/ports.ts'

type Usage = Extract<ChatDelta, { type: 'usage' }>

/** An event as it came: any part may be missing. */
export type Chunk = Partial<ChatCompletionChunk>

/** Reads events one after another and remembers what only the end can tell. */
export class DeltaReader {
  finished = false
  /** The last usage seen: some providers send a running total. */
  usage: Usage | null = null

  /** The deltas in one event; usage is kept back until the end. */
  read(chunk: Chunk): ChatDelta[] {
    if (chunk.usage) this.usage = toUsage(chunk.usage)
    const choice = chunk.choices?.[0]
    if (!choice) return []
    const out: ChatDelta[] = []
    const delta: Delta = choice.delta ?? {}
    const reasoning = delta.reasoning ?? delta.reasoning_content
    if (typeof reasoning === 'string' && reasoning !== '') out.push({ type: 'reasoning', text: reasoning })
    if (typeof delta.content === 'string' && delta.content !== '')
      out.push({ type: 'text', text: delta.content })
    for (const [position, call] of (delta.tool_calls ?? []).entries())
      out.push(toToolCallDelta(call, position))
    if (choice.finish_reason && !this.finished) {
      this.finished = true
      out.push({ type: 'finish', reason: choice.finish_reason })
    }
    return out
  }
}

function toToolCallDelta(call: WireToolCall, position: number): ChatDelta {
  return {
    type: 'tool_call_delta',
    index: call.index ?? position,
    ...(call.id ? { id: call.id } : {}),
    ...(call.function?.name ? { name: call.function.name } : {}),
    ...(call.function?.arguments ? { arguments: call.function.arguments } : {}),
  }
}

interface Delta {
  content?: string | null
  /** OpenRouter, Ollama. */
  reasoning?: unknown
  /** DeepSeek, vLLM. */
  reasoning_content?: unknown
  tool_calls?: WireToolCall[]
}

interface WireToolCall {
  index?: number
  id?: string
  function?: { name?: string; arguments?: string }
}

interface WireUsage {
  prompt_tokens?: number
  completion_tokens?: number
  total_tokens?: number
  /** OpenRouter: US dollars. */
  cost?: unknown
}

function toUsage(usage: WireUsage): Usage {
  const promptTokens = usage.prompt_tokens ?? 0
  const completionTokens = usage.completion_tokens ?? 0
  return {
    type: 'usage',
    promptTokens,
    completionTokens,
    totalTokens: usage.total_tokens ?? promptTokens + completionTokens,
    costUsd: typeof usage.cost === 'number' ? usage.cost : null,
  }
}
