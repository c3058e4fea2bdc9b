/** The repositories that only Mattermost's nouns need, over one connection. */
import type { MattermostRepositories } from '../../../core/mattermost-repositories.ts'
import type { Factories } from '../factories.ts'
import { categoryRepository } from './categories.ts'
import { commandRepository } from './commands.ts'
import { customEmojiRepository } from './custom-emoji.ts'
import { draftRepository } from './drafts.ts'
import { incomingHookRepository, outgoingHookRepository } from './hooks.ts'
import { keywordRepository } from './keywords.ts'
import { reminderRepository } from './reminders.ts'
import { roomListRepository } from './room-lists.ts'
import { uploadRepository } from './uploads.ts'

export const mattermostRepositories: Factories<MattermostRepositories> = {
  categories: categoryRepository,
  drafts: draftRepository,
  incomingHooks: incomingHookRepository,
  outgoingHooks: outgoingHookRepository,
  commands: commandRepository,
  reminders: reminderRepository,
  uploads: uploadRepository,
  customEmoji: customEmojiRepository,
  roomLists: roomListRepository,
  keywords: keywordRepository,
}
