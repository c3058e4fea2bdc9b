/**
 * Models on a provider that loads, unloads and downloads them (llama.cpp, LM Studio): which of its routes an
 * operation is. A connection says in the settings which of them it is; others have no such routes.
 */
import { fault } from '../faults.ts'
import { connectionAt } from '../open-webui-config/providers.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { Actor } from '../types.ts'
import type { OpenwebuiContext } from '../chats/context.ts'
import type { Json } from '../chats/rows.ts'

export type ModelOperation = 'list' | 'download' | 'download_status' | 'load' | 'unload' | 'sse' | 'delete'

export interface ModelOrder {
  /** Place of the connection in the settings. */
  at: number
  operation: ModelOperation
  /** Of a model; goes along as it is, less the connection's prefix. */
  body?: Json & { model: string }
  model?: string
  jobId?: string
  signal: AbortSignal
}

export type ModelManagement = ReturnType<typeof createModelManagement>

const METHOD: Partial<Record<ModelOperation, 'POST' | 'DELETE'>> = {
  download: 'POST',
  load: 'POST',
  unload: 'POST',
  delete: 'DELETE',
}

/** Paths below the server's root, where its OpenAI-compatible API lies under `/v1`. */
const PATHS: Readonly<Record<string, Partial<Record<ModelOperation, string>>>> = {
  'llama.cpp': {
    list: '/models',
    download: '/models',
    delete: '/models',
    load: '/models/load',
    unload: '/models/unload',
    sse: '/models/sse',
  },
  lmstudio: {
    list: '/api/v1/models',
    download: '/api/v1/models/download',
    download_status: '/api/v1/models/download/status/',
    load: '/api/v1/models/load',
    unload: '/api/v1/models/unload',
  },
}

/** Operations after which the provider lists other models, or lists them otherwise. */
const CHANGING: ReadonlySet<ModelOperation> = new Set(['download', 'load', 'unload', 'delete'])

export function createModelManagement(context: OpenwebuiContext) {
  return {
    /** The provider's answer, of whatever status. For administrators. Throws `connection.*`, UpstreamFailure. */
    async order(actor: Actor, order: ModelOrder): Promise<Response> {
      requireAdmin(actor)
      const { at, operation, signal } = order
      if (!context.setting('openai.enable', true))
        throw fault.unavailable('connection.off', 'OpenAI API is disabled')
      const connection = connectionAt((key) => context.setting<unknown>(key, null), at)
      if (!connection) throw fault.notFound('connection.not_found', 'Connection not found')
      const paths = PATHS[connection.software]
      if (!paths)
        throw fault.invalid(
          'connection.no_management',
          `Provider "${connection.software || 'default'}" does not support model management`,
        )
      const path = paths[operation]
      if (path === undefined)
        throw fault.invalid(
          'connection.no_operation',
          `Provider "${connection.software}" does not support ${operation}`,
        )
      const bare = (model: string): string =>
        connection.prefix && model.startsWith(`${connection.prefix}.`)
          ? model.slice(connection.prefix.length + 1)
          : model
      const query = order.model === undefined ? '' : `?model=${encodeURIComponent(bare(order.model))}`
      const job = order.jobId === undefined ? '' : encodeURIComponent(order.jobId)
      const body: Json | undefined = order.body && { ...order.body, model: bare(order.body.model) }
      const answer = await context.own.catalogue.proxy(connection.id, `${path}${job}${query}`, {
        method: METHOD[operation] ?? 'GET',
        fromRoot: true,
        signal,
        ...(body
          ? {
              headers: { 'content-type': 'application/json' },
              body: JSON.stringify(
                // LM Studio unloads an instance, which has the model's name unless somebody gave it another.
                connection.software === 'lmstudio' && operation === 'unload'
                  ? { instance_id: body['instance_id'] ?? body['model'] }
                  : body,
              ),
            }
          : {}),
      })
      if (answer.ok && CHANGING.has(operation)) await context.deps.models.list({ refresh: true })
      return answer
    },
  }
}
