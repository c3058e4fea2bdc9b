/**
 * Rate limits in this process's memory: fixed windows by key, at most so many keys. A server on its
 * own needs no more; with Redis the windows are shared (src/realtime).
 */
import type { Clock, RateLimiter } from '../core/ports.ts'

interface Window {
  count: number
  endsAt: number
}

/** Beyond this many keys the oldest windows are forgotten, so that an attacker cannot fill the memory. */
const MAX_KEYS = 50_000

export function memoryLimiter(clock: Pick<Clock, 'now'>, maxKeys = MAX_KEYS): RateLimiter {
  const windows = new Map<string, Window>()

  function open(key: string, endsAt: number): Window {
    const window = { count: 0, endsAt }
    windows.delete(key)
    windows.set(key, window)
    if (windows.size > maxKeys) forgetOldest(windows)
    return window
  }

  return {
    hit(key, limit, windowS) {
      const now = clock.now()
      const known = windows.get(key)
      const window = known && known.endsAt > now ? known : open(key, now + windowS * 1_000)
      window.count += 1
      const waitS = window.count <= limit ? 0 : Math.max(1, Math.ceil((window.endsAt - now) / 1_000))
      return Promise.resolve(waitS)
    },
  }
}

/** Maps keep the order of insertion, and a window is inserted anew when it opens. */
function forgetOldest(windows: Map<string, Window>): void {
  const oldest = windows.keys().next()
  if (!oldest.done) windows.delete(oldest.value)
}
