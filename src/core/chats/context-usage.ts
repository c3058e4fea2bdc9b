/**
 * How much of a model's context a branch of a chat takes, and where an earlier summary stands in for what
 * came before it. Pure functions on plain messages; counts are estimates unless a provider reported one.
 */
import { isJson, jsonOf, listOf, textOf } from './context.ts'
import type { ChatMessage } from './history.ts'
import type { Json } from './rows.ts'

export interface ContextUsage {
  tokens: number
  threshold: number
}

/** A branch from its latest summary on. */
export interface Summarised {
  messages: ChatMessage[]
  /** Of all that came before; null = nothing was left out. */
  summary: string | null
}

/** Output item that Open WebUI leaves where it summed up between two calls of tools. */
const MARKER = 'open_webui:context_compaction'
const CHARS_PER_TOKEN = 4
/** What a picture and the frame of a message are counted as. */
const IMAGE_TOKENS = 1000
const MESSAGE_TOKENS = 4
const INLINE_DATA = /data:[\w/+.;=%-]*;base64,[A-Za-z0-9+/=]*/g

/** What is left of a branch when its latest summary stands for what came before. */
export function fromLatestSummary(messages: readonly ChatMessage[]): Summarised {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]!
    const summary = textOf(message['contextSummary'] ?? message['context_summary'])
    if (summary?.trim()) return { messages: messages.slice(at), summary }
    const marker = listOf(message['output']).findLast((item) => isJson(item) && item['type'] === MARKER)
    const cut = isJson(marker) ? fromCall(messages, at, marker) : null
    if (cut) return cut
  }
  return { messages: [...messages], summary: null }
}

/** The summary was made before a call of a tool: its answer stays from that call on, and the question to it. */
function fromCall(messages: readonly ChatMessage[], at: number, marker: Json): Summarised | null {
  for (let index = at; index >= 0; index--) {
    const output = listOf(messages[index]!['output']).filter(isJson)
    let start = output.findIndex(
      (item) => item['type'] === 'function_call' && item['call_id'] === marker['call_id'],
    )
    if (start < 0) continue
    while (start > 0 && output[start - 1]!['type'] !== 'function_call_output') start--
    const kept = output.slice(start).filter((item) => item['type'] !== MARKER)
    return {
      messages: [
        ...messages.slice(Math.max(0, index - 1), index),
        { ...messages[index]!, output: kept },
        ...messages.slice(index + 1),
      ],
      summary: textOf(marker['summary']),
    }
  }
  return null
}

/** Tokens of the branch: what the provider last reported and what was said since, or all of it estimated. */
export function tokensOfBranch({ messages, summary }: Summarised, system = ''): number {
  for (let at = messages.length - 1; at >= 0; at--) {
    const message = messages[at]!
    const reported = reportedTokens(jsonOf(message['usage'] ?? jsonOf(message['info'])['usage']))
    if (reported > 0) return reported + estimated(messages.slice(at + 1))
  }
  return textTokens(system) + textTokens(summary) + estimated(messages)
}

/** Prompt and answer, in the words of OpenAI, Ollama, llama.cpp or Open WebUI itself. */
function reportedTokens(usage: Json): number {
  const number = (...names: string[]): number => {
    for (const name of names) if (Number(usage[name])) return Math.trunc(Number(usage[name]))
    return 0
  }
  const prompt =
    number('prompt_tokens', 'prompt_eval_count') ||
    number('prompt_n') + number('cache_n') ||
    number('input_tokens')
  return prompt + number('completion_tokens', 'output_tokens', 'eval_count', 'predicted_n')
}

function estimated(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + MESSAGE_TOKENS + tokensOfMessage(message), 0)
}

function tokensOfMessage(message: ChatMessage): number {
  const content = Array.isArray(message.content)
    ? message.content.reduce<number>((sum, part) => sum + tokensOfPart(part), 0)
    : textTokens(message.content)
  const files = listOf(message['files']).length > 0 ? JSON.stringify(message['files']) : ''
  return (
    content +
    textTokens(message['output']) +
    textTokens(message['tool_calls']) +
    textTokens(files.replace(INLINE_DATA, ''))
  )
}

function tokensOfPart(part: unknown): number {
  if (!isJson(part)) return textTokens(part)
  if (part['type'] === 'image' || part['type'] === 'image_url') return IMAGE_TOKENS
  return textTokens(part['text'] ?? part['content'] ?? part)
}

function textTokens(value: unknown): number {
  if (value === null || value === undefined) return 0
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text === '' ? 0 : Math.max(1, Math.floor(text.length / CHARS_PER_TOKEN))
}
