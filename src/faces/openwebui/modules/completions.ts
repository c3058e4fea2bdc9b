/**
 * `/api/chat/completions`, in both its lives: with a session and a chat it starts runs and answers at
 * once; without them it is an OpenAI-compatible endpoint. Also the list and the stop of running tasks.
 */
import { Elysia, t } from 'elysia'
import { isSavedChat, type CompletionInput } from '../../../core/chats/completion-input.ts'
import { isJson, jsonOf, listOf, textOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth, tokenOf } from '../auth.ts'
import { detail } from '../errors.ts'
import { dict, form } from '../forms.ts'
import { json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { plainCompletion } from '../plain-completion.ts'

const Resolve = form({
  call_id: t.String({ maxLength: 256 }),
  action: t.Union([t.Literal('approve'), t.Literal('reject'), t.Literal('answer')]),
})

export const completions = (face: FaceContext) => {
  const { core } = face
  const complete = ({ actor, body, request }: { actor: Actor; body: Json; request: Request }) =>
    chatCompletion(face, actor, body, request)
  return new Elysia({ name: 'openwebui.completions' })
    .use(openwebuiAuth(core))
    .post('/api/chat/completions', complete, { rank: 'user', body: dict })
    .post('/api/v1/chat/completions', complete, { rank: 'user', body: dict })
    .post('/api/chat/completed', ({ body }) => json(body), { rank: 'user', body: dict })
    .post(
      '/api/v1/chats/:id/messages/:message_id/resolve',
      async ({ actor, params, body, request }) => {
        const chat = { chatId: params.id, messageId: params.message_id }
        const task_ids = await core.chatRuns.resolveCall(actor, {
          ...chat,
          callId: body.call_id,
          verdict: body.action,
          credential: tokenOf(request),
        })
        return json({ status: true, chat_id: chat.chatId, message_id: chat.messageId, task_ids })
      },
      { rank: 'user', body: Resolve },
    )
    .get('/api/tasks', () => json({ tasks: core.chatRuns.all() }), { rank: 'admin' })
    .get(
      '/api/tasks/chat/:chat_id',
      async ({ actor, params }) => json({ task_ids: await core.chatRuns.tasksOf(actor, params.chat_id) }),
      {
        rank: 'user',
      },
    )
    .post(
      '/api/tasks/chat/:chat_id/stop',
      async ({ actor, params }) => {
        const stopped = await core.chatRuns.stopOwn(actor, params.chat_id)
        return json({
          status: true,
          message: stopped > 0 ? `Stopped ${stopped} task(s).` : 'No tasks to stop.',
        })
      },
      { rank: 'user' },
    )
    .post(
      '/api/tasks/stop/:task_id',
      async ({ params }) => {
        if (!(await core.chatRuns.stopTask(params.task_id)))
          throw detail.notFound(`Task with ID ${params.task_id} not found.`)
        return json({ status: true, message: `Task ${params.task_id} successfully stopped.` })
      },
      { rank: 'admin' },
    )
}

async function chatCompletion(
  face: FaceContext,
  actor: Actor,
  body: Json,
  request: Request,
): Promise<Response> {
  const input = inputOf(body, request)
  if (input === null) return plainCompletion(face, actor, body, request)
  if (input.slots.length === 0) throw detail.bad('Model not found')
  if (input.chatId !== null && !isSavedChat(input.chatId) && input.chatId.startsWith('channel:'))
    throw detail.forbidden()
  if (input.isNew && !input.userMessage) throw detail.bad('A new chat needs a message.')
  const { chatId, taskIds } = await face.core.chatRuns.start(actor, input)
  return json({ status: true, task_ids: taskIds, chat_id: chatId })
}

/** Null when the request is a plain completion: no browser session, or no chat. */
function inputOf(body: Json, request: Request): CompletionInput | null {
  const sessionId = textOf(body['session_id'])
  const chatId = textOf(body['chat_id'])
  const isNew = 'parent_id' in body && body['parent_id'] === null && chatId === null
  if (sessionId === null || (chatId === null && !isNew)) return null
  const model = textOf(body['model']) ?? ''
  const tasks = jsonOf(body['background_tasks'])
  const userMessage = body['user_message'] ?? body['parent_message']
  return {
    model,
    messages: listOf(body['messages']).filter(isJson),
    params: jsonOf(body['params']),
    files: Array.isArray(body['files']) ? body['files'].filter(isJson) : null,
    features: jsonOf(body['features']),
    toolIds: listOf(body['tool_ids']).filter((id) => typeof id === 'string'),
    direct: isJson(body['model_item']) && body['model_item']['direct'] === true ? body['model_item'] : null,
    toolServers: listOf(body['tool_servers']).filter(isJson),
    credential: tokenOf(request),
    variables: jsonOf(body['variables']),
    chatVariables: isJson(body['chat_variables']) ? body['chat_variables'] : null,
    sessionId,
    chatId,
    folderId: textOf(body['folder_id']),
    isNew,
    slots: slotsOf(body, model),
    userMessage: isJson(userMessage) ? userMessage : null,
    assistantMessageId: textOf(body['assistant_message_id']),
    regenerationPrompt: textOf(body['regeneration_prompt']),
    regenerationMessageId: textOf(body['regeneration_message_id']),
    tasks: {
      title: 'title_generation' in tasks ? tasks['title_generation'] === true : null,
      tags: tasks['tags_generation'] === true,
      followUps: tasks['follow_up_generation'] === true,
    },
  }
}

/** `message_ids` as a list, as the older object, or just `id`. */
function slotsOf(body: Json, model: string): CompletionInput['slots'] {
  const given = body['message_ids']
  if (Array.isArray(given)) {
    return given.filter(isJson).flatMap((entry) => {
      const messageId = textOf(entry['message_id'])
      const modelId = textOf(entry['model_id'])
      const modelIdx = typeof entry['modelIdx'] === 'number' ? entry['modelIdx'] : null
      return messageId && modelId ? [{ modelId, messageId, modelIdx }] : []
    })
  }
  if (isJson(given)) {
    return Object.entries(given).flatMap(([modelId, id]) => {
      const messageId = textOf(id)
      return messageId ? [{ modelId, messageId, modelIdx: null }] : []
    })
  }
  const messageId = textOf(body['id'])
  return messageId ? [{ modelId: model, messageId, modelIdx: null }] : []
}
