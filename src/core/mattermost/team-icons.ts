/** Pictures of teams: one file each in the file store; when it changed is told by the store itself. */
import type { Core } from '../core.ts'
import type { CoreDeps } from '../deps.ts'
import { fault } from '../faults.ts'
import { isAdmin, requireScope } from '../permissions/scopes.ts'
import type { FileStore } from '../ports.ts'
import type { Actor, Millis, Uuid } from '../types.ts'

const SIDE = 512
/** Another node may have changed it. */
const KNOWN_MS = 60_000

export interface TeamIcons {
  set(actor: Actor, teamId: Uuid, bytes: Uint8Array): Promise<void>
  remove(actor: Actor, teamId: Uuid): Promise<void>
  open(teamId: Uuid): ReturnType<FileStore['get']>
  /** When it was last changed; 0 = there is none. */
  changedAt(teamId: Uuid): Promise<Millis>
}

export function createTeamIcons(deps: CoreDeps, core: Core): TeamIcons {
  const { files, images, clock, events } = deps
  const keyOf = (teamId: Uuid) => `team-icons/${teamId}`
  const known = new Map<Uuid, { at: Millis; asked: Millis }>()

  async function requireManager(actor: Actor, teamId: Uuid): Promise<void> {
    requireScope(actor, 'rooms:write')
    const member = await core.teams.member(actor, teamId, actor.user.id)
    if (isAdmin(actor) || (member?.role === 'admin' && member.deletedAt === null)) return
    throw fault.forbidden('team.forbidden', 'Only administrators of the team may change its picture.')
  }

  return {
    async set(actor, teamId, bytes) {
      await requireManager(actor, teamId)
      if (bytes.length > deps.settings.avatarMaxBytes)
        throw fault.tooLarge('team.icon_too_large', 'The picture is too large.')
      if (!images.inspect(bytes)) throw fault.unsupportedType('team.no_image', 'This is no picture.')
      const icon = await images.avatar(bytes, SIDE)
      await files.put(keyOf(teamId), icon.bytes, icon.contentType)
      known.set(teamId, { at: clock.now(), asked: clock.now() })
      events.emit({ type: 'team.updated', teamId })
    },
    async remove(actor, teamId) {
      await requireManager(actor, teamId)
      await files.delete(keyOf(teamId))
      known.set(teamId, { at: 0, asked: clock.now() })
      events.emit({ type: 'team.updated', teamId })
    },
    open: (teamId) => files.get(keyOf(teamId)),
    async changedAt(teamId) {
      const kept = known.get(teamId)
      if (kept && clock.now() - kept.asked < KNOWN_MS) return kept.at
      const at = Math.floor((await files.stat(keyOf(teamId)))?.lastModified ?? 0)
      known.set(teamId, { at, asked: clock.now() })
      return at
    },
  }
}
