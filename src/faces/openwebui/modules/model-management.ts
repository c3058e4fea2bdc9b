/** Loading, unloading and downloading models of llama.cpp and LM Studio, from the admin's list of models. */
import { Elysia, t } from 'elysia'
import type { ModelOrder } from '../../../core/models/model-management.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { Detail } from '../errors.ts'
import { form } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'

const Place = t.Object({ url_idx: t.Integer({ minimum: 0, maximum: 1000 }) })
const JobPlace = t.Object({ ...Place.properties, job_id: t.String({ maxLength: 500 }) })
const ModelForm = form({ model: t.String({ minLength: 1, maxLength: 1000 }) })
const ModelQuery = t.Object({ model: t.String({ minLength: 1, maxLength: 1000 }) })

export const modelManagement = (face: FaceContext) =>
  new Elysia({ name: 'openwebui.model-management', prefix: '/openai/models/:url_idx' })
    .use(openwebuiAuth(face.core))
    .get(
      '/catalog',
      ({ actor, params, request }) => answer(face, actor, request, { at: params.url_idx, operation: 'list' }),
      { rank: 'admin', params: Place },
    )
    .post(
      '/download',
      ({ actor, params, body, request }) =>
        answer(face, actor, request, { at: params.url_idx, operation: 'download', body }),
      { rank: 'admin', params: Place, body: ModelForm },
    )
    .get(
      '/download/status/:job_id',
      ({ actor, params, request }) =>
        answer(face, actor, request, {
          at: params.url_idx,
          operation: 'download_status',
          jobId: params.job_id,
        }),
      { rank: 'admin', params: JobPlace },
    )
    .post(
      '/load',
      ({ actor, params, body, request }) =>
        answer(face, actor, request, { at: params.url_idx, operation: 'load', body }),
      { rank: 'admin', params: Place, body: ModelForm },
    )
    .post(
      '/unload',
      ({ actor, params, body, request }) =>
        answer(face, actor, request, { at: params.url_idx, operation: 'unload', body }),
      { rank: 'admin', params: Place, body: ModelForm },
    )
    .get(
      '/sse',
      async ({ actor, params, request }) => {
        const order = { at: params.url_idx, operation: 'sse', signal: request.signal } as const
        const events = await checked(await face.core.modelManagement.order(actor, order))
        const type = events.headers.get('content-type') ?? 'text/event-stream'
        return new Response(events.body, {
          headers: { 'content-type': type, 'cache-control': 'no-cache', 'x-accel-buffering': 'no' },
        })
      },
      { rank: 'admin', params: Place },
    )
    .delete(
      '/',
      ({ actor, params, query, request }) =>
        answer(face, actor, request, { at: params.url_idx, operation: 'delete', model: query.model }),
      { rank: 'admin', params: Place, query: ModelQuery },
    )

/** What the provider says, as JSON; that it did what it was told, when it says nothing. */
async function answer(
  face: FaceContext,
  actor: Actor,
  request: Request,
  order: Omit<ModelOrder, 'signal'>,
): Promise<Response> {
  const said = await checked(
    await face.core.modelManagement.order(actor, { ...order, signal: request.signal }),
  )
  const text = await said.text()
  return json(parsed(text) ?? { success: true })
}

/** A refusal is passed on with its status and words. */
async function checked(said: Response): Promise<Response> {
  if (said.ok) return said
  const text = await said.text()
  throw new Detail(said.status, parsed(text) ?? text)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return null
  }
}
