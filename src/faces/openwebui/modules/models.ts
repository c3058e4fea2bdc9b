/** Models to choose from, and the workspace's models with their access and history. */
import { Elysia, t } from 'elysia'
import { jsonOf, textOf } from '../../../core/chats/context.ts'
import type { Json, ModelHistoryRow } from '../../../core/chats/rows.ts'
import type { ModelInput } from '../../../core/models/models.ts'
import type { Actor } from '../../../core/types.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail, TEXT } from '../errors.ts'
import { arrangementOf, dict, flagOf, form, maybe, maybeText, pageOf } from '../forms.ts'
import { done, json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { modelPicture } from '../pictures.ts'
import {
  type ModelSurroundings,
  presentBase,
  presentArena,
  presentModel,
  presentModelRow,
  presentVersion,
} from '../present/models.ts'

const ModelForm = form({
  id: t.String(),
  base_model_id: maybeText,
  name: t.String(),
  meta: dict,
  params: dict,
  access_grants: maybe(t.Array(t.Unknown())),
  is_active: t.Optional(t.Boolean()),
  commit_message: maybeText,
})

function inputOf(body: typeof ModelForm.static): ModelInput {
  return {
    id: body.id,
    baseModelId: body.base_model_id ?? null,
    name: body.name,
    meta: body.meta,
    params: body.params,
    ...(body.access_grants === undefined || body.access_grants === null
      ? {}
      : { grants: body.access_grants }),
    ...(body.is_active === undefined ? {} : { isActive: body.is_active }),
  }
}

export const models = (face: FaceContext) => {
  const { core } = face
  const list = async ({ actor, query }: { actor: Actor; query: Record<string, string | undefined> }) => {
    const entries = await core.catalogue.list(actor, flagOf(query['refresh']))
    const grants = await core.grants.listMany(
      'model',
      entries.flatMap(({ row: own }) => own?.id ?? []),
    )
    const around = surroundingsOf(face)
    // As with other models: without any that answers, none is offered.
    const arenas = entries.length > 0 ? await core.arena.list(actor) : []
    return json({
      data: [
        ...entries.map((entry) => presentModel({ ...entry, grants: grants.get(entry.id) ?? [] }, around)),
        ...arenas.map(presentArena),
      ],
    })
  }
  const idIn = (query: Record<string, string | undefined>): string => query['id'] ?? ''
  return new Elysia({ name: 'openwebui.models' })
    .use(openwebuiAuth(core))
    .get('/api/models', list, { rank: 'user' })
    .get('/api/v1/models', list, { rank: 'user' })
    .get(
      '/api/models/base',
      async () =>
        json({
          data: (await core.catalogue.bases()).map((info) => presentBase(info, surroundingsOf(face))),
        }),
      { rank: 'admin' },
    )
    .get('/api/v1/models/list', ({ actor, query }) => page(face, actor, query), { rank: 'user' })
    .get('/api/v1/models/all', async () => json((await core.models.all()).map(presentModelRow)), {
      rank: 'admin',
    })
    .get('/api/v1/models/base', async () => json((await core.models.bases()).map(presentModelRow)), {
      rank: 'admin',
    })
    .get('/api/v1/models/base/tags', async () => json(await core.models.baseTags()), { rank: 'admin' })
    .get('/api/v1/models/tags', async ({ actor }) => json(await core.models.tags(actor)), { rank: 'user' })
    .post(
      '/api/v1/models/create',
      async ({ actor, body }) => json(presentModelRow(await core.models.create(actor, inputOf(body)))),
      {
        rank: 'user',
        body: ModelForm,
      },
    )
    .get(
      '/api/v1/models/export',
      async ({ actor }) => {
        await core.permissions.require(actor, 'workspace.models_export')
        const own = (await core.models.all()).filter(({ baseModelId }) => baseModelId !== null)
        return json(own.map((model) => ({ ...presentModelRow(model), background_image_data: null })))
      },
      { rank: 'user' },
    )
    .post(
      '/api/v1/models/sync',
      async ({ actor, body }) => json((await core.models.sync(actor, body.models)).map(presentModelRow)),
      { rank: 'admin', body: form({ models: t.Array(form({ id: t.String({ minLength: 1 }) })) }) },
    )
    .post('/api/v1/models/import', ({ actor, body }) => done(core.models.import(actor, body.models)), {
      rank: 'user',
      body: form({ models: t.Array(dict) }),
    })
    .get(
      '/api/v1/models/model',
      async ({ actor, query }) => {
        const { writable, ...model } = await core.models.get(actor, idIn(query))
        return json({
          ...presentModelRow(model),
          user: null,
          write_access: writable,
        })
      },
      { rank: 'user' },
    )
    .get(
      '/api/v1/models/model/profile/image',
      async ({ query }) => modelPicture(await pictureOf(face, idIn(query))),
      { rank: 'user' },
    )
    .post(
      '/api/v1/models/model/toggle',
      async ({ actor, query }) => json(presentModelRow(await core.models.toggle(actor, idIn(query)))),
      {
        rank: 'user',
      },
    )
    .post(
      '/api/v1/models/model/update',
      async ({ actor, body }) =>
        json(presentModelRow(await core.models.update(actor, inputOf(body), body.commit_message ?? null))),
      { rank: 'user', body: ModelForm },
    )
    .post(
      '/api/v1/models/model/access/update',
      async ({ actor, body }) =>
        json(
          presentModelRow(await core.models.setGrants(actor, body.id, body.name ?? null, body.access_grants)),
        ),
      { rank: 'user', body: form({ id: t.String(), name: maybeText, access_grants: t.Array(t.Unknown()) }) },
    )
    .post('/api/v1/models/model/delete', ({ actor, body }) => done(core.models.remove(actor, body.id)), {
      rank: 'user',
      body: form({ id: t.String() }),
    })
    .delete('/api/v1/models/delete/all', () => done(core.models.removeAll()), { rank: 'admin' })
    .get(
      '/api/v1/models/model/history',
      async ({ actor, query }) =>
        json(
          await versions(
            face,
            await core.models.history(actor, idIn(query), Number(query['page'] ?? 0) || 0),
          ),
        ),
      { rank: 'user' },
    )
    .get(
      '/api/v1/models/model/history/:history_id',
      async ({ actor, params, query }) =>
        json(presentVersion(await core.models.version(actor, idIn(query), params.history_id))),
      { rank: 'user' },
    )
    .delete(
      '/api/v1/models/model/history/:history_id',
      ({ actor, params, query }) => done(core.models.removeVersion(actor, idIn(query), params.history_id)),
      { rank: 'user' },
    )
    .post(
      '/api/v1/models/model/update/version',
      async ({ actor, body, query }) =>
        json(presentModelRow(await core.models.useVersion(actor, idIn(query), body.version_id))),
      { rank: 'user', body: form({ version_id: t.String() }) },
    )
}

/** Settings that colour every model of the list. */
export function surroundingsOf(face: FaceContext): ModelSurroundings {
  return {
    providers: face.core.catalogue.providers(),
    defaultMeta: jsonOf(face.setting('models.default_metadata')),
    connection(providerId) {
      const [, kind, at] = /^(openai|ollama)-(\d+)$/.exec(providerId) ?? []
      return kind && at ? jsonOf(jsonOf(face.setting(`${kind}.api_configs`))[at]) : {}
    },
  }
}

async function page(
  face: FaceContext,
  actor: Actor,
  query: Record<string, string | undefined>,
): Promise<Response> {
  const found = await face.core.models.page(actor, {
    q: query['query'] ?? null,
    tag: query['tag'] || null,
    page: pageOf(query),
    arrangement: arrangementOf(query),
  })
  const items = await Promise.all(
    found.items.map(async (model) => ({
      ...withoutPicture(presentModelRow(model)),
      user: await owner(face, model.userId),
      write_access: model.writable,
    })),
  )
  return json({ items, total: found.total })
}

/** A picture may be megabytes: lists leave it to its own route. */
function withoutPicture(shown: Json): Json {
  const { profile_image_url: _, ...meta } = jsonOf(shown['meta'])
  return { ...shown, meta }
}

/** Versions with who made each of them. */
export async function withAuthors<Version extends { userId: string }>(
  face: FaceContext,
  rows: readonly Version[],
): Promise<Json[]> {
  const people = await face.core.users.byIds([...new Set(rows.map(({ userId }) => userId))])
  const known = new Map(people.map((user) => [user.id, user]))
  return rows.map((version) => {
    const user = known.get(version.userId)
    return {
      ...row(version),
      user: user ? { id: user.id, name: user.displayName, role: user.role, email: user.email ?? '' } : null,
    }
  })
}

export async function owner(
  face: FaceContext,
  userId: string | null,
): Promise<Record<string, unknown> | null> {
  const user = userId ? await face.core.users.byId(userId) : null
  return user ? { id: user.id, name: user.displayName, role: user.role, email: user.email ?? '' } : null
}

/** A line each, with who made it; what was in it is asked for one by one. */
async function versions(face: FaceContext, rows: readonly ModelHistoryRow[]): Promise<Json[]> {
  const people = await face.core.users.byIds([...new Set(rows.map(({ userId }) => userId))])
  const names = new Map(people.map((user) => [user.id, user.displayName]))
  return rows.map((version) => {
    const { snapshot: _, ...shown } = presentVersion(version)
    const name = names.get(version.userId)
    return { ...shown, user: name === undefined ? null : { name } }
  })
}

async function pictureOf(face: FaceContext, id: string): Promise<string | null> {
  if (id === '') throw detail.notFound(TEXT.notFound)
  const model = await face.core.models.byId(id)
  return textOf(jsonOf(model?.meta)['profile_image_url'])
}
