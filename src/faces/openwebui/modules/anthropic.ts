/** `/api/v1/messages`: Anthropic's dialect over any model, whole or as its event stream. */
import { Elysia } from 'elysia'
import { isJson, jsonOf, listOf, textOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import { UpstreamFailure, type ChatDelta } from '../../../core/ports.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { dict } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { requestOf } from '../plain-completion.ts'

export const anthropic = (face: FaceContext) => {
  const answer = ({ actor, body, request }: { actor: Actor; body: Json; request: Request }) =>
    messages(face, actor, body, request)
  return new Elysia({ name: 'openwebui.anthropic' })
    .use(openwebuiAuth(face.core))
    .post('/api/v1/messages', answer, { rank: 'user', body: dict })
    .post('/api/message', answer, { rank: 'user', body: dict })
}

async function messages(face: FaceContext, actor: Actor, body: Json, request: Request): Promise<Response> {
  const chat = await requestOf(face, actor, openAiBody(body), request.signal)
  const start = {
    id: `msg_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`,
    model: textOf(body['model']) ?? '',
  }
  const deltas = face.core.completions.stream(chat)
  if (body['stream'] === true) return streamed(face, deltas, start)
  try {
    return json(await whole(deltas, start))
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error
    return json({ type: 'error', error: { type: 'api_error', message: error.message } }, error.status ?? 502)
  }
}

/** The system prompt becomes a message; blocks become parts, tool calls and results. */
function openAiBody(body: Json): Json {
  const system = textOf(body['system']) ?? blocksText(body['system'])
  const turns = listOf(body['messages']).filter(isJson).flatMap(turnOf)
  const stop = listOf(body['stop_sequences'])
  return {
    model: body['model'],
    messages: system ? [{ role: 'system', content: system }, ...turns] : turns,
    max_tokens: body['max_tokens'],
    temperature: body['temperature'],
    ...(body['top_p'] === undefined ? {} : { top_p: body['top_p'] }),
    ...(stop.length > 0 ? { stop } : {}),
    tools: listOf(body['tools'])
      .filter(isJson)
      .map(({ name, description, input_schema: parameters }) => ({
        function: { name, description, parameters },
      })),
  }
}

function turnOf(message: Json): Json[] {
  const { role, content } = message
  if (typeof content === 'string') return [{ role, content }]
  const blocks = listOf(content).filter(isJson)
  const results = blocks
    .filter(({ type }) => type === 'tool_result')
    .map((block) => ({
      role: 'tool',
      tool_call_id: block['tool_use_id'],
      content: textOf(block['content']) ?? blocksText(block['content']),
    }))
  const calls = blocks
    .filter(({ type }) => type === 'tool_use')
    .map((block) => ({
      id: block['id'],
      function: { name: block['name'], arguments: JSON.stringify(block['input'] ?? {}) },
    }))
  const parts = blocks.flatMap(partOf)
  if (parts.length === 0 && calls.length === 0) return results
  return [...results, { role, content: parts, ...(calls.length > 0 ? { tool_calls: calls } : {}) }]
}

function partOf(block: Json): Json[] {
  if (block['type'] === 'text') return [{ type: 'text', text: block['text'] }]
  if (block['type'] !== 'image') return []
  const source = jsonOf(block['source'])
  const url =
    source['type'] === 'base64'
      ? `data:${String(source['media_type'])};base64,${String(source['data'])}`
      : source['url']
  return [{ type: 'image_url', image_url: { url } }]
}

function blocksText(blocks: unknown): string {
  return listOf(blocks)
    .map((block) => textOf(jsonOf(block)['text']) ?? '')
    .join('\n')
}

interface Start {
  id: string
  model: string
}

const STOP: Record<string, string> = { length: 'max_tokens', tool_calls: 'tool_use' }
const stopOf = (reason: string): string => STOP[reason] ?? 'end_turn'

async function whole(deltas: AsyncIterable<ChatDelta>, { id, model }: Start): Promise<Json> {
  let text = ''
  let stop = 'end_turn'
  const usage = { input_tokens: 0, output_tokens: 0, cache_read_input_tokens: 0 }
  const calls = new Map<number, { id: string; name: string; input: string }>()
  for await (const delta of deltas) {
    if (delta.type === 'text') text += delta.text
    else if (delta.type === 'finish') stop = stopOf(delta.reason)
    else if (delta.type === 'usage') {
      usage.input_tokens = delta.promptTokens
      usage.output_tokens = delta.completionTokens
    } else if (delta.type === 'tool_call_delta') {
      const call = calls.get(delta.index) ?? { id: '', name: '', input: '' }
      calls.set(delta.index, call)
      call.id ||= delta.id ?? ''
      call.name ||= delta.name ?? ''
      call.input += delta.arguments ?? ''
    }
  }
  const uses = [...calls.values()].map((call) => ({
    type: 'tool_use',
    id: call.id,
    name: call.name,
    input: inputOf(call.input),
  }))
  const content = [...(text === '' && uses.length > 0 ? [] : [{ type: 'text', text }]), ...uses]
  return {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    stop_reason: stop,
    stop_sequence: null,
    usage,
  }
}

function inputOf(text: string): Json {
  try {
    return jsonOf(JSON.parse(text || '{}'))
  } catch {
    return {}
  }
}

/** Text as one block, each tool call as one more; errors as an `error` event. */
function streamed(face: FaceContext, deltas: AsyncIterable<ChatDelta>, start: Start): Response {
  const encoder = new TextEncoder()
  const events = eventsOf(face, deltas, start)
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await events.next()
      if (done) return controller.close()
      controller.enqueue(
        encoder.encode(`event: ${String(value['type'])}\ndata: ${JSON.stringify(value)}\n\n`),
      )
    },
    async cancel() {
      await events.return(undefined)
    },
  })
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' },
  })
}

