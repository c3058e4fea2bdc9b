/** The repositories that only Mattermost's nouns need, over one connection. */
import type { MattermostRepositories } from '../../../core/mattermost-repositories.ts'
import type { Conn } from '../../conn.ts'
import { categoryRepository } from './categories.ts'
import { commandRepository } from './commands.ts'
import { customEmojiRepository } from './custom-emoji.ts'
import { draftRepository } from './drafts.ts'
import { incomingHookRepository, outgoingHookRepository } from './hooks.ts'
import { reminderRepository } from './reminders.ts'
import { roomListRepository } from './room-lists.ts'
import { uploadRepository } from './uploads.ts'

export function mattermostRepositories(conn: Conn): MattermostRepositories {
  return {
    categories: categoryRepository(conn),
    drafts: draftRepository(conn),
    incomingHooks: incomingHookRepository(conn),
    outgoingHooks: outgoingHookRepository(conn),
    commands: commandRepository(conn),
    reminders: reminderRepository(conn),
    uploads: uploadRepository(conn),
    customEmoji: customEmojiRepository(conn),
    roomLists: roomListRepository(conn),
  }
}
