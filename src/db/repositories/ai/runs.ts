/** Replies that are being written: rows only while they are, so that a start finds what a crash cut. */
import { eq, sql } from 'drizzle-orm'
import type { RunRepository } from '../../../core/ai/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const insert = stmt(
  'run.insert',
  (
    db,
    t,
    p: Placeholders<{
      messageId: string
      roomId: string
      model: string
      provider: string
      askedBy: string
      startedAt: number
    }>,
  ) =>
    db.insert(t.hbRun).values({
      messageId: p('messageId'),
      roomId: p('roomId'),
      model: p('model'),
      provider: p('provider'),
      askedBy: p('askedBy'),
      state: 'running',
      startedAt: p('startedAt'),
    }),
)
const checkpoint = stmt('run.checkpoint', (db, t, p: Placeholders<{ messageId: string; partial: string }>) =>
  db
    .update(t.hbRun)
    .set({ partial: sql`${p('partial')}` })
    .where(eq(t.hbRun.messageId, p('messageId'))),
)
const remove = stmt('run.remove', (db, t, p: Placeholders<{ messageId: string }>) =>
  db.delete(t.hbRun).where(eq(t.hbRun.messageId, p('messageId'))),
)
const running = stmt('run.running', (db, t) => db.select().from(t.hbRun).where(eq(t.hbRun.state, 'running')))

export function runRepository(conn: Conn): RunRepository {
  return {
    async insert({ messageId, roomId, model, provider, askedBy, startedAt }) {
      await conn.run(insert, { messageId, roomId, model, provider, askedBy, startedAt })
    },
    async checkpoint(messageId, partial) {
      await conn.run(checkpoint, { messageId, partial })
    },
    async remove(messageId) {
      await conn.run(remove, { messageId })
    },
    running: () => conn.all(running),
  }
}
