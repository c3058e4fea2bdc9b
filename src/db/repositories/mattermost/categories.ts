/** Side bar categories and which room stands in which. */
import { and, asc, eq } from 'drizzle-orm'
import type { Category, CategoryRepository } from '../../../core/mattermost-repositories.ts'
import type { Uuid } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import type { Row } from '../../schema/index.ts'

const ofUser = stmt('category.ofUser', (db, t, p: Placeholders<{ userId: string; teamId: string }>) =>
  db
    .select()
    .from(t.hbCategory)
    .where(and(eq(t.hbCategory.userId, p('userId')), eq(t.hbCategory.teamId, p('teamId'))))
    .orderBy(asc(t.hbCategory.sortOrder)),
)
const places = stmt('category.places', (db, t, p: Placeholders<{ userId: string }>) =>
  db
    .select({ categoryId: t.hbCategoryRoom.categoryId, roomId: t.hbCategoryRoom.roomId })
    .from(t.hbCategoryRoom)
    .where(eq(t.hbCategoryRoom.userId, p('userId')))
    .orderBy(asc(t.hbCategoryRoom.sortOrder)),
)

export function categoryRepository(conn: Conn): CategoryRepository {
  const { hbCategory, hbCategoryRoom } = conn.tables
  return {
    list: async (userId, teamId) => (await conn.all(ofUser, { userId, teamId })).map(toCategory),
    async put(category) {
      await conn.db
        .insert(hbCategory)
        .values(category)
        .onConflictDoUpdate({ target: hbCategory.id, set: category })
    },
    async remove(id) {
      await conn.db.delete(hbCategoryRoom).where(eq(hbCategoryRoom.categoryId, id))
      await conn.db.delete(hbCategory).where(eq(hbCategory.id, id))
    },
    places: (userId) => conn.all(places, { userId }),
    async setPlaces(category, roomIds, others) {
      const { userId } = category
      await conn.db.delete(hbCategoryRoom).where(eq(hbCategoryRoom.categoryId, category.id))
      for (const roomId of roomIds) await leaveOthers(userId, roomId, others)
      const rows = roomIds.map((roomId, index) => row(category.id, roomId, userId, index))
      if (rows.length > 0) await conn.db.insert(hbCategoryRoom).values(rows)
    },
  }

  /** Of this team's only: a direct room stands in each team's side bar. */
  async function leaveOthers(userId: Uuid, roomId: Uuid, others: readonly string[]): Promise<void> {
    for (const categoryId of others) {
      const { hbCategoryRoom: table } = conn.tables
      await conn.db
        .delete(table)
        .where(and(eq(table.userId, userId), eq(table.roomId, roomId), eq(table.categoryId, categoryId)))
    }
  }
}

function row(categoryId: string, roomId: Uuid, userId: Uuid, index: number) {
  return { categoryId, roomId, userId, sortOrder: index * 10 }
}

function toCategory(found: Row<'hbCategory'>): Category {
  return { ...found, kind: found.kind as Category['kind'], sorting: found.sorting as Category['sorting'] }
}
