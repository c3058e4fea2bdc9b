/** The OpenAI-compatible answer of `/api/chat/completions`: a JSON completion, or server-sent chunks. */
import { plainText, systemTurn, turnsOf, withContext } from '../../core/chats/prompt.ts'
import { isJson, jsonOf, listOf, textOf } from '../../core/chats/context.ts'
import type { ChatMessage } from '../../core/chats/history.ts'
import type { Json } from '../../core/chats/rows.ts'
import type { ResolvedModel } from '../../core/models/catalogue.ts'
import { UpstreamFailure, type ChatDelta, type ChatRequest, type ChatTool } from '../../core/ports.ts'
import { numbered, type Source } from '../../core/retrieval/sources.ts'
import type { Actor } from '../../core/types.ts'
import { detail, detailResponse } from './errors.ts'
import { json } from './json.ts'
import type { FaceContext } from './module.ts'

/** A comment line this often keeps proxies from cutting a quiet stream. */
const KEEP_ALIVE_MS = 15_000

/** Fields that the request itself carries; everything else goes on as it is. */
const OWN = new Set([
  'model',
  'messages',
  'stream',
  'stream_options',
  'tools',
  'temperature',
  'max_tokens',
  'max_completion_tokens',
  'params',
  'files',
  'features',
  'variables',
  'session_id',
  'chat_id',
  'id',
  'message_ids',
  'parent_id',
  'user_message',
  'background_tasks',
  'model_item',
  'tool_ids',
  'tool_servers',
  'filter_ids',
  'skill_ids',
  'metadata',
  'folder_id',
])

export async function plainCompletion(
  face: FaceContext,
  actor: Actor,
  body: Json,
  request: Request,
): Promise<Response> {
  const model = await face.core.catalogue.resolve(actor, textOf(body['model']) ?? '')
  const asked = await requestOf(face, actor, body, request.signal, model)
  const { chat, sources } = await withAttached(face, actor, body, asked, model)
  const shown = {
    sources,
    selected: model.selectedId,
    model: textOf(body['model']) ?? '',
    created: Math.floor(Date.now() / 1000),
    id: `chatcmpl-${crypto.randomUUID()}`,
  }
  const deltas = face.core.completions.stream(chat)
  try {
    if (body['stream'] === true) return await streamed(face, deltas, shown)
    return json(await whole(deltas, shown))
  } catch (error) {
    if (!(error instanceof UpstreamFailure)) throw error
    const status = error.status !== null && error.status >= 400 ? error.status : 502
    return detailResponse(status, error.message)
  }
}

export async function requestOf(
  face: FaceContext,
  actor: Actor,
  body: Json,
  signal: AbortSignal,
  resolved?: ResolvedModel,
): Promise<ChatRequest> {
  const modelId = textOf(body['model'])
  if (modelId === null || !Array.isArray(body['messages'])) throw detail.bad('Model not found')
  const model = resolved ?? (await face.core.catalogue.resolve(actor, modelId))
  await face.core.completions.admit(actor)
  const messages = body['messages'].filter(isJson) as ChatMessage[]
  const turns = await turnsOf(messages, (url) => face.core.openFiles.image(actor, url))
  const system = systemTurn([textOf(model.params['system'])], jsonOf(body['variables']))
  const number = (key: string): number | null => (typeof body[key] === 'number' ? body[key] : null)
  const fromModel = model.params['temperature']
  return {
    model: model.upstreamId,
    messages: system ? [system, ...turns] : turns,
    tools: toolsOf(body['tools']),
    temperature: number('temperature') ?? (typeof fromModel === 'number' ? fromModel : null),
    maxTokens: number('max_tokens') ?? number('max_completion_tokens'),
    extra: Object.fromEntries(Object.entries(body).filter(([key]) => !OWN.has(key))),
    signal,
  }
}

function toolsOf(given: unknown): ChatTool[] {
  return listOf(given).flatMap((tool) => {
    const spec = jsonOf(jsonOf(tool)['function'])
    const name = textOf(spec['name'])
    return name
      ? [{ name, description: textOf(spec['description']) ?? '', parameters: jsonOf(spec['parameters']) }]
      : []
  })
}

/** Files and collections named in the request, and those of the model, as in a chat of the front end. */
async function withAttached(
  face: FaceContext,
  actor: Actor,
  body: Json,
  chat: ChatRequest,
  model: ResolvedModel,
): Promise<{ chat: ChatRequest; sources: Source[] }> {
  const { row } = model.entry
  const items = [...listOf(body['files']), ...listOf(jsonOf(row?.meta)['knowledge'])]
  if (items.length === 0) return { chat, sources: [] }
  const question = chat.messages.findLast((turn) => turn.role === 'user')?.content
  const text = typeof question === 'string' ? question : plainText(question)
  const sources = await face.core.sources.of(actor, items, () => Promise.resolve([text]))
  const template = textOf(face.setting('rag.template'))
  return { chat: { ...chat, messages: withContext(chat.messages, numbered(sources), template) }, sources }
}

