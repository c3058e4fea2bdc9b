/** PATCH /api/admin/users/:id. */
import type { Core } from '../../../../core/core.ts'
import { fault } from '../../../../core/faults.ts'
import { requireAdmin } from '../../../../core/permissions/scopes.ts'
import type { Actor, User, Uuid } from '../../../../core/types.ts'
import type { UserPatch } from './schema.ts'

export async function patchUser(
  core: Core,
  actor: Actor,
  userId: Uuid,
  patch: typeof UserPatch.static,
): Promise<User> {
  requireAdmin(actor)
  let user = await core.users.byId(userId)
  if (!user) throw fault.notFound('user.not_found', 'There is no such person.')
  if (patch.role !== undefined) user = await core.accounts.setRole(actor, userId, patch.role)
  if (patch.active !== undefined) user = await core.accounts.setActive(actor, userId, patch.active)
  return user
}
