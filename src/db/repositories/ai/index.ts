/** Repositories of core/ai over one connection. */
import type { AiRepositories } from '../../../core/ai/repositories.ts'
import type { Conn } from '../../conn.ts'
import { runRepository } from './runs.ts'
import { usageRepository } from './usage.ts'

export function aiRepositories(conn: Conn): AiRepositories {
  return { runs: runRepository(conn), usage: usageRepository(conn) }
}
