/** "Remind me of this message": at the time, the system's bot writes to the person directly. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import type { Actor, Millis, Uuid } from '../types.ts'
import { actorFor } from './hooks.ts'
import { writeAsSystem } from './system-bot.ts'

const TICK_MS = 30_000
const AT_ONCE = 100

export interface Reminders {
  set(actor: Actor, messageId: Uuid, dueAt: Millis): Promise<void>
  /** Writes to the person what only shows that such messages arrive. */
  test(actor: Actor): Promise<void>
  /** Sends what is due; how many. */
  tick(linkOf: (messageId: Uuid) => string): Promise<number>
  /** Ticks by itself until stopped. */
  start(linkOf: (messageId: Uuid) => string): () => void
}

export function createReminders(deps: CoreDeps, core: Core): Reminders {
  const { store, clock, log } = deps

  async function remind(userId: Uuid, messageId: Uuid, link: string): Promise<void> {
    const user = await core.users.byId(userId)
    if (!user || user.deactivatedAt !== null) return
    const { message } = await core.messages.get(actorFor(user), messageId)
    const author = await core.users.byId(message.senderId)
    const content = `Hi there, here's your reminder about this message from @${author?.username ?? 'someone'}: ${link}`
    await writeAsSystem(core, user.id, content)
  }

  async function tick(linkOf: (messageId: Uuid) => string): Promise<number> {
    const due = await store.read.reminders.due(clock.now(), AT_ONCE)
    for (const { userId, messageId } of due) {
      // Taken out first: a reminder that fails must not come back for ever.
      await store.tx((repos) => repos.reminders.remove(userId, messageId))
      try {
        await remind(userId, messageId, linkOf(messageId))
      } catch (error) {
        log.warn('a reminder could not be sent', { error })
      }
    }
    return due.length
  }

  return {
    tick,
    async set(actor, messageId, dueAt) {
      requireScope(actor, 'messages:write')
      if (dueAt <= clock.now()) throw fault.invalid('reminder.past', 'The time must be in the future.')
      await core.messages.get(actor, messageId)
      await store.tx((repos) => repos.reminders.put({ userId: actor.user.id, messageId, dueAt }))
    },
    async test(actor) {
      requireScope(actor, 'messages:write')
      await writeAsSystem(core, actor.user.id, 'If you received this test notification, it worked!')
    },
    start(linkOf) {
      let cancel = clock.after(TICK_MS, run)
      let stopped = false
      function run(): void {
        tick(linkOf)
          .catch((error: unknown) => log.error('reminders failed', { error }))
          .finally(() => {
            if (!stopped) cancel = clock.after(TICK_MS, run)
          })
      }
      return () => {
        stopped = true
        cancel()
      }
    },
  }
}
