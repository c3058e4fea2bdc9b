/** One's own settings for a room: muted, favourite, hidden, notifications. Nobody else's business. */
import { fault } from '../faults.ts'
import { requireScope } from '../permissions/scopes.ts'
import { accessRoom } from '../rooms/access.ts'
import type { RoomsContext } from '../rooms/context.ts'
import type { Actor, Member, Uuid } from '../types.ts'

export interface OwnSettings {
  muted?: boolean
  favourite?: boolean
  hidden?: boolean
  notifyProps?: Record<string, string>
}

const maxNotifyBytes = 8_192

export async function updateOwnMember(
  ctx: RoomsContext,
  actor: Actor,
  roomId: Uuid,
  patch: OwnSettings,
): Promise<Member> {
  requireScope(actor, 'rooms:write')
  const now = ctx.deps.clock.now()
  return ctx.deps.store.tx(async (repos, unit) => {
    const { room, member } = await accessRoom(repos, actor, roomId, 'room.read')
    if (!member) throw fault.forbidden('room.not_member', 'Join the room first.')
    const notifyProps = { ...member.notifyProps, ...patch.notifyProps }
    if (JSON.stringify(notifyProps).length > maxNotifyBytes) {
      throw fault.invalid('member.notify_props', 'Too many settings.')
    }
    const changed: Member = {
      ...member,
      muted: patch.muted ?? member.muted,
      favourite: patch.favourite ?? member.favourite,
      hidden: patch.hidden ?? member.hidden,
      notifyProps,
      updatedAt: now,
    }
    await repos.members.updateOwn(changed)
    unit.emit({ type: 'member.updated', room, member: changed })
    return changed
  })
}
