/** Teams and who is in them; only ours. */
import { and, asc, count, eq, isNull, sql } from 'drizzle-orm'
import type { TeamRepository } from '../../../core/rooms/repositories.ts'
import type { Team } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'
import type { Row } from '../../schema/index.ts'

const first = stmt('team.first', (db, t) =>
  db
    .select()
    .from(t.hbTeam)
    .where(isNull(t.hbTeam.deletedAt))
    .orderBy(asc(t.hbTeam.createdAt), asc(t.hbTeam.id))
    .limit(1),
)
const byId = stmt('team.byId', (db, t, p: Placeholders<{ id: string }>) =>
  db
    .select()
    .from(t.hbTeam)
    .where(eq(t.hbTeam.id, p('id')))
    .limit(1),
)
const member = stmt('team.member', (db, t, p: Placeholders<{ teamId: string; userId: string }>) =>
  db
    .select()
    .from(t.hbTeamMember)
    .where(and(eq(t.hbTeamMember.teamId, p('teamId')), eq(t.hbTeamMember.userId, p('userId'))))
    .limit(1),
)
const ofUser = stmt('team.ofUser', (db, t, p: Placeholders<{ userId: string }>) =>
  db
    .select()
    .from(t.hbTeamMember)
    .where(and(eq(t.hbTeamMember.userId, p('userId')), isNull(t.hbTeamMember.deletedAt))),
)

export function teamRepository(conn: Conn): TeamRepository {
  const { hbTeam, hbTeamMember, hbAccount } = conn.tables
  const where = async (condition: ReturnType<typeof eq>) =>
    toTeam((await conn.db.select().from(hbTeam).where(condition).limit(1))[0])

  return {
    first: async () => toTeam(await conn.get(first)),
    byId: async (id) => toTeam(await conn.get(byId, { id })),
    bySlug: (slug) => where(eq(hbTeam.slug, slug)),
    byInviteId: (inviteId) => where(eq(hbTeam.inviteId, inviteId)),
    async forUser(userId) {
      const rows = await conn.db
        .select({ team: hbTeam })
        .from(hbTeamMember)
        .innerJoin(hbTeam, eq(hbTeam.id, hbTeamMember.teamId))
        .where(and(eq(hbTeamMember.userId, userId), isNull(hbTeamMember.deletedAt), isNull(hbTeam.deletedAt)))
        .orderBy(asc(hbTeam.createdAt), asc(hbTeam.id))
      return rows.map((row) => toTeam(row.team)!)
    },
    async list({ offset, limit }) {
      const rows = await conn.db
        .select()
        .from(hbTeam)
        .orderBy(asc(hbTeam.createdAt), asc(hbTeam.id))
        .limit(limit)
        .offset(offset)
      return { teams: rows.map((row) => toTeam(row)!), total: Number(await conn.db.$count(hbTeam)) }
    },
    async insert(team) {
      const rows = await conn.db
        .insert(hbTeam)
        .values(team)
        .onConflictDoNothing()
        .returning({ id: hbTeam.id })
      return rows.length > 0
    },
    async update({ id, ...patch }) {
      await conn.db.update(hbTeam).set(patch).where(eq(hbTeam.id, id))
    },
    member: (teamId, userId) => conn.get(member, { teamId, userId }),
    members: (teamId, { offset, limit }) =>
      conn.db
        .select()
        .from(hbTeamMember)
        .where(and(eq(hbTeamMember.teamId, teamId), isNull(hbTeamMember.deletedAt)))
        .orderBy(asc(hbTeamMember.userId))
        .limit(limit)
        .offset(offset)
        .then((rows) => rows),
    membershipsOf: (userId) => conn.all(ofUser, { userId }),
    async putMember(row) {
      const { role, deletedAt, createdAt } = row
      await conn.db
        .insert(hbTeamMember)
        .values(row)
        .onConflictDoUpdate({
          target: [hbTeamMember.teamId, hbTeamMember.userId],
          set: { role, deletedAt, createdAt },
        })
    },
    async counts(teamId) {
      const [row] = await conn.db
        .select({
          total: count(),
          active: sql<number>`coalesce(sum(case when ${hbAccount.deactivatedAt} is null then 1 else 0 end), 0)`,
        })
        .from(hbTeamMember)
        .innerJoin(hbAccount, eq(hbAccount.userId, hbTeamMember.userId))
        .where(and(eq(hbTeamMember.teamId, teamId), isNull(hbTeamMember.deletedAt)))
      return { total: Number(row?.total ?? 0), active: Number(row?.active ?? 0) }
    },
    async adopt(teamId, now) {
      const { changes } = await conn.sql.run(sql`
        insert into hb_team_member (team_id, user_id, role, created_at)
        select ${teamId}, u.id, case when u.role = 'admin' then 'admin' else 'member' end, ${now} from "user" u
        where u.role in ('admin', 'user')
          and not exists (select 1 from hb_team_member m where m.user_id = u.id)
        on conflict do nothing`)
      return changes
    },
  }
}

function toTeam(row: Row<'hbTeam'> | null | undefined): Team | null {
  if (!row) return null
  const { props: _, ...team } = row
  return team
}
