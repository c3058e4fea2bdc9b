/**
 * Questions that only Mattermost's screens ask, many at once: who is in a direct room, who takes part
 * in these threads, what was quoted. Reads only; callers show nothing but what they already may see.
 */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import type { RoomListQuery } from '../mattermost-repositories.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { FileStore } from '../ports.ts'
import type { RoomWithMember } from '../rooms/repositories.ts'
import { LruMap } from '../support/lru.ts'
import type { Actor, Message, Room, Team, TeamMember, Uuid } from '../types.ts'

const PARTICIPANTS_MAX = 20
const PEERS_KEPT = 50_000
/** The setting that register.ts goes by. */
export const SIGNUP_KEY = 'hubbub.enable_signup'

export interface ThreadGlance {
  following: boolean
  participants: Uuid[]
}

export interface Lookups {
  /** People of direct and group rooms, which never change. */
  peers(room: Room): Promise<Uuid[]>
  /** As peers, when known already. */
  peersNow(roomId: Uuid): Uuid[] | null
  threadGlances(userId: Uuid, rootIds: readonly Uuid[]): Promise<Map<Uuid, ThreadGlance>>
  /** For events of rooms that the receiver is in. */
  message(id: Uuid): Promise<Message | null>
  messages(ids: readonly Uuid[]): Promise<Message[]>
  /** For events: where a message that is pointed at stands. */
  room(id: Uuid): Promise<Room | null>
  /** For events of teams that the receiver is in. */
  team(id: Uuid): Promise<Team | null>
  teamMember(teamId: Uuid, userId: Uuid): Promise<TeamMember | null>
  /** Teams of this person that all the others are in too. */
  commonTeams(userId: Uuid, others: readonly Uuid[]): Promise<Team[]>
  fileCount(roomId: Uuid): Promise<number>
  /** Whether anybody may make an account, the first one aside. */
  signupOpen(): boolean
  /** From the table itself: the settings in memory follow their event a moment later. */
  storedSetting(key: string): Promise<unknown>
  /** The picture of somebody; everybody may see it. */
  avatar(key: string): ReturnType<FileStore['get']>
  /** Rooms of somebody else, for administrators. */
  roomsOf(actor: Actor, userId: Uuid, teamId?: Uuid): Promise<RoomWithMember[]>
  /** Named rooms of the whole server, for administrators. */
  allRooms(actor: Actor, query: RoomListQuery): Promise<{ rooms: Room[]; total: number }>
}

export function createLookups(deps: CoreDeps, core: Core): Lookups {
  const { read } = deps.store
  const known = new LruMap<Uuid, Uuid[]>(PEERS_KEPT)

  return {
    async peers(room) {
      const kept = known.get(room.id)
      if (kept) return kept
      const userIds = await read.members.userIds(room.id, 8)
      if (userIds.length > 0) known.set(room.id, userIds)
      return userIds
    },
    peersNow: (roomId) => known.get(roomId) ?? null,
    async threadGlances(userId, rootIds) {
      const out = new Map<Uuid, ThreadGlance>()
      if (rootIds.length === 0) return out
      const [participants, followers] = await Promise.all([
        read.threads.participants(rootIds, PARTICIPANTS_MAX),
        Promise.all(rootIds.map((rootId) => read.threads.get(rootId, userId))),
      ])
      rootIds.forEach((rootId, index) => {
        const following = followers[index]?.following ?? false
        out.set(rootId, { following, participants: participants.get(rootId) ?? [] })
      })
      return out
    },
    message: (id) => read.messages.get(id),
    messages: async (ids) => (ids.length === 0 ? [] : read.messages.getMany(ids)),
    room: (id) => read.rooms.get(id),
    team: (id) => read.teams.byId(id),
    teamMember: (teamId, userId) => read.teams.member(teamId, userId),
    avatar: (key) => deps.files.get(key),
    async commonTeams(userId, others) {
      const out: Team[] = []
      for (const team of await read.teams.forUser(userId)) {
        const members = await Promise.all(others.map((id) => read.teams.member(team.id, id)))
        if (members.every((one) => one !== null && one.deletedAt === null)) out.push(team)
      }
      return out
    },
    signupOpen: () => core.settings.get<unknown>(SIGNUP_KEY, deps.settings.signupEnabled) !== false,
    storedSetting: async (key) => (await read.settings.all()).values[key],
    fileCount: (roomId) => read.roomLists.fileCount(roomId),
    async roomsOf(actor, userId, teamId) {
      requireAdmin(actor)
      return read.rooms.forUser(userId, { deletedSince: 0, ...(teamId ? { teamId } : {}) })
    },
    async allRooms(actor, query) {
      requireAdmin(actor)
      const { ids, total } = await read.roomLists.find(query)
      const rooms = new Map((await read.rooms.getMany(ids)).map((room) => [room.id, room]))
      return { rooms: ids.flatMap((id) => rooms.get(id) ?? []), total }
    },
  }
}
