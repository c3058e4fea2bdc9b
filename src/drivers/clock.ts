/** The wall clock and its timers. Tests pass a clock of their own instead. */
import type { Clock } from '../core/ports.ts'

export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    after: (ms, run) => {
      const timer = setTimeout(run, ms)
      timer.unref()
      return () => clearTimeout(timer)
    },
  }
}
