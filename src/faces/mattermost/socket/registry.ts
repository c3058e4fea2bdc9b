/** All Mattermost connections of this node, found by person, room, team and id; forgets those that stay away. */
import type { Uuid } from '../../../core/types.ts'
import { type Connection, RESUME_MS } from './connection.ts'

/** Lost lines of one person that may still come back. */
const AWAY_MAX = 20

type Index = Map<string, Set<Connection>>

export class Registry {
  readonly #byId = new Map<string, Connection>()
  readonly #byUser: Index = new Map()
  readonly #byRoom: Index = new Map()
  readonly #byTeam: Index = new Map()

  get size(): number {
    return this.#byId.size
  }

  all(): Iterable<Connection> {
    return this.#byId.values()
  }

  byId(id: string): Connection | null {
    return this.#byId.get(id) ?? null
  }

  ofUser(userId: Uuid): Iterable<Connection> {
    return this.#byUser.get(userId) ?? []
  }

  inRoom(roomId: Uuid): Iterable<Connection> {
    return this.#byRoom.get(roomId) ?? []
  }

  inTeam(teamId: Uuid): Iterable<Connection> {
    return this.#byTeam.get(teamId) ?? []
  }

  hasUser(userId: Uuid): boolean {
    return this.#byUser.has(userId)
  }

  hasRoom(roomId: Uuid): boolean {
    return this.#byRoom.has(roomId)
  }

  users(): Iterable<Uuid> {
    return this.#byUser.keys()
  }

  add(connection: Connection): void {
    const userId = connection.userId
    if (!userId) throw new Error('Only a connection of a known person is registered.')
    this.#byId.set(connection.id, connection)
    insert(this.#byUser, userId, connection)
    this.#forgetSurplus(userId)
  }

  /** Each lost line is remembered for minutes: whoever connects again and again has only the newest kept. */
  #forgetSurplus(userId: Uuid): void {
    const away = [...(this.#byUser.get(userId) ?? [])].filter(({ attached }) => !attached)
    for (const connection of away.slice(0, -AWAY_MAX)) this.remove(connection)
  }

  remove(connection: Connection): void {
    this.#byId.delete(connection.id)
    if (connection.userId) erase(this.#byUser, connection.userId, connection)
    for (const roomId of connection.rooms) erase(this.#byRoom, roomId, connection)
    for (const teamId of connection.teams) erase(this.#byTeam, teamId, connection)
    connection.rooms.clear()
    connection.teams.clear()
  }

  joinRoom(connection: Connection, roomId: Uuid): void {
    connection.rooms.add(roomId)
    insert(this.#byRoom, roomId, connection)
  }

  leaveRoom(connection: Connection, roomId: Uuid): void {
    connection.rooms.delete(roomId)
    erase(this.#byRoom, roomId, connection)
  }

  joinTeam(connection: Connection, teamId: Uuid): void {
    connection.teams.add(teamId)
    insert(this.#byTeam, teamId, connection)
  }

  leaveTeam(connection: Connection, teamId: Uuid): void {
    connection.teams.delete(teamId)
    erase(this.#byTeam, teamId, connection)
  }

  /** Drops connections that have been away for too long, or missed too much. */
  sweep(now: number): void {
    for (const connection of this.#byId.values()) {
      const gone = connection.lostAt !== null && now - connection.lostAt > RESUME_MS
      if (gone || (connection.overflown && !connection.attached)) this.remove(connection)
    }
  }
}

function insert(index: Index, key: string, connection: Connection): void {
  const set = index.get(key)
  if (set) set.add(connection)
  else index.set(key, new Set([connection]))
}

function erase(index: Index, key: string, connection: Connection): void {
  const set = index.get(key)
  if (!set) return
  set.delete(connection)
  if (set.size === 0) index.delete(key)
}
