/** All repositories that one connection (a reader, or a unit of work) offers, grouped by who declares them. */
import type { AccountRepositories } from './accounts/repositories.ts'
import type { AiRepositories } from './ai/repositories.ts'
import type { ChatRepositories } from './chats/repositories.ts'
import type { MattermostRepositories } from './mattermost-repositories.ts'
import type { RetrievalRepositories } from './retrieval/repositories.ts'
import type { RoomRepositories } from './rooms/repositories.ts'

export interface Repositories
  extends
    AccountRepositories,
    RoomRepositories,
    AiRepositories,
    ChatRepositories,
    MattermostRepositories,
    RetrievalRepositories {}
