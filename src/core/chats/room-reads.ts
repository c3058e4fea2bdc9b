/**
 * Messages that another message names (what it quotes, the root of its thread), for presenting it to
 * people who may read the room anyway. No permission is checked here: the caller has the first message.
 */
import type { CoreDeps } from '../deps.ts'
import type { FileStore } from '../ports.ts'
import type { Message, User, Uuid } from '../types.ts'

export interface RoomReads {
  /** In no particular order; deleted ones are left out. */
  named(ids: readonly Uuid[]): Promise<Message[]>
  /** Whom people are told to turn to. */
  firstAdmin(): Promise<User | null>
  /** Avatars are public to everybody who is signed in. */
  avatar(key: string): ReturnType<FileStore['get']>
}

export function createRoomReads(deps: CoreDeps): RoomReads {
  return {
    named: (ids) => (ids.length === 0 ? Promise.resolve([]) : deps.store.read.messages.getMany(ids)),
    avatar: (key) => deps.files.get(key),
    async firstAdmin() {
      const [id] = await deps.store.read.users.adminIds()
      return id === undefined ? null : deps.store.read.users.byId(id)
    },
  }
}
