/**
 * Groups of rooms in a person's side bar. Three always are, made when first asked for; every room a
 * person is in stands in exactly one of a team's groups. What is a favourite, the membership says.
 */
import type { Core, RoomView } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { Category, CategoryKind } from '../mattermost-repositories.ts'
import { requireSelfOrAdmin } from '../permissions/scopes.ts'
import type { Actor, Uuid } from '../types.ts'

const MAX_CUSTOM = 100
const MAX_NAME_CHARS = 64

export interface CategoryWithRooms extends Category {
  roomIds: Uuid[]
}

export interface CategoryInput {
  id: string
  displayName?: string
  sorting?: Category['sorting']
  muted?: boolean
  collapsed?: boolean
  roomIds?: Uuid[]
}

export interface Categories {
  /** In order; defaults are made when missing. */
  list(actor: Actor, userId: Uuid, teamId: Uuid): Promise<CategoryWithRooms[]>
  get(actor: Actor, userId: Uuid, teamId: Uuid, id: string): Promise<CategoryWithRooms>
  create(
    actor: Actor,
    userId: Uuid,
    teamId: Uuid,
    input: Omit<CategoryInput, 'id'>,
  ): Promise<CategoryWithRooms>
  update(actor: Actor, userId: Uuid, teamId: Uuid, inputs: CategoryInput[]): Promise<CategoryWithRooms[]>
  setOrder(actor: Actor, userId: Uuid, teamId: Uuid, ids: string[]): Promise<string[]>
  remove(actor: Actor, userId: Uuid, teamId: Uuid, id: string): Promise<void>
}

export const defaultCategoryId = (kind: CategoryKind, userId: Uuid, teamId: Uuid): string =>
  `${kind}_${userId}_${teamId}`

export function createCategories(deps: CoreDeps, core: Core): Categories {
  const { store } = deps

  async function list(actor: Actor, userId: Uuid, teamId: Uuid): Promise<CategoryWithRooms[]> {
    requireSelfOrAdmin(actor, userId, 'account:read')
    const categories = await ensured(userId, teamId)
    const [rooms, places] = await Promise.all([
      roomsOf(actor, userId, teamId),
      store.read.categories.places(userId),
    ])
    return placed(categories, rooms, places)
  }

  async function ensured(userId: Uuid, teamId: Uuid): Promise<Category[]> {
    const found = await store.read.categories.list(userId, teamId)
    const missing = defaults(userId, teamId).filter((one) => !found.some((other) => other.id === one.id))
    if (missing.length === 0) return inOrder(found)
    await store.tx(async (repos) => {
      for (const category of missing) await repos.categories.put(category)
    })
    return inOrder([...found, ...missing])
  }

  async function roomsOf(actor: Actor, userId: Uuid, teamId: Uuid): Promise<RoomView[]> {
    if (actor.user.id === userId) return core.rooms.mine(actor, { teamId })
    return store.read.rooms.forUser(userId, { teamId })
  }

  async function find(actor: Actor, userId: Uuid, teamId: Uuid, id: string): Promise<CategoryWithRooms> {
    const all = await list(actor, userId, teamId)
    const found = all.find((one) => one.id === id)
    if (!found) throw fault.notFound('category.not_found', 'There is no such category.')
    return found
  }

  async function update(
    actor: Actor,
    userId: Uuid,
    teamId: Uuid,
    inputs: CategoryInput[],
  ): Promise<CategoryWithRooms[]> {
    requireSelfOrAdmin(actor, userId, 'account:write')
    const before = await list(actor, userId, teamId)
    const mine = new Set(before.flatMap((one) => one.roomIds))
    const others = before.map((one) => one.id)
    const changed = inputs.map((input) => ({ input, category: patched(before, input) }))
    await store.tx(async (repos) => {
      for (const { input, category } of changed) {
        await repos.categories.put(category)
        if (!input.roomIds) continue
        const roomIds = input.roomIds.filter((id) => mine.has(id))
        await repos.categories.setPlaces(category, roomIds, others)
      }
    })
    await followFavourites(actor, before, inputs)
    const after = await list(actor, userId, teamId)
    return after.filter((one) => inputs.some((input) => input.id === one.id))
  }

  /** The membership keeps what is a favourite, so that every face agrees. */
  async function followFavourites(
    actor: Actor,
    before: CategoryWithRooms[],
    inputs: CategoryInput[],
  ): Promise<void> {
    const favourites = before.find((one) => one.kind === 'favorites')
    const was = new Set(favourites?.roomIds)
    for (const input of inputs) {
      const isFavourites = input.id === favourites?.id
      for (const roomId of input.roomIds ?? []) {
        if (was.has(roomId) !== isFavourites) {
          await core.members.updateOwn(actor, roomId, { favourite: isFavourites })
        }
      }
      if (!isFavourites || !input.roomIds) continue
      const kept = new Set(input.roomIds)
      const gone = [...was].filter((id) => !kept.has(id))
      for (const roomId of gone) await core.members.updateOwn(actor, roomId, { favourite: false })
    }
  }

  return {
    list,
    get: find,
    update,
    async create(actor, userId, teamId, input) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      const before = await list(actor, userId, teamId)
      if (before.length >= MAX_CUSTOM)
        throw fault.invalid('category.too_many', 'There are too many categories.')
      const id = deps.ids.next()
      const order = inserted(before, id)
      const blank: Category = {
        id,
        userId,
        teamId,
        kind: 'custom',
        displayName: checkedName(input.displayName ?? ''),
        sorting: input.sorting ?? '',
        sortOrder: order.indexOf(id) * 10,
        muted: input.muted ?? false,
        collapsed: input.collapsed ?? false,
      }
      await store.tx(async (repos) => {
        await repos.categories.put(blank)
        for (const one of before) {
          await repos.categories.put({ ...bare(one), sortOrder: order.indexOf(one.id) * 10 })
        }
      })
      const [created] = await update(actor, userId, teamId, [{ ...input, id }])
      return created ?? { ...blank, roomIds: [] }
    },
    async setOrder(actor, userId, teamId, ids) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      const before = await list(actor, userId, teamId)
      const known = new Set(before.map((one) => one.id))
      if (ids.length !== known.size || !ids.every((id) => known.has(id))) {
        throw fault.invalid('category.bad_order', 'The order must name every category once.')
      }
      await store.tx(async (repos) => {
        for (const one of before) {
          await repos.categories.put({ ...bare(one), sortOrder: ids.indexOf(one.id) * 10 })
        }
      })
      return ids
    },
    async remove(actor, userId, teamId, id) {
      requireSelfOrAdmin(actor, userId, 'account:write')
      const category = await find(actor, userId, teamId, id)
      if (category.kind !== 'custom') throw fault.invalid('category.is_default', 'This category always is.')
      await store.tx((repos) => repos.categories.remove(id))
    },
  }
}

