/** What every way of signing in ends with: a session of this face, its token, and who it is for. */
import type { Core } from '../../../../core/core.ts'
import type { User } from '../../../../core/types.ts'
import { presentSelf, type UserRecord } from '../../present-user.ts'

export async function signIn(
  core: Core,
  user: User,
  ip: string | null,
): Promise<{ token: string; user: UserRecord }> {
  const { token } = await core.sessions.open(user, 'native', { ip })
  return { token, user: presentSelf(user) }
}
