/** Slash commands that teams have made. */
import { and, asc, eq } from 'drizzle-orm'
import type { CommandRepository } from '../../../core/mattermost-repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const byId = stmt('command.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbCommand)
    .where(eq(t.hbCommand.id, p('id')))
    .limit(1),
)
const byTrigger = stmt('command.byTrigger', (db, t, p: Placeholders<{ teamId: string; trigger: string }>) =>
  db
    .select()
    .from(t.hbCommand)
    .where(and(eq(t.hbCommand.teamId, p('teamId')), eq(t.hbCommand.trigger, p('trigger'))))
    .limit(1),
)

export function commandRepository(conn: Conn): CommandRepository {
  const { hbCommand: table } = conn.tables
  return {
    get: (id) => conn.get(byId, { id }),
    byTrigger: (teamId, trigger) => conn.get(byTrigger, { teamId, trigger }),
    async list(teamId) {
      return conn.db.select().from(table).where(eq(table.teamId, teamId)).orderBy(asc(table.trigger))
    },
    async put(command) {
      await conn.db.insert(table).values(command).onConflictDoUpdate({ target: table.id, set: command })
    },
    async remove(id) {
      await conn.db.delete(table).where(eq(table.id, id))
    },
  }
}