function defaults(userId: Uuid, teamId: Uuid): Category[] {
  const kinds: [CategoryKind, string, Category['sorting']][] = [
    ['favorites', 'Favorites', ''],
    ['channels', 'Channels', ''],
    ['direct_messages', 'Direct Messages', 'recent'],
  ]
  return kinds.map(([kind, displayName, sorting], index) => ({
    id: defaultCategoryId(kind, userId, teamId),
    userId,
    teamId,
    kind,
    displayName,
    sorting,
    sortOrder: index * 10,
    muted: false,
    collapsed: false,
  }))
}

function placed(
  categories: Category[],
  rooms: RoomView[],
  places: { categoryId: string; roomId: Uuid }[],
): CategoryWithRooms[] {
  const own = new Map(categories.map((one) => [one.id, { ...one, roomIds: [] as Uuid[] }]))
  const byKind = (kind: CategoryKind) => [...own.values()].find((one) => one.kind === kind)
  const order = new Map(places.map((place, index) => [`${place.categoryId} ${place.roomId}`, index]))
  const custom = new Map(
    places
      .filter((place) => own.get(place.categoryId)?.kind === 'custom')
      .map((p) => [p.roomId, p.categoryId]),
  )
  for (const { room, member } of rooms) {
    if (room.deletedAt !== null) continue
    const talk = room.kind === 'direct' || room.kind === 'group'
    const chosen = custom.get(room.id)
    const home = member?.favourite
      ? byKind('favorites')
      : ((chosen ? own.get(chosen) : undefined) ?? byKind(talk ? 'direct_messages' : 'channels'))
    home?.roomIds.push(room.id)
  }
  const rank = (category: string, room: Uuid) => order.get(`${category} ${room}`) ?? Number.MAX_SAFE_INTEGER
  for (const one of own.values()) one.roomIds.sort((a, b) => rank(one.id, a) - rank(one.id, b))
  return [...own.values()]
}

/** A new category stands right after the favourites. */
function inserted(before: CategoryWithRooms[], id: string): string[] {
  const ids = before.map((one) => one.id)
  const at = before.findIndex((one) => one.kind === 'favorites') + 1
  return [...ids.slice(0, at), id, ...ids.slice(at)]
}

function patched(before: CategoryWithRooms[], input: CategoryInput): Category {
  const old = before.find((one) => one.id === input.id)
  if (!old) throw fault.notFound('category.not_found', 'There is no such category.')
  const renamed = old.kind === 'custom' && input.displayName !== undefined
  return {
    ...bare(old),
    displayName: renamed ? checkedName(input.displayName!) : old.displayName,
    sorting: input.sorting ?? old.sorting,
    muted: input.muted ?? old.muted,
    collapsed: input.collapsed ?? old.collapsed,
  }
}

function bare({ roomIds: _, ...category }: CategoryWithRooms): Category {
  return category
}

function checkedName(name: string): string {
  const text = name.trim()
  if (text === '' || text.length > MAX_NAME_CHARS) {
    throw fault.invalid('category.bad_name', `A category's name has 1 to ${MAX_NAME_CHARS} characters.`)
  }
  return text
}

function inOrder(categories: Category[]): Category[] {
  return categories.toSorted((a, b) => a.sortOrder - b.sortOrder)
}
