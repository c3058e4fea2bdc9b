/** Webhooks both ways. */
import { desc, eq } from 'drizzle-orm'
import type { IncomingHookRepository, OutgoingHookRepository } from '../../../core/mattermost-repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const incomingById = stmt('incomingHook.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbIncomingHook)
    .where(eq(t.hbIncomingHook.id, p('id')))
    .limit(1),
)
const outgoingById = stmt('outgoingHook.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbOutgoingHook)
    .where(eq(t.hbOutgoingHook.id, p('id')))
    .limit(1),
)
/** Asked for each message of a public room. */
const outgoingOfTeam = stmt('outgoingHook.ofTeam', (db, t, p: Placeholders<{ teamId: string }>) =>
  db
    .select()
    .from(t.hbOutgoingHook)
    .where(eq(t.hbOutgoingHook.teamId, p('teamId')))
    .orderBy(desc(t.hbOutgoingHook.createdAt)),
)

export function incomingHookRepository(conn: Conn): IncomingHookRepository {
  const { hbIncomingHook: table } = conn.tables
  return {
    get: (id) => conn.get(incomingById, { id }),
    async list(teamId) {
      const query = conn.db.select().from(table).orderBy(desc(table.createdAt))
      return teamId ? query.where(eq(table.teamId, teamId)) : query
    },
    async put(hook) {
      await conn.db.insert(table).values(hook).onConflictDoUpdate({ target: table.id, set: hook })
    },
    async remove(id) {
      await conn.db.delete(table).where(eq(table.id, id))
    },
  }
}

export function outgoingHookRepository(conn: Conn): OutgoingHookRepository {
  const { hbOutgoingHook: table } = conn.tables
  return {
    get: (id) => conn.get(outgoingById, { id }),
    async list(teamId) {
      if (teamId) return conn.all(outgoingOfTeam, { teamId })
      return conn.db.select().from(table).orderBy(desc(table.createdAt))
    },
    async put(hook) {
      await conn.db.insert(table).values(hook).onConflictDoUpdate({ target: table.id, set: hook })
    },
    async remove(id) {
      await conn.db.delete(table).where(eq(table.id, id))
    },
  }
}
