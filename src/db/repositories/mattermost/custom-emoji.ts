/** Custom emoji: few rows, read whole. */
import { asc, eq, isNull } from 'drizzle-orm'
import type { CustomEmojiRepository } from '../../../core/mattermost-repositories.ts'
import type { Conn } from '../../conn.ts'

export function customEmojiRepository(conn: Conn): CustomEmojiRepository {
  const { hbEmoji: table } = conn.tables
  return {
    async all() {
      return conn.db.select().from(table).where(isNull(table.deletedAt)).orderBy(asc(table.createdAt))
    },
    async insert(emoji) {
      await conn.db.insert(table).values(emoji)
    },
    async remove(id) {
      await conn.db.delete(table).where(eq(table.id, id))
    },
  }
}
