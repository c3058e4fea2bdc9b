/** PATCH and PUT /api/auth/profile: a new password first, since that is what may be refused. */
import type { Core } from '../../../../core/core.ts'
import type { Actor } from '../../../../core/types.ts'
import { presentSelf, type UserRecord } from '../../present-user.ts'
import type { ProfileBody } from './schema.ts'

export async function saveProfile(
  core: Core,
  actor: Actor,
  body: typeof ProfileBody.static,
): Promise<UserRecord> {
  const { new_password: newPassword, current_password: currentPassword } = body
  if (newPassword !== undefined) await core.accounts.changePassword(actor, { currentPassword, newPassword })
  return presentSelf(
    await core.accounts.updateProfile(actor, actor.user.id, {
      displayName: body.display_name,
      bio: body.bio,
      email: body.email,
    }),
  )
}
