/** Invites to rooms; only ours. */
import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import type { InviteRepository } from '../../../core/rooms/repositories.ts'
import type { Invite } from '../../../core/types.ts'
import type { Conn } from '../../conn.ts'
import type { Row } from '../../schema/index.ts'

export function inviteRepository(conn: Conn): InviteRepository {
  const { hbInvite, hbInviteUse, hbNostrInvite } = conn.tables
  return {
    async get(token) {
      const [row] = await conn.db.select().from(hbInvite).where(eq(hbInvite.token, token)).limit(1)
      return row ? toInvite(row) : null
    },
    async byCreator(userId) {
      const rows = await conn.db
        .select()
        .from(hbInvite)
        .where(eq(hbInvite.createdBy, userId))
        .orderBy(desc(hbInvite.createdAt), desc(hbInvite.token))
        .limit(200)
      return rows.map(toInvite)
    },
    async insert(invite) {
      await conn.db.insert(hbInvite).values(invite)
    },
    async revoke(token, at) {
      await conn.db
        .update(hbInvite)
        .set({ revokedAt: at })
        .where(and(eq(hbInvite.token, token), isNull(hbInvite.revokedAt)))
    },
    /** One statement decides, so that two at once cannot both have the last use, on any dialect or node. */
    async use(token, userId, now) {
      const taken = await conn.db
        .update(hbInvite)
        .set({ uses: sql`${hbInvite.uses} + 1` })
        .where(
          and(
            eq(hbInvite.token, token),
            isNull(hbInvite.revokedAt),
            sql`(${hbInvite.expiresAt} is null or ${hbInvite.expiresAt} > ${now})`,
            sql`(${hbInvite.maxUses} is null or ${hbInvite.uses} < ${hbInvite.maxUses})`,
          ),
        )
        .returning({ token: hbInvite.token })
      if (taken.length === 0) return false
      await conn.db.insert(hbInviteUse).values({ token, userId, usedAt: now }).onConflictDoNothing()
      return true
    },
    async insertNostr(roomId, pubkey, invitedBy, now) {
      await conn.db
        .insert(hbNostrInvite)
        .values({ roomId, pubkey, invitedBy, createdAt: now })
        .onConflictDoNothing()
    },
  }
}

function toInvite({ teamId: _, ...invite }: Row<'hbInvite'>): Invite {
  return invite
}
