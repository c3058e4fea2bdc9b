/** Side bar categories and drafts. */
import { Elysia } from 'elysia'
import type { CategoryInput, CategoryWithRooms } from '../../../core/mattermost/categories.ts'
import type { Uuid } from '../../../core/types.ts'
import { refuse } from '../errors.ts'
import type { Face } from '../face.ts'
import { fromWire, NO_UUID, toWire } from '../ids.ts'
import { presentDraft } from '../present/threads.ts'
import type { Call } from '../wire/call.ts'
import { Fields, type Json } from '../wire/fields.ts'

const BASE = '/users/:user_id/teams/:team_id/channels/categories'
const DRAFTS = '/users/:user_id/channels/:channel_id/drafts'

export const sidebar = (face: Face) =>
  new Elysia({ name: 'mattermost.sidebar' })
    .get(
      BASE,
      face.user(async (call) => {
        const list = await face.mm.categories.list(call.actor, call.selfOrAdmin(), call.id('team_id'))
        return face.json({ categories: list.map(present), order: list.map((one) => wireCategoryId(one.id)) })
      }),
    )
    .post(
      BASE,
      face.user(async (call) => {
        const { id: _, ...input } = inputOf(new Fields({ ...(await call.fields()).all, id: toWire(NO_UUID) }))
        const made = await face.mm.categories.create(
          call.actor,
          call.selfOrAdmin(),
          call.id('team_id'),
          input,
        )
        tell(face, call, 'sidebar_category_created', { category_id: wireCategoryId(made.id) })
        return face.json(present(made))
      }),
    )
    .put(
      BASE,
      face.user(async (call) => {
        const inputs = (await call.list('categories')).map((entry) => inputOf(Fields.of(entry, 'categories')))
        return face.json((await update(face, call, inputs)).map(present))
      }),
    )
    .get(
      `${BASE}/order`,
      face.user(async (call) => {
        const list = await face.mm.categories.list(call.actor, call.selfOrAdmin(), call.id('team_id'))
        return face.json(list.map((one) => wireCategoryId(one.id)))
      }),
    )
    .put(
      `${BASE}/order`,
      face.user(async (call) => {
        const ids = (await call.list('order')).map((id) => coreCategoryId(typeof id === 'string' ? id : ''))
        const order = await face.mm.categories.setOrder(
          call.actor,
          call.selfOrAdmin(),
          call.id('team_id'),
          ids,
        )
        tell(face, call, 'sidebar_category_order_updated', { order: order.map(wireCategoryId) })
        return face.json(order.map(wireCategoryId))
      }),
    )
    .get(
      `${BASE}/:category_id`,
      face.user(async (call) => face.json(present(await find(face, call)))),
    )
    .put(
      `${BASE}/:category_id`,
      face.user(async (call) => {
        const sent = await call.fields()
        const [after] = await update(face, call, [
          inputOf(new Fields({ ...sent.all, id: call.param('category_id') })),
        ])
        if (!after)
          throw refuse.notFound('app.channel.sidebar_categories.app_error', 'There is no such category.')
        return face.json(present(after))
      }),
    )
    .delete(
      `${BASE}/:category_id`,
      face.user(async (call) => {
        const id = coreCategoryId(call.param('category_id'))
        await face.mm.categories.remove(call.actor, call.selfOrAdmin(), call.id('team_id'), id)
        tell(face, call, 'sidebar_category_deleted', { category_id: wireCategoryId(id) })
        return face.ok()
      }),
    )
    .get(
      '/users/:user_id/teams/:team_id/drafts',
      face.user((call) => drafts(face, call)),
    )
    .post(
      '/drafts',
      face.user((call) => saveDraft(face, call)),
    )
    .delete(
      DRAFTS,
      face.user((call) => removeDraft(face, call, null)),
    )
    .delete(
      `${DRAFTS}/:thread_id`,
      face.user((call) => removeDraft(face, call, call.id('thread_id'))),
    )

