/** Folders of chats. */
import { Elysia, t } from 'elysia'
import { CHATS_PER_PAGE } from '../../../core/chats/chat-lists.ts'
import { isJson } from '../../../core/chats/context.ts'
import type { FolderView } from '../../../core/folders/folders.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import { dict, flagOf, form, maybe, maybeText, pageOf } from '../forms.ts'
import { json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentTitle } from '../present/chats.ts'
import { presentGrant } from '../present/grants.ts'
import type { Actor } from '../../../core/types.ts'

const NewFolder = form({ name: t.String(), data: maybe(dict), meta: maybe(dict), parent_id: maybeText })
const Folder = form({ name: maybeText, data: maybe(dict), meta: maybe(dict), parent_id: maybeText })

const LISTED = [
  'id',
  'name',
  'meta',
  'parentId',
  'isExpanded',
  'unreadCount',
  'createdAt',
  'updatedAt',
] as const

function view({ folder, grants, writable }: FolderView) {
  return { ...row(folder), access_grants: grants.map(presentGrant), write_access: writable }
}

export const folders = (face: FaceContext) => {
  const { core } = face
  const mayFolders = async (actor: Actor): Promise<void> => {
    if (!face.setting('folders.enable')) throw detail.forbidden()
    await core.permissions.require(actor, 'features.folders')
  }
  return new Elysia({ name: 'openwebui.folders', prefix: '/api/v1/folders' })
    .use(openwebuiAuth(core))
    .get(
      '/',
      async ({ actor }) => {
        await mayFolders(actor)
        return json(
          (await core.folders.list(actor)).map((folder) => ({
            ...row(folder, LISTED),
            meta: isJson(folder.meta) ? { icon: folder.meta['icon'] ?? null } : null,
          })),
        )
      },
      { rank: 'user' },
    )
    .post(
      '/',
      async ({ actor, body }) => {
        await mayFolders(actor)
        const input = {
          name: body.name,
          data: body.data ?? null,
          meta: body.meta ?? null,
          parentId: body.parent_id ?? null,
        }
        return json(row(await core.folders.create(actor, input)))
      },
      { rank: 'user', body: NewFolder },
    )
    .get(
      '/shared',
      async ({ actor }) => json((await core.folders.shared(actor)).map((folder) => row(folder))),
      { rank: 'user' },
    )
    .get('/:id', async ({ actor, params }) => json(view(await core.folders.view(actor, params.id))), {
      rank: 'user',
    })
    .post(
      '/:id/update',
      async ({ actor, params, body }) =>
        json(
          row(
            await core.folders.update(actor, params.id, {
              ...(body.name ? { name: body.name } : {}),
              data: body.data,
              meta: body.meta,
            }),
          ),
        ),
      { rank: 'user', body: Folder },
    )
    .post(
      '/:id/update/parent',
      async ({ actor, params, body }) =>
        json(row(await core.folders.move(actor, params.id, body.parent_id ?? null))),
      { rank: 'user', body: form({ parent_id: maybeText }) },
    )
    .post(
      '/:id/update/expanded',
      async ({ actor, params, body }) =>
        json(row(await core.folders.setExpanded(actor, params.id, body.is_expanded))),
      { rank: 'user', body: form({ is_expanded: t.Boolean() }) },
    )
    .post(
      '/:id/access/update',
      async ({ actor, params, body }) =>
        json(view(await core.folders.setGrants(actor, params.id, body.access_grants, body.share_mode))),
      { rank: 'user', body: form({ access_grants: t.Array(t.Unknown()), share_mode: maybeText }) },
    )
    .get('/:id/shared/chats', ({ actor, params, query }) => sharedChats(face, actor, params.id, query), {
      rank: 'user',
    })
    .post(
      '/:id/read',
      async ({ actor, params }) => {
        await core.folders.view(actor, params.id)
        return markRead(face, actor, params.id)
      },
      { rank: 'user' },
    )
    .delete(
      '/:id',
      async ({ actor, params, query }) => {
        await core.folders.remove(actor, params.id, flagOf(query['delete_contents'], true))
        return json(true)
      },
      { rank: 'user' },
    )
}

async function sharedChats(
  face: FaceContext,
  actor: Actor,
  id: string,
  query: Record<string, string | undefined>,
): Promise<Response> {
  const { core } = face
  const { folder, writable } = await core.folders.view(actor, id)
  const page = pageOf(query)
  const chats = await core.chats.ofOthersIn(folder.userId, id, page)
  const owner = (await core.users.byId(folder.userId))?.displayName ?? 'Unknown'
  return json({
    chats: chats.map((chat) => ({
      ...presentTitle(chat, core.chatRuns.isActive(chat.id)),
      user_id: folder.userId,
      owner_name: owner,
      participants: [{ id: folder.userId, name: owner }],
      readonly: folder.userId !== actor.user.id,
    })),
    total: (page - 1) * CHATS_PER_PAGE + chats.length,
    has_more: chats.length === CHATS_PER_PAGE,
    folder_permission: writable ? 'write' : 'read',
  })
}

async function markRead(face: FaceContext, actor: Actor, id: string): Promise<Response> {
  const { core } = face
  const ids = await core.folders.treeIds(actor.user.id, id)
  const updated = await core.chats.markAllRead(actor, ids)
  const counts = await core.chats.unreadByFolder(actor.user.id)
  return json({ folder_id: id, folder_ids: ids, updated_count: updated, folder_unread_counts: counts })
}
