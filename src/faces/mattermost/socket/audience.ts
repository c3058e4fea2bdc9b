/** Hands finished frames to the connections they are for. */
import type { Uuid } from '../../../core/types.ts'
import type { Connection, SharedFrame } from './connection.ts'
import type { Registry } from './registry.ts'

export class Audience {
  readonly #registry: Registry

  constructor(registry: Registry) {
    this.#registry = registry
  }

  toUser(userId: Uuid, frame: () => SharedFrame, omitConnection = ''): void {
    if (this.#registry.hasUser(userId)) each(this.#registry.ofUser(userId), frame(), omitConnection)
  }

  toRoom(roomId: Uuid, frame: () => SharedFrame, omitUser: Uuid | null = null): void {
    if (!this.#registry.hasRoom(roomId)) return
    const text = frame()
    for (const connection of this.#registry.inRoom(roomId)) {
      if (omitUser === null || connection.userId !== omitUser) connection.deliver(text)
    }
  }

  /** Typing and reactions: only who looks at the room, or has not said what they look at. */
  toLookers(
    roomId: Uuid,
    frame: () => SharedFrame,
    options: { passing: boolean; omitUser: Uuid | null },
  ): void {
    if (!this.#registry.hasRoom(roomId)) return
    const text = frame()
    for (const connection of this.#registry.inRoom(roomId)) {
      if (connection.userId === options.omitUser || !looksAt(connection, roomId)) continue
      if (options.passing) connection.deliverPassing(text)
      else connection.deliver(text)
    }
  }

  toTeam(teamId: Uuid, frame: () => SharedFrame, omitUser: Uuid | null = null): void {
    const text = frame()
    for (const connection of this.#registry.inTeam(teamId)) {
      if (connection.userId !== omitUser) connection.deliver(text)
    }
  }

  toAll(frame: () => SharedFrame): void {
    each(this.#registry.all(), frame())
  }

  /** One text for administrators and one for everybody else. */
  byRank(connections: Iterable<Connection>, admins: SharedFrame, others: SharedFrame): void {
    for (const connection of connections) {
      connection.deliver(connection.actor?.user.role === 'admin' ? admins : others)
    }
  }
}

function each(connections: Iterable<Connection>, frame: SharedFrame, omitConnection = ''): void {
  for (const connection of connections) {
    if (omitConnection === '' || connection.id !== omitConnection) connection.deliver(frame)
  }
}

function looksAt(connection: Connection, roomId: Uuid): boolean {
  const { channelId, threadChannelId } = connection.focus
  return channelId === null || channelId === roomId || threadChannelId === roomId
}
