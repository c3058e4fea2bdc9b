/** Reminders of messages, found by when they are due. */
import { and, asc, eq, lte } from 'drizzle-orm'
import type { ReminderRepository } from '../../../core/mattermost-repositories.ts'
import type { Conn } from '../../conn.ts'

export function reminderRepository(conn: Conn): ReminderRepository {
  const { hbReminder: table } = conn.tables
  return {
    async put(reminder) {
      await conn.db
        .insert(table)
        .values(reminder)
        .onConflictDoUpdate({ target: [table.userId, table.messageId], set: { dueAt: reminder.dueAt } })
    },
    async due(now, limit) {
      return conn.db.select().from(table).where(lte(table.dueAt, now)).orderBy(asc(table.dueAt)).limit(limit)
    },
    async remove(userId, messageId) {
      await conn.db.delete(table).where(and(eq(table.userId, userId), eq(table.messageId, messageId)))
    },
  }
}
