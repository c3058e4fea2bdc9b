/** The repositories about people and settings, over one connection. */
import type { AccountRepositories } from '../../../core/accounts/repositories.ts'
import type { Factories } from '../factories.ts'
import { apiKeyRepository } from './api-keys.ts'
import { auditRepository } from './audit.ts'
import { credentialRepository } from './credentials.ts'
import { mailTokenRepository } from './mail-tokens.ts'
import { nostrRepository } from './nostr.ts'
import { preferenceRepository } from './preferences.ts'
import { sessionRepository } from './sessions.ts'
import { settingRepository } from './settings.ts'
import { statusRepository } from './statuses.ts'
import { userRepository } from './users.ts'

export const accountRepositories: Factories<AccountRepositories> = {
  users: userRepository,
  credentials: credentialRepository,
  sessions: sessionRepository,
  apiKeys: apiKeyRepository,
  nostr: nostrRepository,
  mailTokens: mailTokenRepository,
  preferences: preferenceRepository,
  settings: settingRepository,
  audit: auditRepository,
  statuses: statusRepository,
}
