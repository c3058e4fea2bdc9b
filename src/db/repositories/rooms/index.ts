/** The repositories of rooms and all that happens in them, over one connection. */
import type { RoomRepositories } from '../../../core/rooms/repositories.ts'
import type { Factories } from '../factories.ts'
import { fileRepository } from './files.ts'
import { inviteRepository } from './invites.ts'
import { memberRepository } from './members.ts'
import { messageRepository } from './messages.ts'
import { reactionRepository } from './reactions.ts'
import { reconcileRepository } from './reconcile.ts'
import { roomRepository } from './rooms.ts'
import { pgSearch } from './search-pg.ts'
import { sqliteSearch } from './search-sqlite.ts'
import { teamRepository } from './teams.ts'
import { threadRepository } from './threads.ts'

export const roomRepositories: Factories<RoomRepositories> = {
  teams: teamRepository,
  rooms: roomRepository,
  members: memberRepository,
  messages: messageRepository,
  reactions: reactionRepository,
  threads: threadRepository,
  invites: inviteRepository,
  files: fileRepository,
  search: (conn) => (conn.dialect === 'pg' ? pgSearch(conn) : sqliteSearch(conn)),
  reconcile: reconcileRepository,
}
