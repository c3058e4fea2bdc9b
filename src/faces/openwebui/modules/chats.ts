/** Chats: lists, one chat and its messages, import and export. Organising them is in chat-organise.ts. */
import { Elysia, t } from 'elysia'
import type { ChatTitle } from '../../../core/chats/chat-lists.ts'
import type { ImportedChat } from '../../../core/chats/chats.ts'
import { jsonOf, textOf } from '../../../core/chats/context.ts'
import type { Json } from '../../../core/chats/rows.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import type { FaceCore } from '../face-core.ts'
import { dict, flagOf, form, maybe, maybeText, pageOf } from '../forms.ts'
import { done, json, toJson } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentChat, presentTag, presentTitle, presentUsage } from '../present/chats.ts'

const ChatForm = form({ chat: dict, variables: maybe(dict), folder_id: maybeText })
const ImportForm = form({ chats: t.Array(form({ chat: dict, pinned: maybe(t.Boolean()) })) })

type Query = Record<string, string | undefined>

export const chats = (face: FaceContext) => {
  const { core } = face
  const titles = (list: readonly ChatTitle[]) =>
    json(list.map((title) => presentTitle(title, core.chatRuns.isActive(title.id))))
  return new Elysia({ name: 'openwebui.chats', prefix: '/api/v1/chats' })
    .use(openwebuiAuth(core))
    .get('/', async ({ actor, query }) => titles(await list(core, actor, query)), { rank: 'user' })
    .get('/list', async ({ actor, query }) => titles(await list(core, actor, query)), { rank: 'user' })
    .get(
      '/pinned',
      async ({ actor }) =>
        titles(await core.chats.list(actor, { page: null, pinned: true, includeFolders: true })),
      {
        rank: 'user',
      },
    )
    .get('/archived', async ({ actor, query }) => titles(await archived(core, actor, query)), {
      rank: 'user',
    })
    .get('/archived/count', async ({ actor }) => json(await core.chats.countArchived(actor)), {
      rank: 'user',
    })
    .get(
      '/search',
      async ({ actor, query }) =>
        titles(await core.chatSearch.titles(actor, query['text'] ?? '', pageOf(query))),
      {
        rank: 'user',
      },
    )
    .get(
      '/folder/:folder_id',
      async ({ actor, params }) =>
        json((await core.chats.inFolder(actor, params.folder_id)).map(presentChat)),
      {
        rank: 'user',
      },
    )
    .get(
      '/folder/:folder_id/list',
      async ({ actor, params, query }) => {
        return titles(
          await core.chats.list(actor, {
            page: pageOf(query),
            folderIds: [params.folder_id],
            ...sorting(query),
          }),
        )
      },
      { rank: 'user' },
    )
    .get(
      '/list/user/:user_id',
      async ({ params, query }) =>
        titles(await core.chats.listOf(params.user_id, pageOf(query), orderOf(query))),
      {
        rank: 'admin',
      },
    )
    .get('/all', ({ actor }) => exportLines(core, actor), { rank: 'user' })
    .get(
      '/all/archived',
      async ({ actor }) => json((await core.chats.all(actor.user.id, true)).map(presentChat)),
      { rank: 'user' },
    )
    .get('/all/tags', async ({ actor }) => json((await core.tags.all(actor)).map(presentTag)), {
      rank: 'user',
    })
    .get('/all/db', async () => json((await core.chats.everybodys()).map(presentChat)), { rank: 'admin' })
    .post(
      '/new',
      async ({ actor, body }) => {
        const folderId = body.folder_id ?? null
        return json(
          presentChat(
            await core.chats.create(actor, { chat: body.chat, variables: body.variables, folderId }),
          ),
        )
      },
      { rank: 'user', body: ChatForm },
    )
    .post(
      '/import',
      async ({ actor, body }) => {
        await core.permissions.require(actor, 'chat.import')
        return json((await core.chats.import(actor, body.chats.map(importOf))).map(presentChat))
      },
      { rank: 'user', body: ImportForm },
    )
    .delete('/', ({ actor }) => done(core.chats.removeAll(actor)), { rank: 'user' })
    .get('/:id', async ({ actor, params }) => json(await openChat(core, actor, params.id)), { rank: 'user' })
    .post(
      '/:id',
      async ({ actor, params, body }) =>
        json(presentChat(await core.chats.update(actor, params.id, body.chat, body.folder_id ?? undefined))),
      { rank: 'user', body: ChatForm },
    )
    .delete('/:id', ({ actor, params }) => removeChat(face, actor, params.id), { rank: 'user' })
    .patch(
      '/:id/params',
      async ({ actor, params, body }) => json(await core.chats.patchParams(actor, params.id, body)),
      {
        rank: 'user',
        body: dict,
      },
    )
    .post(
      '/:id/messages/:message_id',
      async ({ actor, params, body }) => {
        const { content = null, voice = null } = body
        return json(
          presentChat(await core.chats.setMessage(actor, params.id, params.message_id, { content, voice })),
        )
      },
      { rank: 'user', body: form({ content: maybeText, voice: maybe(dict) }) },
    )
    .delete(
      '/:id/messages/:message_id',
      async ({ actor, params }) => {
        await core.permissions.require(actor, 'chat.delete_message')
        return json(presentChat(await core.chats.deleteMessage(actor, params.id, params.message_id)))
      },
      { rank: 'user' },
    )
    .post(
      '/:id/messages/:message_id/event',
      async ({ actor, params, body }) => {
        await core.chats.messageEvent(actor, params.id, params.message_id, body.type, body.data)
        return json(true)
      },
      {
        rank: 'user',
        body: form({ type: t.String(), data: dict }),
      },
    )
}

