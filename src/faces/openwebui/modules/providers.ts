/**
 * Connections to model providers: their settings, a test of each, their model lists, and raw requests
 * that go through to them. `/openai/*` and `/ollama/*`.
 */
import { Elysia, t } from 'elysia'
import { isJson, jsonOf, listOf, textOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { ProviderInfo } from '../../../core/ports.ts'
import type { Actor } from '../../../core/types.ts'
import { typedForm } from '../config-fields.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail, Detail } from '../errors.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { passed } from '../passed-on.ts'
import { plainCompletion } from '../plain-completion.ts'
import { surroundingsOf } from './models.ts'
import { presentBase } from '../present/models.ts'
import { read, write } from './configs.ts'

const Verify = form({ url: t.String(), key: maybeText, config: maybe(dict) })

export const providers = (face: FaceContext) => {
  const { core } = face
  const admin = { rank: 'admin' } as const
  const user = { rank: 'user' } as const
  return new Elysia({ name: 'openwebui.providers' })
    .use(openwebuiAuth(core))
    .get('/openai/config', () => json(read(face, 'openai')), admin)
    .post('/openai/config/update', ({ actor, body }) => save(face, actor, 'openai', body), {
      rank: 'admin',
      body: dict,
    })
    .post('/openai/verify', async ({ body }) => json(await verify(face, 'openai', body)), {
      rank: 'admin',
      body: Verify,
    })
    .get('/openai/models', ({ actor }) => openaiModels(face, actor, null), user)
    .get(
      '/openai/models/:url_idx',
      ({ actor, params }) => openaiModels(face, actor, Number(params.url_idx)),
      user,
    )
    .post(
      '/openai/chat/completions',
      ({ actor, body, request }) => plainCompletion(face, actor, body, request),
      {
        rank: 'user',
        body: dict,
      },
    )
    .get('/ollama/config', () => json(read(face, 'ollama')), admin)
    .post('/ollama/config/update', ({ actor, body }) => save(face, actor, 'ollama', body), {
      rank: 'admin',
      body: dict,
    })
    .post('/ollama/verify', async ({ body }) => json(await verify(face, 'ollama', body)), {
      rank: 'admin',
      body: Verify,
    })
    .get('/ollama/', () => json({ status: true }))
    .get(
      '/ollama/api/version',
      () => (face.setting('ollama.enable') ? ollama(face, null, '/api/version') : json({ version: false })),
      user,
    )
    .get(
      '/ollama/api/version/:url_idx',
      ({ params }) => ollama(face, Number(params.url_idx), '/api/version'),
      user,
    )
    .get('/ollama/api/tags', ({ actor }) => ollamaTags(face, actor, null), user)
    .get(
      '/ollama/api/tags/:url_idx',
      ({ actor, params }) => ollamaTags(face, actor, Number(params.url_idx)),
      user,
    )
    .post('/api/embeddings', ({ actor, body, request }) => embeddings(face, actor, body, request), {
      rank: 'user',
      body: dict,
    })
    .post('/api/v1/embeddings', ({ actor, body, request }) => embeddings(face, actor, body, request), {
      rank: 'user',
      body: dict,
    })
}

/** Lists whose places belong together are brought to one length. */
async function save(
  face: FaceContext,
  actor: Actor,
  name: 'openai' | 'ollama',
  given: Json,
): Promise<Response> {
  const body = typedForm(name, given)
  const urls = listOf(body[name === 'openai' ? 'OPENAI_API_BASE_URLS' : 'OLLAMA_BASE_URLS']).map((url) =>
    String(url).replace(/\/+$/, ''),
  )
  const keys = listOf(body['OPENAI_API_KEYS'])
  const aligned: Json =
    name === 'openai'
      ? { ...body, OPENAI_API_BASE_URLS: urls, OPENAI_API_KEYS: urls.map((_, at) => textOf(keys[at]) ?? '') }
      : { ...body, OLLAMA_BASE_URLS: urls }
  await write(face, actor, name, aligned)
  return json(read(face, name))
}

function providersOfKind(face: FaceContext, ollamaOnes: boolean): ProviderInfo[] {
  return face.core.catalogue.providers().filter(({ kind }) => (kind === 'ollama') === ollamaOnes)
}

/** Places in the settings are in the provider's id; those of the environment count by order. */
function providerAt(face: FaceContext, ollamaOnes: boolean, at: number | null): ProviderInfo {
  const all = providersOfKind(face, ollamaOnes)
  const id = `${ollamaOnes ? 'ollama' : 'openai'}-${at}`
  const found = at === null ? all[0] : (all.find((provider) => provider.id === id) ?? all[at])
  if (!found)
    throw new Detail(
      ollamaOnes ? 500 : 404,
      ollamaOnes ? 'WebUI could not connect to Ollama' : 'OpenAI API was not found',
    )
  return found
}

async function openaiModels(face: FaceContext, actor: Actor, at: number | null): Promise<Response> {
  if (at !== null && actor.user.role === 'admin') {
    const { id } = providerAt(face, false, at)
    const infos = (await face.core.catalogue.bases()).filter(({ providerId }) => providerId === id)
    return json({ object: 'list', data: infos.map(({ raw }) => raw) })
  }
  const entries = await face.core.catalogue.list(actor)
  const around = surroundingsOf(face)
  const data = entries.flatMap(({ preset, base }) => (preset || !base ? [] : presentBase(base, around)))
  return json({ object: 'list', data })
}

async function ollama(face: FaceContext, at: number | null, path: string): Promise<Response> {
  const { id } = providerAt(face, true, at)
  const answer = await face.core.catalogue.proxy(id, path, { method: 'GET' }).catch(() => null)
  if (!answer) throw new Detail(500, 'WebUI could not connect to Ollama')
  return new Response(answer.body, { status: answer.status, headers: { 'content-type': 'application/json' } })
}

async function ollamaTags(face: FaceContext, actor: Actor, at: number | null): Promise<Response> {
  const allowed = new Set((await face.core.catalogue.list(actor)).map(({ id }) => id))
  const ids = at === null ? providersOfKind(face, true).map(({ id }) => id) : [providerAt(face, true, at).id]
  const infos = (await face.core.catalogue.bases()).filter(
    ({ id, providerId }) => ids.includes(providerId) && (actor.user.role === 'admin' || allowed.has(id)),
  )
  return json({ models: infos.map((info) => ({ ...info.raw, name: info.name, model: info.id })) })
}

async function embeddings(face: FaceContext, actor: Actor, body: Json, request: Request): Promise<Response> {
  const modelId = textOf(body['model']) ?? ''
  // Embedding models are not chat models: an administrator may name any, others what they may use.
  const upstreamId =
    actor.user.role === 'admin' ? modelId : (await face.core.catalogue.resolve(actor, modelId)).upstreamId
  const target = await face.core.catalogue.find(upstreamId)
  const providerId = target?.providerId ?? providersOfKind(face, false)[0]?.id
  if (!providerId) throw detail.bad('Model not found')
  return through(face, providerId, '/embeddings', { ...body, model: target?.modelId ?? upstreamId }, request)
}

async function through(
  face: FaceContext,
  providerId: string,
  path: string,
  body: Json,
  request: Request,
): Promise<Response> {
  const answer = await face.core.catalogue.proxy(providerId, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: request.signal,
  })
  return passed(answer)
}

/** What the address answers as its list of models. */
async function verify(
  face: FaceContext,
  kind: 'openai' | 'ollama',
  body: { url: string; key?: string | null; config?: unknown },
): Promise<unknown> {
  const config = jsonOf(body.config)
  const headers = isJson(config['headers']) ? (config['headers'] as Record<string, string>) : {}
  const answer = await face.core.catalogue.probe(
    {
      id: 'probe',
      kind,
      name: 'probe',
      baseUrl: body.url.replace(/\/+$/, ''),
      apiKey: body.key || null,
      headers,
    },
    AbortSignal.timeout(10_000),
  )
  if (answer === null) throw new Detail(500, 'Open WebUI: Server Connection Error')
  return answer
}
