/** Keys of ours, stored hashed, and Open WebUI's one key a person, which it stores in clear. */
import { and, desc, eq, isNull, or, sql } from 'drizzle-orm'
import type { ApiKeyRepository } from '../../../core/accounts/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { likePart } from '../like.ts'

/** Apart from other advisory locks. */
const KEYS_LOCK = 23

const byTokenHash = stmt('key.byTokenHash', (db, t, p: Placeholders<{ hash: string }>) =>
  db
    .select()
    .from(t.hbApiKey)
    .where(eq(t.hbApiKey.tokenHash, p('hash')))
    .limit(1),
)
const byId = stmt('key.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbApiKey)
    .where(eq(t.hbApiKey.id, p('id')))
    .limit(1),
)
const byOpenWebUiKey = stmt('key.openWebUi', (db, t, p: Placeholders<{ secret: string }>) =>
  db
    .select({ userId: t.apiKey.userId, expiresAt: t.apiKey.expiresAt })
    .from(t.apiKey)
    .where(eq(t.apiKey.key, p('secret')))
    .limit(1),
)
const touch = stmt('key.touch', (db, t, p: Placeholders<{ id: string; at: number }>) =>
  db
    .update(t.hbApiKey)
    .set({ lastUsedAt: sql`${p('at')}` })
    .where(eq(t.hbApiKey.id, p('id'))),
)

function fits(conn: Conn, q: string) {
  const { hbAccount, hbApiKey } = conn.tables
  return or(
    eq(hbApiKey.id, q),
    eq(hbApiKey.userId, q),
    sql`${hbAccount.usernameLower} like ${likePart(q)} escape '\\'`,
  )
}

export function apiKeyRepository(conn: Conn): ApiKeyRepository {
  const { hbApiKey: table } = conn.tables
  const live = (userId: string) => and(eq(table.userId, userId), isNull(table.revokedAt))
  return {
    async insert(record) {
      await conn.db.insert(table).values(record)
    },
    byId: (id) => conn.get(byId, { id }),
    byTokenHash: (hash) => conn.get(byTokenHash, { hash }),
    listByUser: async (userId) =>
      conn.db.select().from(table).where(live(userId)).orderBy(desc(table.createdAt), desc(table.id)),
    async listTokens({ q, offset, limit }) {
      const { hbAccount } = conn.tables
      const rows = await conn.db
        .select({ key: table })
        .from(table)
        .innerJoin(hbAccount, eq(hbAccount.userId, table.userId))
        .where(and(eq(table.kind, 'pat'), isNull(table.revokedAt), q === '' ? undefined : fits(conn, q)))
        .orderBy(desc(table.createdAt), desc(table.id))
        .limit(limit)
        .offset(offset)
      return rows.map(({ key }) => key)
    },
    async countByUser(userId) {
      if (conn.dialect === 'pg') {
        await conn.sql.all(sql`select pg_advisory_xact_lock(hashtextextended(${userId}, ${KEYS_LOCK}))`)
      }
      return conn.db.$count(table, live(userId))
    },
    async revoke(id, at) {
      await conn.db.update(table).set({ revokedAt: at }).where(eq(table.id, id))
    },
    async setDisabled(id, at) {
      await conn.db.update(table).set({ disabledAt: at }).where(eq(table.id, id))
    },
    async touch(lastUsed) {
      for (const [id, at] of lastUsed) await conn.run(touch, { id, at })
    },
    async byOpenWebUiKey(secret) {
      const row = await conn.get(byOpenWebUiKey, { secret })
      if (!row || row.userId === null) return null
      return { userId: row.userId, expiresAt: row.expiresAt === null ? null : row.expiresAt * 1_000 }
    },
  }
}
