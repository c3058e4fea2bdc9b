/** Who may open a channel on this face, and what that makes of them. */
import type { RoomView } from '../../../core/core.ts'
import { isStandard } from '../../../core/grants/channels.ts'
import type { Actor } from '../../../core/types.ts'
import { detail } from '../errors.ts'
import type { FaceCore } from '../face-core.ts'
import type { FaceContext } from '../module.ts'

/** Before every route of channels: the switch of the server, then the person's permission. */
export const mayChannels =
  (face: FaceContext) =>
  async ({ actor }: { actor: Actor }): Promise<void> => {
    if (!face.setting('channels.enable')) throw detail.forbidden()
    await face.core.permissions.require(actor, 'features.channels')
  }

/**
 * A standard channel is everybody's without joining: who opens one is made a member, because that is what
 * the other faces and the counters know. Until then it is listed with nothing unread.
 */
export async function enter(core: FaceCore, actor: Actor, id: string): Promise<RoomView> {
  await inTeam(core, actor)
  const view = await core.rooms.get(actor, id)
  if (view.room.deletedAt !== null) throw detail.notFound()
  return view.member === null && isStandard(view.room) ? core.rooms.join(actor, id) : view
}

/** Who was found in the first team already: leaving it is not done on this face. */
const settled = new WeakMap<FaceCore, Set<string>>()

/** People of this face know nothing of teams; rooms are in the first one. */
export async function inTeam(core: FaceCore, actor: Actor): Promise<void> {
  const known = settled.get(core) ?? new Set<string>()
  settled.set(core, known)
  if (known.has(actor.user.id)) return
  const team = await core.teams.first()
  const mine = await core.teams.forUser(actor, actor.user.id)
  if (!mine.some(({ id }) => id === team.id)) await core.teams.addMember(actor, team.id, actor.user.id)
  known.add(actor.user.id)
}