async function* eventsOf(
  face: FaceContext,
  deltas: AsyncIterable<ChatDelta>,
  { id, model }: Start,
): AsyncGenerator<Json, undefined> {
  const usage = { input_tokens: 0, output_tokens: 0 }
  const message = {
    id,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage,
  }
  yield { type: 'message_start', message: structuredClone(message) }
  /** What is open: -1 for text, else the provider's number of a tool call. */
  let open: number | null = null
  let index = -1
  let stop = 'end_turn'
  try {
    for await (const delta of deltas) {
      if (delta.type === 'finish') stop = stopOf(delta.reason)
      else if (delta.type === 'usage') {
        usage.input_tokens = delta.promptTokens
        usage.output_tokens = delta.completionTokens
      } else if (delta.type !== 'reasoning') {
        const wanted = delta.type === 'text' ? -1 : delta.index
        if (open !== wanted) {
          if (open !== null) yield { type: 'content_block_stop', index }
          open = wanted
          yield { type: 'content_block_start', index: ++index, content_block: blockOf(delta) }
        }
        const piece =
          delta.type === 'text'
            ? { type: 'text_delta', text: delta.text }
            : { type: 'input_json_delta', partial_json: delta.arguments ?? '' }
        yield { type: 'content_block_delta', index, delta: piece }
      }
    }
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) face.log.error('a completion failed', { error })
    const text = error instanceof UpstreamFailure ? error.message : 'Something went wrong on our side.'
    yield { type: 'error', error: { type: 'api_error', message: text } }
    return
  }
  if (open !== null) yield { type: 'content_block_stop', index }
  yield { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage }
  yield { type: 'message_stop' }
}

function blockOf(delta: Extract<ChatDelta, { type: 'text' | 'tool_call_delta' }>): Json {
  if (delta.type === 'text') return { type: 'text', text: '' }
  return { type: 'tool_use', id: delta.id ?? '', name: delta.name ?? '', input: {} }
}
