/** Which models are in use right now: browsers say so every second while an answer streams. */

const FORGET_MS = 3_000

export class UsagePool {
  readonly #seen = new Map<string, Map<string, number>>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  note(model: string, clientId: string): void {
    const clients = this.#seen.get(model) ?? new Map<string, number>()
    this.#seen.set(model, clients.set(clientId, this.#now()))
  }

  forget(clientId: string): void {
    for (const clients of this.#seen.values()) clients.delete(clientId)
  }

  models(): string[] {
    const since = this.#now() - FORGET_MS
    for (const [model, clients] of this.#seen) {
      for (const [id, at] of clients) if (at < since) clients.delete(id)
      if (clients.size === 0) this.#seen.delete(model)
    }
    return [...this.#seen.keys()]
  }
}
