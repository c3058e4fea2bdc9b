/**
 * Failed log-ins: after so many an account waits, each time twice as long, and so does an address that
 * fails at many accounts. Also for names that do not exist, so that waiting tells nobody who does.
 */
import { fault } from '../faults.ts'
import type { Clock } from '../ports.ts'
import { LruMap } from '../support/lru.ts'
import type { Millis } from '../types.ts'

const FIRST_WAIT_MS = 5_000
const LONGEST_WAIT_MS = 15 * 60_000
/** After so long without a failure the count starts again. */
const FORGIVE_AFTER_MS = 60 * 60_000
const MAX_KEYS = 50_000
/** Tries for one account that wait for others of it; a person has a few. */
const MAX_WAITING = 1_000

interface Failures {
  count: number
  lastAt: Millis
  blockedUntil: Millis
}

export interface BackOff {
  /** Seconds to wait before another try makes sense; 0 = go on. */
  waitS(key: string): number
  failed(key: string, maxFailures: number): void
  succeeded(key: string): void
  /**
   * Runs `attempt` when few enough are under way for this key that, if all fail, no more than
   * `maxFailures` were tried: many guesses sent at once do not slip past the count.
   */
  inTurn<T>(key: string, maxFailures: number, attempt: () => Promise<T>): Promise<T>
}

export interface BackOffOptions {
  /** One failure is forgiven in each such span: for addresses that many people share. */
  forgiveOneEveryMs?: number
}

export function createBackOff(clock: Pick<Clock, 'now'>, options: BackOffOptions = {}): BackOff {
  const failures = new LruMap<string, Failures>(MAX_KEYS)
  const running = new Map<string, { count: number; waiting: (() => void)[] }>()

  function current(key: string): Failures | undefined {
    const known = failures.get(key)
    const quietMs = known ? clock.now() - known.lastAt : 0
    return known && quietMs < FORGIVE_AFTER_MS
      ? { ...known, count: forgiven(known.count, quietMs) }
      : undefined
  }

  function forgiven(count: number, quietMs: number): number {
    const every = options.forgiveOneEveryMs
    return every === undefined ? count : Math.max(0, count - quietMs / every)
  }

  function leave(key: string): void {
    const lane = running.get(key)
    if (!lane) return
    lane.count -= 1
    for (const wake of lane.waiting.splice(0)) wake()
    if (lane.count === 0 && lane.waiting.length === 0) running.delete(key)
  }

  return {
    waitS(key) {
      const until = current(key)?.blockedUntil ?? 0
      return Math.max(0, Math.ceil((until - clock.now()) / 1_000))
    },
    failed(key, maxFailures) {
      const now = clock.now()
      const count = (current(key)?.count ?? 0) + 1
      const over = Math.floor(count - maxFailures)
      const wait = over < 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(over, 20))
      failures.set(key, { count, lastAt: now, blockedUntil: now + wait })
    },
    succeeded(key) {
      failures.delete(key)
    },
    async inTurn(key, maxFailures, attempt) {
      for (;;) {
        const lane = running.get(key) ?? { count: 0, waiting: [] }
        const allowed = Math.max(1, maxFailures - (current(key)?.count ?? 0))
        if (lane.count < allowed) {
          lane.count += 1
          running.set(key, lane)
          break
        }
        if (lane.waiting.length >= MAX_WAITING) {
          throw fault.rateLimited('auth.too_many_attempts', 'Too many attempts at once for this account.', 5)
        }
        await new Promise<void>((resolve) => lane.waiting.push(resolve))
      }
      try {
        return await attempt()
      } finally {
        leave(key)
      }
    },
  }
}
