/** The words that people want to be called by, of those who chose any. */
import { and, isNull, like, or } from 'drizzle-orm'
import type { KeywordRepository } from '../../../core/mattermost-repositories.ts'
import type { Conn } from '../../conn.ts'

export function keywordRepository(conn: Conn): KeywordRepository {
  const { hbAccount: table } = conn.tables
  return {
    async all() {
      const rows = await conn.db
        .select({ userId: table.userId, firstName: table.firstName, notifyProps: table.notifyProps })
        .from(table)
        .where(
          and(
            isNull(table.deactivatedAt),
            isNull(table.deletedAt),
            or(
              like(table.notifyProps, '%"mention_keys":"_%'),
              like(table.notifyProps, '%"first_name":"true"%'),
            ),
          ),
        )
      return rows.map(({ userId, firstName, notifyProps }) => ({
        userId,
        keys: notifyProps['mention_keys'] ?? '',
        firstName: notifyProps['first_name'] === 'true' ? firstName : '',
      }))
    },
  }
}
