/**
 * Preferences that are marks on a membership under another name: favourite channels, and direct and group
 * channels closed in the side bar. The membership is what other faces know, so it follows.
 */
import { AppFault } from '../../../core/faults.ts'
import type { Preference, Uuid } from '../../../core/types.ts'
import type { Face } from '../face.ts'
import { fromWire } from '../ids.ts'
import type { Call } from '../wire/call.ts'

type Marks = { favourite?: boolean; hidden?: boolean }

/** `stored` is false when the preferences were deleted. */
export async function followPreferences(
  face: Face,
  call: Call,
  list: readonly Preference[],
  stored: boolean,
): Promise<void> {
  if (call.userId() !== call.me) return
  let direct: Map<Uuid, Uuid> | null = null
  for (const one of list) {
    const on = stored && one.value === 'true'
    if (one.category === 'favorite_channel') await mark(face, call, fromWire(one.name), { favourite: on })
    else if (one.category === 'group_channel_show')
      await mark(face, call, fromWire(one.name), { hidden: !on })
    else if (one.category === 'direct_channel_show') {
      direct ??= await directRooms(face, call)
      await mark(face, call, direct.get(fromWire(one.name) ?? '') ?? null, { hidden: !on })
    }
  }
}

/** A preference may name a channel that one has left: then there is nothing to mark. */
async function mark(face: Face, call: Call, roomId: Uuid | null, marks: Marks): Promise<void> {
  if (!roomId) return
  try {
    const { member } = await face.core.rooms.get(call.actor, roomId)
    const differs = (Object.keys(marks) as (keyof Marks)[]).some(
      (key) => member && member[key] !== marks[key],
    )
    if (differs) await face.core.members.updateOwn(call.actor, roomId, marks)
  } catch (error) {
    if (!(error instanceof AppFault)) throw error
  }
}

/** Direct rooms by the other person: clients send dozens of these preferences at once. */
async function directRooms(face: Face, call: Call): Promise<Map<Uuid, Uuid>> {
  const out = new Map<Uuid, Uuid>()
  for (const { room } of await face.core.rooms.mine(call.actor)) {
    if (room.kind !== 'direct') continue
    const others = (await face.mm.lookups.peers(room)).filter((id) => id !== call.me)
    out.set(others[0] ?? call.me, room.id)
  }
  return out
}
