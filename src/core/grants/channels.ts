/**
 * Open WebUI's grants over its standard channels, beside the rules of rooms (permissions/room-policy.ts): they can
 * only take away. Other faces know no such grants; what "Public" makes is a rule of rooms and holds there too.
 */
import type { OpenwebuiContext } from '../chats/context.ts'
import type { RoomView } from '../core.ts'
import type { Actor, Room } from '../types.ts'

export type ChannelGrants = ReturnType<typeof createChannelGrants>

/** Public, or taken over from Open WebUI's server, where grants and not members say who is in. */
export const isStandard = (room: Room): boolean =>
  room.kind === 'public' || room.props['openwebui.standard'] === true

export function createChannelGrants(context: OpenwebuiContext) {
  return {
    /** Grants of a standard channel may let people read and not write; who runs it always may. */
    async mayWrite(actor: Actor, { room, member }: RoomView): Promise<boolean> {
      if (!isStandard(room) || actor.user.role === 'admin' || room.creatorId === actor.user.id) return true
      if (member !== null && member.role !== 'member') return true
      return context.own.grants.allows(actor.user.id, 'channel', room.id, 'write')
    },
  }
}
