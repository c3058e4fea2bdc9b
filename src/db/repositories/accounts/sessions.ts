/** Sessions, and tokens without one that were ended. */
import { and, desc, eq, gt, isNull, lt, ne, or, sql } from 'drizzle-orm'
import type { SessionRepository } from '../../../core/accounts/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const byId = stmt('session.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbSession)
    .where(eq(t.hbSession.id, p('id')))
    .limit(1),
)
const byTokenHash = stmt('session.byTokenHash', (db, t, p: Placeholders<{ hash: string }>) =>
  db
    .select()
    .from(t.hbSession)
    .where(eq(t.hbSession.tokenHash, p('hash')))
    .limit(1),
)
const revoked = stmt('session.tokenRevoked', (db, t, p: Placeholders<{ jti: string }>) =>
  db
    .select({ jti: t.hbRevokedToken.jti })
    .from(t.hbRevokedToken)
    .where(eq(t.hbRevokedToken.jti, p('jti')))
    .limit(1),
)
const touch = stmt('session.touch', (db, t, p: Placeholders<{ id: string; at: number }>) =>
  db
    .update(t.hbSession)
    .set({ lastUsedAt: sql`${p('at')}` })
    .where(and(eq(t.hbSession.id, p('id')), lt(t.hbSession.lastUsedAt, sql`${p('at')}`))),
)

export function sessionRepository(conn: Conn): SessionRepository {
  const { hbSession, hbRevokedToken } = conn.tables
  return {
    async insert(record) {
      await conn.db.insert(hbSession).values(record)
    },
    byId: (id) => conn.get(byId, { id }),
    byTokenHash: (hash) => conn.get(byTokenHash, { hash }),
    listByUser: async (userId, now) =>
      conn.db
        .select()
        .from(hbSession)
        .where(
          and(
            eq(hbSession.userId, userId),
            isNull(hbSession.revokedAt),
            or(isNull(hbSession.expiresAt), gt(hbSession.expiresAt, now)),
          ),
        )
        .orderBy(desc(hbSession.createdAt), desc(hbSession.id)),
    async update(id, patch) {
      if (Object.keys(patch).length > 0) {
        await conn.db.update(hbSession).set(patch).where(eq(hbSession.id, id))
      }
    },
    async revoke(id, at) {
      const done = await conn.db
        .update(hbSession)
        .set({ revokedAt: at })
        .where(eq(hbSession.id, id))
        .returning({ id: hbSession.id })
      return done.length === 1
    },
    async revokeByUser(userId, exceptId, at) {
      await conn.db
        .update(hbSession)
        .set({ revokedAt: at })
        .where(
          and(
            eq(hbSession.userId, userId),
            isNull(hbSession.revokedAt),
            exceptId === null ? undefined : ne(hbSession.id, exceptId),
          ),
        )
    },
    async touch(lastUsed) {
      for (const [id, at] of lastUsed) await conn.run(touch, { id, at })
    },
    async revokeToken(jti, expiresAt) {
      await conn.db.insert(hbRevokedToken).values({ jti, expiresAt }).onConflictDoNothing()
    },
    isTokenRevoked: async (jti) => (await conn.get(revoked, { jti })) !== null,
    async purge(before) {
      await conn.db.delete(hbSession).where(lt(hbSession.expiresAt, before))
      await conn.db.delete(hbRevokedToken).where(lt(hbRevokedToken.expiresAt, before))
      const { hbUsedToken, hbMailToken } = conn.tables
      await conn.db.delete(hbUsedToken).where(lt(hbUsedToken.expiresAt, before))
      await conn.db.delete(hbMailToken).where(lt(hbMailToken.expiresAt, before))
    },
  }
}
