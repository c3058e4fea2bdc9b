/** `access_grant` rows on the wire. */
import type { GrantRow } from '../../../core/chats/rows.ts'
import { row } from '../json.ts'

export const presentGrant = (grant: GrantRow): Record<string, unknown> => row(grant)
