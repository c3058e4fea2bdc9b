/**
 * The two public rooms that every team has where Mattermost is used. They are made, and people put into
 * them, when somebody comes by Mattermost: people of other faces are not bothered with them.
 */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { AppFault } from '../faults.ts'
import type { Actor, Room, Uuid } from '../types.ts'
import { actorFor } from './hooks.ts'

export const TOWN_SQUARE = 'town-square'
const DEFAULTS = [
  { slug: TOWN_SQUARE, name: 'Town Square' },
  { slug: 'off-topic', name: 'Off-Topic' },
]
const KNOWN_MAX = 100_000

export interface DefaultRooms {
  /** Makes sure of both rooms in each team of this person, or in one of them. */
  enter(actor: Actor, teamId?: Uuid): Promise<void>
  /** As enter, for somebody who was just put into a team. */
  enterFor(userId: Uuid, teamId: Uuid): Promise<void>
}

export function createDefaultRooms(deps: CoreDeps, core: Core): DefaultRooms {
  const { read } = deps.store
  /** Who is known to be inside: `<user> <team>`. */
  const inside = new Set<string>()

  async function roomOf(actor: Actor, teamId: Uuid, slug: string, name: string): Promise<Room> {
    const known = await read.rooms.bySlug(teamId, slug)
    if (known) return known
    try {
      return await core.rooms.create(actor, { kind: 'public', teamId, slug, name })
    } catch (error) {
      // Two who come first at once: one of them makes it.
      const theirs = error instanceof AppFault ? await read.rooms.bySlug(teamId, slug) : null
      if (!theirs) throw error
      return theirs
    }
  }

  async function enterTeam(actor: Actor, teamId: Uuid): Promise<void> {
    const key = `${actor.user.id} ${teamId}`
    if (inside.has(key)) return
    const square = await roomOf(actor, teamId, TOWN_SQUARE, 'Town Square')
    // Nobody leaves the first room, so who is not in it is new; the second may have been left on purpose.
    if (!(await read.members.get(square.id, actor.user.id))) {
      await core.rooms.join(actor, square.id)
      for (const { slug, name } of DEFAULTS.slice(1)) {
        const room = await roomOf(actor, teamId, slug, name)
        if (room.deletedAt === null) await core.rooms.join(actor, room.id)
      }
    } else {
      for (const { slug, name } of DEFAULTS.slice(1)) await roomOf(actor, teamId, slug, name)
    }
    if (inside.size > KNOWN_MAX) inside.clear()
    inside.add(key)
  }

  return {
    async enter(actor, teamId) {
      if (teamId) return enterTeam(actor, teamId)
      for (const member of await core.teams.membershipsOf(actor, actor.user.id)) {
        if (member.deletedAt === null) await enterTeam(actor, member.teamId)
      }
    },
    async enterFor(userId, teamId) {
      const user = await core.users.byId(userId)
      inside.delete(`${userId} ${teamId}`)
      if (user) await enterTeam(actorFor(user), teamId)
    },
  }
}
