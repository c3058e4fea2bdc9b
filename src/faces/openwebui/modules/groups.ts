/** Groups and their members. */
import { Elysia, t } from 'elysia'
import { idsIn, type CountedGroup, type GroupInput } from '../../../core/groups/groups.ts'
import { combined } from '../../../core/groups/permissions.ts'
import { openwebuiAuth } from '../auth.ts'
import { dict, flagOf, form, maybe, maybeText, pageOf } from '../forms.ts'
import { json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentInfo } from '../present/users.ts'
import type { Actor } from '../../../core/types.ts'
import { jsonOf } from '../../../core/chats/context.ts'
import type { FaceCore } from '../face-core.ts'

const GroupForm = form({
  name: t.String(),
  description: t.String(),
  permissions: maybe(dict),
  data: maybe(dict),
  parent_group_id: maybeText,
})
const Ids = form({ user_ids: maybe(t.Array(t.String())) })

const PER_PAGE = 30

const present = (group: CountedGroup) => row(group)

function inputOf(body: typeof GroupForm.static): GroupInput {
  return {
    name: body.name,
    description: body.description,
    ...('permissions' in body ? { permissions: body.permissions } : {}),
    ...('data' in body ? { data: body.data } : {}),
    ...('parent_group_id' in body ? { parentGroupId: body.parent_group_id } : {}),
  }
}

export const groups = (face: FaceContext) => {
  const { core } = face
  return new Elysia({ name: 'openwebui.groups', prefix: '/api/v1/groups' })
    .use(openwebuiAuth(core))
    .get(
      '/',
      async ({ actor, query }) =>
        json(
          (await core.groups.list(actor, query['share'] === undefined ? null : flagOf(query['share']))).map(
            present,
          ),
        ),
      { rank: 'user' },
    )
    .post(
      '/create',
      async ({ actor, body }) => json(present(await core.groups.create(actor, inputOf(body)))),
      {
        rank: 'admin',
        body: GroupForm,
      },
    )
    .get('/id/:id', async ({ actor, params }) => json(present(await core.groups.get(actor, params.id))), {
      rank: 'admin',
    })
    .get('/id/:id/info', async ({ params }) => json(await core.groups.info(params.id).then(shortly)), {
      rank: 'user',
    })
    .post(
      '/id/:id/update',
      async ({ actor, params, body }) =>
        json(present(await core.groups.update(actor, params.id, inputOf(body)))),
      {
        rank: 'admin',
        body: GroupForm,
      },
    )
    .get(
      '/id/:id/export',
      async ({ actor, params }) => {
        const group = await core.groups.get(actor, params.id)
        return json({ ...present(group), user_ids: await core.groups.memberIds(params.id) })
      },
      { rank: 'admin' },
    )
    .post(
      '/id/:id/users',
      async ({ actor, params }) => {
        await core.groups.get(actor, params.id)
        const people = await core.users.byIds(await core.groups.memberIds(params.id))
        return json(people.map((user) => presentInfo(actor.user, user, null, false)))
      },
      { rank: 'admin' },
    )
    .post(
      '/id/:id/users/add',
      async ({ actor, params, body }) =>
        json(present(await core.groups.addMembers(actor, params.id, idsIn(body.user_ids)))),
      { rank: 'admin', body: Ids },
    )
    .post(
      '/id/:id/users/remove',
      async ({ actor, params, body }) =>
        json(present(await core.groups.removeMembers(actor, params.id, idsIn(body.user_ids)))),
      { rank: 'admin', body: Ids },
    )
    .delete('/id/:id/delete', async ({ actor, params }) => json(await core.groups.remove(actor, params.id)), {
      rank: 'admin',
    })
    .get(
      '/id/:id/members',
      async ({ actor, params, query }) => json(await members(core, actor, params.id, query)),
      {
        rank: 'admin',
      },
    )
    .get(
      '/id/:id/preview',
      async ({ actor, params }) => {
        const group = await core.groups.get(actor, params.id)
        const own = (group.permissions ?? {}) as Record<string, unknown>
        const above = await core.groups.ancestors(actor, params.id)
        const inherited = above.reduce(
          (tree, parent) => combined(tree, jsonOf(parent.permissions)),
          core.permissions.defaults(),
        )
        const ids = [group.id, ...above.map((parent) => parent.id)]
        return json({
          group: { id: group.id, name: group.name },
          default_models: await core.groups.defaultModels(actor, params.id),
          ...(await core.groups.reach(actor, ids, null)),
          permissions: own,
          inherited_permissions: inherited,
          effective_permissions: combined(inherited, own),
        })
      },
      { rank: 'admin' },
    )
}

function shortly(group: CountedGroup) {
  return row(group, [
    'parentGroupId',
    'id',
    'userId',
    'name',
    'description',
    'memberCount',
    'createdAt',
    'updatedAt',
  ])
}

async function members(core: FaceCore, actor: Actor, id: string, query: Record<string, string | undefined>) {
  const groupsBy = await core.groups.membersBelow(actor, id)
  const q = (query['query'] ?? '').toLowerCase()
  const isDirect = (userId: string) => groupsBy.get(userId)?.includes(id) ?? false
  const everybody = await core.users.byIds([...groupsBy.keys()])
  const direct = everybody.filter((user) => isDirect(user.id)).length
  const found = everybody
    .filter((user) => query['membership'] !== 'direct' || isDirect(user.id))
    .filter((user) => query['membership'] !== 'inherited' || !isDirect(user.id))
    .filter((user) => `${user.displayName}\n${user.email ?? ''}`.toLowerCase().includes(q))
    .toSorted((a, b) => byCode(a.displayName, b.displayName) || byCode(a.id, b.id))
  const start = (pageOf(query) - 1) * PER_PAGE
  const page = found.slice(start, start + PER_PAGE)
  return {
    items: page.map((user) => ({
      ...presentInfo(actor.user, user, null, false),
      last_active_at: null,
      membership_type: isDirect(user.id) ? 'direct' : 'inherited',
      via_group_ids: (groupsBy.get(user.id) ?? []).filter((group) => group !== id).toSorted(),
    })),
    total: found.length,
    counts: { direct, effective: everybody.length, inherited: everybody.length - direct },
  }
}

/** As a database sorts texts. */
const byCode = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
