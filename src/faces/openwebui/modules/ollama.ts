/** Ollama's own API, and the APIs it imitates, passed on to the server that has the model; the care of its models. */
import { Elysia, t } from 'elysia'
import type { OllamaCare } from '../../../core/models/ollama.ts'
import { textOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail, Detail, TEXT } from '../errors.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { passed } from '../passed-on.ts'

const Name = t.String({ minLength: 1, maxLength: 1000 })
const Place = t.Object({ url_idx: t.Integer({ minimum: 0, maximum: 1000 }) })
const Asked = form({ model: Name })
const Named = form({ model: maybeText, name: maybeText })
const Push = form({ model: Name, insecure: maybe(t.Boolean()), stream: maybe(t.Boolean()) })
const Copy = form({ source: Name, destination: Name })

/** Routes that ask a model; their paths are Ollama's. */
const ASKED = [
  '/api/show',
  '/api/embed',
  '/api/embeddings',
  '/api/generate',
  '/api/chat',
  '/v1/completions',
  '/v1/embeddings',
  '/v1/chat/completions',
  '/v1/messages',
  '/v1/responses',
] as const

interface Call {
  actor: Actor
  /** Absent on a route without a place. */
  params?: { url_idx?: number }
  body: Json
  request: Request
}

export const ollama = (face: FaceContext) => {
  const { ollama: part } = face.core
  const app = new Elysia({ name: 'openwebui.ollama', prefix: '/ollama' }).use(openwebuiAuth(face.core))
  for (const path of ASKED) {
    const ask = async ({ actor, params, body, request }: Call) =>
      passed(await checked(await part.ask(actor, orderOf(path, params, withModel(body), request))))
    const body = path === '/api/show' ? Named : Asked
    app.post(path, ask, { rank: 'user', body })
    // Which server has it may matter for everything but what a model says of itself.
    if (path !== '/api/show') app.post(`${path}/:url_idx`, ask, { rank: 'user', params: Place, body })
  }
  const care =
    (path: string, more: Partial<OllamaCare> = {}) =>
    async ({ actor, params, body, request }: Call) =>
      checked(await part.care(actor, { ...orderOf(path, params, body, request), ...more }))
  const streamed = (
    path: string,
    more: Partial<OllamaCare> = {},
    change: (body: Json) => Json = (body) => body,
  ) => {
    const run = care(path, more)
    return async (call: Call) => passed(await run({ ...call, body: change(call.body) }))
  }
  const done = (path: string, more: Partial<OllamaCare>) => {
    const run = care(path, more)
    return async (call: Call) => {
      await (await run({ ...call, body: withModel(call.body) })).body?.cancel()
      return json(true)
    }
  }
  const pull = streamed('/api/pull', {}, (body) => ({ ...withModel(body), insecure: true }))
  const push = streamed('/api/push', { names: 'model' })
  const create = streamed('/api/create')
  const copy = done('/api/copy', { names: 'source' })
  const remove = done('/api/delete', { names: 'model', method: 'DELETE' })
  return app
    .get('/api/ps', async ({ actor }) => json({ models: await part.loaded(actor) }), { rank: 'admin' })
    .post('/api/unload', async ({ actor, body }) => json(await unload(face, actor, body)), {
      rank: 'admin',
      body: Named,
    })
    .post('/api/pull', pull, { rank: 'admin', body: Named })
    .post('/api/pull/:url_idx', pull, { rank: 'admin', params: Place, body: Named })
    .delete('/api/push', push, { rank: 'admin', body: Push })
    .delete('/api/push/:url_idx', push, { rank: 'admin', params: Place, body: Push })
    .post('/api/create', create, { rank: 'admin', body: dict })
    .post('/api/create/:url_idx', create, { rank: 'admin', params: Place, body: dict })
    .post('/api/copy', copy, { rank: 'admin', body: Copy })
    .post('/api/copy/:url_idx', copy, { rank: 'admin', params: Place, body: Copy })
    .delete('/api/delete', remove, { rank: 'admin', body: Named })
    .delete('/api/delete/:url_idx', remove, { rank: 'admin', params: Place, body: Named })
    .get('/v1/models', ({ actor }) => models(face, actor, null), { rank: 'user' })
    .get('/v1/models/:url_idx', ({ actor, params }) => models(face, actor, params.url_idx), {
      rank: 'user',
      params: Place,
    })
}

const orderOf = (path: string, params: Call['params'], body: Json, request: Request) => ({
  path,
  body: Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null)),
  at: params?.url_idx ?? null,
  signal: request.signal,
})

/** `name` is what older clients call it. */
const withModel = (body: Json): Json => ({ ...body, model: body['model'] ?? body['name'] })

async function unload(face: FaceContext, actor: Actor, body: Json): Promise<Json> {
  const model = textOf(withModel(body)['model'])
  if (model === null) throw detail.bad('Missing name of the model to unload.')
  await face.core.ollama.unload(actor, model)
  return { status: true }
}

/** Those that the actor may use, in OpenAI's shape. One server's list is for administrators. */
async function models(face: FaceContext, actor: Actor, at: number | null): Promise<Response> {
  if (at !== null && actor.user.role !== 'admin') throw new Detail(401, TEXT.accessProhibited)
  const ids = await face.core.ollama.offered(actor, at)
  const created = Math.floor(Date.now() / 1000)
  return json({
    data: ids.map((id) => ({ id, object: 'model', created, owned_by: 'openai' })),
    object: 'list',
  })
}

/** Ollama's refusals in this face's words. */
async function checked(answer: Response): Promise<Response> {
  if (answer.ok) return answer
  const said = (await answer.json().catch(() => null)) as { error?: unknown } | null
  throw new Detail(answer.status, said?.error ?? 'Open WebUI: Server Connection Error')
}
