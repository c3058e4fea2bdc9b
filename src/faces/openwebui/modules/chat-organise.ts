/** Putting chats in order: reading marks, pins, archive, folders, tags, copies and shares. */
import { Elysia, t } from 'elysia'
import type { ChatTitle } from '../../../core/chats/chat-lists.ts'
import { openwebuiAuth } from '../auth.ts'
import { form, maybe, maybeText, pageOf } from '../forms.ts'
import { done, json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentChat, presentShared, presentTag, presentTitle } from '../present/chats.ts'
import { presentGrant } from '../present/grants.ts'

const SHARED_PER_PAGE = 60
const Tag = form({ name: t.String() })

export const chatOrganise = (face: FaceContext) => {
  const { core } = face
  const titles = (list: readonly ChatTitle[]) =>
    json(list.map((title) => presentTitle(title, core.chatRuns.isActive(title.id))))
  return new Elysia({ name: 'openwebui.chat-organise', prefix: '/api/v1/chats' })
    .use(openwebuiAuth(core))
    .post(
      '/read',
      async ({ actor }) => {
        const updated = await core.chats.markAllRead(actor, null)
        return json({
          updated_count: updated,
          folder_unread_counts: await core.chats.unreadByFolder(actor.user.id),
        })
      },
      { rank: 'user' },
    )
    .post('/archive/all', ({ actor }) => done(core.chats.setAllArchived(actor, true)), { rank: 'user' })
    .post('/unarchive/all', ({ actor }) => done(core.chats.setAllArchived(actor, false)), { rank: 'user' })
    .get(
      '/shared',
      async ({ actor, query }) => {
        const offset = (pageOf(query) - 1) * SHARED_PER_PAGE
        return json((await core.shares.list(actor, offset, SHARED_PER_PAGE)).map(presentShared))
      },
      { rank: 'user' },
    )
    .delete('/share/all', ({ actor }) => done(core.shares.unshareAll(actor)), { rank: 'user' })
    .get(
      '/share/:share_id',
      async ({ visitor, params }) => json(presentChat(await core.shares.open(visitor, params.share_id))),
      {
        visitor: true,
      },
    )
    .get(
      '/shared/:id/access',
      async ({ actor, params }) => json((await core.shares.grants(actor, params.id)).map(presentGrant)),
      {
        rank: 'user',
      },
    )
    .post(
      '/shared/:id/access/update',
      async ({ actor, params, body }) =>
        json(presentChat(await core.shares.setGrants(actor, params.id, body.access_grants))),
      { rank: 'user', body: form({ access_grants: t.Array(t.Unknown()) }) },
    )
    .post(
      '/tags',
      async ({ actor, body }) =>
        titles(await core.tags.chatsWith(actor, body.name, body.skip ?? 0, body.limit ?? 50)),
      { rank: 'user', body: form({ name: t.String(), skip: maybe(t.Number()), limit: maybe(t.Number()) }) },
    )
    .get(
      '/:id/pinned',
      async ({ actor, params }) => json((await core.chats.own(actor, params.id)).pinned ?? false),
      { rank: 'user' },
    )
    .post(
      '/:id/pin',
      async ({ actor, params }) => json(presentChat(await core.chats.togglePinned(actor, params.id))),
      { rank: 'user' },
    )
    .post(
      '/:id/archive',
      async ({ actor, params }) => json(presentChat(await core.chats.toggleArchived(actor, params.id))),
      {
        rank: 'user',
      },
    )
    .post(
      '/:id/unread',
      async ({ actor, params }) => {
        const row = await core.chats.markUnread(actor, params.id)
        return json({
          chat_id: row.id,
          last_read_at: row.lastReadAt,
          folder_id: row.folderId,
          folder_unread_counts: await core.chats.unreadByFolder(actor.user.id),
        })
      },
      { rank: 'user' },
    )
    .post(
      '/:id/folder',
      async ({ actor, params, body }) =>
        json(presentChat(await core.chats.moveToFolder(actor, params.id, body.folder_id ?? null))),
      { rank: 'user', body: form({ folder_id: maybeText }) },
    )
    .get(
      '/:id/tags',
      async ({ actor, params }) => json((await core.tags.ofChat(actor, params.id)).map(presentTag)),
      { rank: 'user' },
    )
    .post(
      '/:id/tags',
      async ({ actor, params, body }) =>
        json((await core.tags.add(actor, params.id, body.name)).map(presentTag)),
      {
        rank: 'user',
        body: Tag,
      },
    )
    .delete(
      '/:id/tags',
      async ({ actor, params, body }) =>
        json((await core.tags.remove(actor, params.id, body.name)).map(presentTag)),
      {
        rank: 'user',
        body: Tag,
      },
    )
    .delete('/:id/tags/all', ({ actor, params }) => done(core.tags.removeAll(actor, params.id)), {
      rank: 'user',
    })
    .post(
      '/:id/clone',
      async ({ actor, params, body }) => {
        await core.permissions.require(actor, 'chat.import')
        const source = await core.chats.own(actor, params.id)
        return json(presentChat(await core.chats.clone(actor, source, body?.title ?? null)))
      },
      { rank: 'user', body: maybe(form({ title: maybeText })) },
    )
    .post(
      '/:id/clone/shared',
      async ({ actor, params }) => {
        await core.permissions.require(actor, 'chat.import')
        const source = await core.shares.source(actor, params.id)
        return json(presentChat(await core.chats.clone(actor, source, null)))
      },
      { rank: 'user' },
    )
    .post(
      '/:id/fork',
      async ({ actor, params, body }) => {
        await core.permissions.require(actor, 'chat.import')
        return json(presentChat(await core.chats.fork(actor, params.id, body?.message_id ?? null)))
      },
      { rank: 'user', body: maybe(form({ message_id: maybeText })) },
    )
    .post(
      '/:id/share',
      async ({ actor, params, body }) =>
        json(presentChat(await core.shares.share(actor, params.id, body?.share_mode ?? null))),
      { rank: 'user', body: maybe(form({ share_mode: maybe(t.Literal('continue')) })) },
    )
    .delete('/:id/share', async ({ actor, params }) => json(await core.shares.unshare(actor, params.id)), {
      rank: 'user',
    })
}
