/**
 * Gathers the many small deltas of a stream into fewer events: the first leaves at once, what follows
 * within the interval leaves together. Order is kept; only neighbours of the same item are joined.
 */
import type { Clock } from '../ports.ts'
import type { OutputEvent } from './output.ts'

/** Longest wait of a delta. */
export const COALESCE_MS = 40

export class Coalescer {
  #waiting: OutputEvent[] = []
  #cancel: (() => void) | null = null
  #lastSentAt = Number.NEGATIVE_INFINITY
  readonly #clock: Clock
  readonly #send: (event: OutputEvent) => void

  constructor(clock: Clock, send: (event: OutputEvent) => void) {
    this.#clock = clock
    this.#send = send
  }

  add(event: OutputEvent): void {
    const last = this.#waiting.at(-1)
    if (last && joins(last, event)) last['delta'] = String(last['delta']) + String(event['delta'])
    else this.#waiting.push({ ...event })
    const waitMs = this.#lastSentAt + COALESCE_MS - this.#clock.now()
    if (waitMs <= 0 || !('delta' in event)) this.flush()
    else this.#cancel ??= this.#clock.after(waitMs, () => this.flush())
  }

  flush(): void {
    this.#cancel?.()
    this.#cancel = null
    if (this.#waiting.length === 0) return
    this.#lastSentAt = this.#clock.now()
    for (const event of this.#waiting.splice(0)) this.#send(event)
  }
}

function joins(last: OutputEvent, event: OutputEvent): boolean {
  return 'delta' in event && last.type === event.type && last['item_id'] === event['item_id']
}