function present(category: CategoryWithRooms): Json {
  return {
    id: wireCategoryId(category.id),
    user_id: toWire(category.userId),
    team_id: toWire(category.teamId),
    sort_order: category.sortOrder,
    sorting: category.sorting,
    type: category.kind,
    display_name: category.displayName,
    muted: category.muted,
    collapsed: category.collapsed,
    channel_ids: category.roomIds.map(toWire),
  }
}

/** `favorites_<user>_<team>` and its like carry two ids; the others are ids. */
function wireCategoryId(id: string): string {
  const [, kind, user, team] = /^([a-z_]+)_([0-9a-f-]{36})_([0-9a-f-]{36})$/.exec(id) ?? []
  return kind && user && team ? `${kind}_${toWire(user)}_${toWire(team)}` : toWire(id)
}

function coreCategoryId(wire: string): string {
  const [, kind, user, team] = /^([a-z_]+)_([a-z0-9]{26})_([a-z0-9]{26})$/.exec(wire) ?? []
  if (kind && user && team) return `${kind}_${fromWire(user)}_${fromWire(team)}`
  const id = fromWire(wire)
  if (id === null) throw refuse.urlParam('category_id')
  return id
}

function inputOf(body: Fields): CategoryInput {
  const sorting = body.optional('sorting')
  const displayName = body.optional('display_name')
  const muted = body.optionalFlag('muted')
  const collapsed = body.optionalFlag('collapsed')
  return {
    id: coreCategoryId(body.text('id')),
    ...(displayName === undefined ? {} : { displayName }),
    ...(sorting === 'manual' || sorting === 'recent' || sorting === 'alpha' || sorting === ''
      ? { sorting }
      : {}),
    ...(muted === undefined ? {} : { muted }),
    ...(collapsed === undefined ? {} : { collapsed }),
    ...(body.has('channel_ids') ? { roomIds: body.ids('channel_ids') } : {}),
  }
}

async function update(face: Face, call: Call, inputs: CategoryInput[]): Promise<CategoryWithRooms[]> {
  const after = await face.mm.categories.update(call.actor, call.selfOrAdmin(), call.id('team_id'), inputs)
  tell(face, call, 'sidebar_category_updated', { updatedCategories: after.map(present) })
  return after
}

async function find(face: Face, call: Call): Promise<CategoryWithRooms> {
  const id = coreCategoryId(call.param('category_id'))
  return face.mm.categories.get(call.actor, call.selfOrAdmin(), call.id('team_id'), id)
}

/** To the person's own clients; the frame carries the team, since clients filter by it. */
function tell(face: Face, call: Call, name: string, data: Json): void {
  face.mm.signals.send(name, { users: [call.userId()] }, { teamId: call.id('team_id'), data })
}

async function drafts(face: Face, call: Call): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  const rooms = await face.core.rooms.mine(call.actor, { teamId: call.id('team_id') })
  const inside = new Set(rooms.map((view) => view.room.id))
  const list = (await face.mm.drafts.list(call.actor)).filter((draft) => inside.has(draft.roomId))
  const out: Json[] = []
  for (const draft of list) {
    const found = await Promise.all(
      draft.fileIds.map((id) => face.core.files.get(call.actor, id).catch(() => null)),
    )
    out.push(
      presentDraft(
        draft,
        found.filter((file) => file !== null),
      ),
    )
  }
  return face.json(out)
}

async function saveDraft(face: Face, call: Call): Promise<Response> {
  const body = await call.fields()
  const connectionId = call.header('connection-id') ?? ''
  const draft = await face.mm.drafts.save(call.actor, {
    roomId: body.id('channel_id'),
    rootId: body.idOrNull('root_id'),
    message: body.textOr('message'),
    props: body.record('props') ?? {},
    fileIds: body.ids('file_ids'),
    connectionId,
  })
  return face.json(presentDraft(draft), 201)
}

async function removeDraft(face: Face, call: Call, rootId: Uuid | null): Promise<Response> {
  if (call.userId() !== call.me) throw refuse.permission()
  await face.mm.drafts.remove(call.actor, call.id('channel_id'), rootId, call.header('connection-id') ?? '')
  return face.ok()
}
