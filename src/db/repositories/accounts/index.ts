/** The repositories about people and settings, over one connection. */
import type { AccountRepositories } from '../../../core/accounts/repositories.ts'
import type { Conn } from '../../conn.ts'
import { apiKeyRepository } from './api-keys.ts'
import { auditRepository } from './audit.ts'
import { credentialRepository } from './credentials.ts'
import { nostrRepository } from './nostr.ts'
import { preferenceRepository } from './preferences.ts'
import { sessionRepository } from './sessions.ts'
import { settingRepository } from './settings.ts'
import { statusRepository } from './statuses.ts'
import { userRepository } from './users.ts'

export function accountRepositories(conn: Conn): AccountRepositories {
  return {
    users: userRepository(conn),
    credentials: credentialRepository(conn),
    sessions: sessionRepository(conn),
    apiKeys: apiKeyRepository(conn),
    nostr: nostrRepository(conn),
    preferences: preferenceRepository(conn),
    settings: settingRepository(conn),
    audit: auditRepository(conn),
    statuses: statusRepository(conn),
  }
}
