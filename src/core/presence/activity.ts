/**
 * When people, sessions and keys were last used. Noted in memory at every request and written in one
 * go now and then: never a write per request or per heartbeat.
 */
import type { CoreDeps } from '../deps.ts'
import type { Millis, Uuid } from '../types.ts'

const FLUSH_AFTER_MS = 20_000
/** A time that is newer than the stored one by less is not worth a write. */
const RESOLUTION_MS = 60_000
const MAX_NOTED = 50_000

type Kind = 'user' | 'session' | 'key'

export interface Activity {
  note(kind: Kind, id: Uuid): void
  /** The newest moment noted here, or null. */
  lastSeen(userId: Uuid): Millis | null
  flush(): Promise<void>
}

export function createActivity(deps: CoreDeps): Activity {
  const seen: Record<Kind, Map<Uuid, Millis>> = { user: new Map(), session: new Map(), key: new Map() }
  const written: Record<Kind, Map<Uuid, Millis>> = { user: new Map(), session: new Map(), key: new Map() }
  let cancelTimer: (() => void) | null = null

  function takeDue(kind: Kind): Map<Uuid, Millis> {
    const due = new Map<Uuid, Millis>()
    for (const [id, at] of seen[kind]) {
      if (at <= (written[kind].get(id) ?? 0)) continue
      due.set(id, at)
      written[kind].set(id, at)
    }
    if (written[kind].size > MAX_NOTED) written[kind].clear()
    if (seen[kind].size > MAX_NOTED) seen[kind].clear()
    return due
  }

  async function flush(): Promise<void> {
    cancelTimer?.()
    cancelTimer = null
    const users = takeDue('user')
    const sessions = takeDue('session')
    const keys = takeDue('key')
    if (users.size + sessions.size + keys.size === 0) return
    try {
      await deps.store.tx(async (repos) => {
        if (users.size > 0) await repos.users.touchActive(users)
        if (sessions.size > 0) await repos.sessions.touch(sessions)
        if (keys.size > 0) await repos.apiKeys.touch(keys)
      })
    } catch (error) {
      // Only "last seen" is lost, by a minute: not worth more than a line.
      deps.log.warn('activity could not be written', { error })
    }
  }

  return {
    flush,
    note(kind, id) {
      const now = deps.clock.now()
      seen[kind].set(id, now)
      if (now - (written[kind].get(id) ?? 0) < RESOLUTION_MS) return
      cancelTimer ??= deps.clock.after(FLUSH_AFTER_MS, () => void flush())
    },
    lastSeen: (userId) => seen.user.get(userId) ?? null,
  }
}
