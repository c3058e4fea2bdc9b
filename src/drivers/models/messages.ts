// Our chat request in the words of the OpenAI chat completions API. Pure.
import type { ChatCompletionCreateParamsStreaming, ChatCompletionMessageParam } from 'openai/resources'
import type { ChatPart, ChatRequest, ChatTurn } from '../../core/ports.ts'
import type { ProviderConfig } from './provider.ts'

const NAME_MAX = 64

/** The body of a streaming request. `extra` never overrides what the core decided (model, messages, tools). */
export function chatBody(config: ProviderConfig, request: ChatRequest): ChatCompletionCreateParamsStreaming {
  const body: Record<string, unknown> & ChatCompletionCreateParamsStreaming = {
    ...request.extra,
    model: request.model,
    messages: request.messages.map(toMessage),
    stream: true,
    stream_options: { include_usage: true },
  }
  if (config.kind === 'openrouter') body['usage'] = { include: true }
  if (request.temperature !== null && request.temperature !== undefined)
    body.temperature = request.temperature
  if (request.maxTokens) body[maxTokensField(config)] = request.maxTokens
  if (request.tools?.length) {
    body.tools = request.tools.map((tool) => ({ type: 'function', function: { ...tool } }))
  }
  return body
}

/** OpenAI's own newer models refuse `max_tokens`; most compatible servers know nothing else. */
function maxTokensField(config: ProviderConfig): 'max_tokens' | 'max_completion_tokens' {
  return URL.parse(config.baseUrl)?.hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens'
}

function toMessage(turn: ChatTurn): ChatCompletionMessageParam {
  switch (turn.role) {
    case 'system':
      return { role: 'system', content: turn.content }
    case 'tool':
      return { role: 'tool', tool_call_id: turn.callId, content: turn.content }
    case 'assistant':
      return turn.toolCalls?.length
        ? { role: 'assistant', content: turn.content || null, tool_calls: turn.toolCalls.map(toToolCall) }
        : { role: 'assistant', content: turn.content }
    case 'user': {
      const content = typeof turn.content === 'string' ? turn.content : turn.content.map(toPart)
      const name = turn.name === undefined ? '' : safeName(turn.name)
      return name === '' ? { role: 'user', content } : { role: 'user', content, name }
    }
  }
}

function toToolCall(call: { id: string; name: string; arguments: string }) {
  return {
    id: call.id,
    type: 'function' as const,
    function: { name: call.name, arguments: call.arguments || '{}' },
  }
}

function toPart(part: ChatPart) {
  if (part.type === 'text') return { type: 'text' as const, text: part.text }
  return { type: 'image_url' as const, image_url: { url: `data:${part.mimeType};base64,${part.base64}` } }
}

/** Names are letters, digits, `_` and `-` for the strictest providers; others answer 400 for the whole request. */
function safeName(name: string): string {
  return name
    .replace(/[^A-Za-z0-9_-]+/g, '_')
    .replace(/^_+$/, '')
    .slice(0, NAME_MAX)
}
