/** Tells a room that somebody types: at most once in two seconds for each person and room. Stored nowhere. */
import type { Typing } from '../core.ts'
import { requireScope } from '../permissions/scopes.ts'
import { accessRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import { LruMap } from '../support/lru.ts'
import type { Millis } from '../types.ts'

const quietMs = 2_000
const maxRemembered = 10_000

export function createTyping(ctx: RoomsContext): Typing {
  const last = new LruMap<string, Millis>(maxRemembered)
  return {
    async start(actor, roomId, threadId = null) {
      requireScope(actor, 'messages:write')
      const { deps } = ctx
      await accessRoom(deps.store.read, actor, roomId, 'message.post')
      const key = `${actor.user.id} ${roomId} ${threadId ?? ''}`
      const now = deps.clock.now()
      if (now - (last.peek(key) ?? -quietMs) < quietMs) return
      last.set(key, now)
      const { id, username, displayName } = actor.user
      deps.events.emit({ type: 'typing', roomId, user: { id, username, displayName }, threadId })
    },
  }
}
