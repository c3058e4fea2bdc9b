/** Preferences of people, by category and name. */
import { and, eq } from 'drizzle-orm'
import type { PreferenceRepository } from '../../../core/accounts/repositories.ts'
import type { Preference } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const ofUser = stmt('preference.ofUser', (db, t, p: Placeholders<{ userId: string }>) =>
  db
    .select({
      userId: t.hbPreference.userId,
      category: t.hbPreference.category,
      name: t.hbPreference.name,
      value: t.hbPreference.value,
    })
    .from(t.hbPreference)
    .where(eq(t.hbPreference.userId, p('userId')))
    .orderBy(t.hbPreference.category, t.hbPreference.name),
)

export function preferenceRepository(conn: Conn): PreferenceRepository {
  const { hbPreference: table } = conn.tables
  const one = (userId: string, category: string, name: string) =>
    and(eq(table.userId, userId), eq(table.category, category), eq(table.name, name))
  return {
    async list(userId, category) {
      const all: Preference[] = await conn.all(ofUser, { userId })
      return category === null ? all : all.filter((preference) => preference.category === category)
    },
    async get(userId, category, name) {
      const [row] = await conn.db
        .select()
        .from(table)
        .where(one(userId, category, name))
        .limit(1)
      return row ? { userId, category, name, value: row.value } : null
    },
    count: async (userId) => conn.db.$count(table, eq(table.userId, userId)),
    async put(preferences, at) {
      for (const preference of preferences) {
        const { value } = preference
        await conn.db
          .insert(table)
          .values({ ...preference, updatedAt: at })
          .onConflictDoUpdate({
            target: [table.userId, table.category, table.name],
            set: { value, updatedAt: at },
          })
      }
    },
    async remove(userId, names) {
      for (const { category, name } of names) {
        await conn.db.delete(table).where(one(userId, category, name))
      }
    },
  }
}
