/** Nostr keys, rooms that keys were invited to, and what may be used only once. */
import { and, eq } from 'drizzle-orm'
import type { NostrRepository } from '../../../core/accounts/repositories.ts'
import type { Conn } from '../../conn.ts'

export function nostrRepository(conn: Conn): NostrRepository {
  const { hbNostrKey, hbNostrInvite, hbUsedToken } = conn.tables
  return {
    async link(pubkey, userId, at) {
      const made = await conn.db
        .insert(hbNostrKey)
        .values({ pubkey, userId, createdAt: at })
        .onConflictDoNothing()
        .returning({ pubkey: hbNostrKey.pubkey })
      return made.length === 1
    },
    pendingInvites: async (pubkey) =>
      conn.db
        .select({ roomId: hbNostrInvite.roomId, invitedBy: hbNostrInvite.invitedBy })
        .from(hbNostrInvite)
        .where(eq(hbNostrInvite.pubkey, pubkey)),
    async dropInvite(pubkey, roomId) {
      await conn.db
        .delete(hbNostrInvite)
        .where(and(eq(hbNostrInvite.pubkey, pubkey), eq(hbNostrInvite.roomId, roomId)))
    },
    async useOnce(hash, kind, expiresAt) {
      const made = await conn.db
        .insert(hbUsedToken)
        .values({ hash, kind, expiresAt })
        .onConflictDoNothing()
        .returning({ hash: hbUsedToken.hash })
      return made.length === 1
    },
  }
}
