/** Messages of channels: history, threads, posting, edits, pins and reactions. */
import { Elysia, t } from 'elysia'
import { isJson, jsonOf, listOf, textOf } from '../../../core/chats/context.ts'
import { answerInThread } from '../../../core/ai/reply.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { Actor, Message } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import type { FaceCore } from '../face-core.ts'
import { dict, form, maybe, maybeText } from '../forms.ts'
import { done, json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { dataOf, presentFullMessage, presentMessage, summarised } from '../present/channels.ts'
import { enter, mayChannels } from './channel-access.ts'

const Posting = form({
  content: t.String(),
  temp_id: maybeText,
  parent_id: maybeText,
  reply_to_id: maybeText,
  data: maybe(dict),
})
const Reaction = form({ name: t.String() })

type Query = Record<string, string | undefined>

export const channelMessages = (face: FaceContext) => {
  const { core } = face
  const user = { rank: 'user', beforeHandle: mayChannels(face) } as const
  return new Elysia({ name: 'openwebui.channel-messages', prefix: '/api/v1/channels' })
    .use(openwebuiAuth(core))
    .get(
      '/:id/messages',
      async ({ actor, params, query }) => {
        await enter(core, actor, params.id)
        return json(await history(core, actor, params.id, query, null))
      },
      user,
    )
    .get(
      '/:id/messages/pinned',
      async ({ actor, params }) => json(await full(core, await core.messages.pins(actor, params.id))),
      user,
    )
    .post(
      '/:id/messages/post',
      async ({ actor, params, body }) => json(presentMessage(await post(face, actor, params.id, body))),
      {
        ...user,
        body: Posting,
      },
    )
    .get(
      '/:id/messages/:message_id',
      async ({ actor, params }) => json((await full(core, [await one(core, actor, params)]))[0]),
      user,
    )
    .get(
      '/:id/messages/:message_id/data',
      async ({ actor, params }) => json(dataOf(await one(core, actor, params))),
      user,
    )
    .get(
      '/:id/messages/:message_id/thread',
      async ({ actor, params, query }) =>
        json(await history(core, actor, params.id, query, params.message_id)),
      user,
    )
    .post(
      '/:id/messages/:message_id/pin',
      async ({ actor, params, body }) => {
        await one(core, actor, params)
        const act = body.is_pinned ? core.messages.pin : core.messages.unpin
        return json((await full(core, [await act(actor, params.message_id)]))[0])
      },
      { ...user, body: form({ is_pinned: t.Boolean() }) },
    )
    .post(
      '/:id/messages/:message_id/update',
      async ({ actor, params, body }) => {
        const before = await one(core, actor, params)
        const data = isJson(body.data) ? { props: { ...before.props, 'openwebui.data': body.data } } : {}
        return json(
          presentMessage(
            await core.messages.edit(actor, params.message_id, { content: body.content, ...data }),
          ),
        )
      },
      { ...user, body: Posting },
    )
    .post(
      '/:id/messages/:message_id/reactions/add',
      async ({ actor, params, body }) => {
        await one(core, actor, params)
        return done(core.messages.react(actor, params.message_id, shortName(body.name)))
      },
      { ...user, body: Reaction },
    )
    .post(
      '/:id/messages/:message_id/reactions/remove',
      async ({ actor, params, body }) => {
        await one(core, actor, params)
        return done(core.messages.unreact(actor, params.message_id, shortName(body.name)))
      },
      { ...user, body: Reaction },
    )
    .delete(
      '/:id/messages/:message_id/delete',
      async ({ actor, params }) => {
        await one(core, actor, params)
        return done(core.messages.remove(actor, params.message_id))
      },
      user,
    )
}

/** `:+1:` and `+1` are one name. */
const shortName = (name: string): string => name.replace(/^:|:$/g, '')

/** A message of this channel and no other. */
async function one(
  core: FaceCore,
  actor: Actor,
  params: { id: string; message_id: string },
): Promise<Message> {
  const { message, room } = await core.messages.get(actor, params.message_id)
  if (room.id !== params.id) throw detail.bad()
  return message
}

async function post(
  face: FaceContext,
  actor: Actor,
  id: string,
  body: typeof Posting.static,
): Promise<Message> {
  const { core } = face
  const view = await enter(core, actor, id)
  if (!(await core.channelGrants.mayWrite(actor, view))) throw detail.forbidden()
  const data = jsonOf(body.data)
  const fileIds = listOf(data['files']).flatMap((file) => textOf(jsonOf(file)['id']) ?? [])
  const attached: string[] = []
  for (const fileId of fileIds) {
    if (await core.files.get(actor, fileId).catch(() => null)) attached.push(fileId)
  }
  return core.messages.post(actor, id, {
    content: body.content,
    threadId: body.parent_id ?? null,
    replyTo: body.reply_to_id ?? null,
    ...(attached.length > 0 ? { fileIds: attached } : {}),
    // Told back in the event, so that the sender's window knows its own message.
    clientId: body.temp_id ? `openwebui:${body.temp_id}` : null,
    props: {
      ...(isJson(body.data) ? { 'openwebui.data': data } : {}),
      ...(asksInThread(face, body) ? { [answerInThread]: true } : {}),
    },
  })
}

/** A model that is mentioned answers below the question, unless the settings say beside it. */
const asksInThread = (face: FaceContext, { content, parent_id }: typeof Posting.static): boolean =>
  !parent_id &&
  content.includes('<@M:') &&
  face.setting<string>('channels.model_response_mode') === 'thread'

/** Newest first, as clients of this face page: `skip` and `limit` count from the newest. */
async function history(
  core: FaceCore,
  actor: Actor,
  id: string,
  query: Query,
  threadId: string | null,
): Promise<Json[]> {
  const skip = Math.max(0, Number(query['skip'] ?? 0) || 0)
  const limit = Math.min(200, Math.max(1, Number(query['limit'] ?? 50) || 50))
  const found = await newest(core, actor, id, skip + limit, threadId)
  const page = found.slice(skip, skip + limit)
  // The oldest page of a thread ends with its root.
  if (threadId && page.length < limit) page.push(await one(core, actor, { id, message_id: threadId }))
  return (await full(core, page)).map(summarised)
}

const STEP = 200

async function newest(
  core: FaceCore,
  actor: Actor,
  id: string,
  wanted: number,
  threadId: string | null,
): Promise<Message[]> {
  const found: Message[] = []
  let before: string | undefined
  while (found.length < wanted) {
    const page = await core.messages.history(actor, id, {
      limit: Math.min(STEP, wanted - found.length),
      ...(before ? { before } : {}),
      ...(threadId ? { threadId } : { rootsOnly: true }),
    })
    found.push(...page.items.toReversed())
    before = page.items[0]?.id
    if (!page.hasMore || before === undefined) break
  }
  // The core counts the root to its thread; here it has a place of its own.
  return threadId ? found.filter((message) => message.id !== threadId) : found
}

async function full(core: FaceCore, messages: readonly Message[]): Promise<Json[]> {
  const quoted = new Map(
    (await core.roomReads.named([...new Set(messages.flatMap(({ replyTo }) => replyTo ?? []))])).map(
      (message) => [message.id, message],
    ),
  )
  const ids = new Set<string>()
  for (const message of [...messages, ...quoted.values()]) {
    ids.add(message.senderId)
    for (const userId of Object.values(message.reactions).flat()) ids.add(userId)
  }
  const users = new Map((await core.users.byIds([...ids])).map((user) => [user.id, user]))
  return messages.map((message) =>
    presentFullMessage(message, users, message.replyTo ? (quoted.get(message.replyTo) ?? null) : null),
  )
}
