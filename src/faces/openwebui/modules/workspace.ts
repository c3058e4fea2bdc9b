/** Prompts and memories; tools, skills and functions as read-only lists. */
import { Elysia, t } from 'elysia'
import { listOf } from '../../../core/chats/context.ts'
import { arranged } from '../../../core/support/arranged.ts'
import type { Actor } from '../../../core/types.ts'
import type { PromptInput } from '../../../core/workspace/workspace.ts'
import { openwebuiAuth } from '../auth.ts'
import { arrangementOf, dict, form, maybe, maybeText, pageOf } from '../forms.ts'
import { done, json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import {
  presentFunction,
  presentMemory,
  presentPrompt,
  presentSkill,
  presentTool,
  presentToolServer,
} from '../present/workspace.ts'
import { owner } from './models.ts'

const PER_PAGE = 30
const PromptForm = form({
  command: t.String(),
  name: t.String(),
  content: t.String(),
  tags: maybe(t.Array(t.String())),
  data: maybe(dict),
  meta: maybe(dict),
  access_grants: maybe(t.Array(t.Unknown())),
  commit_message: maybeText,
})

export type Query = Record<string, string | undefined>

function promptOf(body: typeof PromptForm.static): PromptInput {
  return {
    command: body.command,
    name: body.name,
    content: body.content,
    ...(body.tags ? { tags: body.tags } : {}),
    ...(body.data ? { data: body.data } : {}),
    ...(body.meta ? { meta: body.meta } : {}),
    ...(body.access_grants ? { grants: body.access_grants } : {}),
  }
}

/** One page of what a text is found in, each with its owner. */
export async function pageWith<Row extends Parameters<typeof arranged>[0][number]>(
  face: FaceContext,
  actor: Actor,
  rows: readonly Row[],
  query: Query,
  text: (row: Row) => string,
  present: (row: Row) => Record<string, unknown>,
) {
  const q = (query['query'] ?? '').toLowerCase()
  const found = arranged(rows, actor.user.id, arrangementOf(query)).filter(
    (row) => q === '' || text(row).toLowerCase().includes(q),
  )
  const start = (pageOf(query) - 1) * PER_PAGE
  const items = await Promise.all(
    found
      .slice(start, start + PER_PAGE)
      .map(async (row) => ({ ...present(row), user: await owner(face, row.userId) })),
  )
  return { items, total: found.length }
}

export const prompts = (face: FaceContext) => {
  const { prompts: part } = face.core.workspace ?? {}
  return new Elysia({ name: 'openwebui.prompts', prefix: '/api/v1/prompts' })
    .use(openwebuiAuth(face.core))
    // Those that can be called; the workspace's own page lists the others too.
    .get(
      '/',
      async ({ actor }) => json((await part.list(actor)).filter(({ isActive }) => isActive).map(presentPrompt)),
      { rank: 'user' },
    )
    .get('/tags', async ({ actor }) => json(await part.tags(actor)), { rank: 'user' })
    .get(
      '/list',
      async ({ actor, query }) =>
        json(
          await pageWith(
            face,
            actor,
            (await part.list(actor)).filter(
              ({ tags }) => !query['tag'] || listOf(tags).includes(query['tag']),
            ),
            query,
            (row) => `${row.name}\n${row.command}\n${row.content}`,
            presentPrompt,
          ),
        ),
      { rank: 'user' },
    )
    .post(
      '/create',
      async ({ actor, body }) => json(presentPrompt(await part.create(actor, promptOf(body)))),
      {
        rank: 'user',
        body: PromptForm,
      },
    )
    .get(
      '/command/:command',
      async ({ actor, params }) => json(presentPrompt(await part.byCommand(actor, params.command))),
      {
        rank: 'user',
      },
    )
    .get(
      '/id/:prompt_id',
      async ({ actor, params }) => json(presentPrompt(await part.get(actor, params.prompt_id))),
      {
        rank: 'user',
      },
    )
    .post(
      '/id/:prompt_id/update',
      async ({ actor, params, body }) =>
        json(
          presentPrompt(
            await part.update(actor, params.prompt_id, promptOf(body), body.commit_message ?? null),
          ),
        ),
      { rank: 'user', body: PromptForm },
    )
    .post(
      '/id/:prompt_id/toggle',
      async ({ actor, params }) => json(presentPrompt(await part.toggle(actor, params.prompt_id))),
      {
        rank: 'user',
      },
    )
    .delete('/id/:prompt_id/delete', ({ actor, params }) => done(part.remove(actor, params.prompt_id)), {
      rank: 'user',
    })
}

export const workspaceLists = (face: FaceContext) => {
  const { core } = face
  const tools = async ({ actor }: { actor: Actor }) =>
    json((await core.workspace.tools(actor)).map(presentTool))
  const functions = async () => json((await core.workspace.functions()).map(presentFunction))
  return new Elysia({ name: 'openwebui.workspace-lists' })
    .use(openwebuiAuth(core))
    .get(
      '/api/v1/tools/',
      async ({ actor }) => {
        const [own, servers] = await Promise.all([core.workspace.tools(actor), core.toolServers.list(actor)])
        const now = Math.floor(Date.now() / 1000)
        return json([...own.map(presentTool), ...servers.map((server) => presentToolServer(server, now))])
      },
      { rank: 'user' },
    )
    .get('/api/v1/tools/list', tools, { rank: 'user' })
    .get(
      '/api/v1/skills/',
      async ({ actor }) => json((await core.workspace.skills(actor)).map(presentSkill)),
      { rank: 'user' },
    )
    .get(
      '/api/v1/skills/list',
      async ({ actor, query }) =>
        json(
          await pageWith(
            face,
            actor,
            await core.workspace.skills(actor),
            query,
            (row) => `${row.name}\n${row.description ?? ''}`,
            presentSkill,
          ),
        ),
      { rank: 'user' },
    )
    .get('/api/v1/functions/', functions, { rank: 'user' })
    .get('/api/v1/functions/list', functions, { rank: 'admin' })
    .get(
      '/api/v1/memories/',
      async ({ actor }) => json((await core.workspace.memories.list(actor)).map(presentMemory)),
      {
        rank: 'user',
      },
    )
    .post(
      '/api/v1/memories/add',
      async ({ actor, body }) => json(presentMemory(await core.workspace.memories.add(actor, body.content))),
      { rank: 'user', body: form({ content: t.String() }) },
    )
    .post(
      '/api/v1/memories/:memory_id/update',
      async ({ actor, params, body }) =>
        json(
          presentMemory(await core.workspace.memories.update(actor, params.memory_id, body.content ?? '')),
        ),
      { rank: 'user', body: form({ content: maybeText }) },
    )
    .delete(
      '/api/v1/memories/:memory_id',
      async ({ actor, params }) => json(await core.workspace.memories.remove(actor, params.memory_id)),
      { rank: 'user' },
    )
    .delete(
      '/api/v1/memories/delete/user',
      ({ actor }) => done(core.workspace.memories.remove(actor, null)),
      { rank: 'user' },
    )
}
