/** Tokens and cost by day, room, person and model. */
import { and, desc, eq, gte, lte, sql, sum } from 'drizzle-orm'
import type { UsageRepository } from '../../../core/ai/repositories.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

const totalOfRoom = stmt('usage.room', (db, t, p: Placeholders<{ day: string; roomId: string }>) =>
  db
    .select({ total: sum(t.hbUsage.totalTokens) })
    .from(t.hbUsage)
    .where(and(eq(t.hbUsage.day, p('day')), eq(t.hbUsage.roomId, p('roomId')))),
)
const totalOfUser = stmt('usage.user', (db, t, p: Placeholders<{ day: string; userId: string }>) =>
  db
    .select({ total: sum(t.hbUsage.totalTokens) })
    .from(t.hbUsage)
    .where(and(eq(t.hbUsage.day, p('day')), eq(t.hbUsage.userId, p('userId')))),
)
const totalOfBoth = stmt(
  'usage.roomUser',
  (db, t, p: Placeholders<{ day: string; roomId: string; userId: string }>) =>
    db
      .select({ total: sum(t.hbUsage.totalTokens) })
      .from(t.hbUsage)
      .where(
        and(
          eq(t.hbUsage.day, p('day')),
          eq(t.hbUsage.roomId, p('roomId')),
          eq(t.hbUsage.userId, p('userId')),
        ),
      ),
)

export function usageRepository(conn: Conn): UsageRepository {
  const { hbUsage: table } = conn.tables
  return {
    async add({ promptTokens, completionTokens, totalTokens, costUsd, ...key }) {
      const counted = { promptTokens, completionTokens, totalTokens, costUsd }
      await conn.db
        .insert(table)
        .values({ ...key, ...counted })
        .onConflictDoUpdate({
          target: [table.day, table.roomId, table.userId, table.model],
          set: {
            promptTokens: sql`${table.promptTokens} + ${promptTokens}`,
            completionTokens: sql`${table.completionTokens} + ${completionTokens}`,
            totalTokens: sql`${table.totalTokens} + ${totalTokens}`,
            requests: sql`${table.requests} + ${key.requests}`,
            // Unknown cost stays unknown only while no part of it is known.
            ...(costUsd === null ? {} : { costUsd: sql`coalesce(${table.costUsd}, 0) + ${costUsd}` }),
          },
        })
    },
    async total(day, { roomId, userId }) {
      if (roomId !== undefined && userId !== undefined)
        return asNumber(await conn.get(totalOfBoth, { day, roomId, userId }))
      if (roomId !== undefined) return asNumber(await conn.get(totalOfRoom, { day, roomId }))
      if (userId !== undefined) return asNumber(await conn.get(totalOfUser, { day, userId }))
      const [row] = await conn.db
        .select({ total: sum(table.totalTokens) })
        .from(table)
        .where(eq(table.day, day))
      return asNumber(row ?? null)
    },
    async list({ fromDay, toDay, roomId, userId, limit }) {
      return conn.db
        .select()
        .from(table)
        .where(
          and(
            fromDay === undefined ? undefined : gte(table.day, fromDay),
            toDay === undefined ? undefined : lte(table.day, toDay),
            roomId === undefined ? undefined : eq(table.roomId, roomId),
            userId === undefined ? undefined : eq(table.userId, userId),
          ),
        )
        .orderBy(desc(table.day), desc(table.totalTokens))
        .limit(limit)
    },
  }
}

/** `sum` is text in Drizzle, and null over no rows. */
const asNumber = (row: { total: string | null } | null): number => Number(row?.total ?? 0)
