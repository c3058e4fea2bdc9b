/** What links in e-mail carry, stored hashed. */
import { and, eq } from 'drizzle-orm'
import type { MailTokenRepository } from '../../../core/accounts/repositories.ts'
import type { Conn } from '../../conn.ts'

export function mailTokenRepository(conn: Conn): MailTokenRepository {
  const { hbMailToken: table } = conn.tables
  return {
    async put(token) {
      await conn.db.delete(table).where(and(eq(table.userId, token.userId), eq(table.kind, token.kind)))
      await conn.db.insert(table).values(token)
    },
    async byHash(hash) {
      const [found] = await conn.db.select().from(table).where(eq(table.hash, hash)).limit(1)
      return found ?? null
    },
    async use({ hash, userId, kind }) {
      const used = await conn.db.delete(table).where(eq(table.hash, hash)).returning({ hash: table.hash })
      await conn.db.delete(table).where(and(eq(table.userId, userId), eq(table.kind, kind)))
      return used.length === 1
    },
  }
}
