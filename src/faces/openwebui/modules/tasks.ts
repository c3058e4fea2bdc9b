/** Small questions that the front end asks a model by itself: titles, tags, queries, an emoji. */
import { Elysia, t } from 'elysia'
import { isJson, listOf, textOf } from '../../../core/chats/context.ts'
import { plainText } from '../../../core/chats/prompt.ts'
import type { Json } from '../../../core/chats/rows.ts'
import { mergePrompt, type TaskKind } from '../../../core/chats/run-tasks.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { dict, form } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { plainCompletion } from '../plain-completion.ts'

type Asking = { actor: Actor; body: Json; request: Request }

export const tasks = (face: FaceContext) => {
  const asking = { rank: 'user', body: dict } as const
  const ask = (kind: TaskKind, setting: string | null) => async (given: Asking) =>
    setting !== null && !face.setting(setting)
      ? json({ detail: 'This task is switched off' })
      : answer(face, kind, given)
  return new Elysia({ name: 'openwebui.tasks', prefix: '/api/v1/tasks' })
    .use(openwebuiAuth(face.core))
    .post('/title/completions', ask('title', 'task.title.enable'), asking)
    .post('/tags/completions', ask('tags', 'task.tags.enable'), asking)
    .post('/follow_up/completions', ask('follow_ups', 'task.follow_up.enable'), asking)
    .post('/queries/completions', ask('queries', null), asking)
    .post('/auto/completions', ask('autocomplete', 'task.autocomplete.enable'), asking)
    .post('/emoji/completions', ask('emoji', null), asking)
    .post('/image_prompt/completions', ask('image_prompt', null), asking)
    .post('/moa/completions', ({ actor, body, request }) => merged(face, actor, body, request), {
      rank: 'user',
      body: form({
        model: t.String(),
        prompt: t.Unknown(),
        responses: t.Array(t.String(), { maxItems: 50 }),
      }),
    })
    .post('/active/chats', ({ body }) => json({ active_chat_ids: activeOf(face, body) }), asking)
}

/** One answer out of several, as a completion of its own. */
function merged(face: FaceContext, actor: Actor, body: Json, request: Request): Promise<Response> {
  const answers = listOf(body['responses']).map(String)
  const content = mergePrompt(plainText(body['prompt']), answers)
  const asked = { model: body['model'], stream: body['stream'], messages: [{ role: 'user', content }] }
  return plainCompletion(face, actor, asked, request)
}

function activeOf(face: FaceContext, body: Json): string[] {
  return listOf(body['chat_ids']).filter(
    (id): id is string => typeof id === 'string' && face.core.chatRuns.isActive(id),
  )
}

/** In the shape of an OpenAI completion, which the front end parses the JSON out of. */
async function answer(
  face: FaceContext,
  kind: TaskKind,
  { actor, body, request }: Asking,
): Promise<Response> {
  const model = await face.core.catalogue.resolve(actor, textOf(body['model']) ?? '')
  const messages = listOf(body['messages'])
    .filter(isJson)
    .map((message) => ({ role: textOf(message['role']) ?? 'user', text: plainText(message['content']) }))
  const content = await face.core.completions.task(kind, {
    upstreamId: model.upstreamId,
    messages,
    prompt: textOf(body['prompt']) ?? '',
    signal: request.signal,
  })
  return json({
    id: `${textOf(body['model'])}-${crypto.randomUUID()}`,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: textOf(body['model']),
    choices: [{ index: 0, logprobs: null, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: {},
  })
}
