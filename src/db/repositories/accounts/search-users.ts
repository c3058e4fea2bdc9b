/** Finding people by parts of their names, and counting them. Built anew for each query: a rare one. */
import { and, asc, desc, eq, exists, isNull, notExists, or, type SQL, sql } from 'drizzle-orm'
import type { UserQuery } from '../../../core/accounts/repositories.ts'
import type { User } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'
import { selectUsers, toUser } from './user-rows.ts'

export async function searchUsers(conn: Conn, query: UserQuery): Promise<{ users: User[]; total: number }> {
  const t = conn.tables
  const where = and(...conditions(conn, query))
  const rows = await selectUsers(conn.db, t)
    .where(where)
    .orderBy(...orderOf(conn, query))
    .limit(query.limit)
    .offset(query.offset)
  const [count] = await conn.db
    .select({ total: sql<number>`count(*)` })
    .from(t.hbAccount)
    .innerJoin(t.user, eq(t.user.id, t.hbAccount.userId))
    .leftJoin(t.auth, eq(t.auth.id, t.hbAccount.userId))
    .where(where)
  return { users: rows.map(toUser), total: Number(count?.total ?? 0) }
}

function orderOf(conn: Conn, query: UserQuery): SQL[] {
  const { hbAccount, user, groupMember } = conn.tables
  if (query.byGroupId !== null) {
    const isIn = conn.db
      .select({ one: sql`1` })
      .from(groupMember)
      .where(and(eq(groupMember.groupId, query.byGroupId), eq(groupMember.userId, hbAccount.userId)))
    const rank = sql`case when ${exists(isIn)} then 1 else 0 end`
    return [query.ascending ? asc(rank) : desc(rank), asc(user.name), asc(hbAccount.userId)]
  }
  const column = {
    username: hbAccount.usernameLower,
    name: user.name,
    email: user.email,
    role: user.role,
    created: hbAccount.createdAt,
    updated: user.updatedAt,
    last_active: user.lastActiveAt,
  }[query.sort]
  const isTime = query.sort === 'created' || query.sort === 'updated' || query.sort === 'last_active'
  const way = (query.ascending ?? !isTime) ? asc : desc
  // Times are in seconds; ids tell in which order accounts of one second were made.
  return [way(column), way(hbAccount.userId)]
}

function conditions(conn: Conn, query: UserQuery): (SQL | undefined)[] {
  const t = conn.tables
  return [
    isNull(t.hbAccount.deletedAt),
    sql`${t.user.id} is not null`,
    query.includeInactive ? undefined : isActive(conn),
    query.peopleOnly ? eq(t.hbAccount.isBot, false) : undefined,
    query.role === null ? undefined : eq(t.user.role, query.role),
    query.q === null ? undefined : matches(conn, query.q, query.withEmail),
    query.teamId === null ? undefined : exists(teamMembership(conn, query.teamId)),
    query.roomId === null ? undefined : exists(membership(conn, query.roomId)),
    query.notInRoomId === null ? undefined : notExists(membership(conn, query.notInRoomId)),
  ]
}

/** As user-rows.ts has it: `auth.active` decides where there is such a row. */
function isActive(conn: Conn): SQL | undefined {
  const { auth, hbAccount } = conn.tables
  return or(eq(auth.active, true), and(isNull(auth.active), isNull(hbAccount.deactivatedAt)))
}

function membership(conn: Conn, roomId: string) {
  const { hbMember, hbAccount } = conn.tables
  return conn.db
    .select({ one: sql`1` })
    .from(hbMember)
    .where(and(eq(hbMember.roomId, roomId), eq(hbMember.userId, hbAccount.userId)))
}

function teamMembership(conn: Conn, teamId: string) {
  const { hbTeamMember, hbAccount } = conn.tables
  return conn.db
    .select({ one: sql`1` })
    .from(hbTeamMember)
    .where(
      and(
        eq(hbTeamMember.teamId, teamId),
        eq(hbTeamMember.userId, hbAccount.userId),
        isNull(hbTeamMember.deletedAt),
      ),
    )
}

function matches(conn: Conn, q: string, withEmail: boolean): SQL | undefined {
  const { user, hbAccount } = conn.tables
  const columns = [hbAccount.usernameLower, user.name, ...(withEmail ? [user.email] : [])]
  const patterns = spellings(q).map((text) => `%${text.replace(/[\\%_]/g, '\\$&')}%`)
  return or(
    ...columns.flatMap((column) =>
      patterns.map((pattern, at) => {
        const text = at === 0 ? sql`lower(${column})` : sql`${column}`
        return sql`${text} like ${pattern} escape '\\'`
      }),
    ),
  )
}

/** SQLite's lower() and LIKE know only ASCII: other letters are tried in the spellings people use. */
function spellings(q: string): string[] {
  const lower = q.toLowerCase()
  // oxlint-disable-next-line no-control-regex -- the range is all of ASCII, on purpose
  if (/^[\x00-\x7f]*$/.test(q)) return [lower]
  const upper = q.toUpperCase()
  const [first = '', ...rest] = lower
  return [...new Set([lower, q, upper, first.toUpperCase() + rest.join('')])]
}

export async function countUsers(conn: Conn): Promise<{ people: number; bots: number; active: number }> {
  const t = conn.tables
  const count = (condition: SQL | undefined) => sql<number>`count(case when ${condition} then 1 end)`
  const person = eq(t.hbAccount.isBot, false)
  const [row] = await conn.db
    .select({
      people: count(person),
      bots: count(eq(t.hbAccount.isBot, true)),
      active: count(and(person, isActive(conn))),
    })
    .from(t.hbAccount)
    .innerJoin(t.user, eq(t.user.id, t.hbAccount.userId))
    .leftJoin(t.auth, eq(t.auth.id, t.hbAccount.userId))
  return { people: Number(row?.people ?? 0), bots: Number(row?.bots ?? 0), active: Number(row?.active ?? 0) }
}
