/**
 * May this person ask a model now? Questions a minute count together with those in rooms; tokens a day are
 * those of their chats and of rooms. What runs under way will cost is not known, so a burst may overshoot.
 */
import { fault } from '../faults.ts'
import type { Actor } from '../types.ts'
import type { OpenwebuiContext } from './context.ts'
import { tokensOf } from './statistics.ts'

export function createAdmission(context: OpenwebuiContext) {
  const { deps, core, read } = context

  async function limitQuestions(userId: string): Promise<void> {
    const { aiPerMinute } = deps.settings
    if (typeof aiPerMinute !== 'number') return
    const waitS = await deps.limiter.hit(`ai:${userId}`, aiPerMinute, 60)
    if (waitS === 0) return
    const text = `That is more than ${aiPerMinute} questions to the AI in a minute. Ask again in ${waitS} seconds.`
    throw fault.rateLimited('ai.too_many', text, waitS)
  }

  async function limitTokens(actor: Actor): Promise<void> {
    const limit = core.settings.get<number | null>('hubbub.max_tokens_per_day', deps.settings.aiTokensPerDay)
    if (limit === null) return
    const { seconds, ms } = context.now()
    const fromDay = new Date(ms).toISOString().slice(0, 10)
    const dayStart = seconds - (seconds % DAY_S)
    const [chats, rooms] = await Promise.all([
      read.chatMessages.pick(['usage'], {
        where: { userId: actor.user.id, role: 'assistant', createdAt: { gt: dayStart - 1 } },
      }),
      core.ai.usage(actor, { fromDay, userId: actor.user.id }),
    ])
    const used =
      chats.reduce((sum, row) => sum + tokensOf(row).sum, 0) +
      rooms.reduce((sum, row) => sum + row.totalTokens, 0)
    if (used < limit) return
    const text = `Your ${limit} tokens for today are used up. They count again from midnight (UTC).`
    throw fault.rateLimited('ai.budget_spent', text, DAY_S - (seconds % DAY_S))
  }

  /** Throws `ai.too_many` or `ai.budget_spent` with the seconds to wait. */
  return async (actor: Actor): Promise<void> => {
    await limitQuestions(actor.user.id)
    await limitTokens(actor)
  }
}

const DAY_S = 86_400
