/**
 * Models that a person's own browser asks, with keys that this server never sees. Everything around the answer (history,
 * tools, storing it) is done here as for any other model.
 */
import { fault } from '../faults.ts'
import type { ResolvedModel } from '../models/catalogue.ts'
import { UpstreamFailure, type ChatDelta, type ChatRequest } from '../ports.ts'
import type { Uuid } from '../types.ts'
import { isJson, jsonOf, textOf, type OpenwebuiContext } from './context.ts'
import type { Json } from './rows.ts'

/** How long the tab may take to begin, and between two pieces. */
const ANSWER_MS = 120_000

/** The model as the browser lists it. Throws `model.not_found` where direct connections are off. */
export function directModel(context: OpenwebuiContext, item: Json): ResolvedModel {
  const id = textOf(item['id'])
  if (id === null || !context.setting('direct.enable', false))
    throw fault.invalid('model.not_found', 'Model not found')
  return {
    entry: { id, name: textOf(item['name']) ?? id, base: null, row: null, preset: false },
    selectedId: null,
    upstreamId: id,
    direct: item,
    params: jsonOf(context.setting<unknown>('models.default_params', {})),
    capabilities: {
      ...jsonOf(jsonOf(context.setting<unknown>('models.default_metadata', {}))['capabilities']),
      ...jsonOf(jsonOf(jsonOf(item['info'])['meta'])['capabilities']),
    },
  }
}

export interface DirectAsk {
  model: Json
  userId: Uuid
  sessionId: string
  chatId: string
  messageId: string
}

/** Throws UpstreamFailure, also when the tab is gone or silent. */
export async function* directStream(
  { deps, own }: OpenwebuiContext,
  ask: DirectAsk,
  request: ChatRequest,
): AsyncGenerator<ChatDelta> {
  const { signal } = request
  const { model, ...where } = ask
  let channel
  try {
    channel = own.browsers.channel({ ...where, signal, idleMs: ANSWER_MS })
    const answer = await own.browsers.call({
      ...where,
      type: 'request:chat:completion',
      data: {
        form_data: deps.dialect.body(request),
        model,
        channel: channel.name,
        session_id: where.sessionId,
      },
      timeoutMs: ANSWER_MS,
      signal,
    })
    if (!isJson(answer) || answer['status'] !== true) throw new Error(refusalOf(answer))
    yield* deps.dialect.deltas(channel.chunks)
  } catch (error) {
    if (error instanceof UpstreamFailure) throw error
    const text = error instanceof Error ? error.message : 'The browser did not answer.'
    throw new UpstreamFailure(signal.aborted ? 'aborted' : 'unreachable', text)
  } finally {
    channel?.close()
  }
}

function refusalOf(answer: unknown): string {
  const error = jsonOf(answer)['error'] ?? jsonOf(answer)['detail']
  const said = textOf(jsonOf(error)['message']) ?? textOf(error)
  return said
    ? `The model provider rejected the request. It says: ${said.slice(0, 300)}`
    : 'The browser could not ask the model.'
}
