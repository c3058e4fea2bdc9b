/** The administrator that the environment names (WEBUI_ADMIN_EMAIL …), made when the server has nobody yet. */
import type { Core } from '../core.ts'
import { AppFault } from '../faults.ts'
import type { User } from '../types.ts'

export interface FirstAdmin {
  readonly email: string | undefined
  readonly username: string
  readonly password: string
  readonly name: string
}

/** Null when there are people already. Another node that starts at the same time may win; then this one is done too. */
export async function makeFirstAdmin(core: Core, admin: FirstAdmin): Promise<User | null> {
  if (!(await core.accounts.isEmpty())) return null
  try {
    const { username, password, email, name } = admin
    return await core.accounts.create({ username, password, email, displayName: name, role: 'admin' })
  } catch (error) {
    if (error instanceof AppFault && error.kind === 'conflict') return null
    throw error
  }
}
