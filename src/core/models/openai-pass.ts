/** Requests in OpenAI's dialect that go on to the provider of their model as they are: responses, and anything else where that is allowed. */
import { textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { fault } from '../faults.ts'
import type { ProviderInfo } from '../ports.ts'
import type { Actor } from '../types.ts'
import { closedIfMissing } from './ollama.ts'

export interface PassedRequest {
  method: string
  /** Below the provider's address, with its query. */
  path: string
  contentType: string | null
  body: Uint8Array<ArrayBuffer> | null
  signal: AbortSignal
}

export type OpenaiPass = ReturnType<typeof createOpenaiPass>

const OPENAI = 'https://api.openai.com/v1'

export function createOpenaiPass(context: OpenwebuiContext) {
  const providers = (): ProviderInfo[] =>
    context.own.catalogue.providers().filter(({ kind }) => kind !== 'ollama')

  /** Who answers for a model that the actor may use. */
  async function targetOf(actor: Actor, modelId: string) {
    const model = await context.own.catalogue.resolve(actor, modelId).catch((error: unknown) => {
      throw actor.user.role === 'admin' ? error : closedIfMissing(error)
    })
    const target = await context.own.catalogue.find(model.upstreamId)
    if (!target) throw fault.invalid('model.not_found', 'Model not found')
    return target
  }

  const json = (body: Json, signal: AbortSignal) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  })

  return {
    async responses(actor: Actor, body: Json, signal: AbortSignal): Promise<Response> {
      const { providerId, modelId } = await targetOf(actor, textOf(body['model']) ?? '')
      await context.own.completions.admit(actor)
      return context.own.catalogue.proxy(providerId, '/responses', json({ ...body, model: modelId }, signal))
    },

    /** Speech by the connection to OpenAI itself. */
    async speech(actor: Actor, body: Json, signal: AbortSignal): Promise<Response> {
      await context.own.permissions.require(actor, 'chat.tts')
      const provider = providers().find(({ baseUrl }) => baseUrl.replace(/\/+$/, '') === OPENAI)
      if (!provider) throw fault.unauthenticated('openai.none', 'OpenAI API was not found')
      return context.own.catalogue.proxy(provider.id, '/audio/speech', json(body, signal))
    },

    /**
     * Anything, to the provider of the model in the body, else to the first. With the provider's key, so people may
     * name only models that are open to them, and what names no model is for administrators.
     */
    async pass(actor: Actor, request: PassedRequest): Promise<Response> {
      const body = modelBody(request)
      const named = body && textOf(body['model'])
      if (!named && actor.user.role !== 'admin') {
        throw fault.forbidden('openai.no_model', 'Only administrators may ask without a model.')
      }
      const target = named ? await targetOf(actor, named) : null
      const providerId = target?.providerId ?? providers()[0]?.id
      if (providerId === undefined) throw fault.notFound('openai.none', 'OpenAI API was not found')
      if (named) await context.own.completions.admit(actor)
      const sent = target && body ? JSON.stringify({ ...body, model: target.modelId }) : request.body
      return context.own.catalogue.proxy(providerId, request.path, {
        method: request.method,
        headers: request.contentType === null ? {} : { 'content-type': request.contentType },
        ...(sent === null ? {} : { body: sent }),
        signal: request.signal,
      })
    },
  }
}

/** A JSON body, the only kind in which a model can be named and its name exchanged. */
function modelBody({ body, contentType }: PassedRequest): Json | null {
  if (body === null || body.byteLength === 0 || !(contentType ?? '').includes('json')) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body))
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null
  } catch {
    return null
  }
}
