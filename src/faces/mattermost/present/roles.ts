/**
 * Role strings and role objects. Clients take every decision to show a button from these lists, so each
 * role string this face ever writes must be here; what is really allowed, the core decides.
 */
import type { MemberRole, User } from '../../../core/types.ts'
import { toWire } from '../ids.ts'
import * as grants from './permissions.ts'

export interface RoleBody {
  id: string
  name: string
  display_name: string
  description: string
  create_at: number
  update_at: number
  delete_at: number
  permissions: string[]
  scheme_managed: boolean
  built_in: boolean
  scheme_id: null
}

const TABLE: [name: string, permissions: string[], schemeManaged: boolean][] = [
  ['system_user', grants.SYSTEM_USER, true],
  ['system_admin', grants.EVERYTHING, true],
  ['system_guest', grants.SYSTEM_GUEST, true],
  ['system_post_all', grants.POST_ALL, false],
  ['system_post_all_public', grants.POST_ALL_PUBLIC, false],
  ['system_user_access_token', grants.ACCESS_TOKEN, false],
  ['system_user_manager', grants.CONSOLE_READ.filter((name) => name.includes('user_management')), false],
  ['system_read_only_admin', grants.CONSOLE_READ, false],
  ['system_manager', grants.CONSOLE_READ, false],
  ['system_custom_group_admin', grants.SYSTEM_USER.filter((name) => name.includes('custom_group')), false],
  ['shared_channel_manager', ['manage_shared_channels'], false],
  ['secure_connection_manager', ['manage_secure_connections'], false],
  ['team_user', grants.TEAM_USER, true],
  ['team_admin', grants.TEAM_ADMIN, true],
  ['team_guest', ['view_team'], true],
  ['team_post_all', grants.POST_ALL, false],
  ['team_post_all_public', grants.POST_ALL_PUBLIC, false],
  ['channel_user', grants.CHANNEL_USER, true],
  ['channel_admin', grants.CHANNEL_ADMIN, true],
  ['channel_guest', grants.CHANNEL_GUEST, true],
  ['custom_group_user', [], false],
  ['playbook_admin', [], true],
  ['playbook_member', [], true],
  ['run_admin', [], true],
  ['run_member', [], true],
]

/** Roles are constant, so is their age: the day of Mattermost 11.6's migrations is as good as any. */
const SINCE = 1_700_000_000_000

export const ROLES: readonly RoleBody[] = TABLE.map(([name, permissions, schemeManaged]) => ({
  id: toWire(`role:${name}`),
  name,
  display_name: `authentication.roles.${name}.name`,
  description: `authentication.roles.${name}.description`,
  create_at: SINCE,
  update_at: SINCE,
  delete_at: 0,
  permissions,
  scheme_managed: schemeManaged,
  built_in: true,
  scheme_id: null,
}))

const byName = new Map(ROLES.map((role) => [role.name, role]))
const byId = new Map(ROLES.map((role) => [role.id, role]))

export function roleByName(name: string): RoleBody | null {
  return byName.get(name) ?? null
}

export function roleById(wireId: string): RoleBody | null {
  return byId.get(wireId) ?? null
}

export function systemRoles(user: User): string {
  return user.role === 'admin' ? 'system_admin system_user' : 'system_user'
}

export function teamRoles(role: 'admin' | 'member'): string {
  return role === 'admin' ? 'team_user team_admin' : 'team_user'
}

export function channelRoles(role: MemberRole): string {
  return role === 'member' ? 'channel_user' : 'channel_user channel_admin'
}

/** A roles string of a request: does it ask for the administrator of its level? */
export function asksForAdmin(roles: string, level: 'system' | 'team' | 'channel'): boolean {
  return roles.split(/\s+/).includes(`${level}_admin`)
}
