/** Open WebUI's `auth`: password hash, whether the account may sign in, and the stamp of its sessions. */
import { and, eq, isNull } from 'drizzle-orm'
import type { CredentialRepository } from '../../../core/accounts/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const byUserId = stmt('credential.byUserId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.auth)
    .where(eq(t.auth.id, p('id')))
    .limit(1),
)

export function credentialRepository(conn: Conn): CredentialRepository {
  const { auth } = conn.tables
  return {
    async byUserId(id) {
      const row = await conn.get(byUserId, { id })
      if (!row) return null
      return {
        userId: row.id,
        passwordHash: row.password,
        active: row.active !== false,
        sessionStamp: row.sessionStamp,
        mfaEnrolled: hasSecret(row.mfa),
      }
    },
    async insert({ userId, storedEmail, passwordHash, sessionStamp }) {
      await conn.db
        .insert(auth)
        .values({ id: userId, email: storedEmail, password: passwordHash, active: true, sessionStamp })
    },
    async setPassword(id, hash, expected) {
      const same = expected === null ? isNull(auth.password) : eq(auth.password, expected)
      const changed = await conn.db
        .update(auth)
        .set({ password: hash })
        .where(and(eq(auth.id, id), same))
        .returning({ id: auth.id })
      return changed.length === 1
    },
    async setStamp(id, stamp) {
      await conn.db.update(auth).set({ sessionStamp: stamp }).where(eq(auth.id, id))
    },
    async setActive(id, active) {
      await conn.db.update(auth).set({ active }).where(eq(auth.id, id))
    },
  }
}

function hasSecret(mfa: unknown): boolean {
  return typeof mfa === 'object' && mfa !== null && 'secret' in mfa && Boolean(mfa.secret)
}
