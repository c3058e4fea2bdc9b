/** Invites of the native contract. */
import type { Core } from '../../core/core.ts'
import type { Invite } from '../../core/types.ts'
import { presentSender } from './present-message.ts'
import { timestamp } from './present-user.ts'

const orNull = (at: number | null) => (at === null ? null : timestamp(at))

export function presentInvite(invite: Invite, origin: string) {
  return {
    token: invite.token,
    url: `${origin}/invite/${invite.token}`,
    room_id: invite.roomId,
    max_uses: invite.maxUses,
    uses: invite.uses,
    expires_at: orNull(invite.expiresAt),
    revoked_at: orNull(invite.revokedAt),
    created_at: timestamp(invite.createdAt),
  }
}

type Preview = Awaited<ReturnType<Core['invites']['preview']>>

/** For whoever has the link, signed in or not: enough to decide, nothing of what is said in the room. */
export function presentInvitePreview({ invite, room, inviter, memberCount }: Preview, origin: string) {
  return {
    token: invite.token,
    url: `${origin}/invite/${invite.token}`,
    expires_at: orNull(invite.expiresAt),
    room: {
      id: room.id,
      name: room.name,
      kind: room.kind,
      description: room.description,
      member_count: memberCount,
    },
    inviter: presentSender(inviter),
  }
}
