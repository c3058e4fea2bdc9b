/** Reactions: Open WebUI's `message_reaction`, by emoji short name. */
import { and, eq } from 'drizzle-orm'
import type { ReactionRepository } from '../../../core/rooms/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import { toNs } from './room-rows.ts'

const one = stmt(
  'reaction.one',
  (db, t, p: Placeholders<{ messageId: string; userId: string; name: string }>) =>
    db
      .select({ id: t.messageReaction.id })
      .from(t.messageReaction)
      .where(
        and(
          eq(t.messageReaction.messageId, p('messageId')),
          eq(t.messageReaction.userId, p('userId')),
          eq(t.messageReaction.name, p('name')),
        ),
      )
      .limit(1),
)

export function reactionRepository(conn: Conn): ReactionRepository {
  const { messageReaction } = conn.tables
  return {
    // Their table has no unique key; the caller holds the room, so nobody adds in between.
    async add(id, messageId, userId, name, at) {
      if (await conn.get(one, { messageId, userId, name })) return false
      await conn.db.insert(messageReaction).values({ id, messageId, userId, name, createdAt: toNs(at) })
      return true
    },
    async remove(messageId, userId, name) {
      const rows = await conn.db
        .delete(messageReaction)
        .where(
          and(
            eq(messageReaction.messageId, messageId),
            eq(messageReaction.userId, userId),
            eq(messageReaction.name, name),
          ),
        )
        .returning({ id: messageReaction.id })
      return rows.length > 0
    },
    async names(messageId) {
      const rows = await conn.db
        .selectDistinct({ name: messageReaction.name })
        .from(messageReaction)
        .where(eq(messageReaction.messageId, messageId))
      return rows.map((row) => row.name)
    },
  }
}
