/** The role strings of requests, as far as this server keeps them: member and administrator of each level. */
import { MmError, refuse } from '../errors.ts'
import { roleByName } from '../present/roles.ts'

/** Whether these roles make somebody an administrator of the level; refuses what would be dropped without a word. */
export function adminAsked(roles: string, level: 'system' | 'team' | 'channel'): boolean {
  const names = roles.split(/\s+/).filter((name) => name !== '')
  for (const name of names) {
    if (roleByName(name) === null) throw refuse.bodyParam('roles')
    if (name !== `${level}_user` && name !== `${level}_admin`) {
      throw new MmError(501, 'api.not_built.app_error', `The role ${name} is not built in this server.`)
    }
  }
  return names.includes(`${level}_admin`)
}
