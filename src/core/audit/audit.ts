/**
 * The audit log: who did what to whom, from where. Recording never fails and never waits: entries
 * are gathered and written together shortly after.
 */
import type { CoreDeps } from '../deps.ts'
import type { Audit } from '../core.ts'
import { requireAdmin } from '../permissions/scopes.ts'
import type { AuditEntry } from '../types.ts'

const FLUSH_AFTER_MS = 250
/** While the database is down no more than this is kept; the log has the rest. */
const MAX_WAITING = 5_000
const MAX_PAGE = 200

export interface AuditPart extends Audit {
  /** Writes what waits. */
  flush(): Promise<void>
}

export function createAudit(deps: CoreDeps): AuditPart {
  let waiting: AuditEntry[] = []
  let cancelTimer: (() => void) | null = null
  let writing: Promise<void> = Promise.resolve()

  async function write(entries: AuditEntry[]): Promise<void> {
    try {
      await deps.store.tx((repos) => repos.audit.append(entries))
    } catch (error) {
      deps.log.error('audit entries could not be written', { error, entries: entries.length })
      waiting = [...entries, ...waiting].slice(-MAX_WAITING)
    }
  }

  function flush(): Promise<void> {
    cancelTimer?.()
    cancelTimer = null
    const entries = waiting
    waiting = []
    if (entries.length > 0) writing = writing.then(() => write(entries))
    return writing
  }

  return {
    flush,
    record(entry) {
      const full = { id: deps.ids.next(), at: deps.clock.now(), ...entry }
      deps.log.info(`audit: ${entry.action}`, {
        actor_id: entry.actorId,
        target: `${entry.targetType}:${entry.targetId}`,
        ip: entry.ip,
      })
      if (waiting.length < MAX_WAITING) waiting.push(full)
      cancelTimer ??= deps.clock.after(FLUSH_AFTER_MS, () => void flush())
    },
    async list(actor, page) {
      requireAdmin(actor)
      await flush()
      const limit = Math.min(MAX_PAGE, Math.max(1, Math.trunc(page.limit)))
      return deps.store.read.audit.list(page.before ?? null, limit)
    },
  }
}