function sorting(query: Query) {
  const by = query['sort_by']
  return {
    sortBy: by === 'title' || by === 'created_at' ? by : 'updated_at',
    sortDir: query['sort_dir'] === 'asc' ? 'asc' : 'desc',
  } as const
}

function list(core: FaceCore, actor: Actor, query: Query): Promise<ChatTitle[]> {
  return core.chats.list(actor, {
    page: query['page'] === undefined ? null : pageOf(query),
    includePinned: flagOf(query['include_pinned']),
    includeFolders: flagOf(query['include_folders']),
    ...sorting(query),
  })
}

function archived(core: FaceCore, actor: Actor, query: Query): Promise<ChatTitle[]> {
  return core.chats.list(actor, {
    page: pageOf(query),
    archived: true,
    includePinned: true,
    includeFolders: true,
    ...orderOf(query),
  })
}

/** What is looked for, and the order, in the lists with a search field. */
function orderOf(query: Query) {
  const by = query['order_by']
  return {
    ...(query['query'] ? { q: query['query'] } : {}),
    sortBy: by === 'title' || by === 'created_at' ? by : 'updated_at',
    sortDir: query['direction'] === 'asc' ? 'asc' : 'desc',
  } as const
}

/** One chat a line, so that an export of any size is never held whole. */
function exportLines(core: FaceCore, actor: Actor): Response {
  const encoder = new TextEncoder()
  let ids: string[] | null = null
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      ids ??= (
        await core.chats.list(actor, {
          page: null,
          archived: null,
          includePinned: true,
          includeFolders: true,
        })
      ).map(({ id }) => id)
      const id = ids.shift()
      if (id === undefined) return controller.close()
      const chat = await core.chats.get(actor, id).catch(() => null)
      controller.enqueue(encoder.encode(chat ? `${toJson(presentChat(chat))}\n` : ''))
    },
  })
  return new Response(stream, { headers: { 'content-type': 'application/x-ndjson' } })
}

function importOf(given: Json): ImportedChat {
  const chat = given['chat'] as Json
  return {
    chat,
    meta: given['meta'],
    variables: given['variables'],
    pinned: given['pinned'] === true,
    archived: given['archived'] === true,
    folderId: textOf(given['folder_id']),
    createdAt: numberOf(given['created_at']),
    updatedAt: numberOf(given['updated_at']),
  }
}

const numberOf = (value: unknown): number | null =>
  typeof value === 'number' && value > 0 ? Math.floor(value) : null

async function removeChat(face: FaceContext, actor: Actor, id: string): Promise<Response> {
  await face.core.chats.remove(actor, id)
  return json(true)
}

/** The chat, and whether whoever reads it may go on with it. */
async function openChat(core: FaceCore, actor: Actor, id: string) {
  const row = await core.chats.get(actor, id)
  const mayContinue =
    row.userId === actor.user.id || (await core.chats.accessible(actor, id, 'write')) !== null
  const chat = presentChat(row)
  return {
    ...chat,
    chat: { ...jsonOf(row.chat), share_mode: mayContinue ? 'continue' : null },
    context_usage: presentUsage(core.compaction.usage(row)),
  }
}
