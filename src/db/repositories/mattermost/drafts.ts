/** Drafts; `root_id` is the empty string outside threads, since it is part of the key. */
import { and, desc, eq } from 'drizzle-orm'
import type { Draft, DraftRepository } from '../../../core/mattermost-repositories.ts'
import type { Uuid } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import type { Row } from '../../schema/index.ts'

const ofUser = stmt('draft.ofUser', (db, t, p: Placeholders<{ userId: string }>) =>
  db
    .select()
    .from(t.hbDraft)
    .where(eq(t.hbDraft.userId, p('userId')))
    .orderBy(desc(t.hbDraft.updatedAt)),
)
const one = stmt('draft.one', (db, t, p: Placeholders<{ userId: string; roomId: string; rootId: string }>) =>
  db
    .select()
    .from(t.hbDraft)
    .where(
      and(
        eq(t.hbDraft.userId, p('userId')),
        eq(t.hbDraft.roomId, p('roomId')),
        eq(t.hbDraft.rootId, p('rootId')),
      ),
    )
    .limit(1),
)

export function draftRepository(conn: Conn): DraftRepository {
  const { hbDraft: table } = conn.tables
  return {
    ofUser: async (userId) => (await conn.all(ofUser, { userId })).map(toDraft),
    async get(userId, roomId, rootId) {
      const found = await conn.get(one, { userId, roomId, rootId: rootId ?? '' })
      return found && toDraft(found)
    },
    async put(draft) {
      const values = { ...draft, rootId: draft.rootId ?? '' }
      const { createdAt: _, ...set } = values
      await conn.db
        .insert(table)
        .values(values)
        .onConflictDoUpdate({ target: [table.userId, table.roomId, table.rootId], set })
    },
    async remove(userId, roomId, rootId) {
      const which: [Uuid, Uuid, string] = [userId, roomId, rootId ?? '']
      await conn.db
        .delete(table)
        .where(and(eq(table.userId, which[0]), eq(table.roomId, which[1]), eq(table.rootId, which[2])))
    },
  }
}

function toDraft(row: Row<'hbDraft'>): Draft {
  return { ...row, rootId: row.rootId === '' ? null : row.rootId }
}
