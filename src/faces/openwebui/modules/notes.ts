/** Notes. What several people type at once comes over the socket (socket/documents.ts). */
import { Elysia, t } from 'elysia'
import { isJson, jsonOf } from '../../../core/chats/context.ts'
import type { NoteInput } from '../../../core/notes/notes.ts'
import { openwebuiAuth } from '../auth.ts'
import { detail } from '../errors.ts'
import { arrangementOf, dict, form, maybe, maybeText } from '../forms.ts'
import { done, json } from '../json.ts'
import type { FaceContext } from '../module.ts'
import { presentChat } from '../present/chats.ts'
import { presentNote, presentNoteRow } from '../present/workspace.ts'
import { owner } from './models.ts'
import type { Actor } from '../../../core/types.ts'

const NoteForm = form({
  title: t.String(),
  data: maybe(dict),
  meta: maybe(dict),
  access_grants: maybe(t.Array(t.Unknown())),
})

const NoteUpdate = form({
  title: maybeText,
  data: maybe(dict),
  meta: maybe(dict),
  access_grants: maybe(t.Array(t.Unknown())),
})

function inputOf(body: typeof NoteUpdate.static): NoteInput {
  return {
    ...(body.title === undefined || body.title === null ? {} : { title: body.title }),
    data: body.data,
    meta: body.meta,
    ...(body.access_grants ? { grants: body.access_grants } : {}),
  }
}

export const notes = (face: FaceContext) => {
  const { core } = face
  const mayNotes = (): void => {
    if (!face.setting('notes.enable')) throw detail.forbidden()
  }
  return new Elysia({ name: 'openwebui.notes', prefix: '/api/v1/notes' })
    .use(openwebuiAuth(core))
    .get(
      '/pinned',
      async ({ actor }) => {
        mayNotes()
        return json((await core.notes.pinned(actor)).map((note) => presentNoteRow(note, true)))
      },
      { rank: 'user' },
    )
    .get(
      '/:id/chat',
      async ({ actor, params }) => {
        mayNotes()
        return json(presentChat(await core.noteChats.open(actor, params.id)))
      },
      { rank: 'user' },
    )
    .post(
      '/:id/chat',
      async ({ actor, params }) => {
        mayNotes()
        return json(presentChat(await core.noteChats.create(actor, params.id)))
      },
      { rank: 'user' },
    )
    .get(
      '/:id/chats',
      async ({ actor, params }) => {
        mayNotes()
        return json((await core.noteChats.list(actor, params.id)).map(presentChat))
      },
      { rank: 'user' },
    )
    .get('/', async ({ actor }) => json((await search(face, actor, {})).items), { rank: 'user' })
    .get('/search', async ({ actor, query }) => json(await search(face, actor, query)), { rank: 'user' })
    .post(
      '/create',
      async ({ actor, body }) => json(presentNote(await core.notes.create(actor, inputOf(body)))),
      {
        rank: 'user',
        body: NoteForm,
      },
    )
    .get('/:id', async ({ actor, params }) => json(presentNote(await core.notes.get(actor, params.id))), {
      rank: 'user',
    })
    .post(
      '/:id/update',
      async ({ actor, params, body }) =>
        json(presentNote(await core.notes.update(actor, params.id, inputOf(body)))),
      { rank: 'user', body: NoteUpdate },
    )
    .post(
      '/:id/access/update',
      async ({ actor, params, body }) =>
        json(presentNote(await core.notes.update(actor, params.id, { grants: body.access_grants }))),
      { rank: 'user', body: form({ access_grants: t.Array(t.Unknown()) }) },
    )
    .post(
      '/:id/pin',
      async ({ actor, params }) => json(presentNote(await core.notes.togglePinned(actor, params.id))),
      {
        rank: 'user',
      },
    )
    .delete('/:id/delete', ({ actor, params }) => done(core.notes.remove(actor, params.id)), { rank: 'user' })
}

async function search(face: FaceContext, actor: Actor, query: Record<string, string | undefined>) {
  const page = query['page'] === undefined ? null : Number(query['page'])
  const found = await face.core.notes.search(actor, {
    q: query['query'] ?? '',
    page,
    arrangement: arrangementOf(query),
  })
  const items = await Promise.all(
    found.items.map(async (note) => ({
      ...presentNoteRow(note, found.pinned.has(note.id)),
      data: beginningOf(note.data),
      access_grants: [],
      user: await owner(face, note.userId),
    })),
  )
  return { items, total: found.total }
}

const LISTED_CHARS = 1_000

/** A list shows how a note begins. */
function beginningOf(data: unknown): unknown {
  if (!isJson(data)) return data
  const md = jsonOf(data['content'])['md']
  return { content: { md: typeof md === 'string' ? md.slice(0, LISTED_CHARS) : '' } }
}
