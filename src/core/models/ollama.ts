/**
 * Ollama's own API as this server passes it on: to the server that has a model, for who may use that model; and the
 * care of the models themselves (load, pull, copy, delete), for administrators. Answers come back as Ollama gives them.
 */
import { jsonOf, listOf, isJson, textOf, type OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'
import { AppFault, fault } from '../faults.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { ModelInfo, ProviderInfo } from '../ports.ts'
import type { Actor } from '../types.ts'

export interface OllamaOrder {
  /** Below the server's root: `/api/show`, `/v1/completions`. */
  path: string
  body: Json
  /** Which of the servers, by its place in the settings; null = one that has the model. */
  at: number | null
  signal: AbortSignal
}

export interface OllamaCare extends OllamaOrder {
  method?: 'POST' | 'DELETE'
  /** Field of the body that names a model the server must have. Without it the first server is asked. */
  names?: 'model' | 'source'
}

export type Ollama = ReturnType<typeof createOllama>

/** Everything else is a question to a model, and counts as one. */
const FREE_PATHS = new Set(['/api/show', '/api/embed', '/api/embeddings', '/v1/embeddings'])

export function createOllama(context: OpenwebuiContext) {
  function servers(): ProviderInfo[] {
    if (context.setting<unknown>('ollama.enable', true) === false) {
      const text = 'The Ollama API is disabled. Please enable it to use this feature.'
      throw fault.unavailable('ollama.off', text)
    }
    return context.own.catalogue.providers().filter(({ kind }) => kind === 'ollama')
  }

  /** Ids of the settings carry their place; those of the environment only count. */
  function serverAt(at: number): ProviderInfo {
    const all = servers()
    const found = all[0]?.id === 'ollama' ? all[at] : all.find(({ id }) => id === `ollama-${at}`)
    if (!found) throw fault.notFound('connection.not_found', 'Connection not found')
    return found
  }

  /** The server that has a listed model, and the model's name there. */
  async function having(model: string): Promise<{ server: ProviderInfo; name: string }> {
    const all = servers()
    const target = await context.own.catalogue.find(model)
    const server = all.find(({ id }) => id === target?.providerId)
    if (!server || !target) throw missing(model)
    return { server, name: target.modelId }
  }

  function send(server: ProviderInfo, method: string, path: string, body: Json | null, signal?: AbortSignal) {
    return context.own.catalogue.proxy(server.id, path, {
      method,
      fromRoot: true,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
      ...(signal ? { signal } : {}),
    })
  }

  return {
    /** Throws `model.not_found` when the actor may not use the model, `ollama.elsewhere` when that server has it not. */
    async ask(actor: Actor, { path, body, at, signal }: OllamaOrder): Promise<Response> {
      servers()
      const wanted = textOf(body['model']) ?? ''
      const model = await context.own.catalogue.resolve(actor, wanted).catch((error: unknown) => {
        // Embedding models are not offered for chats; an administrator may name any.
        if (actor.user.role === 'admin') return { upstreamId: wanted }
        throw closedIfMissing(error)
      })
      if (!FREE_PATHS.has(path)) await context.own.completions.admit(actor)
      const { server, name } = await having(model.upstreamId)
      if (at === null || serverAt(at).id === server.id) {
        return send(server, 'POST', path, { ...body, model: name }, signal)
      }
      if (actor.user.role !== 'admin') {
        throw fault.forbidden('ollama.elsewhere', 'That server does not offer this model.')
      }
      return send(serverAt(at), 'POST', path, { ...body, model: name }, signal)
    },

    /** For administrators: what is done to models, not with them. */
    async care(
      actor: Actor,
      { path, body, at, method = 'POST', names, signal }: OllamaCare,
    ): Promise<Response> {
      requireAdmin(actor)
      const named = names === undefined ? null : (textOf(body[names]) ?? '')
      if (named === null || names === undefined || at !== null) {
        return refreshed(await send(serverAt(at ?? 0), method, path, body, signal))
      }
      const { server, name } = await having(named)
      return refreshed(await send(server, method, path, { ...body, [names]: name }, signal))
    },

    /** Models in the memory of any server, each with the places of those that hold it. */
    async loaded(actor: Actor): Promise<Json[]> {
      requireAdmin(actor)
      if (context.setting<unknown>('ollama.enable', true) === false) return []
      const all = servers()
      const infos = await context.deps.models.list()
      const answers = await Promise.all(all.map((server) => readJson(send(server, 'GET', '/api/ps', null))))
      const found = new Map<string, Json & { urls: number[] }>()
      for (const [order, answer] of answers.entries()) {
        const providerId = all[order]?.id
        const place = Number(/^ollama-(\d+)$/.exec(providerId ?? '')?.[1] ?? order)
        for (const entry of listOf(answer['models']).filter(isJson)) {
          const listed = infos.find(
            (info) => info.providerId === providerId && ownName(info) === entry['model'],
          )
          const model = listed?.id ?? textOf(entry['model'])
          if (model === null) continue
          const known = found.get(model)
          if (known) known.urls.push(place)
          else found.set(model, { ...entry, model, urls: [place] })
        }
      }
      return [...found.values()]
    },

    /** Ids of its models that the actor may use; of one server by its place, else of all. */
    async offered(actor: Actor, at: number | null): Promise<string[]> {
      const ids = new Set((at === null ? servers() : [serverAt(at)]).map(({ id }) => id))
      const infos = (await context.deps.models.list()).filter(({ providerId }) => ids.has(providerId))
      if (actor.user.role === 'admin') return infos.map(({ id }) => id)
      const allowed = new Set((await context.own.catalogue.list(actor)).map(({ id }) => id))
      return infos.flatMap(({ id }) => (allowed.has(id) ? [id] : []))
    },

    /** Takes a model out of memory. */
    async unload(actor: Actor, model: string): Promise<void> {
      requireAdmin(actor)
      const { server, name } = await having(model)
      const answer = await send(server, 'POST', '/api/generate', { model: name, keep_alive: 0, prompt: '' })
      await answer.body?.cancel()
      if (!answer.ok) throw fault.unavailable('ollama.not_unloaded', 'Failed to unload model')
      await context.deps.models.list({ refresh: true })
    },
  }

  /** A long stream changes the list only at its end; the list is read again by itself then. */
  async function refreshed(answer: Response): Promise<Response> {
    const isStream = (answer.headers.get('content-type') ?? '').includes('ndjson')
    if (answer.ok && !isStream) await context.deps.models.list({ refresh: true })
    return answer
  }
}

/** What the server itself calls a model, without the prefix of its connection. */
const ownName = ({ raw, id }: ModelInfo): unknown => raw['model'] ?? raw['id'] ?? id

/** For a person, a model that is not there and one that is not theirs are the same. */
export function closedIfMissing(error: unknown): unknown {
  const isMissing = error instanceof AppFault && error.code === 'model.not_found'
  return isMissing ? fault.forbidden('model.closed', 'Model not found') : error
}

const missing = (model: string) => fault.invalid('model.not_found', `Model '${model}' was not found`)

/** A server that does not answer holds nothing. */
async function readJson(request: Promise<Response>): Promise<Json> {
  try {
    const answer = await request
    return answer.ok ? jsonOf(await answer.json()) : {}
  } catch {
    return {}
  }
}
