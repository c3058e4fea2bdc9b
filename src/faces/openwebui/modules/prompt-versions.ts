/** Versions of a prompt, and the changes that make none: its name and command, its grants. */
import { Elysia, t } from 'elysia'
import type { PromptComparison } from '../../../core/workspace/prompt-versions.ts'
import { openwebuiAuth } from '../auth.ts'
import { form, maybe, texts } from '../forms.ts'
import { done, json, row } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentPrompt } from '../present/workspace.ts'
import { withAuthors } from './models.ts'

const Id = t.String({ maxLength: 200 })
const PageQuery = t.Object({ page: t.Optional(t.Integer({ minimum: 0, maximum: 100_000 })) })
const MetaForm = form({ name: t.String(), command: t.String({ minLength: 1 }), tags: maybe(texts) })

export const promptVersions = (face: FaceContext) => {
  const { promptVersions: part } = face.core
  return new Elysia({ name: 'openwebui.prompt-versions', prefix: '/api/v1/prompts/id/:prompt_id' })
    .use(openwebuiAuth(face.core))
    .post(
      '/update/meta',
      async ({ actor, params, body }) =>
        json(presentPrompt(await part.describe(actor, params.prompt_id, body))),
      { rank: 'user', body: MetaForm },
    )
    .post(
      '/update/version',
      async ({ actor, params, body }) =>
        json(presentPrompt(await part.use(actor, params.prompt_id, body.version_id))),
      { rank: 'user', body: form({ version_id: Id }) },
    )
    .post(
      '/access/update',
      async ({ actor, params, body }) =>
        json(presentPrompt(await part.open(actor, params.prompt_id, body.access_grants))),
      { rank: 'user', body: form({ access_grants: t.Array(t.Unknown(), { maxItems: 10_000 }) }) },
    )
    .get(
      '/history',
      async ({ actor, params, query }) =>
        json(await withAuthors(face, await part.list(actor, params.prompt_id, query.page ?? 0))),
      { rank: 'user', query: PageQuery },
    )
    .get(
      '/history/diff',
      async ({ actor, params, query }) =>
        json(presentComparison(await part.compare(actor, params.prompt_id, query.from_id, query.to_id))),
      { rank: 'user', query: t.Object({ from_id: Id, to_id: Id }) },
    )
    .get(
      '/history/:history_id',
      async ({ actor, params }) => json(row(await part.get(actor, params.prompt_id, params.history_id))),
      { rank: 'user' },
    )
    .delete(
      '/history/:history_id',
      ({ actor, params }) => done(part.remove(actor, params.prompt_id, params.history_id)),
      { rank: 'user' },
    )
}

const presentComparison = ({ from, to, lines, lineEndingsOnly, nameChanged }: PromptComparison) => ({
  from_id: from.id,
  to_id: to.id,
  from_snapshot: from.snapshot,
  to_snapshot: to.snapshot,
  content_diff: lines,
  line_endings_only: lineEndingsOnly,
  name_changed: nameChanged,
})
