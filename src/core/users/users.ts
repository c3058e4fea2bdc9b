/** People as others find them: by id, by name, by search. */
import type { AccountContext } from '../accounts/context.ts'
import type { Users } from '../core.ts'
import { hasScope, isAdmin, requireScope } from '../permissions/scopes.ts'

const MAX_PAGE = 200
/** Open WebUI's administration shows everybody on one page. */
const MAX_PAGE_ADMIN = 10_000
const DEFAULT_PAGE = 50
const MAX_QUERY_CHARS = 100

export function createUsers(ctx: AccountContext): Users {
  const read = () => ctx.deps.store.read.users
  return {
    byId: (id) => ctx.users.byId(id),
    byIds: (ids) => ctx.users.byIds(ids),
    async byUsername(username) {
      await ctx.ready()
      return read().byUsername(username.trim().replace(/^@/, '').toLowerCase())
    },
    byEmail: (email) => read().byEmail(email.trim().toLowerCase()),
    async search(actor, query) {
      if (!hasScope(actor, 'rooms:read')) requireScope(actor, 'account:read')
      // Who is in a room, or is not, is only for those who may see that room.
      for (const roomId of [query.roomId, query.notInRoomId])
        if (roomId) await ctx.core.rooms.get(actor, roomId)
      if (query.teamId) await ctx.core.teams.byId(actor, query.teamId)
      return read().search({
        q: query.q?.trim().replace(/^@/, '').slice(0, MAX_QUERY_CHARS) || null,
        withEmail: isAdmin(actor),
        teamId: query.teamId ?? null,
        roomId: query.roomId ?? null,
        notInRoomId: query.notInRoomId ?? null,
        role: query.role ?? null,
        includeInactive: query.includeInactive ?? false,
        peopleOnly: query.peopleOnly ?? false,
        sort: query.sort ?? 'username',
        ascending: query.ascending ?? null,
        byGroupId: query.byGroupId ?? null,
        offset: Math.max(0, Math.trunc(query.offset ?? 0)),
        limit: Math.min(
          isAdmin(actor) ? MAX_PAGE_ADMIN : MAX_PAGE,
          Math.max(1, Math.trunc(query.limit ?? DEFAULT_PAGE)),
        ),
      })
    },
    count: () => read().counts(),
  }
}
