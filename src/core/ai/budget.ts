/**
 * Daily token budgets: asked before a run, added to after it. Days are UTC. What runs under way will cost is
 * not known yet, so each holds a part of its budget: many questions at once must not all find it untouched.
 */
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

/** What a run is taken to cost until it is over: a question with some history, and its answer. */
const heldTokens = 2_000
/** Looks at the same budget again while runs end in between, so that none of them is missed. */
const maxLooks = 5

interface Hold {
  roomId: Uuid
  userId: Uuid
}

export class Budgets {
  private readonly holds = new Set<Hold>()
  private released = 0
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

  /**
   * Throws `ai.budget_spent` (429 where it meets HTTP) when today's tokens are used up or held by runs under
   * way. Else a part is held until the returned function is called.
   */
  async admit(room: Room, userId: Uuid): Promise<() => void> {
    const { roomBudget, usedByPerson } = await this.look(room, userId)
    // From here on nothing waits: between the look and the hold nobody else gets in.
    const { used, limit, per } = roomBudget
    const heldHere = this.heldBy((hold) => hold.roomId === room.id && (per === 'room' || hold.userId === userId))
    this.require(per === 'room' ? "This room's" : 'Your', used, heldHere, limit)
    const heldByPerson = this.heldBy((hold) => hold.userId === userId)
    this.require('Your', usedByPerson, heldByPerson, this.serverLimit())
    const hold = { roomId: room.id, userId }
    this.holds.add(hold)
    return () => {
      if (this.holds.delete(hold)) this.released += 1
    }
  }

  /** A run that ends during the look may be neither in what was read nor held any more: then look again. */
  private async look(room: Room, userId: Uuid): Promise<{ roomBudget: Budget; usedByPerson: number }> {
    for (let looks = 1; ; looks += 1) {
      const before = this.released
      const roomBudget = await this.of(room, userId)
      const usedByPerson = this.serverLimit() === null ? 0 : await this.total({ userId })
      if (before === this.released || looks === maxLooks) return { roomBudget, usedByPerson }
    }
  }

  private heldBy(fits: (hold: Hold) => boolean): number {
    let held = 0
    for (const hold of this.holds) if (fits(hold)) held += heldTokens
    return held
  }

  private require(whose: string, used: number, held: number, limit: number | null): void {
    if (limit === null || used + held < limit) return
    if (used >= limit) throw this.spent(`${whose} AI budget for today is used up (${used} of ${limit} tokens).`)
    throw fault.rateLimited(
      'ai.budget_spent',
      `What is left of ${whose.toLowerCase()} AI budget for today may be needed by answers under way. Ask again when they are done.`,
      10,
    )
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
