/** The team that always is; made when first asked for, once, however many ask at the same time. */
import { NAMESPACES, uuidV5 } from '../support/uuid.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Team } from '../types.ts'

/** The same on every node, so that two that start at once make one team. */
const firstId = uuidV5('first team', NAMESPACES.name)

/** Per store: the first team cannot be deleted, so what was found once stays true. */
const known = new WeakMap<object, Team>()

export async function ensureFirstTeam(ctx: RoomsContext): Promise<Team> {
  const { store, clock, ids } = ctx.deps
  const cached = known.get(store)
  if (cached) return cached
  const now = clock.now()
  const team =
    (await store.read.teams.first()) ??
    (await store.tx(async (repos) => {
      const fresh: Team = {
        id: firstId,
        slug: 'main',
        displayName: 'Main',
        description: '',
        open: true,
        inviteId: ids.secret(13),
        creatorId: null,
        createdAt: now,
        updatedAt: now,
        deletedAt: null,
      }
      return (await repos.teams.insert(fresh)) ? fresh : repos.teams.first()
    }))
  if (!team) throw new Error('the first team could not be made')
  known.set(store, team)
  return team
}
