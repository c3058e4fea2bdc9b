/** Uploads that arrive in parts. */
import { asc, eq, lt } from 'drizzle-orm'
import type { UploadRepository } from '../../../core/mattermost-repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const byId = stmt('upload.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbUpload)
    .where(eq(t.hbUpload.id, p('id')))
    .limit(1),
)

export function uploadRepository(conn: Conn): UploadRepository {
  const { hbUpload: table } = conn.tables
  return {
    get: (id) => conn.get(byId, { id }),
    async ofUser(userId) {
      return conn.db.select().from(table).where(eq(table.userId, userId)).orderBy(asc(table.createdAt))
    },
    async put(upload) {
      const { received, parts } = upload
      await conn.db
        .insert(table)
        .values(upload)
        .onConflictDoUpdate({ target: table.id, set: { received, parts } })
    },
    async remove(id) {
      await conn.db.delete(table).where(eq(table.id, id))
    },
    async olderThan(at, limit) {
      return conn.db.select().from(table).where(lt(table.createdAt, at)).limit(limit)
    },
  }
}
