/** The audit log, newest first. */
import { desc, lt } from 'drizzle-orm'
import type { AuditRepository } from '../../../core/accounts/repositories.ts'
import type { Conn } from '../../conn.ts'

export function auditRepository(conn: Conn): AuditRepository {
  const { hbAudit } = conn.tables
  return {
    async append(entries) {
      if (entries.length > 0) await conn.db.insert(hbAudit).values([...entries])
    },
    list: async (before, limit) =>
      conn.db
        .select()
        .from(hbAudit)
        .where(before === null ? undefined : lt(hbAudit.at, before))
        .orderBy(desc(hbAudit.at), desc(hbAudit.id))
        .limit(limit),
  }
}
