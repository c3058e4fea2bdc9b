/** Open WebUI's `access_grant` of channels: `user:*` makes a room public; people and groups may be let in by name. */
import { and, eq, sql } from 'drizzle-orm'
import { READ_ONLY } from '../../../core/permissions/room-policy.ts'
import { uuidV5, NAMESPACES } from '../../../core/support/uuid.ts'
import type { Room } from '../../../core/types.ts'
import { type Conn, type Placeholders, stmt } from '../../conn.ts'

/** A group's grants also reach members of the groups below it. */
const grantedTo = stmt(
  'room.granted',
  (_db, _t, p: Placeholders<{ id: string; userId: string }>) => sql<{ found: number }>`
    with recursive mine(id) as (
      select group_id from group_member where user_id = ${p('userId')}
      union
      select g.parent_group_id from "group" g join mine on g.id = mine.id where g.parent_group_id is not null
    )
    select 1 as found from access_grant
    where resource_type = 'channel' and resource_id = ${p('id')} and permission = 'read' and (
      (principal_type = 'user' and principal_id in ('*', ${p('userId')}))
      or (principal_type = 'group' and principal_id in (select id from mine))
    ) limit 1`,
)

export async function openTo(conn: Conn, id: string, userId: string): Promise<boolean> {
  return (await conn.get(grantedTo, { id, userId })) !== null
}

/** Everybody may read a public room, and write unless it is read-only; the others go by membership alone. */
export async function setGrants(conn: Conn, room: Room): Promise<void> {
  const { accessGrant } = conn.tables
  await conn.db
    .delete(accessGrant)
    .where(and(eq(accessGrant.resourceType, 'channel'), eq(accessGrant.resourceId, room.id)))
  if (room.kind !== 'public') return
  await conn.db.insert(accessGrant).values(
    (room.props[READ_ONLY] === true ? ['read'] : ['read', 'write']).map((permission) => ({
      id: uuidV5(`grant:${room.id}:${permission}`, NAMESPACES.name),
      resourceType: 'channel',
      resourceId: room.id,
      principalType: 'user',
      principalId: '*',
      permission,
      createdAt: Math.floor(room.updatedAt / 1000),
    })),
  )
}
