/** Daily token budgets: asked before a run, added to after it. Days are UTC. */
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import type { Room, Usage, Uuid } from '../types.ts'

export interface Budget {
  used: number
  /** null = no limit. */
  limit: number | null
  per: 'room' | 'user'
}

export const dayOf = (millis: number): string => new Date(millis).toISOString().slice(0, 10)

export class Budgets {
  private readonly deps: CoreDeps
  private readonly serverLimit: () => number | null

  /** `serverLimit`: tokens a person may use in a day over all rooms; null = no limit. */
  constructor(deps: CoreDeps, serverLimit: () => number | null) {
    this.deps = deps
    this.serverLimit = serverLimit
  }

  async of(room: Room, userId: Uuid): Promise<Budget> {
    const { per, tokensPerDay } = room.ai.budget
    const scope = per === 'room' ? { roomId: room.id } : { roomId: room.id, userId }
    return { used: await this.total(scope), limit: tokensPerDay, per }
  }

  /** Throws `ai.budget_spent` (429 where it meets HTTP) when today's tokens are used up. */
  async check(room: Room, userId: Uuid): Promise<void> {
    const { used, limit, per } = await this.of(room, userId)
    if (limit !== null && used >= limit) {
      const whose = per === 'room' ? "This room's" : 'Your'
      throw this.spent(`${whose} AI budget for today is used up (${used} of ${limit} tokens).`)
    }
    const serverLimit = this.serverLimit()
    if (serverLimit === null) return
    const usedByPerson = await this.total({ userId })
    if (usedByPerson >= serverLimit) {
      throw this.spent(`Your AI budget for today is used up (${usedByPerson} of ${serverLimit} tokens).`)
    }
  }

  async add(roomId: Uuid, userId: Uuid, model: string, usage: Usage): Promise<void> {
    const day = dayOf(this.deps.clock.now())
    await this.deps.store.tx((repos) =>
      repos.usage.add({ day, roomId, userId, model, requests: 1, ...usage }),
    )
  }

  private total(scope: { roomId?: Uuid; userId?: Uuid }): Promise<number> {
    return this.deps.store.read.usage.total(dayOf(this.deps.clock.now()), scope)
  }

  private spent(text: string): Error {
    const dayMs = 86_400_000
    const untilMidnightS = Math.ceil((dayMs - (this.deps.clock.now() % dayMs)) / 1_000)
    return fault.rateLimited('ai.budget_spent', `${text} It starts anew at midnight UTC.`, untilMidnightS)
  }
}
