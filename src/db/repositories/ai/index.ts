/** Repositories of core/ai over one connection. */
import type { AiRepositories } from '../../../core/ai/repositories.ts'
import type { Factories } from '../factories.ts'
import { runRepository } from './runs.ts'
import { usageRepository } from './usage.ts'

export const aiRepositories: Factories<AiRepositories> = { runs: runRepository, usage: usageRepository }