interface Shown {
  sources: readonly Source[]
  /** Who answers for an arena. */
  selected: string | null
  id: string
  model: string
  created: number
}

type Usage = Extract<ChatDelta, { type: 'usage' }>

const usageOf = (usage: Usage) => ({
  prompt_tokens: usage.promptTokens,
  completion_tokens: usage.completionTokens,
  total_tokens: usage.totalTokens,
})

async function whole(
  deltas: AsyncIterable<ChatDelta>,
  { id, model, created, sources, selected }: Shown,
): Promise<Json> {
  const message: Json = { role: 'assistant', content: '' }
  const calls = new Map<
    number,
    { id: string; type: 'function'; function: { name: string; arguments: string } }
  >()
  let finish = 'stop'
  let usage: Usage | null = null
  for await (const delta of deltas) {
    if (delta.type === 'text') message['content'] = String(message['content']) + delta.text
    else if (delta.type === 'reasoning')
      message['reasoning_content'] = `${textOf(message['reasoning_content']) ?? ''}${delta.text}`
    else if (delta.type === 'finish') finish = delta.reason
    else if (delta.type === 'usage') usage = delta
    else {
      const call = calls.get(delta.index) ?? {
        id: '',
        type: 'function',
        function: { name: '', arguments: '' },
      }
      calls.set(delta.index, call)
      call.id ||= delta.id ?? ''
      call.function.name ||= delta.name ?? ''
      call.function.arguments += delta.arguments ?? ''
    }
  }
  if (calls.size > 0) message['tool_calls'] = [...calls.values()]
  return {
    ...(sources.length > 0 ? { sources } : {}),
    ...(selected === null ? {} : { selected_model_id: selected }),
    id,
    object: 'chat.completion',
    created,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: finish }],
    ...(usage ? { usage: usageOf(usage) } : {}),
  }
}

/** The first delta is awaited before the answer begins, so that a refusal keeps its status. */
async function streamed(
  face: FaceContext,
  deltas: AsyncIterable<ChatDelta>,
  shown: Shown,
): Promise<Response> {
  const iterator = deltas[Symbol.asyncIterator]()
  const first = await iterator.next()
  const encoder = new TextEncoder()
  const line = (data: unknown): Uint8Array => encoder.encode(`data: ${JSON.stringify(data)}\n\n`)
  const chunk = (delta: Json, finish: string | null, usage?: Usage): Json => ({
    id: shown.id,
    object: 'chat.completion.chunk',
    created: shown.created,
    model: shown.model,
    choices: usage ? [] : [{ index: 0, delta, logprobs: null, finish_reason: finish }],
    ...(usage ? { usage: usageOf(usage) } : {}),
  })
  let next: IteratorResult<ChatDelta> | null = first
  let keepAlive: ReturnType<typeof setInterval> | null = null
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      if (shown.selected !== null) controller.enqueue(line({ selected_model_id: shown.selected }))
      if (shown.sources.length > 0) controller.enqueue(line({ sources: shown.sources }))
      controller.enqueue(line(chunk({ role: 'assistant', content: '' }, null)))
      keepAlive = setInterval(() => controller.enqueue(encoder.encode(': ping\n\n')), KEEP_ALIVE_MS)
    },
    async pull(controller) {
      try {
        const step = next ?? (await iterator.next())
        next = null
        if (!step.done) return controller.enqueue(line(chunkOf(step.value, chunk)))
      } catch (error) {
        if (!(error instanceof UpstreamFailure)) face.log.error('a completion failed', { error })
        const message = error instanceof UpstreamFailure ? error.message : 'Something went wrong on our side.'
        controller.enqueue(line({ error: { message } }))
      }
      controller.enqueue(encoder.encode('data: [DONE]\n\n'))
      if (keepAlive) clearInterval(keepAlive)
      controller.close()
    },
    async cancel() {
      if (keepAlive) clearInterval(keepAlive)
      await iterator.return?.()
    },
  })
  return new Response(stream, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no' },
  })
}

function chunkOf(delta: ChatDelta, chunk: (delta: Json, finish: string | null, usage?: Usage) => Json): Json {
  switch (delta.type) {
    case 'text':
      return chunk({ content: delta.text }, null)
    case 'reasoning':
      return chunk({ reasoning_content: delta.text }, null)
    case 'finish':
      return chunk({}, delta.reason)
    case 'usage':
      return chunk({}, null, delta)
    case 'tool_call_delta': {
      const call = {
        index: delta.index,
        ...(delta.id ? { id: delta.id, type: 'function' } : {}),
        function: { ...(delta.name ? { name: delta.name } : {}), arguments: delta.arguments ?? '' },
      }
      return chunk({ tool_calls: [call] }, null)
    }
  }
}
